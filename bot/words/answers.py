"""Decide what a reader sees of an answer: which texts and notes, in which order. Pure; see `bot.words.layout`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.models import Answer, AnswerKind, Claim, Paper, PaperId, Quotation
from bot.words.plain import one_line, readable_line, web_link, without_bold
from bot.words.words import Words

LONGEST_QUOTATION = 600  # characters that are shown of one sentence, which may be a whole table row


@dataclass(frozen=True, slots=True)
class QuotationLayout:
    """A sentence of the paper as it stands there, with its TeX read. `link` is an http(s) URL or empty.

    `where` names the section; `paper` the paper where an answer is about two.
    """

    text: str
    where: str
    link: str
    paper: str = ""


@dataclass(frozen=True, slots=True)
class ClaimLayout:
    """A statement with its number; glue between statements has none, and no quotations.

    `about` names the papers that it is about, where an answer is about two.
    """

    number: int | None
    text: str
    about: str
    quotations: tuple[QuotationLayout, ...]


@dataclass(frozen=True, slots=True)
class AnswerLayout:
    """An answer. `instead` is the line in place of claims; `notes` say what is missing; `next_heading` stands above the
    questions to ask next, and is empty if there are none.
    """

    instead: str
    claims: tuple[ClaimLayout, ...]
    notes: tuple[str, ...]
    next_heading: str
    next_questions: tuple[str, ...]


def answer_layout(answer: Answer, papers: Sequence[Paper], words: Words) -> AnswerLayout:
    """Return what to show of an answer about those papers."""
    names = {paper.id: _name(paper) for paper in papers} if len(papers) > 1 else {}
    following = tuple(one_line(question) for question in answer.next_questions)
    return AnswerLayout(
        instead=_instead(answer, len(papers), words),
        claims=tuple(_claims(answer.claims, names, words)),
        notes=tuple(_notes(answer, words)),
        next_heading=words.say("answer.next") if following else "",
        next_questions=following,
    )


def _instead(answer: Answer, papers: int, words: Words) -> str:
    if answer.claims:
        return ""
    if answer.partial:
        return words.say("answer.late")
    match answer.kind:
        case AnswerKind.NOT_SAID:
            return words.say("answer.not_said.two" if papers > 1 else "answer.not_said")
        case AnswerKind.REFUSED:
            return words.say("answer.refused")
    return words.say("answer.unproved")


def _claims(claims: Sequence[Claim], names: Mapping[PaperId, str], words: Words) -> Iterator[ClaimLayout]:
    number = 0
    for claim in claims:
        quotations = tuple(_quotation(one, names, words) for one in claim.quotations)
        number += bool(quotations)
        papers = dict.fromkeys(one.paper for one in quotations if one.paper)
        about = words.say("answer.about", papers=words.list(papers)) if papers else ""
        yield ClaimLayout(number if quotations else None, one_line(without_bold(claim.text)), about, quotations)


def _quotation(quotation: Quotation, names: Mapping[PaperId, str], words: Words) -> QuotationLayout:
    text = readable_line(quotation.text)
    if len(text) > LONGEST_QUOTATION:
        text = f"{text[:LONGEST_QUOTATION].rstrip()}…"
    section = readable_line(quotation.section)
    where = words.say("answer.section", section=section) if section else words.say("answer.untitled")
    return QuotationLayout(text, where, web_link(quotation.url) or "", names.get(quotation.paper, ""))


def _notes(answer: Answer, words: Words) -> Iterator[str]:
    if answer.partial and answer.claims:
        yield words.say("answer.partial")
    if answer.dropped and answer.claims:
        yield words.count("answer.dropped", answer.dropped)
    if answer.abstract_only:
        yield words.say("answer.abstract_only")
    if answer.omitted:
        yield words.count("answer.omitted", answer.omitted)


def _name(paper: Paper) -> str:
    """Return the paper's arXiv id, which is short and leads to it, or else its title."""
    return paper.arxiv_id or readable_line(paper.title)


def told(answer: Answer) -> str:
    """Return the statements of an answer as plain text, for the transcript of a conversation."""
    return "\n".join(one_line(claim.text) for claim in answer.claims)

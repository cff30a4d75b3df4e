"""Decide what a reader sees of an answer: which texts, notes and buttons, in which order. Pure; see `bot.words.layout`.

Texts of papers, questions and answers came from outside and still need escaping.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.models import Answer, AnswerKind, AnswerView, AskedState, Claim, Paper, PaperId, Quotation, TextSource
from bot.words.layout import Button, ButtonKind, title_of
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


@dataclass(frozen=True, slots=True)
class AskedPaperLayout:
    """A paper that was asked about. `name` is an id that `/paper` accepts, as statements name it where there are two.

    `read` says what its text was read from. It is empty until that is known, and where a note says it.
    """

    title: str
    link: str
    name: str
    read: str


@dataclass(frozen=True, slots=True)
class AskedLayout:
    """A question and its answer as far as there is one. Fields are in reading order.

    `status` says what is going on, or that it was cancelled; it is empty once the answer is complete. The buttons
    cancel the question or, once it is answered, share the answer and ask on.
    """

    question: str
    papers: tuple[AskedPaperLayout, ...]
    status: str
    answer: AnswerLayout
    buttons: tuple[Button, ...]


def asked_layout(view: AnswerView, words: Words, *, share: bool = False) -> AskedLayout:
    """Lay out a question and its answer; `share` adds the button that posts a complete one into the channel.

    `words` are best those of `view.language`.
    """
    answer = view.answer
    sources = answer.sources if answer and len(answer.sources) == len(view.papers) else ()
    return AskedLayout(
        question=readable_line(view.question),
        papers=tuple(
            AskedPaperLayout(
                title_of(paper, words),
                web_link(paper.url) or "",
                _name(paper),
                _read(sources[place], words, alone=len(view.papers) == 1) if sources else "",
            )
            for place, paper in enumerate(view.papers)
        ),
        status=_status(view, words),
        answer=_so_far(view, words),
        buttons=tuple(_buttons(view, words, share=share)),
    )


def answer_lines(view: AnswerView, words: Words) -> Iterator[str]:
    """Yield a question and its answer as lines of plain text, for a platform with no better form.

    Titles and addresses are in the lines of the papers and the quotations.
    """
    layout = asked_layout(view, words)
    if layout.question:
        yield layout.question
    for paper in layout.papers:
        yield " · ".join(filter(None, [paper.title, paper.name, paper.read]))
    if layout.status:
        yield layout.status
    if layout.answer.instead:
        yield layout.answer.instead
    for claim in layout.answer.claims:
        number = f"{claim.number}. " if claim.number else ""
        yield f"{number}{claim.text}{f' ({claim.about})' if claim.about else ''}"
        for quotation in claim.quotations:
            yield " ".join(
                filter(None, [words.say("answer.quotation", text=quotation.text), quotation.where, quotation.link])
            )
    yield from layout.answer.notes
    if layout.answer.next_questions:
        yield layout.answer.next_heading
        yield from layout.answer.next_questions


def _so_far(view: AnswerView, words: Words) -> AnswerLayout:
    """Lay out what there is of an answer. While more is to come, and once it is cancelled, nothing is said of what is
    missing.
    """
    if view.answer is None:
        return AnswerLayout("", (), (), "", ())
    layout = answer_layout(view.answer, view.papers, words)
    return layout if view.state is AskedState.DONE else replace(layout, instead="", notes=())


def _read(source: TextSource, words: Words, *, alone: bool) -> str:
    return "" if alone and source is TextSource.ABSTRACT else words.say(f"answer.read.{source.value}")


def _status(view: AnswerView, words: Words) -> str:
    match view.state:
        case AskedState.READING:
            return words.say("answer.reading.two" if len(view.papers) > 1 else "answer.reading")
        case AskedState.ANSWERING:
            return words.say("answer.answering")
        case AskedState.CANCELLED:
            return words.say("answer.cancelled")
        case AskedState.DONE:
            return ""


def _buttons(view: AnswerView, words: Words, *, share: bool) -> Iterator[Button]:
    def button(kind: ButtonKind, label: str, number: int = 0) -> Button:
        return Button(kind, label, turn=view.turn, number=number)

    if view.working:
        yield button(ButtonKind.CANCEL, words.say("button.cancel"))
        return
    if view.answer is None:
        return
    if share and view.state is AskedState.DONE:
        yield button(ButtonKind.SHARE_ANSWER, words.say("button.share_answer"))
    for number, question in enumerate(view.answer.next_questions):
        yield button(ButtonKind.NEXT, one_line(question), number)


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
    return one_line(paper.arxiv_id or "") or readable_line(paper.title)

"""Digests, papers and reports as rich renderables.

Paper text is untrusted: it becomes `Text`, never markup, without control characters, and only http(s) URLs become
links.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.style import Style as TextStyle
from rich.text import Text

from adapters.terminal.wrap import Row, Wrapped
from bot.models import Answer, Digest, Excerpt, Failure, Paper, PaperDetails, PaperView, Style, Summary
from bot.words import Words, one_line, sentences
from bot.words.answers import ClaimLayout, answer_layout
from bot.words.details import details_layout
from bot.words.layout import FactKind, PaperLayout, digest_layout, paper_layout

_INDENT = 3


def digest(digest: Digest, words: Words, zone: tzinfo) -> RenderableType:
    """Return the whole digest: date, status line, and the numbered papers or the reason for there being none.

    `zone` is the time zone of its due time.
    """
    layout = digest_layout(digest, words)
    parts: list[RenderableType] = [
        Wrapped(layout.title, "bold"),
        Wrapped(sentences.due(words, digest, zone), "dim"),
        Wrapped(layout.status),
    ]
    if layout.empty:
        parts += [Text(), Wrapped(layout.empty)]
    for paper in layout.papers:
        parts += [Text(), *_above(paper, _INDENT), *_texts(paper, _INDENT)]
    return Group(*parts)


def paper(
    paper: Paper,
    words: Words,
    *,
    summary: Summary | None = None,
    excerpt: Excerpt | None = None,
    failure: Failure | None = None,
    details: PaperDetails | None = None,
) -> RenderableType:
    """Return one looked-up paper with its brief or detailed summary, or the honest line in its place, and below it
    what is around the paper.
    """
    style = summary.style if summary else Style.BRIEF
    layout = paper_layout(PaperView(paper, words.language, style, summary, failure, excerpt), words)
    return Group(*_above(layout, 0), Text(), *_texts(layout, 0), *(_details(details, words) if details else ()))


def _details(details: PaperDetails, words: Words) -> Iterator[RenderableType]:
    layout = details_layout(details, words)
    if layout.links or layout.hosts:
        yield from (Text(), Wrapped(layout.links_heading, "bold"))
    for page in layout.links:
        yield Wrapped(page.address, TextStyle(link=page.address), lead=f"{page.label}: ")
    yield from (Wrapped(host) for host in layout.hosts)
    yield from (Text(), Wrapped(layout.similar_heading, "bold"))
    for one in layout.similar:
        yield Wrapped(one.title, TextStyle(link=one.link or None), lead="- ")
        yield Wrapped(_joined(one.about, one.link), "dim", 2)
    yield from (Wrapped(said) for said in (layout.none, layout.failed) if said)


def answer(answer: Answer, papers: Sequence[Paper], words: Words) -> RenderableType:
    """Return an answer about the papers: each numbered statement, with the paper's own sentences below it."""
    layout = answer_layout(answer, papers, words)
    parts: list[RenderableType] = [Wrapped(layout.instead, "bold")] if layout.instead else []
    for number, claim in enumerate(layout.claims):
        if number:
            parts.append(Text())
        parts += _claim(claim, words)
    if layout.notes:
        parts += [Text(), *(Wrapped(note, "yellow") for note in layout.notes)]
    if layout.next_questions:
        parts += [Text(), Wrapped(layout.next_heading, "dim")]
        parts += [Wrapped(question, "dim", _INDENT) for question in layout.next_questions]
    return Group(*parts)


def _claim(claim: ClaimLayout, words: Words) -> Iterator[RenderableType]:
    lead = f"{claim.number}. " if claim.number else ""
    yield Wrapped(claim.text, "bold", lead=lead)
    if claim.about:
        yield Wrapped(claim.about, "cyan", _INDENT)
    for one in claim.quotations:
        yield Wrapped(words.say("answer.quotation", text=one.text), "", _INDENT)
        yield Wrapped(_joined(one.paper, one.where), "dim", _INDENT)
        if one.link:
            yield Wrapped(one.link, TextStyle(dim=True, link=one.link), _INDENT)


def choices(papers: Sequence[Paper], words: Words) -> RenderableType:
    """Return papers to choose from, each with the reference to ask for it by."""
    if not papers:
        return Text(words.say("choices.none"))
    parts: list[RenderableType] = [Wrapped(words.count("choices.heading", len(papers)))]
    for number, paper in enumerate(papers, 1):
        layout = paper_layout(PaperView(paper, words.language, Style.BRIEF), words)
        about = _joined(layout.name, *_facts(layout, FactKind.AUTHORS, FactKind.PUBLISHED))
        parts += [
            Wrapped(layout.title, _title_style(layout), lead=f"{number}. "),
            Wrapped(about, "dim", _INDENT),
        ]
    return Group(*parts)


class Mark(StrEnum):
    """The status of one line of a report."""

    OK = "ok"
    PROBLEM = "problem"
    UNKNOWN = "unknown"  # could not be determined, or is optional
    NONE = "none"  # information only


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report. `remedy` says what to do about a problem; `link` stands below, whole."""

    name: str
    text: str
    mark: Mark = Mark.NONE
    remedy: str = ""
    link: str = ""


_STYLES = {Mark.OK: "green", Mark.PROBLEM: "bold red", Mark.UNKNOWN: "yellow", Mark.NONE: ""}
_WIDEST_NAME = 40  # cells; longer names push their own text to the right
_GAP = 2


def report(lines: Iterable[Line], words: Words) -> RenderableType:
    """Return the lines of `doctor` or `status` in columns: name, mark and text, with remedy and link below."""
    rows = [
        (one_line(line.name), "" if line.mark is Mark.NONE else words.say(f"report.{line.mark.value}"), line)
        for line in lines
    ]
    names = max((min(cell_len(name), _WIDEST_NAME) for name, _, _ in rows), default=0) + _GAP
    marks = max((cell_len(mark) for _, mark, _ in rows), default=0)
    indent = names + (marks + _GAP if marks else 0)
    parts: list[RenderableType] = []
    for name, mark, line in rows:
        lead = Text(_padded(name, names))
        if marks:
            lead.append(mark, style=_STYLES[line.mark])
            lead.append(" " * (marks + _GAP - cell_len(mark)))
        parts.append(Row(lead, one_line(line.text)))
        if line.remedy:
            parts.append(Wrapped(words.say("report.remedy", remedy=one_line(line.remedy)), "", indent))
        if line.link:
            parts.append(Text(line.link, style=TextStyle(link=_web(line.link)), no_wrap=True, overflow="ignore"))
    return Group(*parts)


def _padded(text: str, width: int) -> str:
    return text + " " * max(width - cell_len(text), _GAP)


def _web(link: str) -> str | None:
    return link if link.startswith(("https://", "http://")) else None


def _title_style(paper: PaperLayout) -> TextStyle:
    return TextStyle(bold=True, link=paper.link or None)


def _facts(paper: PaperLayout, *kinds: FactKind) -> list[str]:
    return [fact.value for fact in paper.facts if fact.kind in kinds]


def _joined(*facts: str) -> str:
    return " · ".join(filter(None, facts))


def _above(paper: PaperLayout, indent: int) -> Iterator[RenderableType]:
    """Yield the title and the facts, with the address in full for terminals that show no links."""
    number = f"{paper.number}. " if paper.number is not None else ""
    yield Wrapped(paper.title, _title_style(paper), lead=number)
    yield Wrapped(_joined(*_facts(paper, FactKind.AUTHORS)), "", indent)
    where = _facts(paper, FactKind.PUBLISHED, FactKind.SOURCES, FactKind.CODE)
    yield Wrapped(_joined(*where, paper.name), "dim", indent)
    if paper.link:
        yield Wrapped(paper.link, TextStyle(dim=True, link=paper.link), indent)
    if paper.withdrawn:
        yield Wrapped(paper.withdrawn, "bold", indent)


def _texts(paper: PaperLayout, indent: int) -> Iterator[RenderableType]:
    if paper.failure:
        yield Wrapped(paper.failure, "yellow", indent)
    if paper.label:
        yield Wrapped(paper.label, "bold", indent)
        yield Wrapped(paper.quotation, "", indent)
    if paper.takeaway:
        yield Wrapped(paper.takeaway, "italic", indent)
    for number, passage in enumerate(paper.passages):
        if passage.heading:
            if number or paper.takeaway:
                yield Text()
            yield Wrapped(passage.heading, "bold", indent)
        yield Wrapped(passage.text, "", indent)
    if paper.why:
        yield Wrapped(paper.why, "dim", indent)

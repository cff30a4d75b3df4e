"""Digests, papers and reports as rich renderables.

Paper text is untrusted: it becomes `Text`, never markup, without control characters, and only http(s) URLs are links.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from rich.console import Group, RenderableType
from rich.style import Style as TextStyle
from rich.table import Table
from rich.text import Text

from adapters.terminal.wrap import Wrapped
from bot.models import Digest, Entry, Excerpt, Failure, Paper, Summary
from bot.words import Words, one_line, plain, sentences, web_link, without_bold

_INDENT = 3


def digest(digest: Digest, words: Words, zone: tzinfo) -> RenderableType:
    """The whole digest: date, status line, the numbered papers or why there are none. `zone`: for its due instant."""
    parts: list[RenderableType] = [
        Wrapped(words.say("digest.title", date=words.day(digest.date)), "bold"),
        Wrapped(words.say("digest.due", moment=words.moment(digest.due_at, zone)), "dim"),
        Wrapped(sentences.status_line(words, digest)),
    ]
    if why_not := sentences.empty(words, digest):
        parts += [Text(), Wrapped(why_not)]
    for entry in digest.entries:
        parts += [Text(), *_entry(entry, words)]
    return Group(*parts)


def paper(
    paper: Paper,
    words: Words,
    *,
    summary: Summary | None = None,
    excerpt: Excerpt | None = None,
    failure: Failure | None = None,
) -> RenderableType:
    """One paper that was looked up, with its brief or detailed summary or, in its place, the honest line."""
    parts: list[RenderableType] = [Wrapped(_title(paper, words), _title_style(paper)), *_facts(paper, words, 0)]
    if paper.withdrawn:
        parts.append(Wrapped(words.say("paper.withdrawn"), "bold"))
    return Group(*parts, Text(), *_text(words, summary, excerpt, failure, 0))


def choices(papers: Sequence[Paper], words: Words) -> RenderableType:
    """Papers to choose from, each with the name to ask for it by."""
    if not papers:
        return Text(words.say("choices.none"))
    parts: list[RenderableType] = [Wrapped(words.count("choices.heading", len(papers)))]
    for number, found in enumerate(papers, 1):
        about = f"{_name(found)} · {words.authors(found)} · {found.published:%Y-%m-%d}"
        parts += [
            Wrapped(_title(found, words), _title_style(found), lead=f"{number}. "),
            Wrapped(about, "dim", _INDENT),
        ]
    return Group(*parts)


class Mark(StrEnum):
    """How one line of a report stands."""

    OK = "ok"
    PROBLEM = "problem"
    UNKNOWN = "unknown"  # it could not be told, or what is missing can be done without
    NONE = "none"  # a line that only tells


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report; `remedy` says what to do about a problem."""

    name: str
    text: str
    mark: Mark = Mark.NONE
    remedy: str = ""


def report(lines: Iterable[Line], words: Words) -> RenderableType:
    """What `doctor` and `status` say: a table of name, mark and text, the remedy below its line."""
    styles = {Mark.OK: "green", Mark.PROBLEM: "bold red", Mark.UNKNOWN: "yellow", Mark.NONE: ""}
    table = Table.grid(padding=(0, 2))
    for line in lines:
        mark = "" if line.mark is Mark.NONE else words.say(f"report.{line.mark.value}")
        told = Text(one_line(line.text))
        if line.remedy:
            told.append("\n" + words.say("report.remedy", remedy=one_line(line.remedy)))
        table.add_row(Text(one_line(line.name)), Text(mark, style=styles[line.mark]), told)
    return table


def _entry(entry: Entry, words: Words) -> Iterable[RenderableType]:
    yield Wrapped(_title(entry.paper, words), _title_style(entry.paper), lead=f"{entry.rank}. ")
    yield from _facts(entry.paper, words, _INDENT)
    yield from _text(words, entry.summary, entry.excerpt, entry.failure, _INDENT)
    if why := sentences.why(words, entry.reasons):
        yield Wrapped(why, "dim", _INDENT)


def _title(paper: Paper, words: Words) -> str:
    return one_line(paper.title) or words.say("paper.untitled")


def _title_style(paper: Paper) -> TextStyle:
    return TextStyle(bold=True, link=web_link(paper.url))


def _name(paper: Paper) -> str:
    """How the paper is asked for."""
    return one_line(f"arXiv:{paper.arxiv_id}" if paper.arxiv_id else str(paper.id))


def _facts(paper: Paper, words: Words, indent: int) -> Iterable[RenderableType]:
    yield Wrapped(words.authors(paper), "", indent)
    facts = [f"{paper.published:%Y-%m-%d}"]
    if paper.sources:
        facts.append(words.list(sentences.source_name(words, source) for source in paper.sources))
    facts.append(_name(paper))
    yield Wrapped(" · ".join(facts), "dim", indent)
    if link := web_link(paper.url):
        yield Wrapped(link, TextStyle(dim=True, link=link), indent)


def _text(
    words: Words, summary: Summary | None, excerpt: Excerpt | None, failure: Failure | None, indent: int
) -> Iterable[RenderableType]:
    if summary:
        if summary.headline:
            yield Wrapped(one_line(summary.headline), "italic", indent)
        yield Wrapped(without_bold(plain(summary.text)), "", indent)
        for section in summary.sections:
            yield Text()
            yield Wrapped(words.say(f"paper.section.{section.kind.value}"), "bold", indent)
            yield Wrapped(without_bold(plain(section.text)), "", indent)
    if failure:
        yield Wrapped(sentences.failure(words, failure), "yellow", indent)
    if excerpt:
        yield Wrapped(sentences.excerpt_label(words, excerpt), "bold", indent)
        yield Wrapped(plain(excerpt.text), "", indent)

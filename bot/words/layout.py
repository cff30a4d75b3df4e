"""Decide what a reader sees of a paper or a digest: which facts, texts and buttons, in which order. Pure.

An adapter escapes these values for its format, cuts them to its limits and places them; it may leave some out but adds
none. Fields are in reading order. Every text is `bot.words.plain`, stripped, and empty if there is nothing to show.
Only the catalogues' own sentences are trusted: all other text came from outside and still needs escaping.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.models import Digest, Entry, Headline, Layout, Origin, Paper, PaperId, PaperView, Style, Summary
from bot.tex import readable
from bot.words import sentences
from bot.words.code_hosts import code_host, code_page
from bot.words.plain import one_line, plain, readable_line, web_link, without_bold
from bot.words.words import Words


class FactKind(StrEnum):
    """The facts below a title, in reading order."""

    AUTHORS = "authors"
    PUBLISHED = "published"
    SOURCES = "sources"
    ARXIV_ID = "arxiv_id"
    CODE = "code"  # the host of code for which there is no button


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact in two forms: `text` stands on its own (`arXiv:2602.21548`), `value` follows the label (`2602.21548`)."""

    kind: FactKind
    label: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Part of a summary, under its heading if it has one; `marked` is the text with the model's `**bold**` kept.

    If the text is empty, the heading is not shown either.
    """

    heading: str
    text: str
    marked: str


class ButtonKind(StrEnum):
    """What a click asks for; those from PDF to VERSION open a page.

    ASK opens a form for a question about the paper. The last three stand below an answer.
    """

    SHARE = "share"
    DETAILS = "details"
    ASK = "ask"
    BIBTEX = "bibtex"
    MORE = "more"  # similar papers and every link
    PDF = "pdf"
    HTML = "html"
    CODE = "code"
    PROJECT = "project"
    HUGGINGFACE = "huggingface"
    ALPHAXIV = "alphaxiv"
    VERSION = "version"
    SUBSCRIBE = "subscribe"
    PREVIEW = "preview"
    CANCEL = "cancel"
    SHARE_ANSWER = "share_answer"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Button:
    """A button that opens the page at `address` or, without one, acts on the paper with the id `paper`.

    `style` is that of the summary above the button. `spoken` replaces the label for screen readers, because the labels
    are the same below every paper. Below an answer it acts on the question with the id `turn`, and asks the question to
    ask next with that `number`.
    """

    kind: ButtonKind
    label: str
    paper: str = ""
    style: Style = Style.BRIEF
    address: str = ""
    spoken: str = ""
    turn: str = ""
    number: int = 0

    @property
    def primary(self) -> bool:
        return self.kind in (ButtonKind.SHARE, ButtonKind.SUBSCRIBE, ButtonKind.SHARE_ANSWER)


@dataclass(frozen=True, slots=True)
class PaperLayout:
    """One paper. `number` is its rank in a digest, None for a paper on its own; `link` is an http(s) URL.

    `name` is an id that `/paper` accepts, empty for a paper known only by its title. A paper has either a summary
    (`takeaway`, `text`, and `sections` if it is detailed) or the reason why not (`failure`), with a `quotation` whose
    `label` names its author.
    """

    number: int | None
    title: str
    link: str
    name: str
    facts: tuple[Fact, ...]
    withdrawn: str
    failure: str
    label: str
    quotation: str
    takeaway: str
    text: Passage
    sections: tuple[Passage, ...]
    why: str
    buttons: tuple[Button, ...]

    @property
    def lead(self) -> str:
        """Return the paper in one sentence: the takeaway, or why there is none."""
        return self.takeaway or self.failure

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Return the non-empty parts of the summary below the takeaway."""
        return tuple(passage for passage in (self.text, *self.sections) if passage.text)


@dataclass(frozen=True, slots=True)
class ItemLayout:
    """One paper in a headline; `text` is its summary if no card follows."""

    number: int
    title: str
    link: str
    lead: str
    text: str


@dataclass(frozen=True, slots=True)
class HeadlineLayout:
    """The message that opens a digest; `empty` says why there are no papers, `hint` how to vote."""

    title: str
    status: str
    empty: str
    items: tuple[ItemLayout, ...]
    hint: str


@dataclass(frozen=True, slots=True)
class DigestLayout:
    """A whole digest as one document; `empty` says why there are no papers."""

    title: str
    status: str
    empty: str
    papers: tuple[PaperLayout, ...]


@dataclass(frozen=True, slots=True)
class ChoiceLayout:
    """One of several papers to choose from; `paper` is its id, `about` distinguishes it from similar titles."""

    paper: str
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class GreetingLayout:
    """The bot's first message in a channel; commands to type are in backticks."""

    text: str
    buttons: tuple[Button, ...]


def paper_layout(shown: Entry | PaperView, words: Words, *, share: bool = False, ask: bool = False) -> PaperLayout:
    """Lay out a paper of a digest, or one on its own.

    `share` adds the button that posts it into the channel, `ask` the one for a question about it.
    """
    paper, summary, failure, excerpt = shown.paper, shown.summary, shown.failure, shown.excerpt
    entry = shown if isinstance(shown, Entry) else None
    style = shown.style if isinstance(shown, PaperView) else Style.BRIEF
    quotation = plain(readable(plain(excerpt.text))).strip() if excerpt else ""
    sections = tuple(_sections(summary, words)) if summary else ()
    return PaperLayout(
        number=entry.rank if entry else None,
        title=title_of(paper, words),
        link=web_link(paper.url) or "",
        name=_name(paper),
        facts=tuple(_facts(paper, words)),
        withdrawn=words.say("paper.withdrawn") if paper.withdrawn else "",
        failure=sentences.failure(words, failure) if failure else "",
        label=sentences.excerpt_label(words, excerpt) if excerpt and quotation else "",
        quotation=quotation,
        takeaway=one_line(summary.headline) if summary else "",
        text=_passage(words.say("paper.abstract") if sections else "", _text(summary) if summary else ""),
        sections=sections,
        why=sentences.why(words, entry.reasons) if entry else "",
        buttons=tuple(_buttons(paper, words, style, share=share, ask=ask)),
    )


def headline_layout(headline: Headline, words: Words) -> HeadlineLayout:
    """Lay out the message that opens a digest; in the `compact` layout it is the whole digest."""
    digest = headline.digest
    alone = headline.layout is Layout.COMPACT
    return HeadlineLayout(
        title=digest_title(digest.date, words),
        status=sentences.status_line(words, digest),
        empty=sentences.empty(words, digest),
        items=tuple(_item(entry, words, alone=alone) for entry in digest.entries),
        hint=words.say(f"headline.hint.{headline.layout.value}") if digest.entries and not headline.preview else "",
    )


def digest_layout(digest: Digest, words: Words) -> DigestLayout:
    return DigestLayout(
        title=digest_title(digest.date, words),
        status=sentences.status_line(words, digest),
        empty=sentences.empty(words, digest),
        papers=tuple(paper_layout(entry, words) for entry in digest.entries),
    )


def choice_layout(paper: Paper, words: Words) -> ChoiceLayout:
    about = f"{words.authors(paper, 3)}, {published_on(paper).year}"
    return ChoiceLayout(str(paper.id), title_of(paper, words), about)


def greeting_layout(words: Words) -> GreetingLayout:
    buttons = (
        Button(ButtonKind.SUBSCRIBE, words.say("greeting.subscribe")),
        Button(ButtonKind.PREVIEW, words.say("greeting.preview")),
    )
    return GreetingLayout(words.say("greeting.text"), buttons)


def digest_title(day: dt.date, words: Words) -> str:
    """Return the title of that date's digest, which names the bot."""
    return words.say("digest.title", date=words.day(day))


def title_of(paper: Paper, words: Words) -> str:
    """Return the paper's title on one line, or the placeholder for a paper without a title."""
    return readable_line(paper.title) or words.say("paper.untitled")


def published_on(paper: Paper) -> dt.date:
    """Return the date of publication in UTC, so that readers in every zone see the same."""
    return paper.published.astimezone(dt.UTC).date()


def _name(paper: Paper) -> str:
    arxiv_id = one_line(paper.arxiv_id or "")
    if arxiv_id or paper.id.scheme != PaperId.title("").scheme:
        return f"arXiv:{arxiv_id}" if arxiv_id else one_line(str(paper.id))
    return ""


def _facts(paper: Paper, words: Words) -> Iterator[Fact]:
    def fact(kind: FactKind, text: str, value: str = "") -> Fact:
        return Fact(kind, words.say(f"paper.{kind.value}"), text, value or text)

    day = published_on(paper)
    yield fact(FactKind.AUTHORS, words.authors(paper))
    yield fact(FactKind.PUBLISHED, words.date(day), day.isoformat())
    if paper.sources:
        yield fact(FactKind.SOURCES, words.list(sentences.source_name(words, source) for source in paper.sources))
    if arxiv_id := one_line(paper.arxiv_id or ""):
        yield fact(FactKind.ARXIV_ID, f"arXiv:{arxiv_id}", arxiv_id)
    code = paper.code_url or ""
    if not code_page(code) and (host := code_host(code)):
        yield fact(FactKind.CODE, words.say("paper.code.at", host=host), host)


def _sections(summary: Summary, words: Words) -> Iterator[Passage]:
    for section in summary.sections:
        passage = _passage(words.say(f"paper.section.{section.kind.value}"), section.text)
        if passage.text:
            yield passage


def _text(summary: Summary) -> str:
    """Return the text to show. A model's was read before its check; a second reading would show what nobody checked."""
    return readable(plain(summary.text)) if summary.origin is Origin.IMPORTED else summary.text


def _passage(heading: str, text: str) -> Passage:
    marked = plain(text).strip()
    return Passage(heading, without_bold(marked), marked)


def _item(entry: Entry, words: Words, *, alone: bool) -> ItemLayout:
    shown = paper_layout(entry, words)
    return ItemLayout(entry.rank, shown.title, shown.link, shown.lead, shown.text.text if alone else "")


def _buttons(paper: Paper, words: Words, style: Style, *, share: bool, ask: bool) -> Iterator[Button]:
    """Yield the paper's actions, then its pages elsewhere."""

    def button(kind: ButtonKind, *, address: str = "") -> Button:
        label = words.say(f"button.{kind.value}")
        return Button(kind, label, "" if address else str(paper.id), style, address, f"{label}: {title}")

    title = title_of(paper, words)
    if share:
        yield button(ButtonKind.SHARE)
    if style is Style.BRIEF:
        yield button(ButtonKind.DETAILS)
    if ask:
        yield button(ButtonKind.ASK)
    yield button(ButtonKind.BIBTEX)
    yield button(ButtonKind.MORE)
    if paper.pdf_url:
        yield button(ButtonKind.PDF, address=paper.pdf_url)
    if code := code_page(paper.code_url or ""):
        yield button(ButtonKind.CODE, address=code)

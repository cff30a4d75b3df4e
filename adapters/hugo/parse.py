"""Parser for blog posts in the format of `render`, including those that people or older versions wrote or edited."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from adapters.hugo.escape import original
from adapters.hugo.post import Post, PostEntry
from adapters.hugo.render import FIGURE
from bot.errors import InputError
from bot.models import Excerpt, Origin, PaperRef, RefKind
from bot.papers.refs import parse_ref
from bot.words import web_link, words_for
from bot.words.languages import language_tag
from bot.words.sentences import excerpt_label

LANGUAGES = ("ja", "en")  # the languages of frame words


def parse(text: str, path: str = "-") -> Post:
    """Parse a post. `path` is only named in errors.

    Nothing is verified: a summary is whatever stands under its heading. Raises InputError `input.post` (path, line
    counted from 1, reason) for text that is not a post in this format.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    try:
        front, body = _front_matter(lines)
        day = _date(*front["date"], "date")
        reader = _Reader()
        reader.read(lines, body)
        language = reader.language or LANGUAGES[0]
        entries = tuple(_entry(draft, language) for draft in reader.drafts)
    except _Malformed as problem:
        raise InputError("input.post", path=path, line=problem.line, reason=f"hugo.{problem.reason}") from None
    return Post(day, _language(front) or language, entries)


class _Malformed(Exception):
    """`reason` is a key below `name.hugo.` in the catalogues."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason


_FIELD = re.compile(r"[-*+][ \t]+\*\*(.+?)\*\*[ \t]*[:：][ \t]*(.*)")
_PAPER = re.compile(r"##[ \t]+(\d{1,4})\.(?:[ \t]+(.*))?")
_BREAK = re.compile(r"##[ \t]+(.*)|-{3,}")  # another heading, or the rule above the footer
_SECTION = re.compile(r"###[ \t]+(.*)")
_IMAGE = re.compile(r"!\[.*\]\(([^()]*)\)")
_LINK = re.compile(r"\[([^\[\]]*)\]\((.*)\)")
_NO_SUMMARY = re.compile(r"\*[^*\n]+\*")
_DETAILS = re.compile(r"\{\{[<%][ \t]*details\b.*[%>]\}\}")
_DETAILS_END = re.compile(r"\{\{[<%][ \t]*/[ \t]*details[ \t]*[%>]\}\}")


@dataclass(slots=True)
class _Draft:
    """The pieces of one paper as found in the post. `line` is the line of its heading."""

    line: int
    rank: int
    title: str
    fields: dict[str, tuple[int, str]] = field(default_factory=dict)
    sections: dict[str, list[str]] = field(default_factory=dict)
    section: list[str] | None = None  # the section being read
    figure: str | None = None
    folded: list[str] | None = None


@dataclass(slots=True)
class _Reader:
    """Reads a post's body line by line. `language` is the language of the first frame word found."""

    drafts: list[_Draft] = field(default_factory=list)
    language: str | None = None
    draft: _Draft | None = None

    def read(self, lines: list[str], start: int) -> None:
        i = start
        while i < len(lines):
            text = lines[i].strip(" \t")
            if _DETAILS.fullmatch(text):
                end = _end_of_details(lines, i)
                if self.draft and self.draft.folded is None:
                    self.draft.folded = lines[i + 1 : end]
                    self.draft.section = None
                i = end
            elif match := _PAPER.fullmatch(text):
                self.draft = _Draft(i + 1, int(match[1]), original(match[2] or ""))
                self.drafts.append(self.draft)
            elif match := _BREAK.fullmatch(text):
                self._word(match[1] or "")
                self.draft = None
            elif self.draft:
                self._line(self.draft, i + 1, lines[i])
            i += 1
        if not self.drafts:
            raise _Malformed(start + 1, "entries")

    def _line(self, draft: _Draft, number: int, raw: str) -> None:
        text = raw.strip(" \t")
        if match := _SECTION.fullmatch(text):
            title = original(match[1])
            self._word(title)
            draft.section = draft.sections.setdefault(title, [])
        elif draft.section is not None:
            draft.section.append(raw)
        elif match := _FIELD.fullmatch(text):
            draft.fields.setdefault(self._word(match[1]), (number, match[2]))
        elif match := _IMAGE.fullmatch(text):
            draft.figure = match[1] if FIGURE.fullmatch(match[1]) else None

    def _word(self, label: str) -> str:
        """Return the key of the frame word, or ""."""
        key, language = _frame().get(label.strip(), ("", None))
        self.language = self.language or language
        return key


@cache
def _frame() -> Mapping[str, tuple[str, str | None]]:
    """Return every frame word to look for, with its key, and its language if no other language has the same word."""
    words_of_frames: dict[str, tuple[str, str | None]] = {}
    for language in LANGUAGES:
        for key in ("introduction", "authors", "published", "source", "arxiv_id", "summary"):
            word = words_for(language).say(f"hugo.{key}")
            words_of_frames[word] = (key, None if word in words_of_frames else language)
    return words_of_frames


@cache
def _untitled() -> frozenset[str]:
    return frozenset(words_for(language).say("paper.untitled") for language in LANGUAGES)


@cache
def _excerpt_labels() -> Mapping[str, Excerpt]:
    """Return the headings of excerpts, each with an empty excerpt of its kind."""
    excerpts = [Excerpt(origin, "", tag) for origin in (Origin.TLDR, Origin.ABSTRACT) for tag in LANGUAGES]
    return {excerpt_label(words_for(language), excerpt): excerpt for language in LANGUAGES for excerpt in excerpts}


def _front_matter(lines: list[str]) -> tuple[dict[str, tuple[int, str]], int]:
    """Return the front matter's values with their line numbers, and the index of the first line after it."""
    start = next((i for i, text in enumerate(lines) if text.strip()), 0)
    end = next((i for i in range(start + 1, len(lines)) if lines[i].rstrip() == "---"), None)
    if lines[start].rstrip() != "---" or end is None:
        raise _Malformed(start + 1, "front_matter")
    values = {"date": (start + 1, "")}
    for i in range(start + 1, end):
        key, _, value = lines[i].partition(":")
        values[key.strip()] = (i + 1, value.strip().strip("\"'"))
    return values, end + 1


def _date(line: int, text: str, reason: str) -> date:
    """Return the date at the start of the text, ignoring a time after it."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise _Malformed(line, reason) from None


def _language(front: Mapping[str, tuple[int, str]]) -> str | None:
    try:
        return language_tag(front["language"][1])
    except (KeyError, ValueError):
        return None


def _end_of_details(lines: list[str], start: int) -> int:
    for i in range(start + 1, len(lines)):
        if _DETAILS_END.fullmatch(lines[i].strip(" \t")):
            return i
    raise _Malformed(start + 1, "details")


def _entry(draft: _Draft, language: str) -> PostEntry:
    if not draft.title.strip():
        raise _Malformed(draft.line, "heading")
    if not any(draft.fields):
        raise _Malformed(draft.line, "fields")
    authors, more_authors = _authors(draft.fields.get("authors", (0, ""))[1], language)
    sources, url = _sources(draft.fields.get("source", (0, ""))[1])
    published = draft.fields.get("published")
    return PostEntry(
        rank=draft.rank,
        title="" if draft.title.strip() in _untitled() else draft.title,
        authors=authors,
        more_authors=more_authors,
        published=_date(*published, "published") if published else None,
        sources=sources,
        url=url,
        arxiv_id=_arxiv_id(draft, url),
        figure=draft.figure,
        summary=_summary(draft),
        excerpt=_excerpt(draft),
        abstract=_text(draft.folded or []),
    )


def _authors(text: str, language: str) -> tuple[tuple[str, ...], bool]:
    text, more = f" {text}", f" {words_for(language).say('hugo.more')}"
    names = (name.strip(" ") for name in text.removesuffix(more).split(","))
    return tuple(original(name) for name in names if name), text.endswith(more)


def _sources(text: str) -> tuple[tuple[str, ...], str]:
    """Return the names, and the first http(s) URL among them."""
    names: list[str] = []
    url = ""
    for piece in text.split(", "):
        match = _LINK.fullmatch(piece.strip())
        names.append(original(match[1] if match else piece.strip()))
        if match and not url:
            url = web_link(original(match[2].strip())) or ""
    return tuple(name for name in names if name), url


def _arxiv_id(draft: _Draft, url: str) -> str | None:
    line, text = draft.fields.get("arxiv_id", (0, ""))
    ref = _ref(original(text)) if text.strip() else None
    if text.strip() and not (ref and ref.kind is RefKind.ARXIV):
        raise _Malformed(line, "arxiv_id")
    ref = ref or _ref(url)
    return ref.value if ref and ref.kind is RefKind.ARXIV else None


def _ref(name: str) -> PaperRef | None:
    try:
        return parse_ref(name)
    except InputError:
        return None


def _summary(draft: _Draft) -> str | None:
    for title, lines in draft.sections.items():
        if _frame().get(title.strip(), ("", None))[0] == "summary":
            text = "\n".join(lines).strip(" \t\n")
            return None if not text or _NO_SUMMARY.fullmatch(text) else original(text)
    return None


def _excerpt(draft: _Draft) -> Excerpt | None:
    for label, excerpt in _excerpt_labels().items():
        if text := _text(draft.sections.get(label, [])):
            return replace(excerpt, text=text)
    return None


def _text(lines: list[str]) -> str:
    return original("\n".join(lines).strip(" \t\n"))

"""A digest as a blog post: Markdown with front matter for Hugo, in the format of the blog's existing posts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from urllib.parse import urlsplit

from adapters.common.formulas import with_formulas
from adapters.hugo import escape
from bot.models import Digest, Entry, Origin, Paper
from bot.tex import readable
from bot.words import Words, readable_line
from bot.words.layout import FactKind, published_on
from bot.words.sentences import empty, excerpt_label, failure

AUTHORS_SHOWN = 5
_LABELS = {
    FactKind.AUTHORS: "hugo.authors",
    FactKind.PUBLISHED: "hugo.published",
    FactKind.SOURCES: "hugo.source",
    FactKind.ARXIV_ID: "hugo.arxiv_id",
}
FIGURE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")  # a plain file name


class Math(StrEnum):
    """How the post writes the TeX of titles and abstracts; the values are those of HUGO_MATH."""

    SOURCE = "source"  # as the source gave it, for scripts that look for dollars in the finished page
    TEXT = "text"
    PASSTHROUGH = "passthrough"  # formulas between `\\(` and `\\)`, for Goldmark's passthrough extension


def render(digest: Digest, words: Words, math: Math = Math.SOURCE) -> str:
    """Return the whole post, without a newline at the end.

    `words` are those of the digest's language; a digest without entries says why. The front matter names the language
    if it differs from the catalogue's, which then does not exist for it.
    """
    paragraphs = [
        _front_matter(digest, words),
        f"## {words.say('hugo.introduction')}",
        words.say(f"hugo.introduction.{_made_by(digest)}", date=digest.date.isoformat()),
        *(paragraph for entry in digest.entries for paragraph in _entry(entry, words, math)),
    ]
    if not digest.entries:
        paragraphs.append(escape.block(empty(words, digest)))
    paragraphs += ["---", f"*{words.say('hugo.footer')}*"]
    return "\n\n".join(paragraphs)


def _front_matter(digest: Digest, words: Words) -> str:
    day = digest.date.isoformat()
    tags = words.say("hugo.tags")
    lines = [
        "---",
        f'title: "{words.say("hugo.title", date=day)}"',
        'subtitle: ""',
        'summary: " "',
        f"tags: [{tags}]",
        f"categories: [{tags}]",
        f"url: llm-papers-{day}",
        f"date: {day}",
        "featured: false",
        "draft: false",
    ]
    if digest.language != words.language:
        lines.append(f"language: {json.dumps(digest.language)}")
    return "\n".join([*lines, "---"])


def _made_by(digest: Digest) -> str:
    """Return which introduction to use: it mentions summaries by a model only if the post has one."""
    written = any(entry.summary and entry.summary.origin in (Origin.MODEL, Origin.IMPORTED) for entry in digest.entries)
    return "summarised" if written else "collected"


def _entry(entry: Entry, words: Words, math: Math) -> Iterator[str]:
    paper = entry.paper
    # A heading without a title would end the post for our own reader.
    title = paper.title if readable_line(paper.title) else words.say("paper.untitled")
    yield f"## {entry.rank}. {written(title, escape.line, math)}"
    yield "\n".join(_facts(paper, words))
    if entry.figure and FIGURE.fullmatch(entry.figure):
        yield f"![{escape.description(title)}]({entry.figure})"
    if entry.summary:
        yield f"### {words.say('hugo.summary')}"
        yield escape.block(entry.summary.text)
    elif entry.failure:
        yield f"### {words.say('hugo.summary')}"
        # Every asterisk in a summary is escaped, so no summary looks like this line.
        yield f"*{escape.line(failure(words, entry.failure))}*"
    if entry.excerpt:
        yield f"### {escape.line(excerpt_label(words, entry.excerpt))}"
        yield written(entry.excerpt.text, escape.block, math)
    if abstract := written(paper.abstract, escape.block, math):
        yield f'{{{{< details "{words.say("hugo.abstract")}" >}}}}\n{abstract}\n{{{{< /details >}}}}'


def written(text: str, escaped: Callable[[str], str], math: Math) -> str:
    """Return a title, an abstract or an excerpt, escaped, with its formulas in the wanted form."""
    match math:
        case Math.SOURCE:
            return escaped(text)
        case Math.TEXT:
            return escaped(readable(text))
        case Math.PASSTHROUGH:
            return with_formulas(text, escaped, _passed_through)


def _passed_through(formula: str) -> str | None:
    return None if escape.has_token(formula) else f"\\({formula}\\)"


def _facts(paper: Paper, words: Words) -> Iterator[str]:
    """Return the known facts, in the common order and in the form that `parse` reads back."""
    values = {
        FactKind.AUTHORS: _authors(paper, words),
        FactKind.PUBLISHED: published_on(paper).isoformat(),
        FactKind.SOURCES: _sources(paper),
        FactKind.ARXIV_ID: escape.line(paper.arxiv_id or ""),
    }
    return (f"- **{words.say(_LABELS[kind])}**: {values[kind]}" for kind in _LABELS if values[kind])


def _authors(paper: Paper, words: Words) -> str:
    names = [name for name in map(escape.author, paper.authors) if name]
    shown = ", ".join(names[:AUTHORS_SHOWN])
    more = words.say("hugo.more")
    if names and (paper.more_authors or len(names) > AUTHORS_SHOWN):
        return f"{shown} {more}"
    if f" {shown}".endswith(f" {more}"):  # a name that `parse` would take for the word
        return f"{shown.removesuffix(more)}&#{ord(more[0])};{more[1:]}"
    return shown


def _sources(paper: Paper) -> str:
    names = [source.value for source in paper.sources]
    url = escape.destination(paper.url)
    if not url:
        return ", ".join(names)
    return ", ".join(f"[{name}]({url})" for name in names or [escape.author(urlsplit(paper.url).hostname or "")])

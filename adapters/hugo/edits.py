"""Whether a person changed a post since it was written, told without any record of what was written.

A digest never changes once it is made, except that a summary may come later. So a post that is not what its digest
gives, apart from the entries that still lacked a summary, has been edited.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from adapters.hugo import escape
from adapters.hugo.post import Post, PostEntry
from adapters.hugo.render import Math, render, written
from bot.models import Digest, Entry
from bot.tex import readable
from bot.words import Words
from bot.words.sentences import excerpt_label

_PAPER = re.compile(r"## (\d+)\. .*")
_FOLDED = "{{< details "
_NO_SUMMARY = re.compile(r"\*[^*]+\*")


def edited(text: str, post: Post, digest: Digest, words: Words) -> bool:
    """Return whether `text`, which reads as `post`, holds anything but the digest as we write it.

    Any form of formulas is ours, because the setting may have changed. Line ends and blank lines do not count. The
    post has the digest's papers in their order.
    """
    entries = {entry.rank: entry for entry in digest.entries}
    lacking = {one.rank: one for one in post.entries if one.summary is None and one.rank in entries}
    bare = tuple(
        replace(entry, summary=None, failure=None, excerpt=None) if entry.rank in lacking else entry
        for entry in digest.entries
    )
    day = digest.date.isoformat()
    # The introduction mentions the model from the first summary on.
    changing = {words.say(f"hugo.introduction.{kind}", date=day) for kind in ("collected", "summarised") if lacking}

    def fixed(lines: Iterable[str]) -> list[str]:
        return [line for line in lines if line not in changing]

    found = fixed(_lasting(_lines(text.removeprefix("\ufeff")), lacking, entries, words))
    ours = (_lines(render(replace(digest, entries=bare), words, math)) for math in Math)
    return all(found != fixed(lines) for lines in ours)


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _lasting(lines: list[str], lacking: dict[int, PostEntry], entries: dict[int, Entry], words: Words) -> Iterator[str]:
    """Yield the lines but those that we wrote in place of a summary."""
    summary = f"### {words.say('hugo.summary')}"
    ours: frozenset[str] = frozenset()
    before = ""
    for line in lines:
        if match := _PAPER.fullmatch(line):
            rank = int(match[1])
            ours = _in_its_place(lacking[rank], entries[rank], summary, words) if rank in lacking else frozenset()
        elif line.startswith(_FOLDED):  # the abstract, which may be the very words of the excerpt
            ours = frozenset()
        stands_in = line in ours or (ours and before == summary and _NO_SUMMARY.fullmatch(line))
        if not stands_in:
            yield line
        before = line


def _in_its_place(found: PostEntry, entry: Entry, summary: str, words: Words) -> frozenset[str]:
    """Return the lines that an entry without a summary may have: headings, and the source's own words."""
    lines = {summary}
    if found.excerpt:
        sources = (" ".join(readable(text).split()) for text in (entry.paper.tldr or "", entry.paper.abstract))
        if any(source.startswith(found.excerpt.text.removesuffix("…")) for source in sources):
            lines.add(f"### {escape.line(excerpt_label(words, found.excerpt))}")
            lines.update(line for math in Math for line in written(found.excerpt.text, escape.block, math).splitlines())
    return frozenset(lines)

"""Escape untrusted text for Discord's Markdown, and cut it to the limit of a field.

Lengths are in UTF-16 units, the larger of the two measures that Discord's clients and server use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from adapters.common import commonmark
from adapters.common.cutting import cut, split, units
from adapters.discord.mentions import NO_IDS, Ids, clickable
from bot.words import one_line, web_link

LONGEST_CONTENT = 2000  # units of a message's content
# A backslash makes any punctuation literal. Escaping the colon breaks both `:emoji:` and bare URLs.
_MARKUP = frozenset("\\*_~`|<[]@:")
# Our own markup within a sentence. Texts from outside have no control characters.
_BEGIN, _END = "\x02", "\x03"
_OURS = re.compile("(`[^`\n]+`|\x02[^\x02\x03]*\x03)")
_PARENTHESES = re.compile(r"[^()]*(?:\([^()]*\)[^()]*)*")


def escaped(text: str) -> str:
    """Escape all markup in the text, keeping its line breaks."""
    return "".join(pieces(text))


def clip(text: str, room: int) -> str:
    """Return the escaped text in at most `room` units, ending in `…` if cut."""
    return cut(pieces(text), room)


def clip_plain(text: str, room: int) -> str:
    """Return the text in at most `room` units, unescaped, for a place without markup (a footer, a button)."""
    return cut(text, room)


def live(markup: str) -> str:
    """Return markup of ours for use in a sentence, where all else is escaped."""
    return f"{_BEGIN}{markup}{_END}"


def lines(sentences: Iterable[str], room: int = LONGEST_CONTENT) -> str:
    """Return an answer's sentences, one per line, in at most `room` units."""
    characters = [piece for one in sentences for piece in (*sentence(one), "\n")]
    return cut(characters[:-1], room)


def pages(sentences: Iterable[str], room: int = LONGEST_CONTENT, ids: Ids = NO_IDS) -> list[str]:
    """Return an answer's sentences, one per line, split into one or more texts of at most `room` units."""
    return joined((line for one in sentences for line in split(_splittable(one, room, ids), room)), room)


def joined(texts: Iterable[str], room: int = LONGEST_CONTENT) -> list[str]:
    """Join escaped texts, each of at most `room` units, by line breaks into one or more texts of as many units."""
    pages = [""]
    for one in texts:
        if not pages[-1]:
            pages[-1] = one
        elif units(pages[-1]) + 1 + units(one) <= room:
            pages[-1] += f"\n{one}"
        else:
            pages.append(one)
    return pages


def _splittable(said: str, room: int, ids: Ids) -> Iterator[str]:
    """Yield the pieces of a sentence. A command longer than `room` is text like any other."""
    for piece in sentence(said, ids):
        if units(piece) > room:
            yield from pieces(piece)
        else:
            yield piece


def sentence(said: str, ids: Ids = NO_IDS) -> Iterator[str]:
    """Yield the escaped pieces of a catalogue sentence. Commands in backticks become mentions where they have an id."""
    for piece in _OURS.split(said):
        if piece.startswith(_BEGIN):
            yield piece.strip(_BEGIN + _END)
        elif _OURS.fullmatch(piece):
            yield clickable(piece.strip("`"), ids)
        else:
            yield from pieces(piece)


def title_line(title: str, url: str, link_word: str, room: int) -> str:
    """Return a bold title linked to the URL, in at most `room` units; without a link if the URL does not fit.

    The label of a masked link cannot contain brackets, even escaped; after such a title, `link_word` is the link.
    """
    label = one_line(title)
    address = masked_address(url)
    if address is None or units(address) > room // 2:
        return f"**{clip(label, room - 4)}**"
    if "[" in label or "]" in label:
        behind = f" [{link_word}]({address})"
        return f"**{clip(label, room - units(behind) - 4)}**{behind}"
    return f"[**{clip(label, room - units(address) - 8)}**]({address})"


def masked_address(url: str) -> str | None:
    """Return the URL for use in `[label](address)`, None if it is not a web link or would end too early."""
    address = web_link(url)
    return address if address and _PARENTHESES.fullmatch(address) else None


def pieces(text: str) -> Iterator[str]:
    """Yield each character of the text, with a backslash in front if it needs one in that position.

    Clients take even an escaped bracket for the end of a link's label, that of a link of ours further up included, if
    a parenthesis follows.
    """
    before = ""
    for piece in commonmark.pieces(text, _MARKUP):
        yield "\\(" if piece == "(" and before.endswith("]") else piece
        before = piece

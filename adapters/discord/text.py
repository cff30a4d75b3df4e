"""Text from outside as text in Discord's Markdown: escaped so that it is only read, and cut to what a field takes.

Lengths are counted in UTF-16 units, the larger of the two ways in which Discord's clients and server count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from adapters.common import commonmark
from adapters.common.cutting import cut, units
from bot.words import one_line, web_link

LONGEST_CONTENT = 2000  # units of a message's own text
# A backslash makes any punctuation literal. The colon ends both `:emoji:` and the scheme of a bare address.
_MARKUP = frozenset("\\*_~`|<[]@:")
_COMMAND = re.compile(r"(`[^`\n]+`)")
_COMMAND_OR_PERSON = re.compile(r"(`[^`\n]+`|<@\d{1,20}>)")
_PARENTHESES = re.compile(r"[^()]*(?:\([^()]*\)[^()]*)*")


def escaped(text: str) -> str:
    """The text with its signs of markup made literal; its lines stay lines."""
    return "".join(pieces(text))


def clip(text: str, room: int) -> str:
    """The text escaped, in at most `room` units: cut before the first character that does not fit, with `…`."""
    return cut(pieces(text), room)


def clip_plain(text: str, room: int) -> str:
    """The same for a place without markup (a footer, an author, a button)."""
    return cut(text, room)


def lines(said: Iterable[str], room: int = LONGEST_CONTENT) -> str:
    """An answer's sentences, one a line, in at most `room` units."""
    shown = [piece for one in said for piece in (*sentence(one, people=True), "\n")]
    return cut(shown[:-1], room)


def pages(said: Iterable[str], room: int = LONGEST_CONTENT) -> list[str]:
    """Return an answer's sentences, one a line, in as many texts of at most `room` units as they need; at least one.

    A sentence that is longer than that is cut.
    """
    made = [""]
    for one in said:
        line = cut(sentence(one, people=True), room)
        if not made[-1]:
            made[-1] = line
        elif units(made[-1]) + 1 + units(line) <= room:
            made[-1] += f"\n{line}"
        else:
            made.append(line)
    return made


def sentence(said: str, *, people: bool = False) -> Iterator[str]:
    """The pieces of a sentence of the catalogues: commands to type in it, and `people`, stay what they are; everything
    else is escaped."""
    ours = _COMMAND_OR_PERSON if people else _COMMAND
    for piece in ours.split(said):
        if ours.fullmatch(piece):
            yield piece
        else:
            yield from pieces(piece)


def title_line(title: str, url: str, link_word: str, room: int) -> str:
    """A bold title that opens the address, within `room` units; without the link where there is no fit address.

    A masked link's label cannot hold brackets, escaped or not, so such a title has its link behind it.
    """
    shown = one_line(title)
    address = masked_address(url)
    if address is None or units(address) > room // 2:
        return f"**{clip(shown, room - 4)}**"
    if "[" in shown or "]" in shown:
        behind = f" [{link_word}]({address})"
        return f"**{clip(shown, room - units(behind) - 4)}**{behind}"
    return f"[**{clip(shown, room - units(address) - 8)}**]({address})"


def masked_address(url: str) -> str | None:
    """The address as it can stand in `[label](address)`; None where it is none, or would end too early."""
    address = web_link(url)
    return address if address and _PARENTHESES.fullmatch(address) else None


def pieces(text: str) -> Iterator[str]:
    """Yield each character of the text, with the backslash that it needs where it stands."""
    return commonmark.pieces(text, _MARKUP)

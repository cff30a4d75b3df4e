"""Texts cut to what a platform takes, never inside an escape or an emoji that is joined of several. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

CUT = "…"
_TRAILING = "\u200d\ufe0f \n"  # joiners and blanks say nothing at an end


def units(text: str) -> int:
    """Return the length in UTF-16 units, of which an emoji has two or more."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut(pieces: Iterable[str], room: int, measure: Callable[[str], int] = units) -> str:
    """Join as many whole pieces as fit into `room`, with `…` where some did not.

    `pieces` are characters with what escapes them, read only as far as needed. `measure` gives a piece's length as the
    platform counts it. Without any room the result is empty.
    """
    kept: list[str] = []
    length = 0
    fitting = 0  # of the pieces, how many leave room for the sign of the cut
    for piece in pieces:
        length += measure(piece)
        if length > room:
            kept = kept[:fitting]
            while kept and kept[-1] in _TRAILING:
                kept.pop()
            return "".join([*kept, CUT]) if room > 0 else ""
        kept.append(piece)
        if length < room:
            fitting = len(kept)
    return "".join(kept)

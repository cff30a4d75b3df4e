"""Cut texts to a platform's limits, never inside an escape sequence or a joined emoji. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

CUT = "…"
_TRAILING = "\u200d\ufe0f \n"  # joiners and blanks, meaningless at the end


def units(text: str) -> int:
    """Return the length in UTF-16 units; an emoji has two or more."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut(pieces: Iterable[str], room: int, measure: Callable[[str], int] = units) -> str:
    """Join as many whole pieces as fit into `room`, ending in `…` if some did not.

    `pieces` are characters with their escapes, read only as far as needed. `measure` returns a piece's length as the
    platform counts it. If `room` is 0 or less, the result is empty.
    """
    fitted: list[str] = []
    length = 0
    fitting = 0  # number of pieces that leave room for the ellipsis
    for piece in pieces:
        length += measure(piece)
        if length > room:
            fitted = fitted[:fitting]
            while fitted and fitted[-1] in _TRAILING:
                fitted.pop()
            return "".join([*fitted, CUT]) if room > 0 else ""
        fitted.append(piece)
        if length < room:
            fitting = len(fitted)
    return "".join(fitted)

"""Cut texts to a platform's limits, never inside an escape sequence or a joined emoji. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

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


def split(pieces: Iterable[str], room: int) -> Iterator[str]:
    """Join the pieces into texts of at most `room` units each, losing only blanks at which a text ends.

    A text ends at a blank if there is one in its second half. A piece longer than `room` is left out.
    """
    text: list[str] = []
    length = 0
    for piece in pieces:
        size = units(piece)
        if size > room:
            continue
        while length + size > room:
            blanks = (at for at in range(len(text) - 1, len(text) // 2, -1) if text[at] == " ")
            end = next(blanks, len(text))
            yield "".join(text[:end])
            text = text[end + 1 :]
            length = sum(map(units, text))
        text.append(piece)
        length += size
    if text:
        yield "".join(text)

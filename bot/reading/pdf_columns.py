"""The columns of a page and the order in which its lines are read. Pure.

Files made by TeX and by word processors hold their text in reading order, and no rule of geometry knows as much of
floats and notes as their makers did. That order is kept unless the geometry contradicts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from bot.reading.pdf_lines import Line

_TEXT = 15  # characters; shorter lines say little about columns
_STEP = 2  # points


class Side(IntEnum):
    """Where a line stands: across the page, or in one of two columns."""

    WHOLE = 0
    LEFT = 1
    RIGHT = 2


@dataclass(frozen=True, slots=True)
class Columns:
    """A page's columns. `gutter` is the middle between two, None if the page has one."""

    gutter: float | None

    def side(self, line: Line) -> Side:
        if self.gutter is None:
            return Side.WHOLE
        if line.x1 <= self.gutter + _STEP:
            return Side.LEFT
        return Side.RIGHT if line.x0 >= self.gutter - _STEP else Side.WHOLE


def columns_of(pages: Sequence[Sequence[Line]], widths: Sequence[float]) -> list[Columns]:
    """Return the columns of each page, whose widths are in points.

    A page with little text, or with figures alone, has those of most of the others.
    """
    found = [_columns(lines, width) for lines, width in zip(pages, widths, strict=True)]
    gutters = sorted(one.gutter for one in found if one.gutter is not None)
    if 2 * len(gutters) <= len(pages):
        return found
    usual = Columns(gutters[len(gutters) // 2])
    return [
        usual if one.gutter is None and _fits(lines, usual) else one for lines, one in zip(pages, found, strict=True)
    ]


def _fits(lines: Sequence[Line], columns: Columns) -> bool:
    wide = [line for line in lines if len(line.text) >= _TEXT]
    return 3 * sum(columns.side(line) is Side.WHOLE for line in wide) <= len(wide)


def _columns(lines: Sequence[Line], width: float) -> Columns:
    wide = [line for line in lines if len(line.text) >= _TEXT]
    best, fewest = None, 0.4 * len(wide)
    places = sorted(range(int(0.3 * width), int(0.7 * width), _STEP), key=lambda x: abs(x - width / 2))
    for x in places:
        crossing = sum(line.x0 < x < line.x1 for line in wide)
        left = sum(line.x1 <= x for line in wide)
        if crossing < fewest and min(left, len(wide) - left - crossing) >= max(4, 0.15 * len(wide)):
            best, fewest = x, crossing
    return Columns(None if best is None else _middle(wide, best))


def _middle(lines: Sequence[Line], x: int) -> float:
    """Return the middle of the blank strip around x."""
    left = max((line.x1 for line in lines if line.x1 <= x), default=float(x))
    right = min((line.x0 for line in lines if line.x0 >= x), default=float(x))
    return (left + right) / 2


def ordered(lines: Sequence[Line], columns: Columns) -> list[Line]:
    """Return the lines in reading order: the file's own, or by place where that one cannot be it."""
    if columns.gutter is not None and _is_interleaved(lines, columns):
        return _by_place(lines, columns)
    if _runs_upwards(lines, columns):
        return _by_place(lines, columns)
    return list(lines)


def _is_interleaved(lines: Sequence[Line], columns: Columns) -> bool:
    """Return whether the file goes through both columns at once, row by row."""
    across = sum(
        {columns.side(one), columns.side(other)} == {Side.LEFT, Side.RIGHT}
        and abs(one.y - other.y) < 2 * max(one.size, other.size)
        for one, other in pairwise(lines)
    )
    heights = [[line.y for line in lines if columns.side(line) is side] for side in (Side.LEFT, Side.RIGHT)]
    if not all(heights):
        return False
    lowest, highest = max(map(min, heights)), min(map(max, heights))
    beside = min(sum(lowest <= y <= highest for y in ys) for ys in heights)
    return across > 4 and 2 * across > beside


def _runs_upwards(lines: Sequence[Line], columns: Columns) -> bool:
    pairs = [(one, other) for one, other in pairwise(lines) if columns.side(one) == columns.side(other)]
    upwards = sum(other.y > one.y + 0.7 * one.size for one, other in pairs)
    return 5 * upwards > 2 * len(pairs)


def _by_place(lines: Sequence[Line], columns: Columns) -> list[Line]:
    """Return the lines from top to bottom; between lines across the page, the left column before the right one."""
    done: list[Line] = []
    band: list[Line] = []
    for row in _rows(lines):
        for line in row:
            if columns.side(line) is Side.WHOLE:
                done += [*sorted(band, key=columns.side), line]
                band = []
            else:
                band.append(line)
    return done + sorted(band, key=columns.side)


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Return lines of one height together, from left to right, the highest first."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.y):
        if rows and rows[-1][0].y - line.y < 0.4 * max(line.size, rows[-1][0].size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.x0) for row in rows]

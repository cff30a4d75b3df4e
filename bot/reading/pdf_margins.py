"""What stands in the margins of a paper's pages: running heads and feet, page numbers. Told by place, not by words.

Pure. The marginal lines of a page stand where those of other pages do, apart from the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from bot.reading.pdf_lines import Line

_OUTERMOST = 3  # rows at the top, and as many at the bottom, are looked at
_APART = 1.6  # baselines to the next row, in sizes of the type; text is set closer
_SAME_PLACE = 3.0  # points
_NUMBER = re.compile(r"(?:\W*(?:page|p\.)\W*)?\W*(\d{1,5}|[ivxl]{1,6})\W*(?:(?:/|of)\W*\d{1,4}\W*)?", re.IGNORECASE)

Row = list[Line]


def without_margins(pages: Sequence[Sequence[Line]], dropped: Counter[str]) -> list[list[Line]]:
    """Return the lines of each page without those in its margins; count their characters as `margin`."""
    kept = [list(lines) for lines in pages]
    for bottom in (False, True):
        for _ in range(_OUTERMOST):
            gone = {id(line) for row in _marginal(kept, bottom) for line in row}
            if not gone:
                break
            kept = [[line for line in lines if id(line) not in gone] for lines in kept]
        gone = {id(line) for row in _beyond(kept, bottom) for line in row}
        kept = [[line for line in lines if id(line) not in gone] for lines in kept]
    dropped["margin"] += sum(len(line.text) for lines in pages for line in lines)
    dropped["margin"] -= sum(len(line.text) for lines in kept for line in lines)
    return kept


def _rows(lines: Sequence[Line], bottom: bool) -> list[Row]:
    """Return the outermost rows of a page from the edge inwards, and one more."""
    rows: list[Row] = []
    for line in sorted(lines, key=lambda line: line.y if bottom else -line.y):
        if rows and abs(rows[-1][0].y - line.y) < 0.4 * line.size:
            rows[-1].append(line)
        elif len(rows) > _OUTERMOST:
            break
        else:
            rows.append([line])
    for row in rows:
        row.sort(key=lambda line: line.x0)
    return rows


def _marginal(pages: Sequence[Sequence[Line]], bottom: bool) -> Iterator[Row]:
    """Yield the outermost row of each page where it is marginal."""
    edges = [(place, rows) for place, lines in enumerate(pages) if (rows := _rows(lines, bottom))]
    texts = Counter(_key(rows[0]) for _, rows in edges)
    offsets = Counter(number - place for place, rows in edges if (number := _number(rows[0])) is not None)
    apart = [rows[0][0].y for _, rows in edges if _is_apart(rows)]
    for place, rows in edges:
        row = rows[0]
        alike = texts[_key(row)]
        number = _number(row)
        numbered = number is not None and (offsets[number - place] > 1 or (len(edges) == 1 and _is_apart(rows)))
        level = sum(abs(y - row[0].y) <= _SAME_PLACE for y in apart) if _is_apart(rows) else 0
        if numbered or (alike > 1 and 5 * alike >= len(edges)) or (level > 1 and 2 * level >= len(edges)):
            yield row


def _key(row: Row) -> tuple[int, str]:
    return round(row[0].y / _SAME_PLACE), re.sub(r"\d+", "#", " ".join(line.text for line in row)).casefold()


def _number(row: Row) -> int | None:
    """Return the page number that a row consists of, None if it is something else."""
    match = _NUMBER.fullmatch(" ".join(line.text for line in row))
    if match is None:
        return None
    return int(match[1]) if match[1].isdecimal() else _roman(match[1].lower())


def _roman(numeral: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10, "l": 50}[sign] for sign in numeral]
    return sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))


def _is_apart(rows: Sequence[Row]) -> bool:
    outer = rows[0][0]
    return len(rows) > 1 and abs(outer.y - rows[1][0].y) > _APART * max(outer.size, rows[1][0].size)


def _beyond(pages: Sequence[Sequence[Line]], bottom: bool) -> Iterator[Row]:
    """Yield rows farther out than anything on the other pages, such as a first page's imprint."""
    edges = [rows for lines in pages if (rows := _rows(lines, bottom))]
    if len(edges) < 4:
        return
    sign = -1 if bottom else 1
    outermost = sorted((sign * rows[0][0].y for rows in edges), reverse=True)
    for rows in edges:
        border = outermost[1] if sign * rows[0][0].y == outermost[0] else outermost[0]
        yield from (row for row in rows[:_OUTERMOST] if sign * row[0].y > border + 0.8 * row[0].size)

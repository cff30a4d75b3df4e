"""The lines of a page put together into blocks. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from bot.reading.pdf_columns import Columns, Side
from bot.reading.pdf_forms import ENDED, FULL, INDENT, SAME_SIZE, Block, Body, Form, Row, form_of, is_caption, is_piece
from bot.reading.pdf_lines import Line

_ITEM = re.compile(r"(?:[•◦▪∙·●■–‣∗*]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S")


def body_of(pages: Sequence[Sequence[Line]]) -> Body:
    """Return the type in which most of the paper is set; there must be a line."""
    counts: Counter[float] = Counter()
    for line in (line for lines in pages for line in lines):
        counts[round(line.size * 2) / 2] += len(line.text)
    size = counts.most_common(1)[0][0]
    steps = [
        (one.y - other.y) / size
        for lines in pages
        for one, other in pairwise(lines)
        if abs(one.size - size) < 0.5 and abs(other.size - size) < 0.5 and 0.8 * size < one.y - other.y < 3 * size
    ]
    return Body(size, min(max(median(steps), 1.0), 2.5) if steps else 1.2)


def blocks(lines: Sequence[Line], columns: Columns, body: Body) -> list[Block]:
    """Return the blocks of one page, whose lines are in reading order."""
    rows = _rows(lines, columns)
    sides = {side: _margins([row for row in rows if row.side is side]) for side in Side}
    for row in rows:
        _close_up(row, *sides[row.side])
    found: list[Block] = []
    for row in rows:
        if not found or not _continues(found[-1], row, body):
            found.append(Block([], *sides[row.side]))
        found[-1].rows.append(row)
    for block in found:
        block.form = form_of(block, body)
        if block.form is Form.HEADING and _has_neighbour(block, rows):
            block.form = Form.TEXT
    return _with_formulas(_with_tables(found))


def _has_neighbour(block: Block, rows: Sequence[Row]) -> bool:
    """Return whether something else stands at the same height of the column, as in the head of a table."""
    row = block.rows[0]
    return any(
        other is not row and other.side is row.side and abs(other.first.y - row.first.y) < 0.6 * row.size
        for other in rows
    )


def _rows(lines: Sequence[Line], columns: Columns) -> list[Row]:
    rows: list[Row] = []
    for line in lines:
        side = columns.side(line)
        if rows:
            last = rows[-1]
            level = abs(last.cells[-1].y - line.y) < 0.35 * max(line.size, last.cells[-1].size)
            if level and line.x0 >= last.x1 - 0.3 * line.size:
                last.cells.append(line)
                last.side = side if side is last.side else Side.WHOLE
                continue
        rows.append(Row([line], side))
    return rows


def _close_up(row: Row, left: float, right: float) -> None:
    """Take the gaps of a line that is stretched from side to side for spaces."""
    if len(row.cells) < 3 or abs(row.first.x0 - left) > 2 * row.size or abs(row.x1 - right) > row.size:
        return
    gaps = [after.x0 - before.x1 for before, after in pairwise(row.cells)]
    if max(gaps) - min(gaps) < 0.5 * row.size and max(gaps) < 4 * row.size:
        row.cells = [replace(row.first, x1=row.x1, text=row.text)]


def _margins(rows: Sequence[Row]) -> tuple[float, float]:
    """Return where most rows of a column begin, and where the longer ones end."""
    if not rows:
        return 0.0, 0.0
    lefts: Counter[int] = Counter()
    rights: Counter[int] = Counter()
    for row in rows:
        lefts[round(row.first.x0)] += len(row.text)
        rights[round(row.x1)] += len(row.text)
    left, right = lefts.most_common(1)[0][0], rights.most_common(1)[0][0]
    return float(left), float(right)


def _continues(block: Block, row: Row, body: Body) -> bool:
    """Return whether a row belongs to the block before it."""
    last = block.rows[-1]
    size = max(last.size, row.size)
    step = last.first.y - row.first.y
    if not 0 < step <= 1.25 * body.leading * size or abs(last.size - row.size) > SAME_SIZE * size:
        return False
    if last.side is not row.side and abs(last.first.x0 - row.first.x0) > size and abs(block.left - row.first.x0) > size:
        return False
    if row.first.label or (last.bold is not row.bold and len(row.text) > 3 and len(last.text) > 3):
        return False
    if (len(row.cells) > 1) is not (len(last.cells) > 1) and (len(row.cells) > 2 or len(last.cells) > 2):
        return False
    if is_caption(row.text) and last.x1 < block.right - FULL * size:
        return False
    if row.first.mono and last.first.mono:
        return True
    ended = bool(ENDED.search(last.text))
    if ended and (last.x1 < block.right - FULL * size or _ITEM.match(row.text)):
        return False
    return not (
        row.first.x0 > last.first.x0 + INDENT * size
        and abs(last.first.x0 - block.left) < 0.3 * size
        and len(block.rows) > 1
        and ended
    )


def _with_tables(found: list[Block]) -> list[Block]:
    """Put single rows with cells to the table that they stand in, and pieces in small type beside a table to it."""
    for before, block, after in zip([None, *found], found, [*found[1:], None], strict=False):
        near = [one for one in (before, after) if one is not None and one.page == block.page]
        if (
            block.form in (Form.TEXT, Form.HEADING, Form.SCRAP)
            and len(block.rows) < 3
            and any(one.form is Form.TABLE and abs(one.size - block.size) < 0.5 for one in near)
            and all(len(row.cells) > 1 for row in block.rows)
        ):
            block.form = Form.TABLE
    return found


def _with_formulas(found: list[Block]) -> list[Block]:
    """Put the pieces of a displayed formula together: fractions, limits and brackets that stand around it."""
    done: list[Block] = []
    for block in found:
        last = done[-1] if done else None
        if last is not None and is_piece(last) and is_piece(block) and _is_near(last, block):
            last.rows += block.rows
            last.form = Form.FORMULA
        else:
            done.append(block)
    return done


def _is_near(one: Block, other: Block) -> bool:
    size = max(row.size for row in (*one.rows, *other.rows))
    ys = [row.first.y for row in one.rows]
    return one.page == other.page and any(
        min(ys) - 2.2 * size < row.first.y < max(ys) + 2.2 * size for row in other.rows
    )


def rows_of(block: Block) -> Iterator[str]:
    """Yield the rows of a table, with a bar between cells."""
    for row in block.rows:
        yield " | ".join(cell.text for cell in row.cells)

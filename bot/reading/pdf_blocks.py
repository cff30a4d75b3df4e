"""Lines put together into blocks: paragraphs, captions, notes, tables, formulas, headings. Told by form. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import pairwise
from statistics import median

from bot.reading.pdf_columns import Columns, Side
from bot.reading.pdf_lines import Line

_SAME_SIZE = 0.07
_FULL = 2.5  # ems short of the column's right side; a shorter line ends its paragraph
_INDENT = 0.7
_NUMBERED = r"(?:\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z](?:\.\d{1,2}){1,3}|[A-Z]|[IVX]{1,5})"
_HEADING = re.compile(rf"(?:(?:appendix|chapter|section)\s+)?(?P<number>{_NUMBERED})[.:]?\s+(?=\S)", re.IGNORECASE)
_CAPTION = re.compile(
    r"(?:(?:supplementary|extended data)\s+)?"
    r"(?:fig(?:ure|\.)?|table|tab\.|algorithm|listing|scheme|chart|box|abbildung|tabelle|tableau|figura|tabla|図|表)"
    r"\s*(?:[A-Z]{1,2}[.-]?)?(?:\d{1,3}(?:\.\d{1,3})?|[IVX]{1,5})\s*(?P<mark>[.:|—–]|\b)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(?:[•◦▪∙·●■–‣∗*]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S")
_EQUATION_NUMBER = re.compile(r"\((?:[A-Z]\.?)?\d{1,3}(?:\.\d{1,3})?[a-z]?\)")
_WORD = re.compile(r"[^\W\d_]{3,}")
_MATHS = re.compile(r"[=<>≤≥≈≡∼∝±×∑∏∫∂∇∈∀∃→←⇒∞√⊙⊗⊕|{}^_Α-Ωα-ω∥⟨⟩ᵢⱼₖₙₜ⁻₁₂²]")
_END = re.compile(r"[.!?:;。！？][)\]”’\"'»」』]*\Z")


class Form(Enum):
    """What a block looks like. `SCRAP` is lettering of a figure: short pieces in small type."""

    TEXT = auto()
    HEADING = auto()
    CAPTION = auto()
    NOTE = auto()
    TABLE = auto()
    FORMULA = auto()
    CODE = auto()
    SCRAP = auto()


@dataclass(slots=True)
class Row:
    """Lines on one baseline of a column; more than one where wide gaps lie between them."""

    cells: list[Line]
    side: Side

    @property
    def first(self) -> Line:
        return self.cells[0]

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)

    @property
    def x1(self) -> float:
        return self.cells[-1].x1

    @property
    def size(self) -> float:
        return max(self.cells, key=lambda cell: len(cell.text)).size

    @property
    def bold(self) -> bool:
        return all(cell.bold for cell in self.cells)

    @property
    def numbered(self) -> bool:
        """Whether it ends with the number of a formula."""
        return len(self.cells) > 1 and bool(_EQUATION_NUMBER.fullmatch(self.cells[-1].text))


@dataclass(slots=True)
class Block:
    """Rows that belong together. `left` and `right` are the sides of the column that they stand in."""

    rows: list[Row]
    left: float
    right: float
    form: Form = Form.TEXT

    @property
    def page(self) -> int:
        return self.rows[0].first.page

    @property
    def size(self) -> float:
        return median(row.size for row in self.rows)

    @property
    def bold(self) -> bool:
        return all(row.bold for row in self.rows)

    @property
    def label(self) -> str:
        return self.rows[0].first.label

    @property
    def text(self) -> str:
        return " ".join(row.text for row in self.rows)

    @property
    def is_full(self) -> bool:
        """Whether its last row reaches the column's right side, so that its sentence may go on elsewhere."""
        row = self.rows[-1]
        return row.x1 > self.right - _FULL * row.size

    @property
    def is_indented(self) -> bool:
        """Whether its first row begins farther in than its column, as those of new paragraphs do."""
        return self.rows[0].first.x0 > self.left + _INDENT * self.size


@dataclass(frozen=True, slots=True)
class Body:
    """The type of the paper's running text: its size, and the distance of its baselines in sizes."""

    size: float
    leading: float


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
        block.form = _form(block, body)
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
    if not 0 < step <= 1.25 * body.leading * size or abs(last.size - row.size) > _SAME_SIZE * size:
        return False
    if last.side is not row.side and abs(last.first.x0 - row.first.x0) > size and abs(block.left - row.first.x0) > size:
        return False
    if row.first.label or (last.bold is not row.bold and len(row.text) > 3 and len(last.text) > 3):
        return False
    if (len(row.cells) > 1) is not (len(last.cells) > 1) and (len(row.cells) > 2 or len(last.cells) > 2):
        return False
    if _CAPTION.match(row.text) and _is_caption(row.text) and last.x1 < block.right - _FULL * size:
        return False
    ended = bool(_END.search(last.text))
    if ended and (last.x1 < block.right - _FULL * size or _ITEM.match(row.text)):
        return False
    return not (
        row.first.x0 > last.first.x0 + _INDENT * size
        and abs(last.first.x0 - block.left) < 0.3 * size
        and len(block.rows) > 1
        and ended
    )


def _form(block: Block, body: Body) -> Form:
    text, rows = block.text, block.rows
    small = block.size < body.size * (1 - _SAME_SIZE)
    words = sum(map(len, _WORD.findall(text)))
    if _CAPTION.match(text) and _is_caption(text):
        return Form.CAPTION
    if all(cell.mono for row in rows for cell in row.cells) and (len(rows) > 1 or len(text) > 20):
        return Form.CODE
    if any(row.numbered for row in rows) or (
        len(rows) < 4 and 2 * words < len(text) - text.count(" ") and _MATHS.search(text)
    ):
        return Form.FORMULA
    if block.label and small:
        return Form.NOTE
    cells = sum(len(row.cells) > 1 for row in rows)
    if is_heading(block, body):
        return Form.HEADING
    if len(rows) > 1 and 2 * cells >= len(rows):
        return Form.TABLE
    if small and block.size < 0.9 * body.size and all(len(row.text) < 40 for row in rows) and not _END.search(text):
        return Form.SCRAP
    return Form.TEXT


def _is_caption(text: str) -> bool:
    match = _CAPTION.match(text)
    if match is None:
        return False
    # "Figure 3 shows" begins a sentence; "Figure 3 Architecture of" is a caption without a point.
    rest = text[match.end() :].lstrip()
    return bool(match["mark"]) or rest[:1].isupper()


def caption_name(text: str) -> str | None:
    """Return what a caption belongs to, such as `table 4`; None for other text."""
    match = _CAPTION.match(text)
    return re.sub(r"\W+", " ", match[0].casefold().replace("figure", "fig")).strip() if match else None


def is_heading(block: Block, body: Body) -> bool:
    """Return whether a block is a heading: short, and set off by its number, its weight or its size."""
    text = block.text
    cells = block.rows[0].cells
    if len(cells) > 2 or (len(cells) == 2 and not re.fullmatch(rf"{_NUMBERED}[.:]?", cells[0].text)):
        return False
    if any(len(row.cells) > 1 for row in block.rows[1:]):
        return False
    if sum(map(len, _WORD.findall(text))) < 0.4 * len(text) and not re.search(r"[一-鿿ぁ-ヿ]", text):
        return False
    if len(block.rows) > 3 or len(text) > 160 or not re.search(r"[^\W\d_]{2}|[一-鿿ぁ-ヿ]{2}", text):
        return False
    large = block.size > body.size * 1.08
    bold = block.bold
    capitals = text.upper() == text and any(char.isalpha() for char in text)
    numbered = heading_number(text) is not None
    if not numbered and (text.endswith((".", ",", ";")) or text[0].islower() or re.search("[=<>≤≥←→∑∫]", text)):
        return False
    if block.size < body.size * (1 - _SAME_SIZE):
        return False
    if numbered:
        return bold or large or (capitals and len(text) > 5)
    return (large and len(text) > 3) or bold or (capitals and len(text.split()) > 0 and len(text) > 7)


def heading_number(text: str) -> str | None:
    """Return the number that a heading begins with, such as `2.1`; None if there is none."""
    match = _HEADING.match(text)
    return match["number"] if match else None


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
        if last is not None and _is_piece(last) and _is_piece(block) and _is_near(last, block):
            last.rows += block.rows
            last.form = Form.FORMULA
        else:
            done.append(block)
    return done


def _is_piece(block: Block) -> bool:
    if block.form is Form.FORMULA:
        return True
    text = block.text
    return (
        block.form in (Form.TEXT, Form.HEADING, Form.SCRAP, Form.TABLE)
        and len(text) < 60
        and all(len(word) < 4 for word in _WORD.findall(text))
        and (len(text) < 12 or bool(_MATHS.search(text)))
    )


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

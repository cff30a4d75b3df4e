"""What a block of a page is, told by its form: a heading, a caption, a note, a table, a formula. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from statistics import median

from bot.reading.pdf_columns import Side
from bot.reading.pdf_lines import Line

SAME_SIZE = 0.07
FULL = 2.5  # ems short of the column's right side; a shorter line ends its paragraph
INDENT = 0.7
ENDED = re.compile(r"[.!?:;。！？][)\]”’\"'»」』]*\Z")
_NUMBERED = r"(?:\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z](?:\.\d{1,2}){1,3}|[A-Z]|[IVX]{1,5})"
_HEADING = re.compile(rf"(?:(?:appendix|chapter|section)\s+)?(?P<number>{_NUMBERED})[.:]?\s+(?=\S)", re.IGNORECASE)
_CAPTION = re.compile(
    r"(?:(?:supplementary|extended data)\s+)?"
    r"(?:fig(?:ure|\.)?|table|tab\.|algorithm|listing|scheme|chart|box|abbildung|tabelle|tableau|figura|tabla|図|表)"
    r"\s*(?:[A-Z]{1,2}[.-]?)?(?:\d{1,3}(?:\.\d{1,3})?|[IVX]{1,5})\s*(?P<mark>[.:|—–]|\b)",
    re.IGNORECASE,
)
_EQUATION_NUMBER = re.compile(r"\((?:[A-Z]\.?)?\d{1,3}(?:\.\d{1,3})?[a-z]?\)")
_WORD = re.compile(r"[^\W\d_]{3,}")
_MATHS = re.compile(r"[=<>≤≥≈≡∼∝±×∑∏∫∂∇∈∀∃→←⇒∞√⊙⊗⊕|{}^_Α-Ωα-ω∥⟨⟩ᵢⱼₖₙₜ⁻₁₂²]")


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
        return row.x1 > self.right - FULL * row.size

    @property
    def is_indented(self) -> bool:
        """Whether its first row begins farther in than its column, as those of new paragraphs do."""
        return self.rows[0].first.x0 > self.left + INDENT * self.size


@dataclass(frozen=True, slots=True)
class Body:
    """The type of the paper's running text: its size, and the distance of its baselines in sizes."""

    size: float
    leading: float


def form_of(block: Block, body: Body) -> Form:
    """Return what a block looks like beside the paper's running text."""
    text, rows = block.text, block.rows
    small = block.size < body.size * (1 - SAME_SIZE)
    words = sum(map(len, _WORD.findall(text)))
    if _CAPTION.match(text) and is_caption(text):
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
    if _is_heading(block, body):
        return Form.HEADING
    if len(rows) > 1 and 2 * cells >= len(rows):
        return Form.TABLE
    if small and block.size < 0.9 * body.size and all(len(row.text) < 40 for row in rows) and not ENDED.search(text):
        return Form.SCRAP
    return Form.TEXT


def is_caption(text: str) -> bool:
    """Return whether a text begins as a caption does, not as a sentence on a figure."""
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


def _is_heading(block: Block, body: Body) -> bool:
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
    if block.size < body.size * (1 - SAME_SIZE):
        return False
    if numbered:
        return bold or large or (capitals and len(text) > 5)
    return (large and len(text) > 3) or bold or (capitals and len(text.split()) > 0 and len(text) > 7)


def heading_number(text: str) -> str | None:
    """Return the number that a heading begins with, such as `2.1`; None if there is none."""
    match = _HEADING.match(text)
    return match["number"] if match else None


def is_piece(block: Block) -> bool:
    """Return whether a block may be a part of a displayed formula: a limit, one side of a fraction, a bracket."""
    if block.form is Form.FORMULA:
        return True
    text = block.text
    return (
        block.form in (Form.TEXT, Form.HEADING, Form.SCRAP, Form.TABLE)
        and len(text) < 60
        and all(len(word) < 4 for word in _WORD.findall(text))
        and (len(text) < 12 or bool(_MATHS.search(text)))
    )

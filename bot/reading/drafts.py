"""Texts in the making: what a walk over a page collects before it becomes blocks. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.models import BlockKind
from bot.reading.maths import joined
from bot.reading.sentences import split

LONGEST_ROW = 300  # characters; a longer row of a table holds prose, and is quoted by the sentence
_INTERTEXT = 40  # letters; a row of a display with more of them outside its formulas is prose
# A line's end between two characters of a script without blanks says nothing.
_BROKEN = re.compile(
    r"(?<=[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60])[ \t]*\n\s*(?=[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60])"
)
_NUMBER = re.compile(r"(?:\([\w.:*′'–-]{1,12}\)|\d[\d.]*)?[.,;]?")  # of a display: "(3a)"


@dataclass(frozen=True, slots=True)
class Finished:
    """A block, but for its name, which must be unique: `id` is that of its element."""

    kind: BlockKind
    sentences: tuple[str, ...]
    id: str
    anchor: str


@dataclass(slots=True)
class Draft:
    """The text of one element, in pieces.

    A `closed` draft takes everything within its element into one block; blocks lifted out of it, such as notes, are put
    `after` it. `by_line`: its lines are its sentences; `preformatted`: line feeds in its text are such lines' ends.
    `display`: its row is known to be a formula's.
    """

    kind: BlockKind = BlockKind.PARAGRAPH
    id: str = ""
    anchor: str = ""
    closed: bool = True
    by_line: bool = False
    preformatted: bool = False
    display: bool = False
    pieces: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    after: list[Finished] = field(default_factory=list)
    prose: int = 0  # letters and digits outside formulas
    cells: int = 0
    in_cell: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.prose and not self.formulas

    @property
    def text(self) -> str:
        return " ".join(_BROKEN.sub("", "".join(self.pieces)).split())

    def add(self, text: str) -> None:
        self.pieces.append(text.replace("\n", " ") if self.by_line and not self.preformatted else text)
        self.prose += sum(map(str.isalnum, text))

    def add_formula(self, formula: str) -> None:
        self.pieces.append(formula)
        self.formulas.append(formula)

    def raise_number(self) -> None:
        """Keep a raised number apart from what it is raised from: 10 to the sixth is not 106."""
        if self.pieces and self.pieces[-1][-1:].isalnum():
            self.pieces.append("^")

    def space(self) -> None:
        self.pieces.append(" ")

    def new_line(self) -> None:
        self.pieces.append("\n" if self.by_line else " ")

    def new_cell(self) -> None:
        if self.cells:
            self.pieces.append(" | ")
        self.cells += 1

    def finished(self, label: str = "") -> Finished | None:
        """Return the block, with a list item's label before it; None if there is nothing in it."""
        if self.is_empty:
            return None
        if self.by_line:
            lines = (" ".join(line.split()) for line in "".join(self.pieces).split("\n"))
            return Finished(self.kind, tuple(one for line in lines for one in _row(line)), self.id, self.anchor)
        kind = self._kind()
        text = self._display() if kind is BlockKind.FORMULA else self.text
        if kind is BlockKind.ROW:
            text = text.rstrip(" |")
        text = f"{label} {text}" if label else text
        whole = kind in (BlockKind.ROW, BlockKind.FORMULA)
        return Finished(kind, _row(text) if whole else split(text), self.id, self.anchor)

    def _kind(self) -> BlockKind:
        if self.kind is BlockKind.PARAGRAPH and not self.prose:
            return BlockKind.FORMULA
        if self.kind is not BlockKind.FORMULA or self.prose <= (_INTERTEXT if self.display else 0):
            return self.kind
        return self.kind if self.formulas and _NUMBER.fullmatch(self._marks()) else BlockKind.PARAGRAPH

    def _marks(self) -> str:
        """Return what stands between the formulas."""
        formulas = set(self.formulas)
        return " ".join("".join(" " if piece in formulas else piece for piece in self.pieces).split())

    def _display(self) -> str:
        """Put the formulas of a row together if nothing but its number stands beside them."""
        marks = self._marks()
        if len(self.formulas) < 2 or not _NUMBER.fullmatch(marks):
            return self.text
        return f"{joined(self.formulas)} {marks}".strip()


def _row(text: str) -> tuple[str, ...]:
    return (text,) if 0 < len(text) <= LONGEST_ROW else split(text)

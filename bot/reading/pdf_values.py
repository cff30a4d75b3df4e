"""What the parts of reading a PDF hand to each other. Knows no vendor, so that the bot itself never loads PDFium."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.models.fulltext import TextSection


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take. `seconds` are of the processor, `memory` is in bytes of address space."""

    seconds: int = 60
    memory: int = 1024 * 1024 * 1024
    pages: int = 200
    characters: int = 2_000_000


class Glyph(NamedTuple):
    """A visible glyph. Lengths are points from the page's lower left corner, turned so that its text is upright.

    `y` is the baseline. `space` tells that a space stands before it in the file, `guessed` that PDFium took a gap for
    one. `char` is more than one letter for a ligature.
    """

    char: str
    x0: float
    x1: float
    y: float
    size: float
    space: bool = False
    guessed: bool = False
    bold: bool = False
    mono: bool = False


@dataclass(frozen=True, slots=True)
class PdfText:
    """What a PDF says. `dropped` counts what was left out, by kind; `pages` is how many it has.

    Kinds count characters. Hidden text: `invisible` (no paint), `background` (the page's own colour), `covered`, `tiny`
    (below 2 points), `outside` the page, `replaced` (given in place of what is drawn). No text of the paper: `margin`
    (running heads, page numbers) and `rotated` (arXiv's stamp, lettering of axes). `unmapped` are glyphs that stand for
    no known character, and `textless` counts pages without any text.
    """

    sections: tuple[TextSection, ...]
    references: tuple[str, ...] = ()
    title: str = ""
    dropped: tuple[tuple[str, int], ...] = ()
    pages: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The worker's answer: the text, or the code of the ReadingError; and the pages if known."""

    text: PdfText | None = None
    code: str = ""
    pages: int = 0

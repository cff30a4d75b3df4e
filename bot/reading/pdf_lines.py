"""Glyphs put together into lines of text: spaces, accents, exponents and indices; marks of footnotes left out. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import groupby, pairwise

from bot.reading.pdf_accents import accented
from bot.reading.pdf_values import Glyph
from bot.tex import subscript, superscript
from bot.words.plain import plain

# In sizes of the type (ems).
_SPACE, _LEAST_SPACE = 0.22, 0.03
_GAP = 1.5  # wider than any space of a justified line: a column or a table lies between
_SAME_LINE = 0.6
_RAISED, _LOWERED, _SMALL = 0.12, 0.06, 0.88

_ORDINALS = {"st", "nd", "rd", "th"}
_MARK = re.compile(r"[*∗⋆†‡§¶‖∥#⇤⇑♮♯♦♣♠♥★☆✉]+|(?:\d{1,3}|[a-z])(?:[,;–-]\d{1,3}|,[a-z])*[,*∗†‡]*")
_FUNCTION = re.compile(r"(?:sin|cos|tan|log|exp|ln|max|min|det|arg|lim)\Z")
_ELLIPSIS = re.compile(r"\.(?: ?\.){2,}")
_LAST_WORD = re.compile(r"[^\W\d_]*\Z")


class _Place(Enum):
    ON = auto()
    RAISED = auto()
    LOWERED = auto()


@dataclass(slots=True)
class Line:
    """Glyphs on one baseline without a wide gap between them. Lengths are points, `y` counts from the page's bottom.

    `label` is a mark raised at its start, as footnotes have; `bold` and `mono` tell that nearly all of it is so.
    `hyphen` tells that it ends with a hyphen that may belong to the line's end alone.
    """

    page: int
    x0: float
    x1: float
    y: float
    size: float
    text: str
    label: str = ""
    bold: bool = False
    mono: bool = False

    @property
    def hyphen(self) -> bool:
        return len(self.text) > 1 and self.text[-1] == "-" and self.text[-2].isalpha()


@dataclass(slots=True)
class _Raw:
    """A line's glyphs before they are text; `y` and `size` are those of its largest type so far."""

    glyphs: list[Glyph] = field(default_factory=list)
    y: float = 0.0
    size: float = 0.0
    x1: float = 0.0

    def takes(self, glyph: Glyph) -> bool:
        largest = max(self.size, glyph.size)
        if glyph.size < _SMALL * self.size and 0.25 * self.size < abs(glyph.y - self.y) < 0.6 * self.size:
            # The parts of a fraction stand in each other's middle: the wider one begins farther left.
            inline = max((one.x1 for one in self.glyphs if one.size > _SMALL * self.size), default=self.x1)
            return -0.5 * self.size <= glyph.x0 - inline < 2 * _GAP * self.size
        return (
            abs(glyph.y - self.y) <= _SAME_LINE * largest
            and -1.2 * largest <= glyph.x0 - self.x1 < _GAP * largest
            and glyph.x0 > self.glyphs[0].x0 - largest
        )

    def takes_around(self, inner: _Raw, glyph: Glyph) -> bool:
        """Return whether the line goes on after a piece set higher or lower, such as a root's sign or a fraction."""
        return (
            len(inner.glyphs) < 12
            and abs(glyph.y - self.y) < 0.05 * self.size
            and inner.glyphs[0].x0 > self.x1 - 0.5 * self.size
            and inner.x1 - self.size < glyph.x0 < inner.x1 + self.size
            and inner.glyphs[0].x0 - self.x1 < self.size
            and abs(inner.y - self.y) < 1.2 * self.size
        )

    def add(self, glyph: Glyph) -> None:
        if glyph.size > self.size * 1.02:
            self.y, self.size = glyph.y, glyph.size
        self.x1 = max(self.x1, glyph.x1)
        self.glyphs.append(glyph)


def lines(page: int, glyphs: Sequence[Glyph]) -> list[Line]:
    """Return the lines of the page with that number, in the order of its glyphs."""
    raws: list[_Raw] = []
    for glyph in accented(glyphs):
        if not raws or not raws[-1].takes(glyph):
            if len(raws) > 1 and raws[-2].takes_around(raws[-1], glyph):
                inner = raws.pop()
                raws[-1].glyphs += inner.glyphs
                raws[-1].x1 = max(raws[-1].x1, inner.x1)
            else:
                raws.append(_Raw(x1=glyph.x0))
        raws[-1].add(glyph)
    labels = {label for one in raws if (label := _label(one))}
    return _labelled([line for one in raws if (line := _line(page, one, labels)).text or line.label])


def _labelled(found: list[Line]) -> list[Line]:
    """Put marks that the file draws apart from their notes to the lines before which they stand."""
    kept = []
    for mark in found:
        if len(mark.text) <= 3 and _MARK.fullmatch(mark.text):
            for line in found:
                if (
                    mark.size < _SMALL * line.size
                    and _RAISED * line.size < mark.y - line.y < _SAME_LINE * line.size
                    and 0 <= line.x0 - mark.x1 < line.size
                ):
                    line.label = line.label or mark.text
                    break
            else:
                kept.append(mark)
        else:
            kept.append(mark)
    return kept


def _label(raw: _Raw) -> str:
    """Return the mark raised before the first word of a line, "" if there is none."""
    base, size = _base(raw.glyphs)
    label = ""
    for glyph in raw.glyphs:
        if _place(glyph, base, size) is not _Place.RAISED:
            return label if _MARK.fullmatch(label) else ""
        label += glyph.char
    return ""


def _base(glyphs: Sequence[Glyph]) -> tuple[float, float]:
    """Return the baseline and the size of the largest type that a good part of the glyphs is set in."""
    counts = Counter((round(glyph.size, 1), round(glyph.y, 1)) for glyph in glyphs)
    enough = 0.2 * len(glyphs)
    size, y = max(counts, key=lambda at: (counts[at] >= enough, at[0] if counts[at] >= enough else 0.0, counts[at]))
    return y, size


def _place(glyph: Glyph, base: float, size: float) -> _Place:
    if glyph.size <= _SMALL * size:
        if glyph.y - base >= _RAISED * size:
            return _Place.RAISED
        if base - glyph.y >= _LOWERED * size:
            return _Place.LOWERED
    return _Place.ON


def _line(page: int, raw: _Raw, labels: set[str]) -> Line:
    glyphs = raw.glyphs
    base, size = _base(glyphs)
    groups = [(place, list(group)) for place, group in groupby(glyphs, lambda one: _place(one, base, size))]
    _put_indices_first(groups, size)
    text, label, end = "", "", glyphs[0].x0
    least = _SPACE
    for place, group in groups:
        # Where the baseline changes, PDFium guesses spaces that are not there.
        spaced = group[0].space or group[0].x0 - end > least * size
        least = _SPACE
        written = _written(group, size)
        if place is _Place.RAISED:
            if not text and _MARK.fullmatch(written) and len(groups) > 1:
                label, end = written, group[-1].x1
                continue
            if _is_mark(text, written, labels):
                # What follows the mark follows the word before it; the space between them stands after the mark.
                text += " " if spaced and text else ""
                end, least = group[-1].x1, _SPACE / 2
                continue
            written = written if written in _ORDINALS else superscript(written)
        elif place is _Place.LOWERED:
            written = subscript(written)
        text += (" " if spaced and text and not text.endswith(" ") else "") + written
        end = group[-1].x1
    letters = [glyph for glyph in glyphs if glyph.char.isalnum()] or glyphs
    return Line(
        page,
        min(glyph.x0 for glyph in glyphs),
        max(glyph.x1 for glyph in glyphs),
        base,
        size,
        _ELLIPSIS.sub("…", " ".join(plain(text).split())),
        label,
        sum(glyph.bold for glyph in letters) >= 0.9 * len(letters),
        sum(glyph.mono for glyph in letters) >= 0.9 * len(letters),
    )


def _put_indices_first(groups: list[tuple[_Place, list[Glyph]]], size: float) -> None:
    """Exchange an exponent with the index below it: TeX draws them in that order, and they are read in the other.

    A fraction in a line is drawn alike; it is deeper, and its parts stand in each other's middle.
    """
    for n in range(len(groups) - 1):
        (place, upper), (other, lower) = groups[n], groups[n + 1]
        if (place, other) != (_Place.RAISED, _Place.LOWERED) or lower[0].x0 >= upper[-1].x1:
            continue
        middles = [(one[0].x0 + one[-1].x1) / 2 for one in (upper, lower)]
        if abs(middles[0] - middles[1]) < 0.06 * size and upper[0].y - lower[0].y > 0.68 * size:
            bar = upper[-1]._replace(char="/", space=False, guessed=False, x0=upper[-1].x1)
            groups[n], groups[n + 1] = (_Place.ON, [*upper, bar]), (_Place.ON, lower)
        else:
            groups[n], groups[n + 1] = groups[n + 1], groups[n]


def _is_mark(before: str, raised: str, labels: set[str]) -> bool:
    """Return whether what is raised points to a note, or to a reference, and is no exponent.

    `labels` are the marks with which lines of the page begin.
    """
    if not _MARK.fullmatch(raised):
        return False
    before = before.rstrip()
    if not before:
        return True
    if before[-1].isdigit():  # a power, unless it stands on a version or a year
        return not raised[0].isalnum() or (raised in labels and len(before.split()[-1]) > 3)
    word = _LAST_WORD.search(before)
    length = len(word[0]) if word else 0
    if length >= 3:
        return raised in labels or not (raised.isalpha() or _FUNCTION.search(before))
    if length == 2:
        return raised in labels or not raised[0].isalnum()
    if length == 1:
        return not raised[0].isalnum() and raised[0] not in "*∗⋆†"  # x* and A† are symbols
    if before[-1] in ")]}|":
        return raised in labels or len(raised) > 1
    return before[-1] in ".,;:!?’”\"'" or not raised[0].isalnum()


def _written(glyphs: Sequence[Glyph], size: float) -> str:
    """Return the text of glyphs of one height, with its spaces."""
    text = glyphs[0].char
    for before, glyph in pairwise(glyphs):
        gap = glyph.x0 - before.x1
        spaced = glyph.space or gap > _SPACE * size or (glyph.guessed and gap > _LEAST_SPACE * size)
        if spaced and before.char == "," and glyph.char.isdigit() and text[-2:-1].isdigit() and not glyph.space:
            spaced = gap > _SPACE * size  # TeX puts a thin space into `$10,000$`
        text += (" " if spaced else "") + glyph.char
    return text

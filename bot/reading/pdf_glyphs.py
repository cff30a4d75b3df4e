"""The glyphs of a PDF's pages as PDFium gives them, without those that no reader of the page can see.

Runs in the worker process only: PDFium is native code, is not thread-safe, and is fed with files from anywhere.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it ships no types
from pypdfium2 import raw

from bot.reading.pdf_symbols import hangs, meant
from bot.reading.pdf_values import Glyph
from bot.reading.pdf_visibility import Picture

_INVISIBLE_MODES = frozenset({raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP})
_SMALLEST = 2.0  # points; nobody reads smaller print
_LONGEST_WORD = 24  # characters in place of what is drawn
_LEAST_ROOM = 0.12  # of the size of print, for a letter
_BOLD = re.compile(r"bold|black|heavy|demi|medi(?!um)|cmbx|sfbx", re.IGNORECASE)
_MONO = re.compile(r"mono|courier|typewriter|consol|cmtt|sftt|inconsolata", re.IGNORECASE)
_HYPHENS = {0x02: "-", 0xFFFE: "-", 0xAD: "-", 0x2010: "-", 0x2011: "-"}  # PDFium's signs at a line's end, and others
_LIGATURES = {
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st",
}  # fmt: skip


class _Style(NamedTuple):
    size: float
    angle: int
    bold: bool
    mono: bool
    hidden: str
    shade: int | None  # of its paint, from 0, black, to 255; None if it has none of its own
    font: str
    drawn: bool  # whether the file brings the font along, so that it can be drawn here


class _Drawn(NamedTuple):
    char: str
    box: tuple[float, float, float, float]  # left, bottom, right, top: the glyph with its side bearings
    ink: tuple[float, float, float, float]  # its outline alone
    origin: tuple[float, float]
    space: bool
    guessed: bool
    style: _Style


def read_page(page: pdfium.PdfPage, dropped: Counter[str]) -> tuple[float, list[Glyph]]:
    """Return the width of a page in points and what can be seen on it, in the file's own order.

    Characters that are left out are counted in `dropped`, by the kinds of `PdfText`. Raises PdfiumError for a page that
    cannot be loaded.
    """
    textpage = page.get_textpage()
    try:
        drawn = list(_as_drawn(_drawn(textpage, dropped), dropped))
        visible = list(_visible(page, drawn, dropped)) if drawn else []
    finally:
        textpage.close()
    directions = Counter(one.style.angle for one in visible)
    upright = max(directions, key=lambda angle: (directions[angle], -angle), default=0)
    dropped["rotated"] += len(visible) - directions[upright]
    width, height = page.get_size()
    page.close()
    glyphs = [_turned(one, upright) for one in visible if one.style.angle == upright]
    return (height if upright in (90, 270) else width), glyphs


def _drawn(textpage: pdfium.PdfTextPage, dropped: Counter[str]) -> Iterator[_Drawn]:
    """Yield the characters of a page in the file's own order; spaces are told by the character after them."""
    handle = textpage.raw
    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    styles: dict[int, _Style] = {}
    space, guessed, high = False, False, 0
    for index in range(raw.FPDFText_CountChars(handle)):
        code = raw.FPDFText_GetUnicode(handle, index)
        if code in (0x20, 0xA0, 0x0A, 0x0D, 0x09, 0x3000) or 0x2000 <= code <= 0x200A:
            if raw.FPDFText_IsGenerated(handle, index):
                guessed = True
            else:
                space = True
            continue
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0
        high = 0
        raw.FPDFText_GetCharOrigin(handle, index, x, y)
        raw.FPDFText_GetLooseCharBox(handle, index, box)
        raw.FPDFText_GetCharBox(handle, index, left, right, bottom, top)
        pointer = raw.FPDFText_GetTextObject(handle, index)
        address = ctypes.addressof(pointer.contents) if pointer else 0
        style = styles.get(address)
        if style is None:
            style = styles[address] = _style(handle, index, pointer)
        char = _character(code)
        if char and not (char := meant(char, style.font)):
            guessed = True
            continue
        if not char:
            dropped["unmapped"] += 1
            guessed = True
            continue
        around = (box.left, box.bottom, box.right, box.top)
        ink = (left.value, bottom.value, right.value, top.value)
        yield _Drawn(char, around, ink, (x.value, y.value), space, guessed, style)
        space = guessed = False


def _as_drawn(characters: Iterator[_Drawn], dropped: Counter[str]) -> Iterator[_Drawn]:
    """Yield the characters but for those that a file gives in place of what it draws (`ActualText`), if they are many.

    Such a text has one origin. That of a ligature or a hyphenated word stays; a longer one, or one that has no room
    where it stands, is not what a reader sees.
    """
    for (_, style), group in groupby(characters, key=lambda one: (one.origin, one.style)):
        same = list(group)
        room = sum(one.box[2] - one.box[0] for one in same) / len(same)
        if len(same) > _LONGEST_WORD or (len(same) > 3 and not style.angle and room < _LEAST_ROOM * style.size):
            dropped["replaced"] += len(same)
        else:
            yield from same


def _character(code: int) -> str:
    """Return what a code stands for, "" for codes without a meaning of their own."""
    if code in _HYPHENS:
        return _HYPHENS[code]
    if code in _LIGATURES:
        return _LIGATURES[code]
    if code < 0x20 or 0x7F <= code < 0xA0 or 0xE000 <= code <= 0xF8FF or code >= 0xF0000 or code in (0xFFFD, 0xFFFF):
        return ""
    return chr(code)


def _style(handle: Any, index: int, pointer: Any) -> _Style:
    """Return what all characters of one text object share."""
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(handle, index, matrix)
    scale = math.sqrt(abs(matrix.a * matrix.d - matrix.b * matrix.c))
    size = raw.FPDFText_GetFontSize(handle, index) * scale
    angle = round(math.degrees(math.atan2(matrix.b, matrix.a))) % 360
    name, flags = _font(handle, index)
    bold = bool(_BOLD.search(name)) or bool(flags & 1 << 18) or raw.FPDFText_GetFontWeight(handle, index) >= 700
    mono = bool(_MONO.search(name)) or bool(flags & 1)
    hidden, shade, drawn = "", None, True
    if pointer:
        drawn = raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(pointer)) == 1
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        if raw.FPDFPageObj_GetFillColor(pointer, red, green, blue, alpha):
            shade = round(0.299 * red.value + 0.587 * green.value + 0.114 * blue.value)
            hidden = "" if alpha.value else "invisible"
        mode = raw.FPDFTextObj_GetTextRenderMode(pointer)
        if mode in _INVISIBLE_MODES:
            hidden = "invisible"
        elif mode == raw.FPDF_TEXTRENDERMODE_STROKE:
            shade = None  # the outline has a colour of its own
    if size < _SMALLEST:
        hidden = hidden or "tiny"
    return _Style(size, angle, bold, mono, hidden, shade, name, drawn)


def _font(handle: Any, index: int) -> tuple[str, int]:
    buffer, flags = ctypes.create_string_buffer(256), ctypes.c_int()
    length = raw.FPDFText_GetFontInfo(handle, index, buffer, len(buffer), flags)
    return (buffer.value.decode("utf-8", "replace") if 0 < length <= len(buffer) else ""), flags.value


def _visible(page: pdfium.PdfPage, drawn: list[_Drawn], dropped: Counter[str]) -> Iterator[_Drawn]:
    """Yield the characters that a reader sees; each word is judged as one."""
    picture = Picture(page)
    start = 0
    for end in range(1, len(drawn) + 1):
        if end < len(drawn) and not (drawn[end].space or drawn[end].guessed) and drawn[end].style is drawn[start].style:
            continue
        word = drawn[start:end]
        start = end
        if hidden := word[0].style.hidden or _unseen(picture, word):
            dropped[hidden] += len(word)
        else:
            yield from word


def _unseen(picture: Picture, word: list[_Drawn]) -> str:
    lefts, bottoms, rights, tops = zip(*(one.ink for one in word), strict=True)
    reason = picture.hides((min(lefts), min(bottoms), max(rights), max(tops)), word[0].style.shade)
    # Without the font of an Asian script nothing is drawn here, though a reader's own program has one.
    return "" if reason == "covered" and not word[0].style.drawn and word[0].char >= "\u2e80" else reason


def _turned(one: _Drawn, angle: int) -> Glyph:
    """Return the glyph on a page turned so that text of that direction is upright."""
    turn = math.radians(-angle)
    cosine, sine = math.cos(turn), math.sin(turn)
    left, bottom, right, top = one.box
    corners = [x * cosine - y * sine for x in (left, right) for y in (bottom, top)]
    x, y = one.origin
    style = one.style
    baseline = x * sine + y * cosine
    if hangs(style.font) and not angle:
        baseline = one.ink[1] + 0.25 * style.size  # a symbol in a line reaches as far below it as a bracket
    return Glyph(
        one.char,
        min(corners),
        max(corners),
        baseline,
        style.size,
        one.space,
        one.guessed,
        style.bold,
        style.mono,
    )

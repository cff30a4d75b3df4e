"""Find text that a page has but does not show: a place for orders to whatever reads it. Pure.

LaTeXML writes an author's colours and sizes as inline styles (`color:#FFFFFF`, newer `--ltx-fg-color:#FFFFFF`).
"""

from __future__ import annotations

import re
from enum import StrEnum

from lxml import etree


class Hidden(StrEnum):
    """Why a text cannot be seen. The values are keys of `FullText.dropped`."""

    HIDDEN = "hidden"  # not displayed, or made for screen readers alone
    BACKGROUND = "background"  # in the colour of the page
    TINY = "tiny"  # smaller than 2 pt
    OUTSIDE = "outside"  # moved off the page


_CLASSES = frozenset("ltx_nodisplay ltx_phantom sr-only visually-hidden screen-reader-text".split())
_NOT_SHOWN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden)", re.I
)
_FAINT = re.compile(r"(?:^|;)\s*(?:fill-)?opacity\s*:\s*(?P<share>[\d.]+)(?P<percent>%?)", re.I)
_SIZE = re.compile(
    r"(?:^|;)\s*(?:font-size|--ltx-fs|--fo_size)\s*:\s*(?P<size>[\d.]+)\s*(?P<unit>pt|px|em|rem|%|ex|mm|cm|in)?", re.I
)
_MOVED = re.compile(
    r"(?:^|;)\s*(?:(?:text-indent|left|top|right|bottom|margin(?:-left|-top)?)\s*:\s*-\s*\d{4,}"
    r"|transform\s*:[^;]*scale\(\s*0(?:\.0\d*)?\s*[,)]|clip(?:-path)?\s*:\s*(?:rect\(\s*[01](?:px)?[\s,]|inset\(\s*(?:50|100)%))",
    re.I,
)
_COLOUR = re.compile(r"(?:^|;)\s*(?:color|--ltx-fg-color|-webkit-text-fill-color)\s*:\s*(?P<colour>[^;]+)", re.I)
_GROUND = re.compile(r"(?:^|;)\s*(?:background(?:-color)?|--ltx-bg-color)\s*:\s*(?P<colour>[^;]+)", re.I)
_HEX = re.compile(r"#(?P<digits>[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b", re.I)
_RGB = re.compile(r"rgba?\(\s*([\d.]+)(%?)[\s,]+([\d.]+)%?[\s,]+([\d.]+)%?(?:\s*[,/]\s*([\d.]+)(%?))?\s*\)", re.I)
_POINTS = {
    "pt": 1.0,
    "px": 0.75,
    "": 0.75,
    "em": 10.0,
    "rem": 12.0,
    "%": 0.1,
    "ex": 4.5,
    "mm": 2.83,
    "cm": 28.3,
    "in": 72.0,
}
# The tags of https://www.unicode.org/charts/PDF/UE0000.pdf spell out ASCII without a form. A flag has five letters.
_SPELLING = re.compile("[\U000e0000-\U000e0fff]{8,}")
_SMALLEST = 2.0  # pt
_WHITE = 0.93  # the least lightness that no reader tells from paper


def hidden_by(element: etree._Element, classes: frozenset[str], *, on_colour: bool) -> Hidden | None:
    """Return why the element's text cannot be seen, None if it can. `on_colour`: its ground is not the page's white."""
    if classes & _CLASSES or element.get("hidden") is not None:
        return Hidden.HIDDEN
    if element.get("aria-hidden", "").strip().lower() == "true":
        return Hidden.HIDDEN
    style = element.get("style")
    why = _hidden_by_style(style, on_colour or has_ground(style)) if style else None
    return why or _hidden_by_attributes(element, on_colour)


def spelled_invisibly(text: str) -> int:
    """Return how many pieces of the text are spelled in characters without a form, which `plain` takes out."""
    return 0 if text.isascii() else len(_SPELLING.findall(text))


def has_ground(style: str | None) -> bool:
    """Return whether the style paints a ground that white text can be seen on."""
    found = _GROUND.search(style) if style else None
    return bool(found) and _lightness(found["colour"]) is not None and not _is_white(found["colour"])


def paints(element: etree._Element) -> bool:
    """Return whether a shape of a picture is filled with a colour that white text can be seen on."""
    fill = element.get("fill") or ""
    return bool(fill) and _lightness(fill) is not None and not _is_white(fill)


def _hidden_by_style(style: str, on_colour: bool) -> Hidden | None:
    if _NOT_SHOWN.search(style):
        return Hidden.HIDDEN
    if _MOVED.search(style):
        return Hidden.OUTSIDE
    if (size := _SIZE.search(style)) and _number(size["size"]) * _POINTS[(size["unit"] or "").lower()] < _SMALLEST:
        return Hidden.TINY
    if (faint := _FAINT.search(style)) and _number(faint["share"]) / (100 if faint["percent"] else 1) < 0.1:
        return Hidden.BACKGROUND
    colour = _COLOUR.search(style)
    if colour and _is_clear(colour["colour"]):
        return Hidden.BACKGROUND
    return Hidden.BACKGROUND if colour and _is_white(colour["colour"]) and not on_colour else None


def _hidden_by_attributes(element: etree._Element, on_colour: bool) -> Hidden | None:
    """Look at the attributes by which a drawing's text is drawn."""
    if element.get("display") == "none" or element.get("visibility") == "hidden":
        return Hidden.HIDDEN
    opacity = element.get("opacity") or element.get("fill-opacity")
    if opacity and _number(opacity, 1.0) < 0.1:
        return Hidden.BACKGROUND
    return Hidden.BACKGROUND if _is_white(element.get("color") or "") and not on_colour else None


def _is_white(colour: str) -> bool:
    lightness = _lightness(colour)
    return lightness is not None and lightness > _WHITE


def _is_clear(colour: str) -> bool:
    """Return whether the colour lets everything through."""
    plain = colour.strip().lower()
    digits = found["digits"] if (found := _HEX.match(plain)) else ""
    alpha = found[4] if (found := _RGB.match(plain)) else None
    if len(digits) in (4, 8):
        return int(digits[3 if len(digits) == 4 else 6 :], 16) < (2 if len(digits) == 4 else 26)
    return plain.startswith("transparent") or (alpha is not None and _number(alpha, 1.0) < 0.1)


def _lightness(colour: str) -> float | None:
    """Return the lightness of a colour's darkest part, 0-1; None for what is no opaque colour known here."""
    plain = colour.strip().lower()
    if plain.startswith("white"):
        return 1.0
    if found := _HEX.match(plain):
        digits = found["digits"]
        width = 1 if len(digits) < 6 else 2
        return min(int(digits[i * width : (i + 1) * width] * (3 - width), 16) for i in range(3)) / 255
    if found := _RGB.match(plain):
        whole = 100 if found[2] else 255
        return min(_number(found[i]) for i in (1, 3, 4)) / whole
    named = re.match(r"[a-z]+", plain)
    return None if not named or named[0] in ("none", "transparent", "inherit", "currentcolor", "var", "url") else 0.0


def _number(text: str, default: float = 0.0) -> float:
    try:
        return float(text)
    except ValueError:
        return default

"""Find text that a page has but does not show: a place for orders to whatever reads it. Pure.

LaTeXML writes an author's colours and sizes as inline styles (`color:#FFFFFF`, newer `--ltx-fg-color:#FFFFFF`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from lxml import etree

from bot.reading.colours import is_clear, is_coloured, is_white


class Hidden(StrEnum):
    """Why a text cannot be seen. The values are keys of `FullText.dropped`."""

    HIDDEN = "hidden"  # not displayed, or made for screen readers alone
    BACKGROUND = "background"  # in the colour of the page, or in none
    TINY = "tiny"  # smaller than 2 pt
    OUTSIDE = "outside"  # moved off the page, or cut to nothing


_CLASSES = frozenset("ltx_nodisplay ltx_phantom sr-only visually-hidden screen-reader-text".split())
_TEXT_COLOURS = ("color", "--ltx-fg-color", "-webkit-text-fill-color")
_GROUNDS = ("background", "background-color", "--ltx-bg-color")
_SIZE = re.compile(r"(?P<size>\d*\.?\d+)\s*(?P<unit>pt|px|em|rem|%|ex|mm|cm|in)?")
_POINTS = dict(zip("pt px em rem % ex mm cm in".split(), (1, 0.75, 10, 12, 0.1, 4.5, 2.83, 28.3, 72), strict=True))
_SMALLEST = 2.0  # pt
_FAINTEST = 0.1  # opacity
_PLACES = ("text-indent", "left", "top", "right", "bottom", "margin-left", "margin-top", "margin")
_FAR = re.compile(r"-\s*\d{4,}")
_CUT = re.compile(r"rect\(\s*[01](?:px)?[\s,]|inset\(\s*(?:50|100)%|circle\(\s*0")
_SHRUNK = re.compile(r"scale[xy]?\(\s*0?(?:\.0\d*)?\s*[,)]")
# The tags of https://www.unicode.org/charts/PDF/UE0000.pdf spell out ASCII without a form. A flag has seven of them.
_SPELLING = re.compile("[\U000e0000-\U000e0fff]{8,}")


def hidden_by(element: etree._Element, classes: frozenset[str], *, on_colour: bool) -> Hidden | None:
    """Return why the element's text cannot be seen, None if it can. `on_colour`: its ground is not the page's white."""
    if classes & _CLASSES or element.get("hidden") is not None:
        return Hidden.HIDDEN
    if element.get("aria-hidden", "").strip().lower() == "true":
        return Hidden.HIDDEN
    style = element.get("style")
    if style:
        stated = _stated(style)
        return _hidden_by(stated, on_colour or _has_ground(stated))
    # A drawing's attributes say the same.
    drawn = {name: element.get(name, "") for name in ("display", "visibility", "opacity", "color")}
    return _hidden_by(drawn, on_colour) if any(drawn.values()) else None


def has_ground(style: str | None) -> bool:
    """Return whether the style paints a ground that white text can be seen on."""
    return bool(style) and _has_ground(_stated(style or ""))


def paints(element: etree._Element) -> bool:
    """Return whether a shape of a drawing is filled with a colour that white text can be seen on."""
    return is_coloured(element.get("fill") or "")


def spelled_invisibly(text: str) -> int:
    """Return how many pieces of the text are spelled in characters without a form, which `plain` takes out."""
    return 0 if text.isascii() else len(_SPELLING.findall(text))


def _stated(style: str) -> Mapping[str, str]:
    """Return what a style states, by property; of two statements the later one counts."""
    pairs = (statement.partition(":") for statement in style.lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def _has_ground(stated: Mapping[str, str]) -> bool:
    return any(is_coloured(stated.get(name, "")) for name in _GROUNDS)


def _hidden_by(stated: Mapping[str, str], on_colour: bool) -> Hidden | None:
    if stated.get("display") == "none" or stated.get("visibility") in ("hidden", "collapse"):
        return Hidden.HIDDEN
    if any(_FAR.search(stated.get(name, "")) for name in _PLACES) or _is_cut(stated):
        return Hidden.OUTSIDE
    size = _SIZE.match(stated.get("font-size", ""))
    if size and float(size["size"]) * _POINTS[size["unit"] or "px"] < _SMALLEST:
        return Hidden.TINY
    opacity = _SIZE.match(stated.get("opacity", ""))
    if opacity and float(opacity["size"]) / (100 if opacity["unit"] == "%" else 1) < _FAINTEST:
        return Hidden.BACKGROUND
    colours = [stated[name] for name in _TEXT_COLOURS if name in stated]
    if any(is_clear(colour) or (is_white(colour) and not on_colour) for colour in colours):
        return Hidden.BACKGROUND
    return None


def _is_cut(stated: Mapping[str, str]) -> bool:
    """Return whether nothing is left of the text: cut off, or shrunk to a point."""
    cut = any(_CUT.search(stated.get(name, "")) for name in ("clip", "clip-path"))
    return cut or bool(_SHRUNK.search(stated.get("transform", "")))

"""Find text that a page contains but does not show, where instructions to a model may hide. Pure.

LaTeXML writes an author's colours and sizes as inline styles (`color:#FFFFFF`, newer `--ltx-fg-color:#FFFFFF`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from bot.reading.colours import is_clear, is_coloured, is_same, is_white


class Hidden(StrEnum):
    """Why a text cannot be seen. The values are keys of `FullText.dropped`."""

    HIDDEN = "hidden"  # not displayed, or made for screen readers alone
    BACKGROUND = "background"  # in the colour of the page, or in none
    TINY = "tiny"  # smaller than 2 pt
    OUTSIDE = "outside"  # moved off the page, or cut to nothing


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks where nothing else is stated. `on_colour`: its ground is not the page's white. `size` is in pt.

    `ground` and `colour` are those that were stated last, as CSS writes them, "" where none was.
    """

    on_colour: bool = False
    size: float = 10.0
    ground: str = ""
    colour: str = ""


PLAIN = Look()  # as a page begins

_CLASSES = frozenset("ltx_nodisplay ltx_phantom sr-only visually-hidden screen-reader-text".split())
_TELLING = frozenset("hidden aria-hidden style display visibility opacity color mathcolor fill".split())
_DRAWN = frozenset({"text", "tspan"})
_TEXT_COLOURS = ("color", "mathcolor", "--ltx-fg-color", "-webkit-text-fill-color")
_GROUNDS = ("background", "background-color", "--ltx-bg-color")
_FILLS = ("fill", "--ltx-fill-color")
_SIZE = re.compile(r"(?P<size>\d*\.?\d+)\s*(?P<unit>pt|px|em|rem|%|ex|mm|cm|in)?")
_POINTS = {"pt": 1.0, "px": 0.75, "rem": 12.0, "mm": 2.83, "cm": 28.3, "in": 72.0}
_SHARES = {"%": 0.01, "em": 1.0, "ex": 0.45}  # of the size around it
_SMALLEST = 2.0  # pt
_FAINTEST = 0.1  # opacity
_PLACES = ("text-indent", "transform", "left", "top", "right", "bottom", "margin-left", "margin-top", "margin")
_FAR = re.compile(r"-\s*\d{4,}|-\s*\d{3,}v[wh]")
_CUT = re.compile(
    r"rect\(\s*[01](?:px)?[\s,]|inset\(\s*(?:50|100)%|circle\(\s*0|polygon\((?:\s*0[a-z%]{0,3}[\s,]*){2,40}\)"
)
_SIDES = ("width", "height", "max-width", "max-height")
_NOTHING = re.compile(r"0*\.?0*(?:[a-z]{2,3}|%)?")
_UNSEEN = re.compile(r"opacity\(\s*(?:0?\.0\d*|0)%?\s*\)")
_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?")
_SHRUNK = re.compile(r"scale[xy]?\(\s*0?(?:\.0\d*)?\s*[,)]")
# The tags of https://www.unicode.org/charts/PDF/UE0000.pdf spell out ASCII without a form. A flag has seven of them.
_SPELLING = re.compile("[\U000e0000-\U000e0fff]{8,}")


def hidden_by(element: etree._Element, classes: frozenset[str], around: Look) -> Hidden | None:
    """Return why the element's text cannot be seen, None if it can."""
    if classes & _CLASSES:
        return Hidden.HIDDEN
    telling = _TELLING.intersection(element.keys())
    if not telling and element.tag != "dialog":
        return None
    is_formula = element.tag == "math"  # which is kept from screen readers where its words are given to them
    if "hidden" in telling or (not is_formula and element.get("aria-hidden", "").strip().lower() == "true"):
        return Hidden.HIDDEN
    # A drawing's attributes say the same as a style.
    stated = {name: element.get(name, "") for name in telling} | dict(_stated(element.get("style", "")))
    if element.tag in _DRAWN and (fill := stated.get("fill")):
        stated.setdefault("color", fill)
    if element.tag == "dialog" and element.get("open") is None:
        return Hidden.HIDDEN
    return _hidden_by(stated, _look(stated, around))


def look_of(element: etree._Element, around: Look) -> Look:
    """Return how text within the element looks."""
    style = element.get("style")
    return _look(_stated(style), around) if style else around


def paints(element: etree._Element) -> bool:
    """Return whether a shape of a drawing is filled with a colour that white text can be seen on."""
    stated = _stated(element.get("style") or "")
    return is_coloured(element.get("fill") or "") or any(is_coloured(stated.get(name, "")) for name in _FILLS)


def spelled_invisibly(text: str) -> int:
    """Return how many pieces of the text are spelled in characters without a form, which `plain` takes out."""
    return 0 if text.isascii() else len(_SPELLING.findall(text))


def _stated(style: str) -> Mapping[str, str]:
    """Return what a style states, by property; of two statements the later one counts."""
    style = _ESCAPE.sub(_character, _COMMENT.sub("", style.lower()))
    pairs = (statement.partition(":") for statement in style.lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def _look(stated: Mapping[str, str], around: Look) -> Look:
    grounds = [stated[name] for name in _GROUNDS if is_coloured(stated.get(name, ""))]
    colours = [stated[name] for name in _TEXT_COLOURS if stated.get(name)]
    size = around.size
    if found := _SIZE.match(stated.get("font-size", "")) or _SIZE.search(stated.get("font", "")):
        unit, number = found["unit"] or "px", float(found["size"])
        size = number * (_SHARES[unit] * around.size if unit in _SHARES else _POINTS[unit])
    return Look(
        on_colour=around.on_colour or bool(grounds),
        size=size,
        ground=(*grounds, around.ground)[0],
        colour=(*colours, around.colour)[0],
    )


def _hidden_by(stated: Mapping[str, str], look: Look) -> Hidden | None:
    kept_back = (stated.get("visibility"), stated.get("content-visibility"))
    if stated.get("display") == "none" or "hidden" in kept_back or "collapse" in kept_back:
        return Hidden.HIDDEN
    if any(_FAR.search(stated.get(name, "")) for name in _PLACES) or _is_cut(stated):
        return Hidden.OUTSIDE
    if look.size < _SMALLEST:
        return Hidden.TINY
    if _UNSEEN.search(stated.get("filter", "")):
        return Hidden.BACKGROUND
    opacity = _SIZE.match(stated.get("opacity", ""))
    if opacity and float(opacity["size"]) / (100 if opacity["unit"] == "%" else 1) < _FAINTEST:
        return Hidden.BACKGROUND
    colours = [stated[name] for name in _TEXT_COLOURS if stated.get(name)]
    if any(is_clear(colour) or (is_white(colour) and not look.on_colour) for colour in colours):
        return Hidden.BACKGROUND
    if look.ground and look.colour and is_same(look.colour, look.ground):
        return Hidden.BACKGROUND
    return None


def _is_cut(stated: Mapping[str, str]) -> bool:
    """Return whether nothing is left of the text: cut off, or shrunk to a point."""
    cut = any(_CUT.search(stated.get(name, "")) for name in ("clip", "clip-path"))
    emptied = stated.get("overflow") in ("hidden", "clip") and any(
        stated.get(side) and _NOTHING.fullmatch(stated[side]) for side in _SIDES
    )
    return cut or emptied or bool(_SHRUNK.search(stated.get("transform", "")))


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1], 16)
    return chr(code).lower() if 0 < code <= 0x10FFFF else ""

"""Parse CSS colours, as far as needed to tell whether text can be seen. Pure.

Forms: https://www.w3.org/TR/css-color-4/. Every named colour except white counts as visible on white.
"""

from __future__ import annotations

import re

_HEX = re.compile(r"#(?P<digits>[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})(?![0-9a-f])")
_RGB = re.compile(
    r"rgba?\(\s*(?P<red>[\d.]+)(?P<share>%?)[\s,]+(?P<green>[\d.]+)%?[\s,]+(?P<blue>[\d.]+)%?"
    r"(?:\s*[,/]\s*(?P<alpha>[\d.]+)(?P<percent>%?))?\s*\)"
)
_HSL = re.compile(r"hsla?\(\s*[\d.]+(?:deg|rad|turn)?[\s,]+(?P<saturation>[\d.]+)%?[\s,]+(?P<lightness>[\d.]+)%?")
_HWB = re.compile(r"hwb\(\s*[\d.]+(?:deg|rad|turn)?[\s,]+(?P<whiteness>[\d.]+)%?")
# LaTeXML writes none of these, so whoever does may want to hide something.
_OTHER = re.compile(r"(?:ok)?(?:lab|lch)\(|color(?:-mix)?\(|device-cmyk\(|light-dark\(")
_NAME = re.compile(r"[a-z]+")
_NO_COLOURS = frozenset("none inherit initial unset currentcolor var url linear transparent auto".split())
_WHITES = frozenset("white snow ivory floralwhite ghostwhite mintcream azure whitesmoke".split())
_LIGHTEST = 0.93  # of its darkest part, from which no reader tells a colour from paper
_FAINTEST = 0.1  # opacity
_NEAREST = 0.07  # the most that two colours may differ in red, green or blue to look the same


def is_white(colour: str) -> bool:
    """Return whether the colour looks like paper."""
    darkest = _darkest(colour)
    return darkest is not None and darkest > _LIGHTEST


def is_coloured(colour: str) -> bool:
    """Return whether it is a colour, and neither white nor clear."""
    darkest = _darkest(colour)
    return darkest is not None and darkest <= _LIGHTEST and not is_clear(colour)


def is_clear(colour: str) -> bool:
    """Return whether the colour lets everything through."""
    plain = colour.strip().lower()
    if found := _HEX.match(plain):
        digits = found["digits"]
        alpha = digits[6:] or (digits[3:] * 2 if len(digits) == 4 else "")
        return bool(alpha) and int(alpha, 16) < 255 * _FAINTEST
    if (found := _RGB.match(plain)) and found["alpha"]:
        return _number(found["alpha"]) / (100 if found["percent"] else 1) < _FAINTEST
    return plain.startswith("transparent") or bool(_OTHER.match(plain))


def is_same(colour: str, other: str) -> bool:
    """Return whether no reader can tell the two colours apart."""
    one, two = _parts(colour), _parts(other)
    if one is None or two is None:
        return colour.strip().lower() == other.strip().lower()
    return max(abs(a - b) for a, b in zip(one, two, strict=True)) <= _NEAREST


def _darkest(colour: str) -> float | None:
    """Return the lightness of the darkest of red, green and blue, 0-1; None for what is no colour."""
    plain = colour.strip().lower()
    if parts := _parts(plain):
        return min(parts)
    if found := _HSL.match(plain):
        saturation, lightness = _number(found["saturation"]) / 100, _number(found["lightness"]) / 100
        return lightness - saturation * min(lightness, 1 - lightness)
    if found := _HWB.match(plain):
        return _number(found["whiteness"]) / 100
    name = _NAME.match(plain)
    if not name or name[0] in _NO_COLOURS:
        return None
    return 1.0 if name[0] in _WHITES else 0.0


def _parts(colour: str) -> tuple[float, ...] | None:
    """Return red, green and blue, 0-1; None for a colour that is given in another way."""
    plain = colour.strip().lower()
    if found := _HEX.match(plain):
        digits = found["digits"]
        parts = [digits[at : at + 2] for at in (0, 2, 4)] if len(digits) >= 6 else [digit * 2 for digit in digits[:3]]
        return tuple(int(part, 16) / 255 for part in parts)
    if found := _RGB.match(plain):
        whole = 100 if found["share"] else 255
        return tuple(_number(found[part]) / whole for part in ("red", "green", "blue"))
    return None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:  # such as "1.2.3"
        return 1.0

"""Numbers as somebody else wrote them: in a chat, on a command line, in the answer of an API. Nothing here raises.

Python's own readers are made for programmers: `float` takes `nan`, `inf`, `1_0` and `9e999`, `int` raises for
more than 4,300 digits and for the superscripts that `str.isdigit` lets through.
"""

from __future__ import annotations

import math
import re

LARGEST_WHOLE = 2**63 - 1  # of an integer that every database holds
_WHOLE = re.compile(r"\d{1,19}")
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")


def whole(value: object, most: int = LARGEST_WHOLE) -> int | None:
    """Return an integer from 0 to `most`, given as one or in decimal digits, full-width ones too; else None."""
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= most else None


def finite(value: object) -> float | None:
    """Return a finite number, given as one or written with digits; else None. Zero never has a sign."""
    if isinstance(value, str):
        value = float(value) if _DECIMAL.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found + 0.0 if math.isfinite(found) else None

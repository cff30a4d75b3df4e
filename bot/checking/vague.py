"""Sizes that are told without a number: `数十万件`, `何百万枚`, `tens of thousands`, `millions of`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TENS = {"十": 10.0, "百": 100.0, "千": 1e3}
_MYRIADS = {"万": 1e4, "萬": 1e4, "億": 1e8, "亿": 1e8, "兆": 1e12}
_SIZE = re.compile(
    r"(?<![\d.一二三四五六七八九十百千万億亿数何几幾第])(?:(?:数|何|几|幾|好几|(?<![以向])上(?=[百千万亿]))(?P<some>[十百千]?[万萬億亿兆]?)"
    r"|(?P<over_ten>十[数几幾余][万萬億亿兆]?)|(?P<round>[十百千][万萬億亿兆]))(?P<unit>倍|%|パーセント)?"
)
_PLURALS = {
    "dozens": 12.0,
    "tens": 10.0,
    "hundreds": 1e2,
    "thousands": 1e3,
    "millions": 1e6,
    "billions": 1e9,
    "trillions": 1e12,
}
_ENGLISH = re.compile(
    r"\b(?:(tens|dozens|hundreds|thousands) of )?(thousands|millions|billions|trillions)\b|\b(dozens|tens|hundreds)\b",
    re.IGNORECASE,
)
_A_FEW = 12.0  # 数十 is 10 to 120, tens of thousands 10,000 to 120,000
_UP_TO_THE_NEXT = {1e3: 100.0, 1e6: 1e3, 1e9: 1e3, 1e12: 1e3}  # millions end where billions begin; thousands are few


@dataclass(frozen=True, slots=True)
class Size:
    """A size without a number: at least `low`, below `high`. `dimension` is "ratio" or "percent" where that is told."""

    text: str
    low: float
    high: float
    dimension: str = ""


def sizes(text: str) -> Iterator[Size]:
    """Yield the sizes that a plain text tells, Japanese and Chinese ones and then English ones."""
    for match in _SIZE.finditer(text):
        low = _worth(match["some"] or match["over_ten"] or match["round"] or "")
        if low > 1:
            yield Size(match[0], low, _A_FEW * low, {"倍": "ratio", None: ""}.get(match["unit"], "percent"))
        elif match["unit"] == "倍":
            yield Size(match[0], 2.0, _A_FEW, "ratio")
    for match in _ENGLISH.finditer(text):
        scale = _PLURALS[(match[2] or match[3]).lower()]
        low = (_PLURALS[match[1].lower()] if match[1] else 1.0) * scale
        reach = _A_FEW if match[1] else _UP_TO_THE_NEXT.get(scale, _A_FEW)
        yield Size(match[0], low, reach * low)


def without_sizes(text: str) -> str:
    """Return the text without the Japanese and Chinese sizes, whose signs would be read as numbers."""
    return _SIZE.sub(lambda m: " " if m["some"] or m["over_ten"] or m["round"] else m[0], text)


def _worth(signs: str) -> float:
    worth = 1.0
    for sign in signs:
        worth *= _TENS.get(sign) or _MYRIADS.get(sign) or 1.0
    return worth

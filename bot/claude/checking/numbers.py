"""Does the source have every number of the text, with its unit and its scale?"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property

from bot.claude.checking.names import Vocabulary
from bot.claude.checking.quantities import Quantity, key, quantities
from bot.claude.checking.spelled import spelled_out
from bot.claude.checking.text import plain
from bot.models import Finding, FindingKind

_LIST_MARK = re.compile(r"(?m)^\s*(?:\d{1,2}[.):]|[-*•])\s+|(?<!\w)\(\d{1,2}\)(?=\s)|(?<=[:;,、。])\s*\d{1,2}\)\s")
_ORDINAL = re.compile(r"第\s?\d{1,2}|\b\d{1,2}(?:st|nd|rd|th)\b|\d{1,2}(?:つ目|番目|点目|段階目)")

# Words that say a number without being one; what each is worth as a plain number.
_SAID = (  # matched against lower case, as those below
    (re.compile(r"\b(?:both|two|second(?:ly)?|dual|pairs?|paired|twins?|bi-?\w{4,}|either|two-?fold|binary)\b"), 2),
    (re.compile(r"\b(?:third(?:ly)?|tri-\w+|triplets?|triads?|trio|three-?fold|ternary|tripl\w+)\b"), 3),
    (re.compile(r"\b(?:fourth(?:ly)?|quad\w*|quarters?|four-?fold)\b"), 4),
    (re.compile(r"\b(?:fifth(?:ly)?|five-?fold)\b"), 5),
    (re.compile(r"\b(?:sixth|six-?fold)\b"), 6),
    (re.compile(r"\b(?:seventh|eighth|ninth)\b"), 0),
)
_TIMES_SAID = (  # matched against lower case, as those below
    (re.compile(r"\b(?:twice|doubl\w+|twofold)\b"), 2.0),
    (re.compile(r"\b(?:thrice|tripl\w+|threefold)\b"), 3.0),
    (re.compile(r"\b(?:quadrupl\w+|fourfold)\b"), 4.0),
    (re.compile(r"\border[- ]of[- ]magnitude"), 10.0),
)
_SHARES_SAID = (  # matched against lower case, as those below
    (re.compile(r"\b(?:half|halv\w+)\b"), 1 / 2),
    (re.compile(r"\bone[- ]third\b|\ba third\b"), 1 / 3),
    (re.compile(r"\btwo[- ]thirds\b"), 2 / 3),
    (re.compile(r"\b(?:one|a)[- ]quarter\b|\ba fourth\b|\bone[- ]fourth\b"), 1 / 4),
    (re.compile(r"\bthree[- ]quarters\b|\bthree[- ]fourths\b"), 3 / 4),
    (re.compile(r"\b(?:one|a)[- ]fifth\b"), 1 / 5),
    (re.compile(r"\b(?:one|a)[- ]tenth\b"), 1 / 10),
)
_MONTHS = re.compile(
    r"\b(?:(january)|(february)|(march)|(april)|(may)|(june)|(july)|(august)|(september)|(october)|(november)|(december))\b",
)
_ENUMERATORS = (
    re.compile(r"\((?:i{1,3}|iv|vi{0,3}|ix|x)\)"),
    re.compile(r"\((?:I{1,3}|IV|VI{0,3}|IX|X)\)"),
    re.compile(r"\([1-9]\)"),
    re.compile(r"\([a-h]\)"),
    re.compile(r"(?<![\w(])[1-9]\)\s"),
)
_SERIES_END = re.compile(r",? (?:and|or|as well as) ")

# 数十, hundreds of, 十数 … : how many at least, and how far up that can reach
_VAGUE = {
    "百万": 1e6,
    "千万": 1e7,
    "十億": 1e9,
    "百億": 1e10,
    "千億": 1e11,
    "十数": 10.0,
    "数十": 10.0,
    "数百": 100.0,
    "数千": 1e3,
    "数万": 1e4,
    "数十万": 1e5,
    "数百万": 1e6,
    "数千万": 1e7,
    "数億": 1e8,
    "数十億": 1e9,
    "数百億": 1e10,
    "数千億": 1e11,
    "数兆": 1e12,
}
_VAGUE_JA = re.compile(rf"(?<![\d.一二三四五六七八九十百千数])(?:{'|'.join(sorted(_VAGUE, key=len, reverse=True))})")
_VAGUE_EN = re.compile(
    r"\b(?:(tens|dozens|hundreds|thousands) of )?(thousands|millions|billions|trillions)\b|\b(dozens|tens|hundreds)\b",
    re.IGNORECASE,
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
_SMALL = 10
_COUNTED_EXACTLY = 1000  # below it, a number of things is told as it is
_UNLIKE_COUNT = frozenset({"percent", "point", "ratio", "time", "byte", "dollar", "hertz", "fps"})


class Numbers:
    """The numbers that a source gives, in whatever way it says them."""

    def __init__(self, source: str, vocabulary: Vocabulary) -> None:
        """`source` is the title and the text, as they came; `vocabulary` knows names with digits, such as `3D`."""
        self._source = source
        self._text = plain(source)
        self._vocabulary = vocabulary

    @cached_property
    def _values(self) -> list[tuple[float, str]]:
        """Everything that the source says as (value, dimension)."""
        return [*self._in_digits(), *self._in_words()]

    @cached_property
    def _known(self) -> dict[str, set[str]]:
        known: dict[str, set[str]] = {}
        for value, dimension in self._values:
            known.setdefault(key(value), set()).add(dimension)
        return known

    def _in_digits(self) -> Iterator[tuple[float, str]]:
        for quantity in quantities(spelled_out(self._text)):
            yield from quantity.meanings
            yield float(quantity.digits), "as written"
        for number in re.findall(r"(?<=[A-Za-z])-?(\d{1,3})(?!\d|\.\d)", self._text):
            yield float(number), "in a name"
        for above, below in re.findall(r"(?<![\w./])(\d{1,2})/(\d{1,3})(?![\w./])", self._text):
            if int(above) and int(below):
                yield from ((int(above) / int(below), "fraction"), (int(below) / int(above), "ratio"))
        if re.search(r"[\\{^_]", self._source):
            # What LaTeX writes apart, such as `61{,}573`, `10^{-14}` and indices, may be told in its parts.
            for numeral in re.findall(r"\d+(?:\.\d+)?", unicodedata.normalize("NFKC", self._source)):
                yield float(numeral), "as written"

    def _in_words(self) -> Iterator[tuple[float, str]]:
        text = self._text.casefold()
        for pattern, value in _SAID:
            if pattern.search(text):
                yield value, "count"
        for pattern, ratio in _TIMES_SAID:
            if pattern.search(text):
                yield ratio, "ratio"
        for pattern, share in _SHARES_SAID:
            if pattern.search(text):
                yield from ((share, "fraction"), (100 * share, "percent"), (1 / share, "ratio"))
        for match in _MONTHS.finditer(text):
            yield float(match.lastindex or 0), ""

    @cached_property
    def _vague(self) -> set[float]:
        return {*_vague_english(self._text), *(_VAGUE[m] for m in _VAGUE_JA.findall(self._text))}

    @cached_property
    def _counts(self) -> set[int]:
        return _series_lengths(self._text)

    @cached_property
    def _points_said(self) -> bool:
        return bool(re.search(r"\bpoints?\b|\babsolute\b|\bpp\b", self._text, re.IGNORECASE))

    def supports(self, quantity: Quantity) -> bool:
        """Whether the source says the same with the same unit and scale, or as much as a rounded number needs."""
        if quantity.tail and self._vocabulary.knows(quantity.text):
            return True
        if quantity.tail and quantity.tail[0].isupper():
            return False  # `3D`, `5G`: a name
        for value, dimension in quantity.meanings:
            if any(_alike(dimension, known, self._points_said) for known in self._known.get(key(value), ())):
                return True
            if self._equal_share(value, dimension):
                return True
        if quantity.bare and "as written" in self._known.get(key(float(quantity.digits)), ()):
            return True
        if quantity.approximate and self._rounds_to(quantity):
            return True
        return self._counted(quantity)

    def _equal_share(self, value: float, dimension: str) -> bool:
        """`85%` where the source has 0.85 or a fraction, `10倍` where it has 1/10, and the other way round."""
        if dimension == "percent":
            return bool(self._known.get(key(value / 100), set()) & {"", "fraction"})
        if dimension == "fraction":
            return bool(
                self._known.get(key(100 * value), set()) & {"percent"}
                or self._known.get(key(value), set())
                or (value and self._known.get(key(1 / value), set()) & {"ratio"})
            )
        return False

    def _rounds_to(self, quantity: Quantity) -> bool:
        """Whether a number of the source, rounded to as many figures as `quantity` has, is that number."""
        figures = len(quantity.digits.replace(".", "").strip("0")) or 1
        for value, dimension in quantity.meanings:
            for known_value, known in self._values:
                if dimension in ("", "count") and known_value < _COUNTED_EXACTLY:
                    continue
                if _alike(dimension, known, self._points_said) and _rounded(known_value, value, figures):
                    return True
        return False

    def _counted(self, quantity: Quantity) -> bool:
        """One is no claim, two things are in any text; three to ten may be the length of a list in the source."""
        value, dimension = quantity.meanings[0]
        if dimension not in ("", "count") or value != int(min(value, 99)) or value > _SMALL:
            return False
        return value <= 2 or int(value) in self._counts

    def supports_magnitude(self, size: float) -> bool:
        """Whether the source speaks of some `size`s: 1e4 stands for `数万` and `tens of thousands`."""
        if size in self._vague or (size == 10.0 and 12.0 in self._vague):
            return True
        return any(
            size <= value < 12 * size for value, dimension in self._values if dimension not in ("percent", "ratio")
        )


def number_findings(known: Numbers, text: str) -> Iterator[Finding]:
    """NUMBER for each number of the text that the source does not have."""
    prose = plain(text)
    prose = _ORDINAL.sub(" ", _LIST_MARK.sub("\n", prose))
    for match in _VAGUE_JA.finditer(prose):
        if not known.supports_magnitude(_VAGUE[match[0]]):
            yield Finding(FindingKind.NUMBER, match[0])
    for size, words in _vague_english(prose).items():
        if not known.supports_magnitude(size):
            yield Finding(FindingKind.NUMBER, words)
    prose = _VAGUE_JA.sub(" ", prose)
    listed = _listed_lengths(prose)
    for quantity in quantities(spelled_out(prose)):
        if known.supports(quantity):
            continue
        if quantity.dimension in ("", "count") and quantity.value in listed and not quantity.tail:
            continue
        yield Finding(FindingKind.NUMBER, quantity.text)


def _alike(wanted: str, known: str, points_said: bool) -> bool:
    """Whether a number with the dimension `known` in the source may stand as `wanted` in the text."""
    if known == "in a name":
        return wanted in ("bit", "count")
    if known == "as written":
        return False
    if wanted in (known, ""):
        return True
    if wanted == "percent":
        return known in ("", "point")
    if wanted == "point":
        return known == "" or (known == "percent" and points_said)
    if wanted == "count":
        return known not in _UNLIKE_COUNT
    return False


def _rounded(exact: float, shown: float, figures: int) -> bool:
    """Whether `shown` is `exact` to that many figures, rounded or cut, and not far from it."""
    if not exact or not math.isfinite(exact) or not math.isfinite(shown):
        return False
    if abs(exact - shown) > (0.05 if abs(exact) >= _COUNTED_EXACTLY else 0.02) * abs(exact):
        return False
    step = 10.0 ** (math.floor(math.log10(abs(exact))) - figures + 1)
    return key(shown) in (key(round(exact / step) * step), key(math.floor(exact / step) * step))


def _vague_english(text: str) -> dict[float, str]:
    found = {}
    for match in _VAGUE_EN.finditer(text):
        first, scale, alone = match[1], match[2], match[3]
        size = (_PLURALS[first.lower()] if first else 1.0) * _PLURALS[(scale or alone).lower()]
        found[size] = match[0]
    return found


def _series_lengths(text: str) -> set[int]:
    """How many things the lists of an English text have: by their marks, or by commas up to an `and`."""
    found = {len(set(pattern.findall(text))) for pattern in _ENUMERATORS}
    for clause in re.split(r"[:.()]", text):
        for end in _SERIES_END.finditer(clause):
            items = re.findall(r"[,;] ", clause[: end.start()])
            if items:  # any part of the clause may be the list, with and without a comma before `and`
                found |= set(range(3, min(len(items), 7) + 3)) if len(items) < 3 else {len(items) + 1, len(items) + 2}
    return found - {0, 1}


def _listed_lengths(text: str) -> set[int]:
    """How many things the lists of the text itself have: `A、B、およびCの3つ` is no claim of its own."""
    found = set(_series_lengths(text))
    for sentence in re.split(r"[。\n]", text):
        for run in re.split(r"[「」()（）]", sentence):
            marks = run.count("、") + run.count("・")
            if 1 <= marks <= 8:
                found |= {marks + 1}
    return found

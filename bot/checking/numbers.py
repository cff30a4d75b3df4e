"""Does the source have every number of the text, with its unit and its scale?"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from itertools import combinations

from bot.checking.counted import counts_a_list, counts_of, things_counted
from bot.checking.names import Vocabulary
from bot.checking.quantities import Quantity, key, quantities
from bot.checking.spelled import spelled_out
from bot.checking.text import plain
from bot.checking.units import SCALES, UNITS
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
    (re.compile(r"\bdecades?\b"), 10),
    (re.compile(r"\b(?:century|centuries)\b"), 100),
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
    (re.compile(r"\b(?:one[- ])?quarter\b|\ba fourth\b|\bone[- ]fourth\b"), 1 / 4),
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
_FEW = range(1, 13)
_COUNTED_EXACTLY = 100  # below it, a number of things is told as it is
_SCALE_ALONE = re.compile(r"\b(hundred|thousand|million|billion|trillion)\b")
_MATH = re.compile(r"\$[^$\n]{1,200}\$")
_PERCENT_AFTER = re.compile(r"\s*\\?%")
_PERIODS = {"daily": "day", "hourly": "hour", "weekly": "week", "monthly": "month", "yearly": "year", "annual": "year"}
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
            for formula in _MATH.findall(self._source):
                for match in re.finditer(r"\d+(?:\.\d+)?", formula):
                    if not _PERCENT_AFTER.match(formula, match.end()):
                        yield float(match[0]), ""

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
        told = spelled_out(text)
        for match in _SCALE_ALONE.finditer(told):  # `several million`, `billion-scale`
            if not re.search(r"\d[\s-]?$", told[max(0, match.start() - 2) : match.start()]):
                yield SCALES[match[1]], ""
        for match in _MONTHS.finditer(text):
            yield float(match.lastindex or 0), ""

    @cached_property
    def _vague(self) -> set[float]:
        return {*_vague_english(self._text), *(_VAGUE[m] for m in _VAGUE_JA.findall(self._text))}

    @cached_property
    def _digits(self) -> set[str]:
        return set(re.findall(r"\d+", self._text))

    @cached_property
    def _counts(self) -> set[int]:
        return _series_lengths(self._text)

    @cached_property
    def _counted_things(self) -> dict[str, set[int]]:
        return counts_of(spelled_out(self._text).casefold())

    @cached_property
    def _units_said(self) -> set[tuple[str, float]]:
        """The units that the source speaks of, with a number or without: `sub-second`, `per hour`, `daily`."""
        words = re.findall(r"[a-zμ]{3,}", self._text.casefold())
        return {UNITS[unit] for unit in (_PERIODS.get(word, word) for word in words) if unit in UNITS}

    def supports(self, quantity: Quantity) -> bool:
        """Whether the source says the same with the same unit and scale, or as much as a rounded number needs."""
        if quantity.tail and self._vocabulary.knows(quantity.text):
            return True
        if quantity.tail and quantity.tail[0].isupper():
            return False  # `3D`, `5G`: a name
        for value, dimension in quantity.meanings:
            spelled = dimension == "percent" and value in _FEW and str(int(value)) not in self._digits
            if any(_alike(dimension, known) for known in self._known.get(key(value), ()) if known or not spelled):
                return True  # but `three tasks` is no `3%`
            if self._equal_share(value, dimension):
                return True
            if float(quantity.digits) == 1 and (dimension, value) in self._units_said:
                return True
        if quantity.bare and "as written" in self._known.get(key(float(quantity.digits)), ()):
            return True
        return quantity.approximate and self._rounds_to(quantity)

    def _equal_share(self, value: float, dimension: str) -> bool:
        """`85%` where the source has 0.85 or a fraction, `10倍` where it has 1/10, and the other way round."""
        if dimension == "percent":
            return bool(self._known.get(key(value / 100), set()) & {"", "fraction"})
        if dimension == "fraction":
            return bool(
                self._known.get(key(100 * value), set()) & {"percent"}
                or self._known.get(key(value), set())
                or self._known.get(key(100 - 100 * value), set()) & {"percent"}  # 75% less leaves a quarter
                or (value and self._known.get(key(1 / value), set()) & {"ratio"})
            )
        return False

    def _rounds_to(self, quantity: Quantity) -> bool:
        """Whether a number of the source, rounded to as many figures as `quantity` has, is that number."""
        tenths = quantity.text.endswith("割")
        for value, dimension in quantity.meanings:
            step = quantity.step * (value / quantity.value if quantity.value else 1.0)
            for known_value, known in self._values:
                if dimension in ("", "count") and (known_value < _COUNTED_EXACTLY or known_value % 1):
                    continue
                share = dimension == "percent" and known in ("", "fraction") and known_value < 1
                exact = 100 * known_value if share else known_value
                close = _rounded(exact, value, step) or (tenths and abs(exact - value) < 10)
                if close and (share or _alike(dimension, known)):
                    return True
        return False

    def may_count(self, quantity: Quantity, things: set[str], listed: set[int], *, series: bool) -> bool:
        """Whether the number may come from counting: one is no claim, two things are in any text, more may be the
        length of a list, of the source (where `series` allows it) or of the text itself (`listed`). Not where the
        source counts the same `things` (see `counted`) and comes to another number."""
        if any(dimension not in ("", "count") for _, dimension in quantity.meanings) or quantity.tail:
            return False
        value = quantity.value
        if value < 1 or value != int(min(value, 99)):
            return False
        told = set().union(*(self._counted_things.get(thing, set()) for thing in things))
        if value > 1 and told and int(value) not in told | {a + b for a, b in combinations(told, 2)}:
            return False
        return value <= 2 or (series and value <= _SMALL and int(value) in self._counts) or int(value) in listed

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
    prose = spelled_out(prose)
    for quantity in quantities(prose):
        if known.supports(quantity):
            continue
        listed = _listed_lengths(_around(prose, quantity))
        series = counts_a_list(prose, quantity)
        if known.may_count(quantity, things_counted(prose, quantity), listed, series=series):
            continue
        yield Finding(FindingKind.NUMBER, quantity.text)


def _alike(wanted: str, known: str) -> bool:
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
        return known in ("", "percent")
    if wanted == "count":
        return known not in _UNLIKE_COUNT
    return False


def _rounded(exact: float, shown: float, step: float) -> bool:
    """Whether `shown` is `exact` in steps of that size, rounded or cut, and not far from it."""
    if not exact or not step or not math.isfinite(exact) or not math.isfinite(shown) or not math.isfinite(step):
        return False
    if abs(exact - shown) > (0.12 if abs(shown) < 9.5 * step else 0.05) * abs(exact):
        return False
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


def _around(text: str, quantity: Quantity) -> str:
    """The sentence of the quantity and the next one: where the things that it counts are listed."""
    start = max(text.rfind(mark, 0, quantity.start) for mark in ("。", ". ", "\n")) + 1
    end = quantity.end
    for _ in range(2):
        end = min((at for mark in ("。", ". ", "\n") if (at := text.find(mark, end)) >= 0), default=len(text)) + 1
    return text[start:end]


def _listed_lengths(text: str) -> set[int]:
    """How many things the lists of the text itself have: `A、B、およびCの3つ` is no claim of its own."""
    found = set(_series_lengths(text))
    for sentence in re.split(r"[。\n]", text):
        for run in re.split(r"[「」()（）]", sentence):
            marks = run.count("、") + run.count("・")
            if 1 <= marks <= 8:
                found |= {marks + 1}
    return found

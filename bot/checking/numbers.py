"""Does the source have every number of the text, with its unit and its scale?"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property

from bot.checking.counted import counts_a_list, counts_of, things_counted
from bot.checking.kanji import in_digits
from bot.checking.lists import listed_lengths, series_lengths
from bot.checking.names import Vocabulary
from bot.checking.numerals import in_english
from bot.checking.quantities import Quantity, key, quantities
from bot.checking.said import claims_in_digits, near_dates, said_values, units_said
from bot.checking.spelled import spelled_out
from bot.checking.text import base, plain
from bot.checking.units import SCALES
from bot.checking.vague import Size, sizes, without_sizes
from bot.models import Finding, FindingKind

_LIST_MARK = re.compile(
    r"(?m)^\s{0,40}(?:\d{1,2}[.):]|[-*•])\s{1,40}|(?<!\w)\(\d{1,2}\)(?=\s)|(?<=[:;,、。])\s{0,3}\d{1,2}\)\s"
)
_ORDINAL = re.compile(r"第\s?\d{1,2}|\b\d{1,2}(?:st|nd|rd|th)\b|\d{1,2}(?:つ目|番目|点目|段階目|번째)")
_SMALL = 10
_MOST_FINDINGS = 40
_FEW = range(1, 13)
_COUNTED_EXACTLY, _ROUNDED_FROM = (
    100,
    20,
)  # below the one a number of things is told as it is; at least the other is rounded
_MATH = re.compile(r"\$[^$\n]{1,200}\$")
_PERCENT_AFTER = re.compile(r"\s{0,3}\\?%")
_UNLIKE_COUNT = frozenset({"percent", "point", "ratio", "time", "byte", "dollar", "hertz", "fps"})
# Scales inside a name or in small letters: sim51K, Llama-70B, 1.3m samples, a 7b model.
_SCALE_IN_NAME = re.compile(r"(?<=[A-Za-z])-?(\d{1,6}(?:\.\d{1,6})?)([KkMmBbT])(?![A-Za-z0-9])")
_SMALL_SCALE = re.compile(r"(?<![\w.])(\d{1,6}(?:\.\d{1,6})?)([mbt])(?![A-Za-z0-9²³^])")
_SEVERAL_TIMES = re.compile(r"\b(?:several|multiple|many)\b|\w-?fold\b")
_SPACE = re.compile(r"([1-4])\s?(?:次元|维|維|차원)")
_IN_A_NAME = re.compile(r"(?<=[A-Za-z])-?(\d{1,3})(?!\d|\.\d)")
# A month has no number of weeks and days of its own, so that these are told in round numbers.
_DAY = 86400.0
_SPANS = {"time": 1.0, "months": 30.436875 * _DAY, "years": 365.2425 * _DAY}
_ROUND_SPAN = 0.085


class Numbers:
    """The numbers that a source gives, in whatever way it says them."""

    def __init__(self, source: str, vocabulary: Vocabulary) -> None:
        """`source` is the title and the text, as they came; `vocabulary` knows names with digits, such as `3D`."""
        self._source = source
        self._text = plain(source)
        self._vocabulary = vocabulary

    @cached_property
    def _values(self) -> list[tuple[float, str]]:
        """Everything that the source says as (value, dimension), in the order of the values."""
        return sorted({*self._in_digits(), *said_values(self._text)})

    @cached_property
    def _known(self) -> dict[str, set[str]]:
        known: dict[str, set[str]] = {}
        for value, dimension in self._values:
            known.setdefault(key(value), set()).add(dimension)
        return known

    def _between(self, low: float, high: float) -> list[tuple[float, str]]:
        """Return what the source says from `low` to `high`."""
        first = bisect_left(self._values, (low, ""))
        return self._values[first : bisect_right(self._values, (high, "\uffff"))]

    def _in_digits(self) -> Iterator[tuple[float, str]]:
        for quantity in quantities(in_digits(spelled_out(self._text)), exact=True):
            yield from quantity.meanings
            yield float(quantity.digits), "as written"
            for part in quantity.written:
                yield from ((float(part), ""), (float(part), "as written"))
        for pattern in (_SCALE_IN_NAME, _SMALL_SCALE):
            for number, letter in pattern.findall(self._text):
                yield float(number) * SCALES[letter.upper()], ""
        for number in _IN_A_NAME.findall(self._text):
            yield float(number), "in a name"
        if re.search(r"[\\{^_]", self._source):
            # What LaTeX writes apart, such as `61{,}573`, `10^{-14}` and indices, may be told in its parts.
            for numeral in re.findall(r"\d{1,40}(?:\.\d{1,40})?", unicodedata.normalize("NFKC", self._source)):
                yield float(numeral), "as written"
            for formula in _MATH.findall(self._source):
                for match in re.finditer(r"\d{1,40}(?:\.\d{1,40})?", formula):
                    if not _PERCENT_AFTER.match(formula, match.end()):
                        yield float(match[0]), ""

    @cached_property
    def _sizes(self) -> list[Size]:
        return list(sizes(self._text))

    @cached_property
    def _digits(self) -> set[str]:
        return set(re.findall(r"\d+", self._text))

    @cached_property
    def _counts(self) -> set[int]:
        return series_lengths(self._text)

    @cached_property
    def _counted_things(self) -> dict[str, set[int]]:
        return counts_of(spelled_out(self._text).casefold())

    @cached_property
    def _units_said(self) -> set[tuple[str, float]]:
        return units_said(self._text)

    def supports(self, quantity: Quantity) -> bool:
        """Return whether the source says the same with its unit and scale, or as much as a rounded number needs."""
        space = _SPACE.fullmatch(quantity.text)
        if (quantity.tail or space) and self._vocabulary.knows(f"{space[1]}D" if space else quantity.text):
            return True
        if quantity.tail and quantity.tail[0].isupper():
            return False  # `3D`, `5G`: a name
        for value, dimension in quantity.meanings:
            spelled = dimension == "percent" and value in _FEW and str(int(value)) not in self._digits
            if any(_alike(dimension, known) for known in self._known.get(key(value), ()) if known or not spelled):
                return True  # but `three tasks` is no `3%`
            if self._equal_share(value, dimension) or self._same_span(value, dimension):
                return True
            if float(quantity.digits) == 1 and (dimension, value) in self._units_said:
                return True
        written = quantity.written or ((quantity.digits,) if quantity.bare else ())
        if written and all("as written" in self._known.get(key(float(part)), ()) for part in written):
            return True
        return bool(quantity.bound) and self._bounded(quantity)

    def _equal_share(self, value: float, dimension: str) -> bool:
        """Whether one says `85%` where the other has 0.85 or a fraction, `10倍` where it has 1/10, and the like."""
        if dimension == "percent":
            return bool(self._known.get(key(value / 100), set()) & {"", "fraction"})
        if dimension == "fraction":
            return bool(
                self._known.get(key(100 * value), set()) & {"percent"}
                or self._known.get(key(value), set()) - {"as written"}
                or self._leaves(value)
                or (value and self._known.get(key(1 / value), set()) & {"ratio"})
            )
        if dimension == "ratio":
            return bool(value and self._known.get(key(1 / value), set()) & {"fraction"})
        return False

    def _leaves(self, share: float) -> bool:
        """Whether a percentage in digits leaves this share: 75% less leaves a quarter."""
        rest = 100 - 100 * share
        return "percent" in self._known.get(key(rest), ()) and key(rest).partition(".")[0] in self._digits

    def _same_span(self, value: float, dimension: str) -> bool:
        """Whether two months are the source's eight weeks, and a year its twelve months."""
        span = _SPANS.get(dimension, 0.0) * value
        if not 0 < span < math.inf:
            return False
        for other, worth in _SPANS.items():
            if other == dimension:
                continue
            exact = {other, dimension} == {"months", "years"}
            about = 0.001 if exact else 0.01 if "years" in (other, dimension) else _ROUND_SPAN
            near = self._between(span * (1 - about) / worth, span * (1 + about) / worth)
            # Of spans in `time` only whole days are told in months.
            if any(known == other and (other != "time" or v % _DAY == 0) for v, known in near) and (
                dimension != "time" or value % _DAY == 0
            ):
                return True
        return False

    def _bounded(self, quantity: Quantity) -> bool:
        """Whether a number of the source lies where `quantity` says that it does: about, above or below."""
        tenths = quantity.text.endswith("割")
        for value, dimension in quantity.meanings:
            if not 0 < value < math.inf:
                continue
            step = quantity.step * (value / quantity.value if quantity.value else 1.0)
            for scale in (1.0, 100.0, 0.01):
                for known_value, known in self._between(value / 1.5 / scale, value * 1.5 / scale):
                    if scale == 1.0:
                        fits = _alike(dimension, known) and _told_rounded(known_value, dimension, quantity.bound)
                    elif scale == 100.0:
                        fits = dimension == "percent" and known in ("", "fraction") and known_value < 1
                    else:
                        fits = dimension == "fraction" and known == "percent"
                    if fits and _reaches(scale * known_value, value, step, quantity.bound, tenths=tenths):
                        return True
        return False

    def may_count(self, quantity: Quantity, things: set[str], listed: frozenset[int], *, series: bool) -> bool:
        """Return whether the number may come from counting.

        One is no claim, two things are in any text, more may be the length of a list, of the source (where `series`
        allows it) or of the text itself (`listed`). Not where the source counts the same `things` (see `counted`) and
        comes to another number.
        """
        if any(dimension not in ("", "count") for _, dimension in quantity.meanings) or quantity.tail:
            return False
        value = quantity.value
        if not 1 <= value < _COUNTED_EXACTLY or value % 1:
            return False
        told = set().union(*(self._counted_things.get(thing, set()) for thing in things))
        if value > 1 and told and int(value) not in told and not any(int(value) - n in told - {n} for n in told):
            return False
        return value <= 2 or (series and value <= _SMALL and int(value) in self._counts) or int(value) in listed

    def supports_size(self, size: Size) -> bool:
        """Return whether the source speaks of some such size: `数万` needs `tens of thousands`, or a number of them."""
        if any(size.low == known.low for known in self._sizes):
            return True
        if size.low == 10.0 and any(known.low == 12.0 for known in self._sizes):
            return True
        wanted = size.dimension
        if (
            wanted == "ratio"
            and size.low < _SMALL
            and re.search(r"\b(?:several|multiple|many)\b|\w-?fold\b", self._text)
        ):
            return True
        return any(
            known in (wanted, "") or (not wanted and known in ("count", "as written", "in a name"))
            for value, known in self._between(size.low, size.high)
            if value < size.high
        )


def number_findings(known: Numbers, source: str, text: str, language: str) -> Iterator[Finding]:
    """Yield NUMBER for each number of the text, in the language of its tag, that the source does not have."""
    prose = _ORDINAL.sub(" ", _LIST_MARK.sub("\n", plain(text)))
    for words in near_dates(plain(source), prose):
        yield Finding(FindingKind.NUMBER, words)
    for size in sizes(prose):
        if not known.supports_size(size):
            yield Finding(FindingKind.NUMBER, size.text)
    prose = _read(prose, language)
    found = 0
    for quantity in quantities(prose):
        if known.supports(quantity):
            continue
        if found == _MOST_FINDINGS:
            return
        listed = listed_lengths(_around(prose, quantity))
        series = counts_a_list(prose, quantity)
        if known.may_count(quantity, things_counted(prose, quantity), listed, series=series):
            continue
        found += 1
        yield Finding(FindingKind.NUMBER, quantity.text)


def _read(prose: str, language: str) -> str:
    """Return the prose of a language with its numbers as `quantities` reads them."""
    spoken = base(language)
    if spoken == "en":
        return spelled_out(claims_in_digits(prose))
    prose = without_sizes(prose)
    if spoken == "ja":
        return in_digits(spelled_out(prose))
    if spoken in ("zh", "yue"):
        prose = in_digits(prose, chinese=True)
    return in_english(prose, language)


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


def _told_rounded(exact: float, dimension: str, bound: str) -> bool:
    """Whether a number of things is one that people round: not 12 heads, but 53 tasks (`more than fifty`)."""
    if dimension not in ("", "count"):
        return True
    if exact % 1:
        return False
    return exact >= (_COUNTED_EXACTLY if bound == "about" else _ROUNDED_FROM)


def _reaches(exact: float, shown: float, step: float, bound: str, *, tenths: bool) -> bool:
    """Whether `exact` is above, below or about `shown`, and no farther than the next round number."""
    slack = 1e-9 * shown
    if bound == "above":
        return shown - slack <= exact < shown + step + slack and exact - shown <= 0.34 * shown
    if bound == "below":
        return shown - step - slack < exact <= shown + slack and shown - exact <= 0.2 * shown
    return _rounded(exact, shown, step) or (tenths and abs(exact - shown) < 10)


def _rounded(exact: float, shown: float, step: float) -> bool:
    """Whether `shown` is `exact` in steps of that size, rounded or cut, and not far from it."""
    if not exact or not step or not math.isfinite(exact) or not math.isfinite(shown) or not math.isfinite(step):
        return False
    if abs(exact - shown) > (0.12 if abs(shown) < 9.5 * step else 0.05) * abs(exact):
        return False
    return key(shown) in (key(round(exact / step) * step), key(math.floor(exact / step) * step))


def _around(text: str, quantity: Quantity) -> str:
    """The sentence of the quantity and the next one: where the things that it counts are listed."""
    start = max(text.rfind(mark, 0, quantity.start) for mark in ("。", ". ", "\n")) + 1
    end = quantity.end
    for _ in range(2):
        end = min((at for mark in ("。", ". ", "\n") if (at := text.find(mark, end)) >= 0), default=len(text)) + 1
    return text[start:end]

"""Numbers as a reader understands them: `１２,０００倍`, `12K×` and `twelve thousand times` are one quantity."""

# The tables of words are easier to compare on long lines.
# ruff: noqa: E501 - a pattern is read more easily on one line

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from bot.checking.text import URL
from bot.checking.units import SCALES, UNITS

_NUMERAL = (
    r"(?:\d{1,3}(?:[,']\d{3}){1,12}(?!\d)(?:\.\d{1,40})?|[1-9]\d?(?:,\d{2}){1,8},\d{3}(?!\d)"
    r"|\d{1,40}(?:\.\d{1,40})?|(?<![\d.])\.\d{1,40})"
)
_SCALE = "|".join(sorted((re.escape(s) for s in SCALES if not s.isascii() or len(s) > 1), key=len, reverse=True))
_SPACED_UNIT = "|".join(sorted((re.escape(u) for u in UNITS), key=len, reverse=True))
_NUMBER = re.compile(
    rf"""(?<![A-Za-z0-9_])(?<![A-Za-z]-)(?<!\d\.)
    (?P<sign>USD\s|[$×])?\s?
    (?P<numeral>{_NUMERAL})
    (?:\s?[×x]\s?10\^(?P<times_power>-?\d{{1,3}})(?!\d)|\^(?P<power>-?\d{{1,3}})|[eE](?P<exponent>-\d{{1,3}}))?
    (?:(?P<letter>[KkMBT])(?![A-Za-z])|[\s-]?(?P<scale>{_SCALE})(?![A-Za-z]))?
    (?P<more>(?:\s?(?:\d,\d{{3}}|\d{{1,4}})(?:\.\d{{1,9}})?[億亿万萬千百억만천백]){{0,4}}(?:(?<=[万億千亿萬억만천])(?:\d,\d{{3}}|\d{{1,4}})(?![\d.,]))?)
    (?P<plus>\+|以上|超(?![解音伝電導高低大人知])|余り?|強(?![化い力調])|弱(?![教点い]))?
    (?P<gap>\s?-?\s?)
    (?P<unit>orders?[\s-]of[\s-]magnitude|(?:%|percent(?:age)?|absolute|relative)[\s-]*(?:ポイント|points?)|{_SPACED_UNIT}|[A-Za-zμµ°]+)?
    """,
    re.VERBOSE,
)
_FRACTION = re.compile(
    rf"(?<![\d.])({_NUMERAL})(?:分の|분의\s?)({_NUMERAL})|(?<![\w./])(\d{{1,2}})/(\d{{1,3}})(?![\w./])(?!\s?[-–]\s?bit)"
)
_MINUTE_TRAP = re.compile(r"[け割類野布散析岐離解別化子]|の\d")  # `5分割` is no time
_CROSS_VALIDATION = re.compile(r"folds?[\s-]*(?:cross|CV)")
_LINK_WORDS = re.compile(
    r"\s{0,3}(?:,|,?\s*(?:and|or)|to|through|vs\.?|versus|of|から|~|〜|-|–|—|/|、|および|と|→|->|&)\s{0,3}"
)
_ANY_SPACE = r"\s{0,3}"
# How a number may miss the exact one: a round number near it, one that it exceeds, one that it stays below.
_BEFORE = {
    "above": re.compile(
        r"(?:over|more than|above|exceed(?:s|ing|ed)?|at least|upwards? of|beyond|greater than|no (?:fewer|less) than|surpass(?:es|ing)?|>|[≥≧]"
        r"|über|mehr als|mindestens|plus de|más de|mais de|più di|oltre|meer dan|более|свыше|больше|超过|超過|至少|超|高达)"
        rf"{_ANY_SPACE}$",
        re.IGNORECASE,
    ),
    "below": re.compile(
        r"(?:nearly|almost|close to|under|less than|fewer than|below|up to|at most|within|just short of|approaching|<|[≤≦]"
        r"|fast|knapp|weniger als|unter|presque|près de|moins de|casi|menos de|quasi|meno di|quase|bijna|minder dan|почти|менее|меньше"
        rf"|近|不到|低于|接近|거의){_ANY_SPACE}$",
        re.IGNORECASE,
    ),
    "about": re.compile(
        r"(?:約|およそ|おおよそ|おおむね|概ね|ほぼ|ざっと|最大約|平均約|~|about|approximately|around|roughly|approx\.|some|circa|ca\."
        r"|etwa|rund|ungefähr|environ|aproximadamente|alrededor de|cerca de|circa|ongeveer|около|примерно|大约|约|大概|약|대략"
        rf"){_ANY_SPACE}$",
        re.IGNORECASE,
    ),
}
_AFTER = {
    "above": re.compile(
        rf"{_ANY_SPACE}(?:以上|超(?![解音伝電導高低大人知])|を?(?:超|越え|上回)|余(?![分剰裕地])|あまり|強(?![化い力調])|\+|or (?:more|higher|above|greater)|이상|넘|余|多(?=[个名张万]))"
    ),
    "below": re.compile(
        rf"{_ANY_SPACE}(?:に?近[いくか]|弱(?![教点い])|以下(?![の、]?(?:通|とお))|未満|足らず|に迫|を下回|or (?:less|fewer|below)|이하|미만|不到)"
    ),
    "about": re.compile(rf"{_ANY_SPACE}(?:程度|前後|ほど|くらい|ぐらい|内外|or so\b|左右|上下|정도)"),
}
_NOTHING_COUNTED = re.compile(r"\s*(?:[、,。.;)）\]⌉⌋|=<>≤≥≦≧+*/-]|という|と|and\b|$)")
_FACTOR_BEFORE = re.compile(
    r"(?:factors?|speed-?ups?|ratios?|accelerations?|multiplier|reductions?|faster|gains?)(?: rate)?"
    r"(?:\s+(?:of|by|is|up|to|from|about|approximately|around|nearly|over|roughly|~))*\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text. `meanings` are the (value, dimension) pairs it can be read as; "" is no dimension."""

    text: str
    meanings: tuple[tuple[float, str], ...]
    start: int
    end: int
    digits: str
    bound: str = ""  # "about", "above" or "below" where the text does not give the exact number
    bare: bool = False  # nothing follows that says what is counted
    step: float = 1.0  # what one more in its last figure that is no zero would add
    written: tuple[str, ...] = ()  # the numbers of `3/5`, which may be no fraction
    tail: str = ""  # letters right behind the numeral that are no known unit, as in `1080p`

    @property
    def value(self) -> float:
        return self.meanings[0][0]

    @property
    def dimension(self) -> str:
        return self.meanings[0][1]


def key(value: float) -> str:
    """Equal for values that differ by no more than rounding of binary fractions."""
    return f"{value:.9g}"


def quantities(text: str, *, exact: bool = False) -> list[Quantity]:
    """Return the numbers of a plain text (see `text.plain` and `spelled_out`), in their order; not those inside names.

    `exact` leaves out what the words around a number say about how exact it is, which costs most of the time.
    """
    text = URL.sub(lambda m: " " * len(m[0]), text)
    found: list[Quantity] = []
    taken = 0
    for match in _FRACTION.finditer(text):
        below, above = (
            (_numeral(match[1]), _numeral(match[2])) if match[1] else (_numeral(match[4]), _numeral(match[3]))
        )
        if below:
            share = above / below
            parts = ((share, ""), (share, "fraction"), (below / above if above else 0.0, "ratio"))
            written = tuple(match[n] for n in (3, 4)) if match[3] else ()
            bound = "" if exact else _bound(text, match.start(), match.end())
            digits = match[2] or match[3]
            found.append(
                Quantity(match[0], parts, match.start(), match.end(), digits, bound, step=share / 4, written=written)
            )
    fractions = iter([*((q.start, q.end) for q in found), (len(text) + 1, 0)])
    first, last = next(fractions)
    for match in _NUMBER.finditer(text):
        start = match.start("numeral")
        while start >= last > 0:
            first, last = next(fractions)
        if start < taken or first <= start:
            continue
        found.append(_quantity(text, match, exact=exact))
        taken = found[-1].end
    found.sort(key=lambda q: q.start)
    return _with_shared_units(text, _with_shared_about(text, found))


def _quantity(text: str, match: re.Match[str], *, exact: bool) -> Quantity:
    numeral = match["numeral"]
    value = _numeral(numeral)
    if match["times_power"]:
        value *= _power(10.0, match["times_power"])
    elif match["power"]:
        value = _power(value, match["power"])
    elif match["exponent"]:
        value *= _power(10.0, match["exponent"])
    end = match.end("numeral")
    for group in ("times_power", "power", "exponent"):
        end = max(end, match.end(group))
    scaled = match["letter"] or match["scale"]
    if scaled:
        value *= SCALES[scaled]
        end = max(match.end("letter"), match.end("scale"))
    if match["more"] and scaled and not scaled.isascii():
        value += _composed(match["more"])
        end = match.end("more")
    value = finite(value)
    dimension, factor, end, tail = _unit(text, match, end)
    step = factor * _last_figure(value, numeral.partition(".")[2])
    meanings = [(value * factor, dimension)]
    if "cross" in text[end : end + 8].lower() and not dimension:
        meanings.append((value, "ratio"))
    if match["sign"] == "×" and not dimension:
        meanings.insert(0, (value, "ratio"))
    if match["sign"] in ("$", "USD ") and not dimension:
        meanings.append((value, "dollar"))
    if dimension == "order" and value < 30:
        meanings.append((10.0**value, "ratio"))
    before = text[max(0, match.start() - 60) : match.start()]
    if not dimension and not tail and _FACTOR_BEFORE.search(before):
        meanings.append((value, "ratio"))
    bound = "" if exact else _bound(text, match.start(), end, match["plus"] or "")
    bare = not dimension and not tail and not scaled and bool(_NOTHING_COUNTED.match(text[end : end + 8]))
    shown = text[match.start("sign") if match["sign"] else match.start("numeral") : end].strip()
    digits = numeral.replace(",", "").replace("'", "")
    return Quantity(shown, tuple(meanings), match.start("numeral"), end, digits, bound, bare, step, tail=tail)


_AFTER_UNIT = {"弱": "below"}


def _bound(text: str, start: int, end: int, plus: str = "") -> str:
    """Return "about", "above" or "below" where the words around a number say so; several together mean about."""
    before, after = text[max(0, start - 20) : start], text[end : end + 12]
    said = {bound for bound, words in _BEFORE.items() if words.search(before)}
    said |= {bound for bound, words in _AFTER.items() if words.match(after)}
    if len(said) > 1:
        said -= {"about"}  # 約2倍以上 still is above
    if not said and plus:
        return _AFTER_UNIT.get(plus, "above")
    return said.pop() if len(said) == 1 else ("about" if said else "")


def _unit(text: str, match: re.Match[str], end: int) -> tuple[str, float, int, str]:
    """Dimension, factor, the end of the quantity, and letters behind it that are no unit."""
    unit = match["unit"]
    if not unit:
        return "", 1.0, end, ""
    stop = match.end("unit")
    attached = match.start("unit") == match.end("numeral")
    words = unit.replace("-", " ").lower().split()
    if words[0] in ("order", "orders"):
        return "order", 1.0, stop, ""
    if len(words) > 1 or re.search(r"%\s*(?:ポイント|points?)", unit):
        return ("percent" if words[0] == "relative" else "point"), 1.0, stop, ""
    if unit not in UNITS and unit.lower() in UNITS and len(unit) > 2:
        unit = unit.lower()
    if unit not in UNITS:
        # `3D`, `1080p`, or simply the next word of the sentence
        return "", 1.0, (stop if attached else end), (unit if attached else "")
    if _is_no_unit(text, unit, stop, attached=attached):
        return "", 1.0, end, ""
    if (unit == "s" and re.fullmatch(r"\d{4}", match["numeral"])) or _CROSS_VALIDATION.match(text, match.start("unit")):
        return "", 1.0, stop, ""  # the 1990s; 5-fold cross-validation
    return *UNITS[unit], stop, ""


def _is_no_unit(text: str, unit: str, stop: int, *, attached: bool) -> bool:
    """Whether what looks like a unit and ends at `stop` is the beginning of something else."""
    follows = text[stop : stop + 1]
    if unit.isascii() and unit.isalpha():
        if follows.isascii() and follows.isalnum():
            return True
        if len(unit) == 1 and not attached and unit not in "xsX":
            return True
    if unit in ("x", "X", "×"):
        return bool(re.match(r"\s?\d", text[stop : stop + 2]))  # the measure 16×16
    if unit == "分":
        return bool(_MINUTE_TRAP.match(text, stop))
    return unit == "割" and follows != "" and follows in "合りか当"


def _with_shared_about(text: str, found: list[Quantity]) -> list[Quantity]:
    """In `about 75% of A and 88% of B`, the later numbers of the same kind are no more exact than the first."""
    for n in range(1, len(found)):
        before, here = found[n - 1], found[n]
        between = text[before.end : here.start]
        alike = before.bound and here.dimension == before.dimension != ""
        if alike and len(between) < 60 and not re.search(r"[。\n;]|[.!?]\s", between):
            found[n] = replace(here, bound=here.bound or before.bound)
    return found


def _with_shared_units(text: str, found: list[Quantity]) -> list[Quantity]:
    """In `5, 10 and 20%` or `3〜5万`, the first numbers can also be read with the last one's unit and scale."""
    for n in range(len(found) - 2, -1, -1):
        here, after = found[n], found[n + 1]
        if (
            here.dimension
            or here.tail
            or here.value != _numeral(here.digits)
            or not _LINK_WORDS.fullmatch(text[here.end : after.start])
        ):
            continue
        own = _numeral(after.digits)
        extra = [
            (finite(here.value * value / own), d) for value, d in after.meanings if own and (value, d) != (own, "")
        ]
        found[n] = replace(here, meanings=here.meanings + tuple(m for m in extra if m not in here.meanings))
    return found


def _numeral(text: str) -> float:
    return float(text.replace(",", "").replace("'", ""))


def finite(value: float) -> float:
    """Return the value, and infinity for what is no number: too great a power of nothing, say."""
    return value if math.isfinite(value) else math.inf


def _last_figure(value: float, decimals: str) -> float:
    """The worth of the last digit that is no zero, or of the last decimal: 10 for 120, 0.01 for 0.30."""
    if not math.isfinite(value):
        return 1.0
    if value % 1:
        return float(10.0 ** -len(decimals))
    whole = f"{value:.0f}"
    return 10.0 ** (len(whole) - len(whole.rstrip("0")))


def _power(number: float, exponent: str) -> float:
    try:
        return float(number ** int(exponent))
    except (OverflowError, ZeroDivisionError):
        return float("inf")


def _composed(text: str) -> float:
    """The rest of a Japanese numeral behind its first scale: `5000万` of `3億5000万`."""
    total = 0.0
    for number, scale in re.findall(r"(\d+(?:\.\d+)?)([億亿万萬千百억만천백])?", text.replace(",", "")):
        total += float(number) * (SCALES[scale] if scale else 1.0)
    return total

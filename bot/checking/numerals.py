"""Numbers as a language writes them: `82,2 %`, `1.234`, `8 Stunden`, `1,5 млн` are read as English would write them.

Separators, scales and unit words come from Unicode's CLDR, through Babel; what CLDR has no words for (percentage points,
factors) is a table here. Digits in a form that neither the language nor English uses are left as they are.
"""

# Tables of words are easier to compare on long lines.
# ruff: noqa: E501 - a pattern is read more easily on one line
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_name
from babel.units import format_unit

from bot.checking.text import base

# CLDR's units and currencies, each with the English word for it that `units` knows.
_UNITS = {
    "concentr-percent": "percent",
    "digital-bit": "bits",
    "digital-byte": "bytes",
    "digital-kilobyte": "kilobytes",
    "digital-megabyte": "megabytes",
    "digital-gigabyte": "gigabytes",
    "digital-terabyte": "terabytes",
    "digital-petabyte": "PB",
    "duration-nanosecond": "nanoseconds",
    "duration-microsecond": "microseconds",
    "duration-millisecond": "milliseconds",
    "duration-second": "seconds",
    "duration-minute": "minutes",
    "duration-hour": "hours",
    "duration-day": "days",
    "duration-week": "weeks",
    "duration-month": "months",
    "duration-year": "years",
    "energy-joule": "joules",
    "energy-kilojoule": "kilojoules",
    "energy-kilowatt-hour": "kWh",
    "frequency-hertz": "hertz",
    "frequency-kilohertz": "kilohertz",
    "frequency-megahertz": "megahertz",
    "frequency-gigahertz": "gigahertz",
    "length-nanometer": "nanometers",
    "length-micrometer": "micrometers",
    "length-millimeter": "millimeters",
    "length-centimeter": "centimeters",
    "length-meter": "meters",
    "length-kilometer": "kilometers",
    "mass-milligram": "milligrams",
    "mass-gram": "grams",
    "mass-kilogram": "kilograms",
    "power-milliwatt": "milliwatts",
    "power-watt": "watts",
    "power-kilowatt": "kilowatts",
    "power-megawatt": "MW",
}
_CURRENCIES = {"USD": "dollars", "EUR": "euros", "JPY": "yen"}
_SIGNS = {"$": "dollars", "€": "euros", "¥": "yen"}
_OTHER_WORDS = {
    "de": "Prozentpunkt=points Prozentpunkte=points Prozentpunkten=points Punkte=points Punkten=points Dollar=dollars "
    "mal=times fach=times fache=times fachen=times faches=times facher=times",
    "fr": "points_de_pourcentage=points point_de_pourcentage=points points=points dollars=dollars fois=times",
    "es": "puntos_porcentuales=points punto_porcentual=points puntos=points dólares=dollars veces=times",
    "pt": "pontos_percentuais=points ponto_percentual=points pontos=points dólares=dollars vezes=times",
    "it": "punti_percentuali=points punto_percentuale=points punti=points dollari=dollars volte=times",
    "nl": "procentpunten=points procentpunt=points punten=points dollar=dollars keer=times maal=times",
    "sv": "procentenheter=points procentenhet=points gånger=times",
    "da": "procentpoint=points gange=times",
    "nb": "prosentpoeng=points ganger=times",
    "pl": "punktów_procentowych=points punkty_procentowe=points punktu_procentowego=points punktów=points razy=times "
    "krotnie=times raza=times",
    "cs": "procentních_bodů=points procentní_body=points procentního_bodu=points bodů=points krát=times",
    "ru": "процентных_пунктов=points процентных_пункта=points процентного_пункта=points процентный_пункт=points "
    "пунктов=points пункта=points пункт=points долларов=dollars доллара=dollars раз=times раза=times",
    "uk": "відсоткових_пунктів=points відсоткових_пункти=points відсоткового_пункту=points пунктів=points раз=times раза=times "
    "рази=times разів=times",
    "tr": "yüzde_puan=points yüzdelik_puan=points puan=points kat=times",
    "id": "poin_persentase=points poin=points kali=times",
    "vi": "điểm_phần_trăm=points điểm=points lần=times phần_trăm=percent",
    "zh": "个百分点=points 個百分點=points 百分点=points 百分點=points 倍=times 天=days 日=days 周=weeks 週=weeks",
    "ko": "퍼센트포인트=points 퍼센트_포인트=points %포인트=points %p=points 포인트=points 퍼센트=percent 프로=percent 배=times "
    "달러=dollars 유로=euros 엔=yen 주=weeks 주간=weeks 개월간=months 년간=years",
    "ar": "نقطة_مئوية=points نقاط_مئوية=points بالمئة=percent في_المئة=percent مرات=times مرة=times أضعاف=times",
    "hi": "प्रतिशत_अंक=points गुना=times",
}
# Written without spaces between words, so that a unit may have anything behind it.
_UNSPACED = frozenset({"zh", "yue", "ko", "th", "lo", "km", "my"})
_EACH_PLURAL = (1, 2, 3, 5, 1.5)  # one number of each grammatical kind that CLDR's languages have
_OWN = frozenset({"en", "ja"})  # `quantities` reads these as they are
_EAST_ASIAN_YEAR = re.compile(r"(?:1[5-9]|2[01])\d\d")
_MONTH_BEFORE = re.compile(r"[月월]\s?$")
_SCORE = re.compile(r"(?<=\d)\s?分(?![钟鐘之])")


@dataclass(frozen=True, slots=True)
class _Conventions:
    """How a language writes numbers: what finds a quantity, and the English of its scales and unit words."""

    pattern: re.Pattern[str]
    decimal: str
    scales: dict[str, int]
    units: dict[str, str]
    unspaced: bool


def in_english(text: str, language: str) -> str:
    """Return a plain text (see `text.plain`) with its quantities as English writes them: `82,2 %` becomes `82.2 percent`.

    `language` is the text's BCP 47 tag; a region counts (`de-CH` groups by apostrophes, `es-MX` has a decimal point).
    A tag that CLDR does not know leaves the text as it is.
    """
    if base(language) in _OWN or not any(char.isdecimal() for char in text):
        return text
    conventions = _conventions(language)
    if conventions is None:
        return text
    if base(language) in ("zh", "yue"):
        text = _SCORE.sub(" ", text)  # 85分 is a score; minutes are 分钟
    return conventions.pattern.sub(lambda match: _rewritten(match, conventions), text)


def _rewritten(match: re.Match[str], conventions: _Conventions) -> str:
    value = _number(match["numeral"], conventions.decimal)
    scale, unit = match["scale"], match["unit"] or match["stem"]
    if unit and _is_date(match):
        return f"{value}{match['gap'] or ''}{unit}"
    before = match["sign"] or ""
    if before == "%":
        return f" {value} percent"
    told = before + value
    if scale:
        worth = conventions.scales[_folded(scale)]
        told += f" {_SCALE_WORDS[worth]} " if worth in _SCALE_WORDS else ""
        if worth not in _SCALE_WORDS:  # lakh and crore
            told = before + f"{Decimal(value) * worth:f}" + " "
    if unit:
        told += f" {conventions.units[_folded(unit)]} "
    return told


def _is_date(match: re.Match[str]) -> bool:
    unit = match["unit"]
    if unit in ("年", "년"):
        return bool(_EAST_ASIAN_YEAR.fullmatch(match["numeral"]))
    return unit in ("日", "일") and bool(_MONTH_BEFORE.search(match.string, 0, match.start()))


def _number(numeral: str, decimal: str) -> str:
    """Return the numeral with a decimal point and without group separators."""
    if decimal == "," and (english := re.fullmatch(r"(\d+)\.(\d+)", numeral)):
        grouped = re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", numeral)
        return f"{english[1]}{english[2]}" if grouped else numeral
    groups = "., '" if decimal == "," else ", '"
    whole, mark, rest = numeral.rpartition(decimal)
    if not mark or (decimal == "." and not rest.isdecimal()):
        whole, rest = numeral, ""
    whole = whole.translate(str.maketrans("", "", groups))
    return f"{whole}.{rest}" if rest else whole


_SCALE_WORDS = {10**3: "thousand", 10**6: "million", 10**9: "billion", 10**12: "trillion"}


@lru_cache(maxsize=32)
def _conventions(language: str) -> _Conventions | None:
    locale = _locale(language)
    if locale is None:
        return None
    unspaced = base(language) in _UNSPACED
    decimal = "," if str(locale.number_symbols["latn"].get("decimal", ".")) == "," else "."
    units = {**_SIGNS, **dict(_unit_words(locale)), **dict(_other_words(base(language)))}
    units = {_folded(word): name for word, name in units.items()}
    scales = {} if unspaced else {_folded(word): size for word, size in _scale_words(locale)}
    after = "" if unspaced else r"(?![^\W\d_])"
    long = {word: name for word, name in units.items() if len(word) > 3 and not unspaced}
    numeral = _NUMERALS[decimal]
    prefixed = "%" if locale.percent_formats[None].pattern.lstrip("\u200e\u200f\u061c").startswith("%") else ""
    pattern = rf"""(?<![A-Za-z0-9_.,])(?<![A-Za-z]-)(?:(?P<sign>[$€¥{prefixed}])\s?)?(?P<numeral>{numeral})
        (?:\s?(?P<scale>{_alternatives(scales)})\.?{after})?
        (?:(?P<gap>\s?-?\s?)(?P<unit>{_alternatives(units)}){after}|\s?-?\s?(?P<stem>{_alternatives(long)})[^\W\d_]{{1,3}}{after})?"""
    return _Conventions(re.compile(pattern, re.VERBOSE | re.IGNORECASE), decimal, scales, units, unspaced)


# Groups by point, space or apostrophe before a decimal comma; by comma, space or apostrophe before a decimal point;
# and the Indian groups of two. A number in English form is read in either.
_NUMERALS = {
    ",": r"[1-9]\d{0,2}(?:(?P<group>[.\ '])\d{3}(?:(?P=group)\d{3}){0,9})(?!\d)(?:,\d+)?|\d+,\d+(?![\d]|[.,]\d)|\d+(?:\.\d+)?",
    ".": r"[1-9]\d{0,2}(?:(?P<group>[,'])\d{3}(?:(?P=group)\d{3}){0,9})(?!\d)(?:\.\d+)?|[1-9]\d?(?:,\d{2}){1,8},\d{3}(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?",
}


def _alternatives(words: dict[str, object] | dict[str, int] | dict[str, str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in longest_first) or "(?!)"


def _locale(language: str) -> Locale | None:
    for tag in (language.strip().replace("_", "-"), base(language)):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return None


def _folded(word: str) -> str:
    return " ".join(word.casefold().split())


def _unit_words(locale: Locale) -> Iterator[tuple[str, str]]:
    """Yield CLDR's words for the units, in all their grammatical numbers; signs of one letter would be any word."""
    for unit, english in _UNITS.items():
        for length in ("long", "short"):
            for number in _EACH_PLURAL:
                word = _without_number(format_unit(number, unit, length, locale=locale))
                if len(word) > 1 or word > "\u2e80":
                    yield word, english
    for code, english in _CURRENCIES.items():
        for number in _EACH_PLURAL:
            yield get_currency_name(code, number, locale), english


def _without_number(shown: str) -> str:
    return re.sub(r"\d(?:[.,٫]\d)?", "", shown).strip(" \xa0\u202f\u200f.")


def _other_words(language: str) -> Iterator[tuple[str, str]]:
    for pair in _OTHER_WORDS.get(language, "").split():
        word, _, english = pair.partition("=")
        yield word.replace("_", " "), english


def _scale_words(locale: Locale) -> Iterator[tuple[str, int]]:
    """Yield the words of compact numbers (`0 Mio.`), each with what it multiplies by."""
    for length in ("long", "short"):
        for patterns in dict(locale.compact_decimal_formats.get(length) or {}).values():
            for size, pattern in dict(patterns).items():
                shown = str(pattern.pattern)
                word = re.sub(r"[0#.,'\xa0\u202f]", " ", shown).strip()
                worth = int(size) // 10 ** (shown.count("0") - 1) if shown.count("0") else 0
                if worth > 1 and (len(word) > 1 or word in "kM"):
                    yield word, worth

"""What an English text says about numbers in words: `both`, `three fifths`, `halved`, `last year`, `sub-second`."""

# Tables of words are easier to compare on long lines.
# ruff: noqa: E501 - a pattern is read more easily on one line
from __future__ import annotations

import re
from collections.abc import Iterator

from bot.checking.spelled import number_of, spelled_out
from bot.checking.units import SCALES, UNITS

# Words that say a number without being one; what each is worth as a plain number. All are matched in lower case.
_COUNTS = (
    (re.compile(r"\b(?:both|two|second(?:ly)?|dual|pairs?|paired|twins?|bi-?\w{4,40}|either|two-?fold|binary)\b"), 2),
    (re.compile(r"\b(?:third(?:ly)?|tri-\w{1,40}|triplets?|triads?|trio|three-?fold|ternary|tripl\w{1,9})\b"), 3),
    (re.compile(r"\b(?:fourth(?:ly)?|quad\w{0,20}|quarters?|four-?fold)\b"), 4),
    (re.compile(r"\b(?:fifth(?:ly)?|five-?fold)\b"), 5),
    (re.compile(r"\b(?:sixth|six-?fold)\b"), 6),
    (re.compile(r"\b(?:seventh|eighth|ninth)\b"), 0),
    (re.compile(r"\bdecades?\b"), 10),
    (re.compile(r"\b(?:century|centuries)\b"), 100),
)
_RATIOS = (
    (re.compile(r"\b(?:twice|doubl\w{1,9}|twofold|2-fold)\b"), 2.0),
    (re.compile(r"\b(?:thrice|tripl\w{1,9}|trebl\w{1,9}|threefold)\b"), 3.0),
    (re.compile(r"\b(?:quadrupl\w{1,9}|fourfold)\b"), 4.0),
    (re.compile(r"\b(?:quintupl\w{1,9}|fivefold)\b"), 5.0),
    (re.compile(r"\border[- ]of[- ]magnitude"), 10.0),
)
_PARTS = {
    word: below
    for below, words in (
        (2, "half halves"),
        (3, "third thirds"),
        (4, "quarter quarters fourth fourths"),
        (5, "fifth fifths"),
        (6, "sixth sixths"),
        (7, "seventh sevenths"),
        (8, "eighth eighths"),
        (9, "ninth ninths"),
        (10, "tenth tenths"),
        (12, "twelfth twelfths"),
        (20, "twentieth twentieths"),
        (50, "fiftieth fiftieths"),
        (100, "hundredth hundredths"),
        (1000, "thousandth thousandths"),
        (10**6, "millionth millionths"),
    )
    for word in words.split()
}
_PART = "|".join(sorted(_PARTS, key=len, reverse=True))
_FEW = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_SHARE = re.compile(rf"\b(an?|{_FEW}|\d{{1,2}})[- ](?:full[- ]|mere[- ])?({_PART})\b")
_BARE_HALF = re.compile(r"\b(?:half|halv\w{1,3})\b")
_BARE_QUARTER = re.compile(r"\bquarter\b")
_MONTHS = re.compile(
    r"\b(?:(january)|(february)|(march)|(april)|(may)|(june)|(july)|(august)|(september)|(october)|(november)|(december))\b",
)
_SCALE_ALONE = re.compile(r"(?<!\d)(?<!\d[\s-])\b(hundred|thousand|million|billion|trillion)\b")
_PERIODS = {"daily": "day", "hourly": "hour", "weekly": "week", "monthly": "month", "yearly": "year", "annual": "year"}

# In a text of ours these are claims; a noun or another word behind them makes names of them (`half-precision`).
_CLAIMED = (
    (re.compile(r"\bone and a half\b", re.IGNORECASE), "1.5"),
    (re.compile(r"\bhalf an hour\b", re.IGNORECASE), "30 minutes"),
    (re.compile(r"\bhalf a year\b", re.IGNORECASE), "6 months"),
    (re.compile(r"\b(?:half (?=of\b|the\b|as\b|its\b|their\b)|by half\b|in half\b|halv(?:e|es|ed|ing)\b(?!-))", re.IGNORECASE), "1/2 "),
    (re.compile(r"\b(?:doubl(?:es|ed|ing)\b(?!-)|double (?=the\b|its\b|their\b|that\b)|twice (?=as\b|the\b|its\b|that\b))", re.IGNORECASE), "2x "),
    (re.compile(r"\b(?:tripl(?:ed|ing)\b(?!-)|triple (?=the\b|its\b|their\b|that\b)|three times (?=as\b|the\b))", re.IGNORECASE), "3x "),
    (re.compile(r"\b(?:quadrupl(?:es|ed|ing)\b|quadruple (?=the\b|its\b|their\b|that\b))", re.IGNORECASE), "4x "),
)  # fmt: skip

# Years that count from the day of writing: the source has to say so too.
_NEAR_DATES = (
    (r"昨年|去年|一年前|last year|the past year|지난해|작년", r"last year|past year|year ago|previous year|preceding year"),
    (r"一昨年|前年(?!度?比)|the year before|the previous year", r"two years ago|previous year|preceding year|year before|year ago|last year"),
    (r"今年|本年(?!度?末)|this year|올해", r"this year|current year"),
    (r"来年|翌年|明年|next year|내년", r"next year|coming year|following year|year later|year ahead"),
    (r"先月|上个月|last month|지난달", r"last month|past month|month ago|previous month"),
    (r"先週|上周|last week|지난주", r"last week|past week|week ago|previous week"),
    (r"昨日|昨天|yesterday|어제", r"yesterday|day before|previous day"),
)  # fmt: skip
_NEAR = tuple((re.compile(said, re.IGNORECASE), re.compile(known, re.IGNORECASE)) for said, known in _NEAR_DATES)


def said_values(text: str) -> Iterator[tuple[float, str]]:
    """Yield what a source says in words as (value, dimension); a share is a fraction, a percentage and a ratio."""
    text = text.casefold()
    for pattern, number in _COUNTS:
        if pattern.search(text):
            yield number, "count"
    for pattern, ratio in _RATIOS:
        if pattern.search(text):
            yield ratio, "ratio"
    for share in _shares(text):
        yield from ((share, "fraction"), (100 * share, "percent"), (1 / share, "ratio"))
    for match in _SCALE_ALONE.finditer(spelled_out(text)):  # `several million`, `billion-scale`
        yield SCALES[match[1]], ""
    for month in {match.lastindex or 0 for match in _MONTHS.finditer(text)}:
        yield float(month), ""


def _shares(text: str) -> set[float]:
    found = {_share(match) for match in _SHARE.finditer(text)}
    if _BARE_HALF.search(text):
        found.add(1 / 2)
    if _BARE_QUARTER.search(text):
        found.add(1 / 4)
    return found - {0.0}


def _share(match: re.Match[str]) -> float:
    above = 1 if match[1].startswith("a") else number_of(match[1])
    return above / _PARTS[match[2]]


def claims_in_digits(text: str) -> str:
    """Return an English summary with the shares and multiples that it claims as digits: `three fifths` as `3/5`."""
    for words, told in _CLAIMED:
        text = words.sub(told, text)
    return _SHARE.sub(_fraction, text)


def _fraction(match: re.Match[str]) -> str:
    above = 1 if match[1].lower().startswith("a") else number_of(match[1].lower())
    below = _PARTS[match[2]]
    ordinal = (
        above == 1
        and match[1].lower() in ("a", "an")
        and below != 4
        and not match.string.startswith(" of", match.end())
    )
    return match[0] if ordinal else f"{above}/{below}"  # `a third method` is no share


def units_said(text: str) -> set[tuple[str, float]]:
    """Return the units that a source speaks of, with a number or without: `sub-second`, `per hour`, `daily`."""
    words = set(re.findall(r"[a-zμ]{3,20}", text.casefold()))
    return {UNITS[unit] for unit in (_PERIODS.get(word, word) for word in words) if unit in UNITS}


def near_dates(source: str, text: str) -> Iterator[str]:
    """Yield the words of a text that count from the day of writing (`昨年`, `last year`) and have none in the source."""
    for said, known in _NEAR:
        match = said.search(text)
        if match and not known.search(source):
            yield match[0]

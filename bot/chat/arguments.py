"""Read the arguments of a `/digest` command: a plain line in, a command of `bot.chat.commands` out.

Each reader raises InputError for arguments that it cannot read. `bot.chat.registry` assigns the readers to commands;
`bot.chat.lists` has those of signed lists.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from bot.chat.commands import (
    MAX_SIZE,
    Export,
    ExportForm,
    Period,
    Search,
    SetDays,
    SetLanguage,
    SetLayout,
    SetNews,
    SetQuiet,
    SetSize,
    SetTime,
    SetTopics,
    Subscribe,
    Top,
    Why,
)
from bot.chat.topics import checked
from bot.errors import InputError, shortened
from bot.models import Layout, Weekday
from bot.papers.refs import parse_ref

MAX_LENGTH = 1000  # characters of one command
LONGEST_NAME = 80  # characters of one keyword, author, person or time zone
LONGEST_WORDS = 300  # characters of a description or a search

_DAYS = dict(zip("月火水木金土日", Weekday, strict=True))
_DAY_GROUPS = {
    "weekdays": tuple(Weekday)[:5], "平日": tuple(Weekday)[:5],
    "weekend": tuple(Weekday)[5:], "weekends": tuple(Weekday)[5:], "週末": tuple(Weekday)[5:],
    "everyday": tuple(Weekday), "daily": tuple(Weekday), "all": tuple(Weekday), "毎日": tuple(Weekday),
}  # fmt: skip
_LAYOUTS = {
    "スレッド": Layout.THREAD, "チャンネル": Layout.CHANNEL, "コンパクト": Layout.COMPACT, "見出し": Layout.COMPACT,
    "ページ": Layout.PAGE,
}  # fmt: skip
_YES = frozenset("on yes true はい オン する 有効".split())
_NO = frozenset("off no false いいえ オフ しない 無効".split())
_PERIODS = {
    "week": Period.WEEK, "今週": Period.WEEK, "週": Period.WEEK, "週間": Period.WEEK, "1週間": Period.WEEK,
    "month": Period.MONTH, "今月": Period.MONTH, "月": Period.MONTH, "月間": Period.MONTH, "1か月": Period.MONTH,
}  # fmt: skip

_CLOCK = re.compile(
    r"(?P<half>午前|午後|am|pm)?\s*(?P<hour>\d{1,2})(?:(?::|時)(?P<minute>\d{2}|(?<=時)\d(?=分)|半)?分?)?(?:\s*(?P<after>am|pm)\b)?",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[\s,、，;]+")


def plain(text: str) -> str:
    """Return the text as one line of half-width characters, as the readers expect it.

    Keeps emoji intact, with their joiners and selectors. Raises InputError `input.long`.
    """
    if len(text) > MAX_LENGTH:
        raise InputError("input.long", limit=MAX_LENGTH)
    folded = unicodedata.normalize("NFKC", text)
    characters = (" " if c.isspace() else c for c in folded if c.isprintable() or c.isspace() or c == "\u200d")
    return " ".join("".join(characters).split())


def subscribe(rest: str) -> Subscribe:
    return Subscribe(language(rest).language if rest else None)


def time(rest: str) -> SetTime:
    match = _CLOCK.match(rest)
    zone = rest[match.end() :].strip() if match else ""
    if not match or (zone and not rest[match.end()].isspace()):
        raise InputError("input.time", text=shortened(rest))
    return SetTime(_clock(match, rest), zone[:LONGEST_NAME] or None)


def _clock(match: re.Match[str], typed: str) -> dt.time:
    hour = int(match["hour"])
    minute = 30 if match["minute"] == "半" else int(match["minute"] or 0)
    half = (match["half"] or match["after"] or "").lower()
    if half:
        if hour > 12:
            raise InputError("input.time", text=shortened(typed))
        hour = hour % 12 + (12 if half in ("pm", "午後") else 0)
    try:
        return dt.time(hour, minute)
    except ValueError:
        raise InputError("input.time", text=shortened(typed)) from None


def days(rest: str) -> SetDays:
    wanted: set[Weekday] = set()
    for word in split_words(rest.casefold().replace("曜日", " ").replace("曜", " ")):
        selected = _DAY_GROUPS.get(word) or _named_days(word)
        if not selected:
            raise InputError("input.days", text=shortened(word))
        wanted.update(selected)
    if not wanted:
        raise InputError("input.days", text=shortened(rest))
    return SetDays(tuple(day for day in Weekday if day in wanted))


def _named_days(word: str) -> tuple[Weekday, ...]:
    """Return the days that a word names, if any: `mon`, `monday`, `月`, `月水金`, `mon-fri`, `月-金`."""
    first, dash, last = re.sub("[~〜]", "-", word).partition("-")
    if dash:
        ends = (_named_days(first), _named_days(last))
        if all(len(end) == 1 for end in ends):
            week = tuple(Weekday)
            start, stop = week.index(ends[0][0]), week.index(ends[1][0])
            return tuple(week[day % 7] for day in range(start, stop + 1 if stop >= start else stop + 8))
        return ()
    if word and all(letter in _DAYS for letter in word):
        return tuple(_DAYS[letter] for letter in word)
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return tuple(
        day for day, name in zip(Weekday, full, strict=True) if len(word) >= 3 and name.startswith(word.rstrip("."))
    )


def language(rest: str) -> SetLanguage:
    names = {"日本語": "ja", "japanese": "ja", "英語": "en", "english": "en"}
    if len(rest) > 35:  # the longest tag in use
        raise InputError("input.language", text=shortened(rest))
    return SetLanguage(names.get(rest.casefold(), rest))


def size(rest: str) -> SetSize:
    match = re.fullmatch(r"(\d{1,3})\s*(?:papers?|本|件)?", rest, re.IGNORECASE)
    if not match or not 1 <= int(match[1]) <= MAX_SIZE:
        raise InputError("input.size", text=shortened(rest))
    return SetSize(int(match[1]))


def layout(rest: str) -> SetLayout:
    try:
        return SetLayout(_LAYOUTS.get(rest) or Layout(rest.casefold()))
    except ValueError:
        raise InputError("input.layout", text=shortened(rest), known=tuple(Layout)) from None


def topics(rest: str) -> SetTopics:
    return SetTopics(checked(split_words(rest)))


def unquoted(text: str) -> str:
    """Return the text without surrounding quotation marks, English or Japanese."""
    return text.strip().strip("\"'“”「」『』").strip()


def quiet(rest: str) -> SetQuiet:
    return SetQuiet(_switched_on(rest))


def news(rest: str) -> SetNews:
    return SetNews(_switched_on(rest))


def _switched_on(rest: str) -> bool:
    word = rest.casefold()
    if word not in _YES | _NO:
        raise InputError("input.quiet", text=shortened(rest))
    return word in _YES


def why(rest: str) -> Why:
    return Why(parse_ref(rest))


def top(rest: str) -> Top:
    period = _PERIODS.get(rest.casefold() or "week")
    if period is None:
        raise InputError("input.period", text=shortened(rest), known=tuple(Period))
    return Top(period)


def search(rest: str) -> Search:
    words = unquoted(rest)
    if not any(c.isalnum() for c in words) or len(words) > LONGEST_WORDS:
        raise InputError("input.search", text=shortened(rest))
    return Search(words)


def export(rest: str) -> Export:
    if not rest:
        return Export()
    try:
        return Export(ExportForm({"bib": "bibtex"}.get(rest.casefold(), rest.casefold())))
    except ValueError:
        raise InputError("input.format", text=shortened(rest), known=tuple(ExportForm)) from None


def split_words(text: str) -> list[str]:
    """Split a list at spaces, commas and semicolons, English or Japanese."""
    return [word for word in _SEPARATORS.split(text) if word]

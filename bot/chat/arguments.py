"""The readers of what follows a command of `/digest`: text of one line in, a command of `bot.chat.commands` out."""

from __future__ import annotations

import datetime as dt
import re

from bot.chat.commands import (
    MAX_SIZE,
    ChangeLikes,
    ChangeManagers,
    Export,
    ExportForm,
    Period,
    Search,
    SetDays,
    SetEmoji,
    SetLanguage,
    SetLayout,
    SetQuiet,
    SetSize,
    SetTime,
    SetTopics,
    Steps,
    Subscribe,
    Top,
    Why,
)
from bot.errors import InputError, shortened
from bot.models import Layout, PaperRef, RefKind, Weekday
from bot.papers.refs import parse_ref

LONGEST_NAME = 80  # characters of one keyword, author or person
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
_CLEAR = frozenset("clear none reset なし クリア".split())

_CLOCK = re.compile(
    r"(?P<half>午前|午後|am|pm)?\s*(?P<hour>\d{1,2})(?:(?::|時)(?P<minute>\d{2}|(?<=時)\d(?=分)|半)?分?)?(?:\s*(?P<after>am|pm))?",
    re.IGNORECASE,
)
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)?(?:\.[a-z-]+)?", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s,、，;]+")
_SIGNED = re.compile(r"(?:^|(?<=[\s,、]))([+-])\s*")
_MINUS = str.maketrans(dict.fromkeys("−–—‐‑", "-"))
_MENTION = re.compile(r"<@!?([A-Za-z0-9_]{1,64})(?:\|[^<>]*)?>|([A-Z0-9]{3,64})")


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
    for word in _words(rest.casefold().replace("曜日", " ").replace("曜", " ")):
        found = _DAY_GROUPS.get(word) or _named_days(word)
        if not found:
            raise InputError("input.days", text=shortened(word))
        wanted.update(found)
    if not wanted:
        raise InputError("input.days", text=shortened(rest))
    return SetDays(tuple(day for day in Weekday if day in wanted))


def _named_days(word: str) -> tuple[Weekday, ...]:
    """`mon`, `monday`, `月`, `月水金`, `mon-fri`, `月-金`; nothing for what is none of them."""
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
    if len(rest) > 35:  # the longest tag that is in use
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
    found = tuple(dict.fromkeys(_words(rest)))
    if not found or len(found) > 20 or not all(_CATEGORY.fullmatch(one) for one in found):
        raise InputError("input.topics", text=shortened(rest))
    return SetTopics(tuple(_category(one) for one in found))


def _category(name: str) -> str:
    """arXiv's spelling: `CS.cl` is `cs.CL`; a physics archive's subject class has small letters (`cond-mat.str-el`)."""
    archive, dot, subject = name.lower().partition(".")
    if archive in ("cond-mat", "physics", "astro-ph", "nlin"):
        capital = archive in ("astro-ph", "nlin")
        return f"{archive}{dot}{subject.upper() if capital else subject}"
    return f"{archive}{dot}{subject.upper()}"


def steps(rest: str) -> Steps:
    """`+large language model -survey`: a sign reaches to the next one; commas part names too; no sign is a plus."""
    if rest.casefold() in _CLEAR:
        return Steps(clear=True)
    up: list[str] = []
    down: list[str] = []
    for sign, names in _signed(rest):
        for name in filter(None, (_unquoted(piece) for piece in re.split(r"[,、，;]", names))):
            if len(name) > LONGEST_NAME or not any(c.isalnum() for c in name):
                raise InputError("input.names", text=shortened(name), limit=LONGEST_NAME)
            (down if sign == "-" else up).append(name)
    if not (up or down):
        raise InputError("input.names", text=shortened(rest), limit=LONGEST_NAME)
    return Steps(tuple(dict.fromkeys(up)), tuple(dict.fromkeys(down)))


def _signed(rest: str) -> list[tuple[str, str]]:
    pieces = _SIGNED.split(rest.translate(_MINUS))
    return [("+", pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]


def _unquoted(text: str) -> str:
    return text.strip().strip("\"'“”「」『』").strip()


def quiet(rest: str) -> SetQuiet:
    word = rest.casefold()
    if word not in _YES | _NO:
        raise InputError("input.quiet", text=shortened(rest))
    return SetQuiet(word in _YES)


def emoji(rest: str) -> SetEmoji:
    """Pairs of an emoji and a number: `🍣 2 👎 0`, `🍣=2`."""
    if rest.casefold() in _CLEAR:
        return SetEmoji(clear=True)
    pieces = _words(re.sub(r"[=＝]", " ", rest.translate(_MINUS)))
    try:
        values = tuple(
            (emoji, float(number)) for emoji, number in zip(pieces[::2], pieces[1::2], strict=True) if _is_emoji(emoji)
        )
    except ValueError:
        values = ()
    if 2 * len(values) != len(pieces) or not all(-2 <= value <= 2 for _, value in values) or not 1 <= len(values) <= 50:
        raise InputError("input.emoji", text=shortened(rest))
    return SetEmoji(values)


def _is_emoji(text: str) -> bool:
    return len(text) <= 64 and not re.fullmatch(r"[\w.+-]+", text)


def managers(rest: str) -> ChangeManagers:
    added: list[str] = []
    removed: list[str] = []
    for sign, people in _signed(rest):
        for word in _words(people):
            match = _MENTION.fullmatch(word.removeprefix("@") if not word.startswith("<") else word)
            if not match:
                raise InputError("input.managers", text=shortened(word))
            (removed if sign == "-" else added).append(match[1] or match[2])
    if not (added or removed) or len(added) > 50:
        raise InputError("input.managers", text=shortened(rest))
    return ChangeManagers(tuple(dict.fromkeys(added)), tuple(dict.fromkeys(removed)))


def like(rest: str) -> ChangeLikes:
    """`2602.21548 -2602.00001`: papers; anything else is a description in words."""
    if rest.casefold() in _CLEAR:
        return ChangeLikes(clear=True)
    words = [re.fullmatch(r"([+-]?)(.*)", word) for word in _words(_SIGNED.sub(r"\1", rest.translate(_MINUS)))]
    named = [(match[1], match[2], _paper(match[2])) for match in words if match]
    if any(ref for _, _, ref in named):
        for _, word, ref in named:
            if ref is None:
                raise InputError("input.like", text=shortened(word))
        refs = [(sign, ref) for sign, _, ref in named if ref]
        added, removed = ([ref for sign, ref in refs if (sign == "-") is off] for off in (False, True))
        return ChangeLikes(tuple(dict.fromkeys(added)), tuple(dict.fromkeys(removed)))
    wish = _unquoted(rest)
    if len(wish) > LONGEST_WORDS or (wish and not any(c.isalpha() for c in wish)):
        raise InputError("input.like", text=shortened(rest))
    return ChangeLikes(description=wish)


def _paper(word: str) -> PaperRef | None:
    """The paper that a single word names; a word of a title names none."""
    try:
        ref = parse_ref(word)
    except InputError:
        return None
    return None if ref.kind is RefKind.TITLE else ref


def why(rest: str) -> Why:
    return Why(parse_ref(rest))


def top(rest: str) -> Top:
    period = _PERIODS.get(rest.casefold() or "week")
    if period is None:
        raise InputError("input.period", text=shortened(rest), known=tuple(Period))
    return Top(period)


def search(rest: str) -> Search:
    words = _unquoted(rest)
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


def _words(text: str) -> list[str]:
    return [word for word in _SEPARATORS.split(text) if word]

"""The parser of what people type after `/digest` in a chat: text in, a command of `bot.commands` out.

Pure: it looks nothing up. Words may be English or Japanese, digits and signs full-width.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.commands import (
    MAX_SIZE,
    ChangeAuthors,
    ChangeKeywords,
    ChangeManagers,
    Command,
    ForgetMe,
    Help,
    Now,
    Preview,
    SetDays,
    SetEmoji,
    SetLanguage,
    SetLayout,
    SetQuiet,
    SetSize,
    SetTime,
    SetTopics,
    Show,
    Steps,
    Subscribe,
    Unsubscribe,
)
from bot.errors import InputError
from bot.models import Layout, Weekday

MAX_LENGTH = 1000  # characters of one command
LONGEST_NAME = 80  # characters of one keyword, author or person


_NAMES = {
    "subscribe": "sub start on 購読 登録 開始",
    "unsubscribe": "unsub stop off 購読解除 解除 停止",
    "time": "時刻 時間",
    "days": "day 曜日",
    "language": "lang 言語",
    "size": "number 本数 件数",
    "layout": "配置 レイアウト 形式",
    "topics": "topic category categories 分野 カテゴリ カテゴリー",
    "keywords": "keyword キーワード",
    "authors": "author 著者",
    "quiet": "静か",
    "emoji": "emojis 絵文字",
    "managers": "manager 管理者",
    "preview": "試し プレビュー",
    "now": "今 今すぐ",
    "status": "settings 状態 設定",
    "forget-me": "forgetme forget 忘れて",
    "help": "? ヘルプ 使い方",
}
COMMANDS = tuple(_NAMES)
_BY_WORD = {word: name for name, words in _NAMES.items() for word in (name, *words.split())}

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


def parse_digest(text: str) -> Command:
    """Read the text after `/digest`; nothing at all asks for help.

    Raises InputError: `input.command` for an unknown command, `input.long`, and `input.time`, `.days`, `.language`,
    `.size`, `.layout`, `.topics`, `.names`, `.quiet`, `.emoji`, `.managers` for what follows one.
    """
    if len(text) > MAX_LENGTH:
        raise InputError("input.long", limit=MAX_LENGTH)
    plain = _plain(text)
    word, _, rest = plain.partition(" ")
    if not word:
        return Help()
    name = _BY_WORD.get(word.casefold().lstrip("/"))
    if name is None:
        raise InputError("input.command", text=_short(word), known=COMMANDS)
    reader = _READERS.get(name)
    if reader is None:
        return _PLAIN[name]
    if not rest.strip() and name != "subscribe":
        return Show(name)
    return reader(rest.strip())


def _plain(text: str) -> str:
    """One line in half-width characters. Emoji stay whole: their joiners and selectors are no white space."""
    folded = unicodedata.normalize("NFKC", text)
    kept = (" " if c.isspace() else c for c in folded if c.isprintable() or c.isspace() or c == "\u200d")
    return " ".join("".join(kept).split())


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "…"


def _subscribe(rest: str) -> Subscribe:
    return Subscribe(_language(rest).language if rest else None)


def _time(rest: str) -> SetTime:
    match = _CLOCK.match(rest)
    zone = rest[match.end() :].strip() if match else ""
    if not match or (zone and not rest[match.end()].isspace()):
        raise InputError("input.time", text=_short(rest))
    return SetTime(_clock(match, rest), zone[:LONGEST_NAME] or None)


def _clock(match: re.Match[str], typed: str) -> dt.time:
    hour = int(match["hour"])
    minute = 30 if match["minute"] == "半" else int(match["minute"] or 0)
    half = (match["half"] or match["after"] or "").lower()
    if half:
        if hour > 12:
            raise InputError("input.time", text=_short(typed))
        hour = hour % 12 + (12 if half in ("pm", "午後") else 0)
    try:
        return dt.time(hour, minute)
    except ValueError:
        raise InputError("input.time", text=_short(typed)) from None


def _days(rest: str) -> SetDays:
    wanted: set[Weekday] = set()
    for word in _words(rest.casefold().replace("曜日", " ").replace("曜", " ")):
        found = _DAY_GROUPS.get(word) or _named_days(word)
        if not found:
            raise InputError("input.days", text=_short(word))
        wanted.update(found)
    if not wanted:
        raise InputError("input.days", text=_short(rest))
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


def _language(rest: str) -> SetLanguage:
    names = {"日本語": "ja", "japanese": "ja", "英語": "en", "english": "en"}
    if len(rest) > 35:  # the longest tag that is in use
        raise InputError("input.language", text=_short(rest))
    return SetLanguage(names.get(rest.casefold(), rest))


def _size(rest: str) -> SetSize:
    match = re.fullmatch(r"(\d{1,3})\s*(?:papers?|本|件)?", rest, re.IGNORECASE)
    if not match or not 1 <= int(match[1]) <= MAX_SIZE:
        raise InputError("input.size", text=_short(rest))
    return SetSize(int(match[1]))


def _layout(rest: str) -> SetLayout:
    try:
        return SetLayout(_LAYOUTS.get(rest) or Layout(rest.casefold()))
    except ValueError:
        raise InputError("input.layout", text=_short(rest), known=tuple(Layout)) from None


def _topics(rest: str) -> SetTopics:
    found = tuple(dict.fromkeys(_words(rest)))
    if not found or len(found) > 20 or not all(_CATEGORY.fullmatch(one) for one in found):
        raise InputError("input.topics", text=_short(rest))
    return SetTopics(tuple(_category(one) for one in found))


def _category(name: str) -> str:
    """arXiv's spelling: `CS.cl` is `cs.CL`; a physics archive's subject class has small letters (`cond-mat.str-el`)."""
    archive, dot, subject = name.lower().partition(".")
    if archive in ("cond-mat", "physics", "astro-ph", "nlin"):
        capital = archive in ("astro-ph", "nlin")
        return f"{archive}{dot}{subject.upper() if capital else subject}"
    return f"{archive}{dot}{subject.upper()}"


def _steps(rest: str) -> Steps:
    """`+large language model -survey`: a sign reaches to the next one; commas part names too; no sign is a plus."""
    if rest.casefold() in _CLEAR:
        return Steps(clear=True)
    up: list[str] = []
    down: list[str] = []
    for sign, names in _signed(rest):
        for name in filter(None, (_unquoted(piece) for piece in re.split(r"[,、，;]", names))):
            if len(name) > LONGEST_NAME or not any(c.isalnum() for c in name):
                raise InputError("input.names", text=_short(name), limit=LONGEST_NAME)
            (down if sign == "-" else up).append(name)
    if not (up or down):
        raise InputError("input.names", text=_short(rest), limit=LONGEST_NAME)
    return Steps(tuple(dict.fromkeys(up)), tuple(dict.fromkeys(down)))


def _signed(rest: str) -> list[tuple[str, str]]:
    pieces = _SIGNED.split(rest.translate(_MINUS))
    return [("+", pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]


def _unquoted(text: str) -> str:
    return text.strip().strip("\"'“”「」『』").strip()


def _quiet(rest: str) -> SetQuiet:
    word = rest.casefold()
    if word not in _YES | _NO:
        raise InputError("input.quiet", text=_short(rest))
    return SetQuiet(word in _YES)


def _emoji(rest: str) -> SetEmoji:
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
        raise InputError("input.emoji", text=_short(rest))
    return SetEmoji(values)


def _is_emoji(text: str) -> bool:
    return len(text) <= 64 and not re.fullmatch(r"[\w.+-]+", text)


def _managers(rest: str) -> ChangeManagers:
    added: list[str] = []
    removed: list[str] = []
    for sign, people in _signed(rest):
        for word in _words(people):
            match = _MENTION.fullmatch(word.removeprefix("@") if not word.startswith("<") else word)
            if not match:
                raise InputError("input.managers", text=_short(word))
            (removed if sign == "-" else added).append(match[1] or match[2])
    if not (added or removed) or len(added) > 50:
        raise InputError("input.managers", text=_short(rest))
    return ChangeManagers(tuple(dict.fromkeys(added)), tuple(dict.fromkeys(removed)))


def _words(text: str) -> list[str]:
    return [word for word in _SEPARATORS.split(text) if word]


_PLAIN: Mapping[str, Command] = MappingProxyType(
    {
        "unsubscribe": Unsubscribe(),
        "preview": Preview(),
        "now": Now(),
        "status": Show(),
        "forget-me": ForgetMe(),
        "help": Help(),
    }
)
_READERS: Mapping[str, Callable[[str], Command]] = MappingProxyType(
    {
        "subscribe": _subscribe,
        "time": _time,
        "days": _days,
        "language": _language,
        "size": _size,
        "layout": _layout,
        "topics": _topics,
        "keywords": lambda rest: ChangeKeywords(_steps(rest)),
        "authors": lambda rest: ChangeAuthors(_steps(rest)),
        "quiet": _quiet,
        "emoji": _emoji,
        "managers": _managers,
    }
)

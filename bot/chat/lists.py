"""Read list arguments: `+name -name` for keywords, authors, people and papers, and the values of emoji."""

from __future__ import annotations

import re

from bot.chat.arguments import LONGEST_NAME, LONGEST_WORDS, split_words, unquoted
from bot.chat.commands import ChangeAuthors, ChangeKeywords, ChangeLikes, ChangeManagers, SetEmoji, Steps
from bot.errors import InputError, shortened
from bot.models import PaperRef, RefKind, finite
from bot.papers.refs import parse_ref

_CLEAR = frozenset("clear none reset なし クリア".split())
_SIGNED = re.compile(r"(?:^|(?<=[\s,、]))([+-])\s*")
_MINUS = str.maketrans(dict.fromkeys("−–—‐‑", "-"))
_MENTION = re.compile(r"<@!?([A-Za-z0-9_]{1,64})(?:\|[^<>]*)?>|([A-Z0-9]{3,64})")


def steps(rest: str) -> Steps:
    """Read steps such as `+large language model -survey`. Raises InputError.

    A sign applies to everything up to the next sign; commas separate names too; names without a sign get a plus.
    """
    if rest.casefold() in _CLEAR:
        return Steps(clear=True)
    up: list[str] = []
    down: list[str] = []
    for sign, names in _signed(rest):
        for name in filter(None, (unquoted(piece) for piece in re.split(r"[,、，;]", names))):
            if len(name) > LONGEST_NAME or not any(c.isalnum() for c in name):
                raise InputError("input.names", text=shortened(name), limit=LONGEST_NAME)
            (down if sign == "-" else up).append(name)
    if not (up or down):
        raise InputError("input.names", text=shortened(rest), limit=LONGEST_NAME)
    return Steps(tuple(dict.fromkeys(up)), tuple(dict.fromkeys(down)))


def keywords(rest: str) -> ChangeKeywords:
    return ChangeKeywords(steps(rest))


def authors(rest: str) -> ChangeAuthors:
    return ChangeAuthors(steps(rest))


def _signed(rest: str) -> list[tuple[str, str]]:
    pieces = _SIGNED.split(rest.translate(_MINUS))
    return [("+", pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]


def emoji(rest: str) -> SetEmoji:
    """Read pairs of an emoji and a number: `🍣 2 👎 0`, `🍣=2`. Raises InputError."""
    if rest.casefold() in _CLEAR:
        return SetEmoji(clear=True)
    pieces = split_words(re.sub(r"[=＝]", " ", rest.translate(_MINUS)))
    values = tuple(
        (emoji, value)
        for emoji, number in zip(pieces[::2], pieces[1::2], strict=False)
        if _is_emoji(emoji) and (value := finite(number)) is not None and -2 <= value <= 2
    )
    if 2 * len(values) != len(pieces) or not 1 <= len(values) <= 50:
        raise InputError("input.emoji", text=shortened(rest))
    return SetEmoji(values)


def _is_emoji(text: str) -> bool:
    return len(text) <= 64 and not re.fullmatch(r"[\w.+-]+", text)


def managers(rest: str) -> ChangeManagers:
    added: list[str] = []
    removed: list[str] = []
    for sign, people in _signed(rest):
        for word in split_words(people):
            match = _MENTION.fullmatch(word.removeprefix("@") if not word.startswith("<") else word)
            if not match:
                raise InputError("input.managers", text=shortened(word))
            (removed if sign == "-" else added).append(match[1] or match[2])
    if not (added or removed) or len(added) > 50:
        raise InputError("input.managers", text=shortened(rest))
    return ChangeManagers(tuple(dict.fromkeys(added)), tuple(dict.fromkeys(removed)))


def like(rest: str) -> ChangeLikes:
    """Read papers (`2602.21548 -2602.00001`), or a description in words. Raises InputError."""
    if rest.casefold() in _CLEAR:
        return ChangeLikes(clear=True)
    words = [re.fullmatch(r"([+-]?)(.*)", word) for word in split_words(_SIGNED.sub(r"\1", rest.translate(_MINUS)))]
    named = [(match[1], match[2], _paper(match[2])) for match in words if match]
    if any(ref for _, _, ref in named):
        for _, word, ref in named:
            if ref is None:
                raise InputError("input.like", text=shortened(word))
        refs = [(sign, ref) for sign, _, ref in named if ref]
        added, removed = ([ref for sign, ref in refs if (sign == "-") is off] for off in (False, True))
        return ChangeLikes(tuple(dict.fromkeys(added)), tuple(dict.fromkeys(removed)))
    wish = unquoted(rest)
    if len(wish) > LONGEST_WORDS or (wish and not any(c.isalpha() for c in wish)):
        raise InputError("input.like", text=shortened(rest))
    return ChangeLikes(description=wish)


def _paper(word: str) -> PaperRef | None:
    """Return the paper that a single word names, None if the word could only be part of a title."""
    try:
        ref = parse_ref(word)
    except InputError:
        return None
    return None if ref.kind is RefKind.TITLE else ref

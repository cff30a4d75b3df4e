"""Apply `/digest` commands to a channel's settings. Pure decisions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import TypeVar, assert_never
from zoneinfo import available_timezones

from bot.chat import commands
from bot.chat.topics import checked
from bot.errors import InputError, shortened
from bot.models import ChannelSettings
from bot.taste.emoji import STRONGEST, normalised
from bot.words.languages import language_tag

T = TypeVar("T")

MAX_NAMES = 50  # in each list: keywords, authors, emoji, managers, likes
_ZONE_NAMES = {"jst": "Asia/Tokyo", "日本時間": "Asia/Tokyo", "東京": "Asia/Tokyo", "kst": "Asia/Seoul"}


def all_changed(settings: ChannelSettings, changes: Iterable[commands.Change]) -> ChannelSettings:
    """Return the settings after several changes, applied in order. Raises InputError, as `changed` does."""
    for change in changes:
        settings = changed(settings, change)
    return settings


def changed(settings: ChannelSettings, change: commands.Change) -> ChannelSettings:  # noqa: C901, PLR0911, PLR0912 (one case per command)
    """Return the settings after one change.

    Raises InputError: `input.timezone`, `.language`, `.size`, `.days`, `.topics`, `.topics_meant`, `.emoji`, and
    `.too_many` if a list would exceed `MAX_NAMES`.
    """
    match change:
        case commands.SetTime(time, zone):
            wanted = time_zone(zone) if zone is not None else settings.timezone
            return replace(settings, time=time.replace(second=0, microsecond=0, tzinfo=None), timezone=wanted)
        case commands.SetDays(days):
            if not days:
                raise InputError("input.days", text="")
            return replace(settings, days=days)
        case commands.SetLanguage(text):
            return replace(settings, language=_language(text))
        case commands.SetSize(size):
            if not 1 <= size <= commands.MAX_SIZE:
                raise InputError("input.size", text=str(size))
            return replace(settings, size=size)
        case commands.SetLayout(layout):
            return replace(settings, layout=layout)
        case commands.SetTopics(topics):
            return replace(settings, topics=checked(topics))
        case commands.ChangeKeywords(steps):
            wanted_words, muted = _stepped(settings.keywords, settings.muted_keywords, steps)
            return replace(settings, keywords=wanted_words, muted_keywords=muted)
        case commands.ChangeAuthors(steps):
            wanted_names, muted = _stepped(settings.authors, settings.muted_authors, steps)
            return replace(settings, authors=wanted_names, muted_authors=muted)
        case commands.SetQuiet(quiet):
            return replace(settings, quiet=quiet)
        case commands.SetNews(news):
            return replace(settings, news=news)
        case commands.SetEmoji(values, clear):
            return replace(settings, emoji=_valued(() if clear else settings.emoji, values))
        case commands.ChangeManagers(added, removed):
            managers = [person for person in dict.fromkeys((*settings.managers, *added)) if person not in removed]
            return replace(settings, managers=_bounded(managers))
        case commands.SetLikes(added, removed, description, clear):
            before = replace(settings, likes=(), description="") if clear else settings
            likes = [paper for paper in dict.fromkeys((*before.likes, *added)) if paper not in removed]
            words = before.description if description is None else description
            return replace(before, likes=_bounded(likes), description=words)
        case _:
            assert_never(change)


def time_zone(text: str) -> str:
    """Return the zone's name in its usual spelling. Raises InputError `input.timezone`."""
    plain = text.strip().replace(" ", "_")
    zone = _ZONE_NAMES.get(plain.casefold()) or _zones().get(plain.casefold())
    if zone is None:
        raise InputError("input.timezone", text=shortened(text))
    return zone


@cache
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def _language(text: str) -> str:
    try:
        return language_tag(text)
    except ValueError:
        raise InputError("input.language", text=shortened(text)) from None


def _stepped(
    wanted: Sequence[str], muted: Sequence[str], steps: commands.Steps
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Apply `+name` / `-name` to (wanted, muted).

    `+` unmutes a muted name, otherwise wants it; `-` drops a wanted name, otherwise mutes it.
    """
    if steps.clear:
        wanted, muted = (), ()
    liked = {_compared(name): name for name in wanted}
    hidden = {_compared(name): name for name in muted}
    for names, off, on in ((steps.up, hidden, liked), (steps.down, liked, hidden)):
        for name in names:
            if off.pop(_compared(name), None) is None:
                on.setdefault(_compared(name), name)
    return _bounded(liked.values()), _bounded(hidden.values())


def _compared(name: str) -> str:
    return re.sub(r"\s+", " ", name).casefold()


def _valued(emoji: Sequence[tuple[str, float]], values: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    table = dict(emoji)
    for name, value in values:
        plain = normalised(name)
        if not plain or not -STRONGEST <= value <= STRONGEST:
            raise InputError("input.emoji", text=shortened(name))
        table[plain] = value
    return tuple(_bounded(table.items()))


def _bounded(items: Iterable[T]) -> tuple[T, ...]:
    bounded = tuple(items)
    if len(bounded) > MAX_NAMES:
        raise InputError("input.too_many", limit=MAX_NAMES)
    return bounded

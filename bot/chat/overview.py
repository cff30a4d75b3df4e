"""Describe a channel's settings and state in sentences. Pure.

The catalogues hold the words; `bot.chat.registry` assigns these functions to settings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import assert_never

from bot.chat.specs import Setting
from bot.checking.languages import Promise, promised
from bot.errors import SCOPE_MISSING
from bot.models import (
    Channel,
    ChannelSettings,
    ChannelState,
    Person,
    Run,
    RunState,
    Sentence,
    Term,
    Weekday,
    say,
)


def settings(values: ChannelSettings, shown: Iterable[Setting]) -> tuple[Sentence, ...]:
    """Return sentences with the values of those settings, in order."""
    return tuple(sentence for setting in shown for sentence in setting.tell(values))


def state(channel: Channel) -> Sentence:
    """Say whether digests are sent, and when the next one is due."""
    match channel.state:
        case ChannelState.ACTIVE:
            return say("channels.state.active", next=channel.next_run_at)
        case ChannelState.OFF:
            return say("channels.state.off")
        case ChannelState.STOPPED:
            return say("channels.state.stopped", problem=Term(f"problem.{channel.problem}", channel.problem))
        case _:
            assert_never(channel.state)


def held(code: str) -> Sentence:
    """Nothing leaves for the channel because the bot may not post, which only the operator can change."""
    return say("channels.state.held.scope" if code == SCOPE_MISSING else "channels.state.held")


def spent(purpose: str, usd: float) -> Sentence:
    """Say what calls to the model for one purpose have cost the channel since its midnight."""
    return say("channels.spent", purpose=Term(f"purpose.{purpose}", purpose), usd=usd)


def missing(day: dt.date, count: int) -> tuple[Sentence, ...]:
    """How many messages of the day's digest were refused, if any."""
    return (say("channels.last.missing", day=day, n=count),) if count else ()


def last_run(run: Run) -> Sentence:
    """Say what became of that day's digest."""
    match run.state:
        case RunState.DONE:
            return say("channels.last.done", day=run.day, n=run.papers or 0)
        case RunState.DUE | RunState.CLAIMED if not run.problem:
            return say("channels.last.making", day=run.day)
        case RunState.FAILED if run.problem.startswith("platform."):
            problem = Term(f"problem.{run.problem}", run.problem)
            return say("channels.last.unsent", day=run.day, problem=problem)
    return say(f"channels.last.{_ENDS[run.state]}", day=run.day, problem=Term(f"problem.{run.problem}", run.problem))


_ENDS = {
    RunState.DUE: "again",
    RunState.CLAIMED: "again",
    RunState.SKIPPED: "skipped",
    RunState.FAILED: "failed",
    RunState.DONE: "done",
}


def schedule(settings: ChannelSettings) -> tuple[Sentence, ...]:
    days: object = tuple(Term(f"weekday.{day.value}") for day in settings.days)
    if set(settings.days) == set(Weekday):
        days = Term("weekday.all")
    return (say("channels.set.time", time=settings.time, timezone=settings.timezone, days=days),)


def language(settings: ChannelSettings) -> tuple[Sentence, ...]:
    """Return the language, and what the check of summaries promises in it where that is not everything."""
    said = say("channels.set.language", language=settings.language)
    promise = promised(settings.language)
    if promise is Promise.WHOLE:
        return (said,)
    return (said, say(f"channels.promise.{promise}", language=settings.language))


def size(settings: ChannelSettings) -> tuple[Sentence, ...]:
    return (say("channels.set.size", n=settings.size),)


def layout(settings: ChannelSettings) -> tuple[Sentence, ...]:
    return (say("channels.set.layout", layout=Term(f"layout.{settings.layout.value}")),)


def topics(settings: ChannelSettings) -> tuple[Sentence, ...]:
    return (say("channels.set.topics", names=settings.topics),)


def quiet(settings: ChannelSettings) -> tuple[Sentence, ...]:
    return (say("channels.set.quiet" if settings.quiet else "channels.set.quiet.off"),)


def news(settings: ChannelSettings) -> tuple[Sentence, ...]:
    return (say("channels.set.news" if settings.news else "channels.set.news.off"),)


def keywords(settings: ChannelSettings) -> tuple[Sentence, ...]:
    return _names("keywords", settings.keywords, settings.muted_keywords)


def authors(settings: ChannelSettings) -> tuple[Sentence, ...]:
    return _names("authors", settings.authors, settings.muted_authors)


def _names(key: str, wanted: tuple[str, ...], muted: tuple[str, ...]) -> tuple[Sentence, ...]:
    sentences = []
    if wanted:
        sentences.append(say(f"channels.set.{key}", names=wanted))
    if muted:
        sentences.append(say(f"channels.set.{key}.muted", names=muted))
    return tuple(sentences) or (say(f"channels.set.{key}.none"),)


def emoji(settings: ChannelSettings) -> tuple[Sentence, ...]:
    if not settings.emoji:
        return (say("channels.set.emoji.none"),)
    return (say("channels.set.emoji", names=tuple(f"{name} {value:g}" for name, value in settings.emoji)),)


def managers(settings: ChannelSettings) -> tuple[Sentence, ...]:
    if not settings.managers:
        return (say("channels.set.managers.none"),)
    return (say("channels.set.managers", people=tuple(map(Person, settings.managers))),)


def likes(settings: ChannelSettings) -> tuple[Sentence, ...]:
    sentences = []
    if settings.likes:
        sentences.append(say("channels.set.like", names=tuple(paper.value for paper in settings.likes)))
    if settings.description:
        sentences.append(say("channels.set.like.words", words=settings.description))
    return tuple(sentences) or (say("channels.set.like.none"),)

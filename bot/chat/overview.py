"""What `/digest` answers: a channel's settings and state as sentences.

Pure: values in, values out; the words are in the catalogues.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

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


def state(channel: Channel) -> Sentence:
    """Whether digests are sent, and when the next one is."""
    match channel.state:
        case ChannelState.ACTIVE:
            return say("channels.state.active", next=channel.next_run_at)
        case ChannelState.OFF:
            return say("channels.state.off")
        case ChannelState.STOPPED:
            return say("channels.state.stopped", problem=Term(f"problem.{channel.problem}", channel.problem))


def last_run(run: Run) -> Sentence:
    """What came of the digest of that day."""
    match run.state:
        case RunState.DONE:
            return say("channels.last.done", day=run.day, n=run.papers or 0)
        case RunState.DUE | RunState.CLAIMED if not run.problem:
            return say("channels.last.making", day=run.day)
    return say(f"channels.last.{_ENDS[run.state]}", day=run.day, problem=Term(f"problem.{run.problem}", run.problem))


_ENDS = {
    RunState.DUE: "again",
    RunState.CLAIMED: "again",
    RunState.SKIPPED: "skipped",
    RunState.FAILED: "failed",
    RunState.DONE: "done",
}


def _time(settings: ChannelSettings) -> tuple[Sentence, ...]:
    days: object = tuple(Term(f"weekday.{day.value}") for day in settings.days)
    if set(settings.days) == set(Weekday):
        days = Term("weekday.all")
    return (say("channels.set.time", time=settings.time, timezone=settings.timezone, days=days),)


def _names(key: str, wished: tuple[str, ...], muted: tuple[str, ...]) -> tuple[Sentence, ...]:
    said = []
    if wished:
        said.append(say(f"channels.set.{key}", names=wished))
    if muted:
        said.append(say(f"channels.set.{key}.muted", names=muted))
    return tuple(said) or (say(f"channels.set.{key}.none"),)


def _emoji(settings: ChannelSettings) -> tuple[Sentence, ...]:
    if not settings.emoji:
        return (say("channels.set.emoji.none"),)
    return (say("channels.set.emoji", names=tuple(f"{emoji} {value:g}" for emoji, value in settings.emoji)),)


def _managers(settings: ChannelSettings) -> tuple[Sentence, ...]:
    if not settings.managers:
        return (say("channels.set.managers.none"),)
    return (say("channels.set.managers", people=tuple(map(Person, settings.managers))),)


def _likes(settings: ChannelSettings) -> tuple[Sentence, ...]:
    said = []
    if settings.likes:
        said.append(say("channels.set.like", names=tuple(paper.value for paper in settings.likes)))
    if settings.description:
        said.append(say("channels.set.like.words", words=settings.description))
    return tuple(said) or (say("channels.set.like.none"),)


# How each setting is told, by the name of its command.
SETTINGS: Mapping[str, Callable[[ChannelSettings], tuple[Sentence, ...]]] = MappingProxyType(
    {
        "time": _time,
        "days": _time,
        "language": lambda s: (say("channels.set.language", language=s.language),),
        "size": lambda s: (say("channels.set.size", n=s.size),),
        "layout": lambda s: (say("channels.set.layout", layout=Term(f"layout.{s.layout.value}")),),
        "topics": lambda s: (say("channels.set.topics", names=s.topics),),
        "keywords": lambda s: _names("keywords", s.keywords, s.muted_keywords),
        "authors": lambda s: _names("authors", s.authors, s.muted_authors),
        "quiet": lambda s: (say("channels.set.quiet" if s.quiet else "channels.set.quiet.off"),),
        "emoji": _emoji,
        "managers": _managers,
        "like": _likes,
    }
)


def settings(shown: ChannelSettings) -> tuple[Sentence, ...]:
    """All of them."""
    return tuple(sentence for describe in dict.fromkeys(SETTINGS.values()) for sentence in describe(shown))

"""A paper's score: named terms, each with the reason it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.models import Paper, Reason, ReasonKind
from bot.ranking.signals import Observed, Standing, freshness
from bot.ranking.taste import Liking
from bot.ranking.wishes import Wishes


class ScorePart(StrEnum):
    """The terms of a score, under the names used in `Choice.parts`."""

    UPVOTES = "upvotes"
    VELOCITY = "velocity"
    CITATIONS = "citations"
    SOURCES = "sources"
    FRESHNESS = "freshness"
    TOPIC = "topic"
    KEYWORD = "keyword"
    AUTHOR = "author"
    TASTE = "taste"


# The column of each part in an array of values.
COLUMN: Mapping[ScorePart, int] = {part: column for column, part in enumerate(ScorePart)}

# What a part adds at its full value (1; up to 1.5 for keywords). Set by judgement and checked on recorded days; the
# unit is about the lead of a day's most upvoted paper over one without upvotes.
WEIGHTS: Mapping[ScorePart, float] = {
    ScorePart.UPVOTES: 1.0,
    ScorePart.VELOCITY: 0.5,  # half: it comes from the same votes
    ScorePart.CITATIONS: 0.3,  # few in the first week, and often the authors' own
    ScorePart.SOURCES: 0.1,  # nearly every paper on Hugging Face is on arXiv too, so this adds little to the votes
    ScorePart.FRESHNESS: 0.6,  # a day's age costs less than a fifth of the votes' range, a week's more than half
    ScorePart.TOPIC: 0.5,
    ScorePart.KEYWORD: 1.2,  # asked for by name: in a title it beats all but the most upvoted, in an abstract it helps
    ScorePart.AUTHOR: 1.6,  # whoever follows a person wants nearly everything of theirs
    ScorePart.TASTE: 1.0,
}

# The parts in which a paper can be good without being popular.
FIT = (ScorePart.TOPIC, ScorePart.KEYWORD, ScorePart.AUTHOR, ScorePart.TASTE, ScorePart.FRESHNESS)

REASONS_SHOWN = 3
SHARE_WORTH_SAYING = 0.5  # "more upvotes than 20 % of the day's papers" would not be a reason
COUNT_WORTH_SAYING = 1.0  # less than one upvote a day reads as none
SOURCES_WORTH_SAYING = 2
FRESH_FOR = timedelta(days=1)


class Addend(NamedTuple):
    """One weighted term of a paper's score. `reason` is None if it gives none worth stating."""

    part: ScorePart
    value: float
    reason: Reason | None = None


class Standings(NamedTuple):
    """A paper's counts relative to others'. None if no source reported the count."""

    upvotes: Standing | None
    velocity: Standing | None
    citations: Standing | None


def common_addends(observed: Observed, standings: Standings, at: datetime) -> tuple[Addend, ...]:
    """Return the terms that are the same for every channel and whose signal is known, even if worth nothing."""
    return (*_popularity(observed, standings), _freshness(observed, at))


def own_addends(paper: Paper, wishes: Wishes, liking: Liking) -> tuple[Addend, ...]:
    """Return the channel's own terms, in the order of `ScorePart`, without those worth nothing."""
    matches = (
        (ScorePart.TOPIC, ReasonKind.TOPIC, wishes.topic(paper.categories)),
        (ScorePart.KEYWORD, ReasonKind.KEYWORD, wishes.keyword(paper)),
        (ScorePart.AUTHOR, ReasonKind.AUTHOR, wishes.author(paper)),
    )
    addends = [
        Addend(part, WEIGHTS[part] * match.value, Reason(kind, subject=match.subject))
        for part, kind, match in matches
        if match.value
    ]
    if liking.value:
        addends.append(Addend(ScorePart.TASTE, WEIGHTS[ScorePart.TASTE] * liking.value, liking.reason))
    return tuple(addends)


def reasons(parts: Sequence[Addend], means: Mapping[ScorePart, float], age: timedelta) -> tuple[Reason, ...]:
    """Return one to `REASONS_SHOWN` reasons, most decisive first.

    A term is decisive not by its size but by its lead over the term's mean among all candidates: if everything matches
    the topic, the topic decided nothing.
    """
    worth_saying = [(a.value - means[a.part], a.reason) for a in parts if a.reason]
    worth_saying.sort(key=lambda pair: -pair[0])
    strongest = tuple(reason for _, reason in worth_saying[:REASONS_SHOWN])
    return strongest or (Reason(ReasonKind.RECENT, value=age / timedelta(days=1)),)


def _popularity(observed: Observed, standings: Standings) -> list[Addend]:
    kinds = (
        (ScorePart.UPVOTES, ReasonKind.UPVOTES, standings.upvotes),
        (ScorePart.VELOCITY, ReasonKind.VELOCITY, standings.velocity),
        (ScorePart.CITATIONS, ReasonKind.CITATIONS, standings.citations),
    )
    addends = []
    for part, kind, standing in kinds:
        if standing:
            is_worth_saying = standing.value >= COUNT_WORTH_SAYING and standing.below >= SHARE_WORTH_SAYING
            reason = Reason(kind, value=standing.value, share=standing.below) if is_worth_saying else None
            addends.append(Addend(part, WEIGHTS[part] * standing.percentile, reason))
    if len(observed.listed) >= SOURCES_WORTH_SAYING:
        reason = Reason(ReasonKind.SEVERAL_SOURCES, value=float(len(observed.listed)))
        addends.append(Addend(ScorePart.SOURCES, WEIGHTS[ScorePart.SOURCES], reason))
    return addends


def _freshness(observed: Observed, at: datetime) -> Addend:
    age = observed.age(at)
    reason = Reason(ReasonKind.FRESH, value=age / timedelta(days=1)) if age <= FRESH_FOR else None
    return Addend(ScorePart.FRESHNESS, WEIGHTS[ScorePart.FRESHNESS] * freshness(age), reason)

"""A paper's score: named addends, each with the reason it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.models import Paper, Reason, ReasonKind
from bot.ranking.signals import Observed, Standing, freshness
from bot.ranking.taste import Liking
from bot.ranking.wishes import Wishes


class Part(StrEnum):
    """The addends of a score, by the names under which `Choice.parts` has them."""

    UPVOTES = "upvotes"
    VELOCITY = "velocity"
    CITATIONS = "citations"
    SOURCES = "sources"
    FRESHNESS = "freshness"
    TOPIC = "topic"
    KEYWORD = "keyword"
    AUTHOR = "author"
    TASTE = "taste"


# Where a part stands among all of them.
COLUMN: Mapping[Part, int] = {part: column for column, part in enumerate(Part)}

# What a part adds at its full value (1; a keyword's goes to 1.5). Set by judgement and looked at on recorded days;
# the unit is about the lead of a day's most voted paper over one without votes.
WEIGHTS: Mapping[Part, float] = {
    Part.UPVOTES: 1.0,
    Part.VELOCITY: 0.5,  # half: it is made of the same votes
    Part.CITATIONS: 0.3,  # in its first week a paper has next to none, and the few are often its authors' own
    Part.SOURCES: 0.1,  # nearly every paper on Hugging Face is on arXiv too, so this says little beyond the votes
    Part.FRESHNESS: 0.6,  # a day's age costs less than a fifth of the votes' range, a week's more than half of it
    Part.TOPIC: 0.5,
    Part.KEYWORD: 1.2,  # asked for by name: in a title it beats all but the best votes, in an abstract it helps
    Part.AUTHOR: 1.6,  # who follows a person wants nearly everything of theirs
    Part.TASTE: 1.0,
}

# The parts by which a paper can be good without being popular.
FIT = (Part.TOPIC, Part.KEYWORD, Part.AUTHOR, Part.TASTE, Part.FRESHNESS)

REASONS_SHOWN = 3
SHARE_WORTH_SAYING = 0.5  # "more upvotes than 20 % of the day's papers" would be no reason
COUNT_WORTH_SAYING = 1.0  # a rate of less than one upvote a day reads as none
SOURCES_WORTH_SAYING = 2
FRESH_FOR = timedelta(days=1)


class Addend(NamedTuple):
    """One part of a paper's score, already weighted; `reason` is None where it gives none worth saying."""

    part: Part
    value: float
    reason: Reason | None = None


class Standings(NamedTuple):
    """A paper's counts beside those of others; None where no source gave the count."""

    upvotes: Standing | None
    velocity: Standing | None
    citations: Standing | None


def common_addends(observed: Observed, standings: Standings, at: datetime) -> tuple[Addend, ...]:
    """The parts that are the same for every channel and whose signal is known, be it worth nothing; as in `Part`."""
    return (*_popularity(observed, standings), _freshness(observed, at))


def own_addends(paper: Paper, wishes: Wishes, liking: Liking) -> tuple[Addend, ...]:
    """The parts that are the channel's own, those worth nothing left out; as in `Part`."""
    matches = (
        (Part.TOPIC, ReasonKind.TOPIC, wishes.topic(paper.categories)),
        (Part.KEYWORD, ReasonKind.KEYWORD, wishes.keyword(paper)),
        (Part.AUTHOR, ReasonKind.AUTHOR, wishes.author(paper)),
    )
    found = [
        Addend(part, WEIGHTS[part] * match.value, Reason(kind, subject=match.subject))
        for part, kind, match in matches
        if match.value
    ]
    if liking.value:
        found.append(Addend(Part.TASTE, WEIGHTS[Part.TASTE] * liking.value, liking.reason))
    return tuple(found)


def reasons(parts: Sequence[Addend], means: Mapping[Part, float], age: timedelta) -> tuple[Reason, ...]:
    """At most `REASONS_SHOWN`, the most decisive first, and never none.

    What decides is not a part's size but its lead over the part's mean among all candidates: where everything fits
    the topic, the topic chose nothing.
    """
    worth_saying = [(a.value - means[a.part], a.reason) for a in parts if a.reason]
    worth_saying.sort(key=lambda pair: -pair[0])
    found = tuple(reason for _, reason in worth_saying[:REASONS_SHOWN])
    return found or (Reason(ReasonKind.RECENT, value=age / timedelta(days=1)),)


def _popularity(observed: Observed, standings: Standings) -> list[Addend]:
    kinds = (
        (Part.UPVOTES, ReasonKind.UPVOTES, standings.upvotes),
        (Part.VELOCITY, ReasonKind.VELOCITY, standings.velocity),
        (Part.CITATIONS, ReasonKind.CITATIONS, standings.citations),
    )
    found = []
    for part, kind, standing in kinds:
        if standing:
            is_worth_saying = standing.value >= COUNT_WORTH_SAYING and standing.below >= SHARE_WORTH_SAYING
            reason = Reason(kind, value=standing.value, share=standing.below) if is_worth_saying else None
            found.append(Addend(part, WEIGHTS[part] * standing.percentile, reason))
    if len(observed.listed) >= SOURCES_WORTH_SAYING:
        reason = Reason(ReasonKind.SEVERAL_SOURCES, value=float(len(observed.listed)))
        found.append(Addend(Part.SOURCES, WEIGHTS[Part.SOURCES], reason))
    return found


def _freshness(observed: Observed, at: datetime) -> Addend:
    age = observed.age(at)
    reason = Reason(ReasonKind.FRESH, value=age / timedelta(days=1)) if age <= FRESH_FOR else None
    return Addend(Part.FRESHNESS, WEIGHTS[Part.FRESHNESS] * freshness(age), reason)

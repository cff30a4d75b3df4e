"""What a channel thinks of papers, combined from the reactions of its people.

In a channel with at least `MANY` people, one person's opinions together weigh at most `USUAL_TIMES` the median of the
others', though never less than `ALWAYS_HEARD` opinions. One or two people are the channel, and everything they say
counts in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from bot.models import PaperId

NEWEST = 300  # papers that count, those with the newest votes
STRONGEST = 2.0  # the limit of one person's vote on one paper, whatever the number of emoji
MANY = 3
USUAL_TIMES = 2.0
ALWAYS_HEARD = 6.0
_DIGITS = 9  # sums in another order differ in the last bits


@dataclass(frozen=True, slots=True)
class Rating:
    """One person's emoji on a paper: its value, and when it was given."""

    paper: PaperId
    voter: str
    value: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Opinion:
    """The channel's opinion of a paper: positive if it likes it, negative if not."""

    paper: PaperId
    value: float
    voters: int
    at: datetime  # of the newest vote on it


def opinions(ratings: Iterable[Rating]) -> tuple[Opinion, ...]:
    """Return the newest `NEWEST` opinions, newest first. A paper on which votes cancel out has none."""
    by_voter: dict[str, dict[PaperId, list[Rating]]] = {}
    for rating in ratings:
        if rating.value:
            by_voter.setdefault(rating.voter, {}).setdefault(rating.paper, []).append(rating)
    sums = {voter: [_summed(votes) for votes in papers.values()] for voter, papers in by_voter.items()}
    votes = {voter: newest for voter, own in sums.items() if (newest := _newest([w for w in own if w.value]))}
    weights = _weights({voter: len(own) for voter, own in votes.items()})
    by_paper: dict[PaperId, list[tuple[float, Rating]]] = {}
    for voter in sorted(votes):
        for rating in votes[voter]:
            by_paper.setdefault(rating.paper, []).append((weights[voter], rating))
    combined = [_opinion(paper, by_paper[paper]) for paper in _dealt(votes)]
    return tuple(sorted((opinion for opinion in combined if opinion.value), key=_newest_first, reverse=True))


def _summed(ratings: Sequence[Rating]) -> Rating:
    value = sum(sorted(rating.value for rating in ratings))
    newest = max(ratings, key=lambda rating: rating.at)
    return Rating(newest.paper, newest.voter, max(-STRONGEST, min(STRONGEST, round(value, _DIGITS))), newest.at)


def _newest(ratings: Sequence[Rating]) -> list[Rating]:
    return sorted(ratings, key=lambda rating: (rating.at, str(rating.paper)), reverse=True)[:NEWEST]


def _weights(counts: Mapping[str, int]) -> dict[str, float]:
    """Return the factor of each person's opinions."""
    if len(counts) < MANY:
        return dict.fromkeys(counts, 1.0)
    ordered = sorted(counts.values())
    weights = {}
    for voter, count in counts.items():
        others = ordered.copy()
        others.remove(count)
        weights[voter] = min(1.0, max(ALWAYS_HEARD, USUAL_TIMES * median(others)) / count)
    return weights


def _dealt(votes: Mapping[str, Sequence[Rating]]) -> list[PaperId]:
    """Take everybody's newest paper, then everybody's second newest, up to `NEWEST`, so that nobody dominates."""
    papers: dict[PaperId, None] = {}
    for turn in range(max(map(len, votes.values()), default=0)):
        for rating in sorted((own[turn] for own in votes.values() if turn < len(own)), key=_rating_order):
            if len(papers) < NEWEST:
                papers.setdefault(rating.paper)
        if len(papers) >= NEWEST:
            break
    return list(papers)


def _rating_order(rating: Rating) -> tuple[float, str, str]:
    return -rating.at.timestamp(), str(rating.paper), rating.voter


def _opinion(paper: PaperId, ratings: Sequence[tuple[float, Rating]]) -> Opinion:
    value = sum(sorted(weight * rating.value for weight, rating in ratings))
    return Opinion(paper, round(value, _DIGITS), len(ratings), max(rating.at for _, rating in ratings))


def _newest_first(opinion: Opinion) -> tuple[datetime, str]:
    return opinion.at, str(opinion.paper)

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
class Word:
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


def opinions(words: Iterable[Word]) -> tuple[Opinion, ...]:
    """Return the newest `NEWEST` opinions, newest first. A paper on which votes cancel out has none."""
    by_voter: dict[str, dict[PaperId, list[Word]]] = {}
    for word in words:
        if word.value:
            by_voter.setdefault(word.voter, {}).setdefault(word.paper, []).append(word)
    sums = {voter: [_summed(votes) for votes in papers.values()] for voter, papers in by_voter.items()}
    votes = {voter: newest for voter, own in sums.items() if (newest := _newest([w for w in own if w.value]))}
    weights = _weights({voter: len(own) for voter, own in votes.items()})
    by_paper: dict[PaperId, list[tuple[float, Word]]] = {}
    for voter in sorted(votes):
        for word in votes[voter]:
            by_paper.setdefault(word.paper, []).append((weights[voter], word))
    combined = [_opinion(paper, by_paper[paper]) for paper in _dealt(votes)]
    return tuple(sorted((opinion for opinion in combined if opinion.value), key=_newest_first, reverse=True))


def _summed(words: Sequence[Word]) -> Word:
    value = sum(sorted(word.value for word in words))
    newest = max(words, key=lambda word: word.at)
    return Word(newest.paper, newest.voter, max(-STRONGEST, min(STRONGEST, round(value, _DIGITS))), newest.at)


def _newest(words: Sequence[Word]) -> list[Word]:
    return sorted(words, key=lambda word: (word.at, str(word.paper)), reverse=True)[:NEWEST]


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


def _dealt(votes: Mapping[str, Sequence[Word]]) -> list[PaperId]:
    """Take everybody's newest paper, then everybody's second newest, up to `NEWEST`, so that nobody dominates."""
    papers: dict[PaperId, None] = {}
    for turn in range(max(map(len, votes.values()), default=0)):
        for word in sorted((own[turn] for own in votes.values() if turn < len(own)), key=_word_order):
            if len(papers) < NEWEST:
                papers.setdefault(word.paper)
        if len(papers) >= NEWEST:
            break
    return list(papers)


def _word_order(word: Word) -> tuple[float, str, str]:
    return -word.at.timestamp(), str(word.paper), word.voter


def _opinion(paper: PaperId, words: Sequence[tuple[float, Word]]) -> Opinion:
    value = sum(sorted(weight * word.value for weight, word in words))
    return Opinion(paper, round(value, _DIGITS), len(words), max(word.at for _, word in words))


def _newest_first(opinion: Opinion) -> tuple[datetime, str]:
    return opinion.at, str(opinion.paper)

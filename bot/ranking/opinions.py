"""What a channel thinks of papers, made of what each of its people said.

The rule for channels of many: from `MANY` people on, all that one person says together weighs at most `USUAL_TIMES` as
much as what the person in the middle of the others said, though never less than `ALWAYS_HEARD` opinions. One or two
people are their channel, and everything that they say counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from bot.models import PaperId

NEWEST = 300  # papers that count, those with the newest words on them
STRONGEST = 2.0  # one person on one paper, whatever the number of emoji
MANY = 3
USUAL_TIMES = 2.0
ALWAYS_HEARD = 6.0
_DIGITS = 9  # sums of the same values in another order differ in the last bits


@dataclass(frozen=True, slots=True)
class Word:
    """One emoji of one person about a paper: its value, and when it was given."""

    paper: PaperId
    voter: str
    value: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the channel thinks of a paper: above 0 it likes it, below it does not."""

    paper: PaperId
    value: float
    voters: int
    at: datetime  # the newest word on it


def opinions(words: Iterable[Word]) -> tuple[Opinion, ...]:
    """The newest `NEWEST` opinions, the newest first. A paper on which people cancel each other out has none."""
    heard: dict[str, dict[PaperId, list[Word]]] = {}
    for word in words:
        if word.value:
            heard.setdefault(word.voter, {}).setdefault(word.paper, []).append(word)
    people = {
        voter: one for voter, said in heard.items() if (one := [_summed(said[paper]) for paper in said if said[paper]])
    }
    said = {voter: newest for voter, one in people.items() if (newest := _newest([w for w in one if w.value]))}
    weights = _weights({voter: len(one) for voter, one in said.items()})
    by_paper: dict[PaperId, list[tuple[float, Word]]] = {}
    for voter in sorted(said):
        for word in said[voter]:
            by_paper.setdefault(word.paper, []).append((weights[voter], word))
    kept = _dealt(said)
    found = [_opinion(paper, by_paper[paper]) for paper in kept]
    return tuple(sorted((one for one in found if one.value), key=_newest_first, reverse=True))


def _summed(words: Sequence[Word]) -> Word:
    value = sum(sorted(word.value for word in words))
    newest = max(words, key=lambda word: word.at)
    return Word(newest.paper, newest.voter, max(-STRONGEST, min(STRONGEST, round(value, _DIGITS))), newest.at)


def _newest(words: Sequence[Word]) -> list[Word]:
    return sorted(words, key=lambda word: (word.at, str(word.paper)), reverse=True)[:NEWEST]


def _weights(counts: Mapping[str, int]) -> dict[str, float]:
    """What each person's opinions are multiplied with."""
    if len(counts) < MANY:
        return dict.fromkeys(counts, 1.0)
    ordered = sorted(counts.values())
    weights = {}
    for voter, count in counts.items():
        others = ordered.copy()
        others.remove(count)
        weights[voter] = min(1.0, max(ALWAYS_HEARD, USUAL_TIMES * median(others)) / count)
    return weights


def _dealt(said: Mapping[str, Sequence[Word]]) -> list[PaperId]:
    """Everybody's newest paper, then everybody's second newest, until there are `NEWEST`: nobody crowds others out."""
    kept: dict[PaperId, None] = {}
    for turn in range(max(map(len, said.values()), default=0)):
        for word in sorted((one[turn] for one in said.values() if turn < len(one)), key=_word_order):
            if len(kept) < NEWEST:
                kept.setdefault(word.paper)
        if len(kept) >= NEWEST:
            break
    return list(kept)


def _word_order(word: Word) -> tuple[float, str, str]:
    return -word.at.timestamp(), str(word.paper), word.voter


def _opinion(paper: PaperId, words: Sequence[tuple[float, Word]]) -> Opinion:
    value = sum(sorted(weight * word.value for weight, word in words))
    return Opinion(paper, round(value, _DIGITS), len(words), max(word.at for _, word in words))


def _newest_first(opinion: Opinion) -> tuple[datetime, str]:
    return opinion.at, str(opinion.paper)

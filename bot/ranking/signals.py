"""What the sources' signals say about a paper at an instant, made comparable.

Counts of different sources, or of different days of one source, are never compared directly: each becomes its standing
among the papers that the same source listed on the same UTC day. Nothing seen after the instant is used.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.models import Paper, Signal, SignalKind, SourceName

# A listing on Hugging Face gets most of its upvotes within two days; arXiv readers look at today and yesterday.
FRESHNESS_HALF_LIFE = timedelta(days=2)
# Growth is news while it happens: last week's gains say nothing about this morning.
VELOCITY_SPAN = timedelta(days=3)
# Two looks an hour apart (a digest made twice) would turn one upvote into 24 a day.
VELOCITY_SPAN_LEAST = timedelta(hours=6)
# No paper has this many of anything: a larger number is an error or an attack, and is capped to stay readable.
LARGEST_COUNT = 1e7


class Rate(NamedTuple):
    """The growth of a count, in counts a day, and the source that reports it."""

    source: SourceName
    per_day: float


@dataclass(frozen=True, slots=True)
class Observed:
    """One paper's signals as known at an instant, one value for each source and kind."""

    listed: Mapping[SourceName, datetime]  # the newest announcement or listing
    counts: Mapping[tuple[SourceName, SignalKind], float]  # the newest, never negative, always finite
    upvote_rates: tuple[Rate, ...]

    def age(self, at: datetime) -> timedelta:
        """Return the time since the newest listing. Raises ValueError for a paper that was not listed yet."""
        return at - max(self.listed.values())

    def day(self, source: SourceName) -> int | None:
        """Return the UTC day on which the source listed the paper; if it only counts, the day of the newest listing."""
        instant = self.listed.get(source) or max(self.listed.values(), default=None)
        return instant.astimezone(UTC).toordinal() if instant else None


class Standing(NamedTuple):
    """A count or rate within its group.

    `below` is the share of the group with less, `percentile` the mid-rank, so that ties are equal and a group of one
    stands at 0.5. Both are in 0-1.
    """

    value: float
    below: float
    percentile: float


def observe(paper: Paper, at: datetime) -> Observed:
    """Return what was known about the paper at the instant. Ignores counts that are not finite."""
    listed: dict[SourceName, datetime] = {}
    history: dict[tuple[SourceName, SignalKind], list[Signal]] = {}
    for signal in paper.signals:
        if signal.seen_at > at:
            continue
        if signal.kind is SignalKind.LISTED:
            listed[signal.source] = max(signal.seen_at, listed.get(signal.source, signal.seen_at))
        elif math.isfinite(signal.value):
            history.setdefault((signal.source, signal.kind), []).append(signal)
    for signals in history.values():
        # Of two values at the same instant, take the larger, whatever their order of arrival.
        signals.sort(key=lambda signal: (signal.seen_at, signal.value))
    rates = (
        Rate(source, rate)
        for (source, kind), signals in sorted(history.items())
        if kind is SignalKind.UPVOTES and (rate := _rate(signals)) is not None
    )
    return Observed(listed, {key: _count(signals[-1]) for key, signals in history.items()}, tuple(rates))


def _count(signal: Signal) -> float:
    return min(max(signal.value, 0.0), LARGEST_COUNT)


def _rate(history: Sequence[Signal]) -> float | None:
    """Return the counts gained a day, from the oldest to the newest observation of the last days; None if too close."""
    newest = history[-1]
    oldest = next(s for s in history if newest.seen_at - s.seen_at <= VELOCITY_SPAN)
    span = newest.seen_at - oldest.seen_at
    if span < VELOCITY_SPAN_LEAST:
        return None
    return (_count(newest) - _count(oldest)) / (span / timedelta(days=1))


def freshness(age: timedelta) -> float:
    """Return 1 for a paper listed this instant, halved for every `FRESHNESS_HALF_LIFE` of age."""
    return float(0.5 ** (age / FRESHNESS_HALF_LIFE))


def upvotes(observed: Sequence[Observed]) -> list[Standing | None]:
    """Return each paper's upvotes relative to the papers listed by the same source on the same day.

    A paper that a voting source listed without a count has 0; one that no voting source knows gets None.
    """
    voting = {source for o in observed for source, kind in o.counts if kind is SignalKind.UPVOTES}
    return _best(
        [
            [
                ((source, o.day(source)), o.counts.get((source, SignalKind.UPVOTES), 0.0))
                for source in SourceName
                if source in voting and (source in o.listed or (source, SignalKind.UPVOTES) in o.counts)
            ]
            for o in observed
        ]
    )


def citations(observed: Sequence[Observed]) -> list[Standing | None]:
    """Return each paper's citations relative to the same day's papers whose citations the same source counts."""
    return _best(
        [
            [
                ((source, o.day(source)), count)
                for (source, kind), count in sorted(o.counts.items())
                if kind is SignalKind.CITATIONS
            ]
            for o in observed
        ]
    )


def velocity(observed: Sequence[Observed]) -> list[Standing | None]:
    """Return each paper's upvotes a day relative to all papers for which the same source allows computing it."""
    return _best([[(rate.source, rate.per_day) for rate in o.upvote_rates] for o in observed])


def _best(counts: Sequence[Sequence[tuple[Hashable, float]]]) -> list[Standing | None]:
    """Return each paper's best standing among its counts, each within its own group."""
    rows = [(index, group, value) for index, of_paper in enumerate(counts) for group, value in of_paper]
    best: list[Standing | None] = [None] * len(counts)
    if not rows:
        return best
    numbers: dict[Hashable, int] = {}
    groups = np.array([numbers.setdefault(group, len(numbers)) for _, group, _ in rows])
    below, percentiles = standings(np.array([value for *_, value in rows]), groups)
    for (index, _, value), share, percentile in zip(rows, below.tolist(), percentiles.tolist(), strict=True):
        # A count of 0 earns nothing, however many others have none either.
        standing = Standing(value, share, percentile if value > 0 else 0.0)
        earlier = best[index]
        if earlier is None or standing.percentile > earlier.percentile:
            best[index] = standing
    return best


def standings(
    values: NDArray[np.float64], groups: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return, for each value, the share of its group that is smaller and its mid-rank percentile, in O(n log n)."""
    order = np.lexsort((values, groups))
    value, group = values[order], groups[order]
    positions = np.arange(len(order))
    opens_group = np.concatenate(([True], group[1:] != group[:-1]))
    opens_run = opens_group | np.concatenate(([True], value[1:] != value[:-1]))  # a run: equal values of one group
    group_start, group_size = _spans(opens_group, positions)
    run_start, run_size = _spans(opens_run, positions)
    below = np.empty(len(order))
    percentiles = np.empty(len(order))
    below[order] = (run_start - group_start) / group_size
    percentiles[order] = (run_start - group_start + run_size / 2) / group_size
    return below, percentiles


def _spans(opens: NDArray[np.bool_], positions: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the start and size of the span around each position."""
    starts = positions[opens]
    sizes = np.diff(np.append(starts, len(positions)))
    return np.repeat(starts, sizes), np.repeat(sizes, sizes)

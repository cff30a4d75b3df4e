"""Decide which signals are worth storing. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC
from math import isfinite

from bot.models import Signal, SignalKind


def additions(stored: Iterable[Signal], seen: Iterable[Signal]) -> tuple[Signal, ...]:
    """Return the seen signals that the history lacks, oldest first.

    Every listing is stored. A count (upvotes, citations, …) is stored if it differs from the previous one or is the
    first of its UTC day, so that a day without change is on record and asking every minute costs nothing. Values that
    are not finite are dropped.
    """
    series: dict[object, list[Signal]] = defaultdict(list)
    history = set(stored)
    for signal in history:
        series[signal.source, signal.kind].append(signal)
    added = []
    for signal in sorted(set(seen) - history, key=lambda s: (s.seen_at, s)):
        line = series[signal.source, signal.kind]
        if isfinite(signal.value) and (signal.kind is SignalKind.LISTED or _is_news(signal, line)):
            line.append(signal)
            added.append(signal)
    return tuple(added)


def _is_news(signal: Signal, line: Iterable[Signal]) -> bool:
    before = max((s for s in line if s.seen_at <= signal.seen_at), key=lambda s: s.seen_at, default=None)
    return before is None or before.value != signal.value or _day(before) != _day(signal)


def _day(signal: Signal) -> object:
    return signal.seen_at.astimezone(UTC).date()

"""Which signals are worth keeping. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC
from math import isfinite

from bot.models import Signal, SignalKind


def additions(stored: Iterable[Signal], seen: Iterable[Signal]) -> tuple[Signal, ...]:
    """Those of the seen signals that the history lacks, oldest first.

    Every listing counts. A count (upvotes, citations, ...) counts when it differs from the one before it or is the
    first of its UTC day: so a day without change is on record, and asking every minute costs nothing. A value that is
    not a finite number says nothing and is left out.
    """
    series: dict[object, list[Signal]] = defaultdict(list)
    kept = set(stored)
    for signal in kept:
        series[signal.source, signal.kind].append(signal)
    added = []
    for signal in sorted(set(seen) - kept, key=lambda s: (s.seen_at, s)):
        line = series[signal.source, signal.kind]
        if isfinite(signal.value) and (signal.kind is SignalKind.LISTED or _tells(signal, line)):
            line.append(signal)
            added.append(signal)
    return tuple(added)


def _tells(signal: Signal, line: Iterable[Signal]) -> bool:
    before = max((s for s in line if s.seen_at <= signal.seen_at), key=lambda s: s.seen_at, default=None)
    return before is None or before.value != signal.value or _day(before) != _day(signal)


def _day(signal: Signal) -> object:
    return signal.seen_at.astimezone(UTC).date()

"""Which signals the store keeps."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Signal, SignalKind
from bot.store.history import additions
from tests.support.stores import HF, NOW, listed, upvotes
from tests.support.strategies import signals

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("stored", "seen", "added"),
    [
        pytest.param([], [upvotes(3)], [upvotes(3)], id="the first"),
        pytest.param([upvotes(3)], [upvotes(3)], [], id="the very same"),
        pytest.param([upvotes(3)], [upvotes(3, NOW + HOUR)], [], id="unchanged within a day"),
        pytest.param([upvotes(3)], [upvotes(3, NOW + DAY)], [upvotes(3, NOW + DAY)], id="unchanged on the next day"),
        pytest.param([upvotes(3)], [upvotes(4, NOW + HOUR)], [upvotes(4, NOW + HOUR)], id="changed"),
        pytest.param(
            [upvotes(3), upvotes(4, NOW + HOUR)],
            [upvotes(3, NOW + 2 * HOUR)],
            [upvotes(3, NOW + 2 * HOUR)],
            id="changed back",
        ),
        pytest.param(
            [upvotes(3, NOW + DAY)], [upvotes(3)], [upvotes(3)], id="earlier than what is known: a past day's run"
        ),
        pytest.param([listed()], [listed(at=NOW + HOUR)], [listed(at=NOW + HOUR)], id="every listing"),
        pytest.param([upvotes(1)], [listed(HF)], [listed(HF)], id="another kind"),
        pytest.param([], [upvotes(float("nan")), upvotes(float("inf"))], [], id="no number"),
    ],
)
def test_additions(stored: list[Signal], seen: list[Signal], added: list[Signal]) -> None:
    assert additions(stored, seen) == tuple(added)


def test_a_day_is_utc() -> None:
    noon = datetime.fromisoformat("2031-05-14T12:00+00:00")
    tomorrow_in_tokyo = datetime.fromisoformat("2031-05-15T02:00+09:00")
    assert additions([upvotes(3, noon)], [upvotes(3, tomorrow_in_tokyo)]) == ()


def test_asking_every_minute_keeps_one_a_day_and_every_change() -> None:
    minutes = [upvotes(minute // 1000, NOW + timedelta(minutes=minute)) for minute in range(0, 3000, 7)]
    assert len(additions([], minutes)) == 3 + 2  # days (NOW is at seven) and changes


def value_at(history: list[Signal], at: Signal) -> set[float]:
    line = [s for s in history if (s.source, s.kind) == (at.source, at.kind) and s.seen_at <= at.seen_at]
    newest = max((s.seen_at for s in line), default=None)
    return {s.value for s in line if s.seen_at == newest}


@given(st.lists(signals), st.lists(signals))
def test_nothing_that_matters_is_lost(stored: list[Signal], seen: list[Signal]) -> None:
    added = additions(stored, seen)
    history = [*stored, *added]
    assert set(added) <= set(seen)
    assert not set(added) & set(stored)
    assert additions(history, seen) == ()  # seen again, nothing is new
    for one in seen:
        if one.kind is SignalKind.LISTED:
            assert one in history
        elif all(s.seen_at != one.seen_at or s == one for s in [*stored, *seen]):
            assert one.value in value_at(history, one)

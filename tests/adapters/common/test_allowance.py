"""How often what anybody can ask for is done."""

from __future__ import annotations

from adapters.common.allowance import Allowance


def test_a_burst_then_one_at_a_time_and_no_more_is_saved_than_the_burst() -> None:
    now = 0.0
    allowance = Allowance(3, 2.0, now=lambda: now)
    assert [allowance.take() for _ in range(4)] == [0.0, 0.0, 0.0, 2.0]
    now = 1.5
    assert allowance.take() == 0.5
    now = 2.0
    assert [allowance.take(), allowance.take()] == [0.0, 2.0]
    now = 10_000.0
    assert [allowance.take() for _ in range(4)] == [0.0, 0.0, 0.0, 2.0]

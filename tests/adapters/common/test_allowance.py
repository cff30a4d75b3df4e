"""How often what anybody can ask for is done."""

from __future__ import annotations

from adapters.common.allowance import _ADDRESSES, Allowance, Allowances


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


def test_nobody_uses_up_another_ones() -> None:
    allowances = Allowances(2, 2.0, Allowance(7, 1.0, now=lambda: 0.0), now=lambda: 0.0)
    assert [allowances.take("192.0.2.1") for _ in range(3)] == [0.0, 0.0, 2.0]
    assert [allowances.take("192.0.2.2") for _ in range(3)] == [0.0, 0.0, 2.0]
    assert allowances.take("::ffff:192.0.2.2") == 2.0
    assert [allowances.take(f"2001:db8::{number:x}") for number in range(3)] == [0.0, 0.0, 2.0]
    assert [allowances.take(address) for address in ("2001:db8:0:1::1", "")] == [0.0, 1.0]


def test_any_number_of_addresses_takes_little_room() -> None:
    allowances = Allowances(1, 10.0, now=lambda: 0.0)
    for number in range(3 * _ADDRESSES):
        assert allowances.take(f"198.{number // 65536}.{number // 256 % 256}.{number % 256}") == 0.0
    assert len(allowances._by_address) == _ADDRESSES
    assert allowances.take("198.0.0.0") == 0.0  # forgotten

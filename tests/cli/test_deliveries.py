"""The operator's commands for the ledger: list, show, and send again what was given up."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.models import DeliveryState
from bot.store.location import sqlite_url
from bot.store.outcomes import Dead, Sent
from bot.store.store import Store
from tests.support.cli import kawaraban, offline
from tests.support.ledger import claimed, enqueued, joined, message


@pytest.fixture
def ledger(tmp_path: Path) -> dict[str, str]:
    """The environment of a database with a delivery that was sent (1) and one that was given up (2)."""

    async def fill() -> None:
        async with Store.open(sqlite_url(tmp_path / "kawaraban.sqlite3")) as store:
            await enqueued(store, "C1", "C2", cards=0)
            owner = await joined(store)
            first, second = sorted(await claimed(store, owner), key=lambda one: one.id)
            await store.deliveries.settle(
                owner, [Sent(first.id, message(1)), Dead(second.id, "platform.archived", whole_channel=False)]
            )

    asyncio.run(fill())
    return offline(tmp_path)


def state_of(environment: dict[str, str], delivery: int) -> DeliveryState:
    async def read() -> DeliveryState:
        async with Store.open(sqlite_url(environment["DATABASE_URL"])) as store:
            found = await store.deliveries.get(delivery)
            assert found
            return found.state

    return asyncio.run(read())


def test_an_empty_ledger_says_so(tmp_path: Path) -> None:
    result = kawaraban("deliveries", environment=offline(tmp_path))
    assert (result.status, result.out.strip()) == (0, "There are no deliveries yet.")


def test_the_ledger_is_listed_the_newest_first(ledger: dict[str, str]) -> None:
    result = kawaraban("deliveries", environment=ledger)
    assert result.status == 0
    second, first = [line for line in result.out.splitlines() if "headline" in line]
    assert "fake:C2" in second
    assert "fake:C1" in first
    assert "archived" in result.out


def test_only_those_of_one_state(ledger: dict[str, str]) -> None:
    result = kawaraban("deliveries", "--state", "dead", environment=ledger)
    assert result.status == 0
    assert "fake:C2" in result.out
    assert "fake:C1" not in result.out


def test_one_is_shown_with_what_became_of_it(ledger: dict[str, str]) -> None:
    sent, dead = (kawaraban("deliveries", "show", number, environment=ledger) for number in ("1", "2"))
    assert (sent.status, dead.status) == (0, 0)
    assert message(1).value in sent.out
    assert "fake:C2" in dead.out
    assert "archived" in dead.out


@pytest.mark.parametrize("command", ["show", "retry"])
def test_one_that_is_not_there(ledger: dict[str, str], command: str) -> None:
    result = kawaraban("deliveries", command, "99", environment=ledger)
    assert result.status == 1
    assert result.problem == "There is no delivery 99. `kawaraban deliveries` lists the numbers."


def test_what_was_given_up_is_sent_again(ledger: dict[str, str]) -> None:
    result = kawaraban("deliveries", "retry", "2", environment=ledger)
    assert (result.status, result.err.strip()) == (0, "Delivery 2 will be sent again.")
    assert state_of(ledger, 2) is DeliveryState.DUE


def test_what_was_sent_is_not_sent_again(ledger: dict[str, str]) -> None:
    result = kawaraban("deliveries", "retry", "1", environment=ledger)
    assert result.status == 1
    assert result.problem.startswith("Delivery 1 was sent or is about to be.")
    assert state_of(ledger, 1) is DeliveryState.SENT

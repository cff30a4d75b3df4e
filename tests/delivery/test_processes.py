"""Workers as processes of their own: killed in the middle of everything, or gone for good."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.crash import Outcome, play
from bench.databases import Files, Postgresql
from bench.lease import inherited
from bot.models import DeliveryState
from tests.support.postgresql import Server

pytestmark = pytest.mark.long

LEASE = 2.0  # seconds


def is_right(outcome: Outcome) -> None:
    assert outcome.wrong == []
    assert (outcome.lost, outcome.duplicated) == (0, 0)
    assert outcome.kills > 0


async def test_one_worker_dies_again_and_again_on_sqlite(tmp_path: Path) -> None:
    (tmp_path / "databases").mkdir()
    is_right(await play("sqlite", Files(tmp_path / "databases"), range(2), tmp_path))


@pytest.mark.needs("postgresql")
async def test_three_workers_die_again_and_again_on_postgresql(postgresql_server: Server, tmp_path: Path) -> None:
    is_right(await play("postgresql", Postgresql(postgresql_server), range(1), tmp_path))


async def test_what_nobody_can_look_up_is_listed_and_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "databases").mkdir()
    outcome = await play("sqlite", Files(tmp_path / "databases"), range(10, 11), tmp_path, lookups=False)
    is_right(outcome)
    assert outcome.unknown > 0


async def test_what_a_worker_had_that_is_gone_for_good_is_sent_by_another(database_url: str) -> None:
    found = await inherited(database_url, LEASE)

    assert found.exits == (-9, 0)
    assert found.left
    assert {row.state for row in found.rows} == {DeliveryState.SENT}
    assert (found.books.lost, found.books.duplicated) == ([], {})

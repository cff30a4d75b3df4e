"""Workers as processes of their own: killed in the middle of everything, or gone for good."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from bench.crash import CONTEXT, Outcome, play
from bench.databases import Files, Postgresql
from bench.worker import Death, Job, Moment, expected, work
from bot.models import DeliveryState
from bot.store.store import Store
from tests.fakes.platform_process import FakePlatformProcess
from tests.postgresql import Server

LEASE = 4.0  # seconds
BUSY = 1.0  # seconds that a busy machine may add


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


async def test_what_a_worker_had_that_is_gone_for_good_leaves_within_a_lease(database_url: str) -> None:
    channels = tuple(f"gone-{number}" for number in range(10))
    keys = [key for keys in expected(channels, 2).values() for key in keys]
    with FakePlatformProcess.serving(latency=0.02) as server:
        async with Store.open(database_url) as store:
            job = Job(database_url, server.url, "gone", channels, 2, lease=LEASE, death=Death(Moment.ANSWERED, 4))
            gone = started(job)
            await asyncio.to_thread(gone.join)
            died = time.monotonic()
            left = [row.id for row in await store.deliveries.listed(DeliveryState.CLAIMED)]
            other = started(replace(job, replica="other", death=None))
            while not await are_sent(store, left):  # noqa: ASYNC110 - another process sends them
                await asyncio.sleep(0.05)
            took = time.monotonic() - died
            await asyncio.to_thread(other.join)
            rows = await store.deliveries.listed(limit=1000)
        books = server.books(keys)
    assert (gone.exitcode, other.exitcode) == (-9, 0)
    assert left
    assert {row.state for row in rows} == {DeliveryState.SENT}
    assert (books.lost, books.duplicated) == ([], {})
    assert took < LEASE + BUSY


def started(job: Job) -> BaseProcess:
    process = CONTEXT.Process(target=work, args=(job,))
    process.start()
    return process


async def are_sent(store: Store, numbers: Sequence[int]) -> bool:
    rows = [await store.deliveries.get(number) for number in numbers]
    return all(row and row.state is DeliveryState.SENT for row in rows)

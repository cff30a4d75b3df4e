"""Processes that die in the middle of a delivery: what the benches of all chats begin with, and judge."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.context import ForkServerContext
from typing import TypeVar

from bench.chat import Tally
from bot.models import DeliveryKey, DeliveryState
from bot.store.store import Store

SIZE = 4  # papers of a digest; with its headline one message more
LONGEST = 120.0  # seconds of one life
LOOK = 0.01  # seconds between two looks at whether a message was taken

Life = TypeVar("Life")


def context(module: str) -> ForkServerContext:
    """Return what starts processes quickly that run a function of the module."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload([module, "aiosqlite", "alembic.command"])
    return made


def exit_code(processes: ForkServerContext, live: Callable[[Life], None], life: Life) -> int | None:
    """Return how a process ended that lived the life; negative for the signal that killed it."""
    process = processes.Process(target=live, args=(life,))
    process.start()
    process.join(LONGEST)
    process.kill()
    process.join()
    return process.exitcode


async def states(database: str) -> dict[str, DeliveryState]:
    """Return the state of each message in the ledger, by its key."""
    async with Store.open(database) as store:
        rows = await store.deliveries.listed(limit=100)
    return {DeliveryKey.of(row.channel, row.day, row.part).value: row.state for row in rows}


def compare(there: Sequence[str], wanted: Sequence[str], ledger: Mapping[str, DeliveryState], tally: Tally) -> int:
    """Compare the keys of the messages that are there with those that should be, and with the ledger.

    What differs is added to the tally. Returns how many messages the ledger calls unknown.
    """
    found = Counter(there)
    unknown = {one for one, state in ledger.items() if state is DeliveryState.UNKNOWN}
    tally.messages += found.total()
    tally.duplicated += sum(times - 1 for times in found.values())
    tally.lost += sum(one not in found and one not in unknown for one in wanted)
    tally.unknown += len(unknown)
    if ledger.keys() != {*wanted}:
        tally.wrong.append(f"the ledger has {len(ledger)} rows, not {len(wanted)}")
    if still_open := {state.value for state in ledger.values()} - {"sent", "unknown"}:
        tally.wrong.append(f"in the end there were {sorted(still_open)}")
    return len(unknown)

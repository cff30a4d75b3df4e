"""Processes killed in the middle of a delivery, shared by the benches of all chats."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.context import ForkServerContext
from typing import TypeVar

from bench.chat import Tally
from bot.models import DeliveryKey, DeliveryState
from bot.store.store import Store

SIZE = 4  # papers in a digest; the headline makes one message more
LONGEST = 120.0  # seconds for one process
LOOK = 0.01  # seconds between two checks for whether a message was accepted

Life = TypeVar("Life")


def context(module: str) -> ForkServerContext:
    """Return a context that quickly starts processes running a function of the module."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload([module, "aiosqlite", "alembic.command"])
    return made


def exit_code(processes: ForkServerContext, live: Callable[[Life], None], life: Life) -> int | None:
    """Run the life in a process and return its exit code, which is negative for a signal."""
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
    """Compare the keys of the posted messages with the expected ones and with the ledger.

    Adds the differences to the tally. Returns how many messages are unknown in the ledger.
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

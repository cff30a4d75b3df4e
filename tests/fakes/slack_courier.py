"""Brings what happened to the bot, and brings events again while nobody takes them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from tests.fakes.slack_clock import Clock
from tests.fakes.slack_values import Json

DEADLINE = 3.0  # seconds of the clock for an acknowledgement
REDELIVERIES = (0.0, 60.0, 300.0)  # seconds after each failure
DELAYED = (3_600.0,) * 24  # more of them where the app's Delayed Events are on
ANSWERS_WITHIN = 0.25  # real seconds that a bot gets before the clock moves over a deadline


class Kind(StrEnum):
    """What a Socket Mode envelope calls it."""

    EVENT = "events_api"
    COMMAND = "slash_commands"
    INTERACTION = "interactive"


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt; `again` is false where the bot asked for no redelivery."""

    taken: bool
    reason: str = ""
    answer: Json | None = None
    again: bool = True


@dataclass
class Delivery:
    """One thing on its way. `outcomes` are those of its attempts so far."""

    kind: Kind
    body: Json
    outcomes: list[Outcome] = field(default_factory=list)
    acked_in_ms: float | None = None  # of real time, by the attempt that was taken
    over: asyncio.Event = field(default_factory=asyncio.Event)
    parked: bool = False  # there is no bot yet to bring it to

    @property
    def taken(self) -> bool:
        return bool(self.outcomes) and self.outcomes[-1].taken

    @property
    def answer(self) -> Json | None:
        return self.outcomes[-1].answer if self.outcomes else None


class Transport(Protocol):
    """One way to the bot."""

    async def carry(self, delivery: Delivery, attempt: int) -> Outcome: ...


class Courier:
    """`deliveries` is the log; `delayed` adds hourly redeliveries for a day."""

    def __init__(self, clock: Clock, transport: Transport) -> None:
        self.clock = clock
        self.transport = transport
        self.delayed = False
        self.deliveries: list[Delivery] = []
        self._tasks: dict[asyncio.Task[None], Delivery] = {}

    def send(self, kind: Kind, body: Json) -> Delivery:
        """Start bringing it; events come again, commands and interactions do not."""
        delivery = Delivery(kind, body)
        self.deliveries.append(delivery)
        self._start(delivery)
        return delivery

    def again(self, delivery: Delivery) -> Delivery:
        """Bring the same event once more, as Slack now and then does without need."""
        return self.send(delivery.kind, delivery.body)

    def _start(self, delivery: Delivery) -> None:
        task = asyncio.get_running_loop().create_task(self._attempt(delivery))
        self._tasks[task] = delivery
        task.add_done_callback(self._tasks.pop)

    async def _attempt(self, delivery: Delivery) -> None:
        attempt, began = len(delivery.outcomes), time.monotonic()
        outcome = await self.transport.carry(delivery, attempt)
        delivery.outcomes.append(outcome)
        waits = (*REDELIVERIES, *(DELAYED if self.delayed else ()))
        if outcome.taken:
            delivery.acked_in_ms = (time.monotonic() - began) * 1_000
        if outcome.taken or not outcome.again or delivery.kind is not Kind.EVENT or attempt >= len(waits):
            delivery.over.set()
        elif waits[attempt]:
            self.clock.after(waits[attempt], lambda: self._start(delivery))
        else:
            self._start(delivery)

    @property
    def waiting(self) -> Sequence[Delivery]:
        """What the bot has, or is about to have, and did not answer yet."""
        return [one for one in self._tasks.values() if not one.parked]

    @property
    def lost(self) -> Sequence[Delivery]:
        """Events that nobody took, and that do not come again."""
        return [one for one in self.deliveries if one.kind is Kind.EVENT and one.over.is_set() and not one.taken]

    async def settled(self, within: float = 300.0) -> None:
        """Wait until the bot has answered all that it has. Raises TimeoutError after so many real seconds."""
        async with asyncio.timeout(within):
            while self.waiting:  # noqa: ASYNC110 - what ends may begin again at once
                await asyncio.sleep(0.002)

    async def pass_time(self, seconds: float) -> None:
        """Move the clock, with everything that falls due on the way and the bot's answers to it."""
        end = self.clock.now() + seconds
        await self._breathe()
        while (due := self.clock.next_due()) is not None and due <= end:
            self.clock.move_to(due)
            await self._breathe()
        self.clock.move_to(end)
        await self._breathe()

    async def _breathe(self) -> None:
        for _ in range(3):  # a callback makes a task, which sends, which waits
            await asyncio.sleep(0)
        try:
            await self.settled(ANSWERS_WITHIN)
        except TimeoutError:
            return

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

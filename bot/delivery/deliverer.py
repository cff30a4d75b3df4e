"""Delivery of messages: claim, send, record the outcome, and look up before sending anything a second time.

Any number of deliverers work on one ledger. Each holds a lease; when a dead one's lease ends, its claims are released.
`bot.digests.parts` decides which messages make up a digest; `bot.delivery.attempt` is one attempt at sending one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.delivery.attempt import attempt
from bot.delivery.bell import wait
from bot.delivery.seeding import Seeder
from bot.delivery.worker import WorkerLease
from bot.errors import OPERATORS, SCOPE_MISSING, BotError, StoreError
from bot.models import ChannelKey, Headline, Page
from bot.ports import Platform, Reactions
from bot.store.buckets import rate_of
from bot.store.claims import ClaimedDelivery
from bot.store.outcomes import OPENINGS, Again, Dead, Outcome, Sent
from bot.store.store import Store

logger = logging.getLogger(__name__)
day = logging.getLogger("kawaraban")  # told at INFO in `kawaraban run`: what an operator wants to read of a good day

OnStopped = Callable[[ChannelKey, str], Awaitable[None]]

_GATHER = 0.1  # seconds to gather outcomes for one commit while most slots are in use
_POLLS = (0.05, 1.0)  # seconds between looks into the ledger: while it has more, and while it has none
_LONGEST_TURN = 2.0  # the most seconds to wait for a send time, however the clock was set in between
# A send time missed by more is given back: what piles up while a machine is suspended must not be sent all at once.
# Rates are 90 % of what is allowed, so that sends this late stay within the limit in any second.
_MISSED = 0.1

# A message that has been due for longer has waited for something, and is not sent once its local day is over.
_LONG_WAIT = timedelta(hours=1)
_MORNINGS = frozenset({"headline", "card", "notice"})

# A graceful stop, in seconds: what is in flight, then what was cancelled, then writing it down.
_FINISH, _CANCEL, _COMMIT = 7.0, 0.3, 2.0


@dataclass(frozen=True, slots=True)
class _Unrecorded:
    """An outcome that is not recorded yet, and the owner to record it for."""

    owner: str
    delivery: ClaimedDelivery
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Destination:
    """A platform that messages go to, with its emoji and its rates (messages a second by bucket)."""

    platform: Platform
    reactions: Reactions | None = None
    rates: Mapping[str, float] = field(default_factory=dict)


class Deliverer:
    """Sends what is due in the ledger to its destinations, which are given by the platform's name.

    What it sends is claimed under the `lease`, which nobody else uses. At most `concurrency` messages are on their way
    at once. `on_stopped` is told of a channel that a platform refuses for good, with the code. `run` is called once.
    """

    def __init__(
        self,
        store: Store,
        destinations: Mapping[str, Destination],
        lease: WorkerLease,
        *,
        concurrency: int = 50,
        on_stopped: OnStopped | None = None,
    ) -> None:
        self._store = store
        self._platforms = {name: one.platform for name, one in destinations.items()}
        self._rates = {bucket: rate for one in destinations.values() for bucket, rate in one.rates.items()}
        self._lease = lease
        self._clock = lease.clock
        self._outage = lease.outage
        self._concurrency = concurrency
        self._on_stopped = on_stopped
        self._in_hand: set[tuple[str, int]] = set()  # claimed, by owner and number, and not written down yet
        self._claims_lost = False
        self._attempts: set[asyncio.Task[None]] = set()
        self._unrecorded: list[_Unrecorded] = []
        self._paused: dict[str, tuple[float, str]] = {}  # by bucket: until when by the event loop's clock, and why
        self._held: set[str] = set()  # buckets whose token was refused last
        self._due_at: datetime | None = None
        self._woken, self._quiet, self._halted = lease.bell.news, lease.bell.quiet, asyncio.Event()
        emoji = {name: one.reactions for name, one in destinations.items() if one.reactions}
        self._seeder = Seeder(emoji, self._quiet)

    @property
    def owner(self) -> str:
        """This worker's name in its current life; "" before the first lease."""
        return self._lease.owner

    @property
    def stalled(self) -> bool:
        """Whether deliveries are waiting for the database."""
        return self._outage.pause > 0

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set, then finish or give back what is in flight, within 10 seconds.

        Waits for a failing store, and records afterwards whatever was done in the meantime.
        """
        # Of an earlier run that failed: joining as a worker takes its claims back, to be looked up first.
        self._in_hand.clear()
        self._attempts.clear()
        async with asyncio.TaskGroup() as group:
            stopping = group.create_task(self._wake_at(stop))
            if await self._begun(stop):
                work = [group.create_task(each) for each in (self._lease.keep(), self._seeder.run())]
                await self._turn_over(stop, group)
                await self._wind_up()
                for task in work:
                    task.cancel()
            stopping.cancel()

    def wake(self) -> None:
        """Look into the ledger at once, because there is something new."""
        self._woken.set()

    async def drain(self) -> None:
        """Wait until everything in the ledger for these platforms is final, while `run` continues."""
        while await self._store.deliveries.any_open(self._platforms):  # noqa: ASYNC110 (others may send it)
            await asyncio.sleep(_POLLS[0])

    # --- the ledger ---------------------------------------------------------------------------

    async def _turn_over(self, stop: asyncio.Event, group: asyncio.TaskGroup) -> None:
        """Record outcomes and claim more deliveries, until `stop`."""
        shortest, longest = _POLLS
        pause = shortest
        while not stop.is_set():
            self._woken.clear()
            owner = self._lease.owner
            room = self._concurrency - len(self._in_hand) + len(self._unrecorded)
            room = room if self._lease.time_for_attempt() else 0
            claimed = await self._exchange(owner, room, idle=pause > shortest)
            for delivery in claimed:
                task = group.create_task(self._deliver(owner, delivery))
                self._attempts.add(task)
                task.add_done_callback(self._attempts.discard)
            pause = shortest if claimed else min(2 * pause, longest)
            if self._outage.pause:
                await wait(stop, self._outage.pause)
            elif len(self._in_hand) >= self._concurrency:
                await wait(self._woken, longest)
            else:
                await wait(self._woken, self._until_due(pause))

    async def _exchange(self, owner: str, room: int, *, idle: bool) -> tuple[ClaimedDelivery, ...]:
        """Record all outcomes and claim up to `room` deliveries in one commit. `idle` means that nothing was due
        lately.
        """
        batch, self._unrecorded = self._unrecorded, []
        ledger = self._store.deliveries
        try:
            for former in sorted({each.owner for each in batch} - {owner}):
                await ledger.settle(former, [each.outcome for each in batch if each.owner == former])
            if idle and not batch:
                self._due_at = await ledger.next_due(self._platforms)
                room = room if self._due_at is not None and self._due_at <= self._clock() else 0
            if self._claims_lost:
                await ledger.release(owner, [number for held_by, number in self._in_hand if held_by == owner])
                self._claims_lost = False
            outcomes = [each.outcome for each in batch if each.owner == owner]
            claimed: tuple[ClaimedDelivery, ...] = ()
            if room > 0 or outcomes:
                claimed = await ledger.claim(owner, room, self._platforms, self._rates, outcomes)
        except StoreError as error:
            # Recording the same outcome twice is harmless.
            self._unrecorded[:0] = batch
            self._claims_lost = True  # if the connection ended just after the commit
            self._outage.begins(error)
            return ()
        self._outage.ends()
        self._in_hand |= {(owner, delivery.id) for delivery in claimed}
        self._in_hand -= {(each.owner, each.delivery.id) for each in batch}
        # Emoji wait for every message that is due.
        if self._in_hand:
            self._quiet.clear()
        else:
            self._quiet.set()
        for each in batch:
            await self._written(each)
        return claimed

    async def _written(self, record: _Unrecorded) -> None:
        """Act on an outcome once it is recorded."""
        channel, outcome = record.delivery.channel, record.outcome
        if isinstance(outcome, Sent):
            self._seeder.add(outcome.message, record.delivery.seeds)
            await self._tell_of_digest(record.delivery)
        if isinstance(outcome, Dead):
            delivery, title = record.delivery, await self._store.channels.title(channel)
            what = "the digest" if delivery.part in OPENINGS else delivery.part
            logger.error("%s for %s was not posted in %s: %s", what, delivery.day, title, outcome.error)
            if outcome.whole_channel:
                logger.warning("%s no longer accepts messages: %s", title, outcome.error)
                await self._note_stopped(channel, outcome.error, title)

    async def _note_stopped(self, channel: ChannelKey, code: str, title: str) -> None:
        if self._on_stopped:
            try:
                await self._on_stopped(channel, code)
            except BotError:
                # The next digest will find out again.
                logger.exception("could not record that %s is stopped", title)

    async def _tell_of_digest(self, delivery: ClaimedDelivery) -> None:
        """Log a digest whose first message is there: where, how many papers, and how long after its time."""
        content = delivery.content()
        if isinstance(content, Headline | Page):
            digest = content.digest
            seconds = (self._clock() - digest.due_at).total_seconds()
            day.info(
                "digest of %s sent to %s: %d papers, %.0f s after its time",
                digest.date,
                await self._store.channels.title(digest.channel),
                len(digest.entries),
                seconds,
            )

    def _until_due(self, pause: float) -> float:
        seconds = (self._due_at - self._clock()).total_seconds() if self._due_at else 0.0
        return min(pause, seconds) if seconds > 0 else pause

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.wake()

    # --- sending ------------------------------------------------------------------------------

    async def _deliver(self, owner: str, delivery: ClaimedDelivery) -> None:
        try:
            outcome = await self._attempt(owner, delivery)
        except asyncio.CancelledError:
            if not self._halted.is_set():
                raise
            # The end of a graceful stop: it took too long, and may still arrive.
            outcome = Again(delivery.id, 0.0, "platform.timeout", uncertain=True)
        self._unrecorded.append(_Unrecorded(owner, delivery, outcome))
        # Gather outcomes for one commit, but not at the price of idle slots.
        if len(self._attempts) <= self._concurrency // 2:
            self.wake()
        elif len(self._unrecorded) == 1:
            asyncio.get_running_loop().call_later(_GATHER, self.wake)

    async def _attempt(self, owner: str, delivery: ClaimedDelivery) -> Outcome:
        await self._wait_for(delivery.send_at)
        late = (self._clock() - delivery.send_at).total_seconds() > _MISSED
        missed = late and rate_of(self._rates, delivery.bucket) is not None
        now = asyncio.get_running_loop().time()
        paused_until, why = self._paused.get(delivery.bucket, (0.0, ""))
        if paused_until > now:
            return Again(delivery.id, paused_until - now, why, delivery.uncertain)
        if await self._is_too_late(delivery):
            return Dead(delivery.id, delivery.error or "schedule.missed")
        seconds = self._lease.time_for_attempt()
        if missed or self._halted.is_set() or owner != self._lease.owner or not seconds:
            return Again(delivery.id, 0.0, "", delivery.uncertain)
        outcome = await attempt(self._platforms[delivery.channel.platform], delivery, seconds, self._clock)
        if isinstance(outcome, Again) and outcome.pause:
            self._paused[outcome.pause] = (now + outcome.seconds, outcome.error)
        self._note_token(delivery.bucket, outcome)
        return outcome

    async def _is_too_late(self, delivery: ClaimedDelivery) -> bool:
        """Return whether the message waited until its local day was over: nobody wants that morning's papers any more.

        A message that is due after that, such as the last card of a digest that was asked for at midnight, is sent; so
        is one that may be there already, and one that the operator sends again.
        """
        now = self._clock()
        waited = delivery.error in OPERATORS or now - delivery.due_since > _LONG_WAIT
        if not waited or delivery.uncertain or delivery.part.partition(":")[0] not in _MORNINGS:
            return False
        try:
            run = await self._store.runs.get(delivery.channel, delivery.day)
        except StoreError:
            return False
        return run is not None and now >= run.late_after

    def _note_token(self, bucket: str, outcome: Outcome) -> None:
        """Log once that the bot's token is refused or may not post, and once that messages leave again."""
        if isinstance(outcome, Again) and outcome.error in OPERATORS:
            if bucket not in self._held:
                self._held.add(bucket)
                if outcome.error == SCOPE_MISSING:
                    logger.error(
                        "%s lets the bot post nothing: what is due waits until its app has all scopes"
                        " (`kawaraban doctor` names them)",
                        bucket,
                    )
                else:
                    logger.error("%s refuses the bot's token: what is due waits until a valid one is set", bucket)
        elif isinstance(outcome, Sent) and bucket in self._held:
            self._held.discard(bucket)
            logger.warning("%s takes the bot's token again, and messages go on", bucket)

    async def _wait_for(self, send_at: datetime) -> None:
        """Wait until the instant, or until the deliverer stops."""
        seconds = (send_at - self._clock()).total_seconds()
        if seconds > 0:
            await wait(self._halted, min(seconds, _LONGEST_TURN))

    # --- starting and stopping ----------------------------------------------------------------

    async def _begun(self, stop: asyncio.Event) -> bool:
        """Join the workers as soon as the store works. Returns False if stopped first."""
        while not stop.is_set():
            try:
                await self._lease.begin()
                return True
            except StoreError as error:
                self._outage.begins(error)
                await wait(stop, self._outage.pause)
        return False

    async def _wind_up(self) -> None:
        """Finish what is in flight, give back the rest, and end the lease."""
        self._halted.set()
        if self._attempts:
            _, late = await asyncio.wait(self._attempts, timeout=_FINISH)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=_CANCEL)
        try:
            async with asyncio.timeout(_COMMIT):
                while self._unrecorded:
                    await self._exchange(self._lease.owner, 0, idle=False)
                    await asyncio.sleep(self._outage.pause)
                await self._lease.end()
        except (StoreError, TimeoutError):
            # The lease ends by itself, and the next life takes back what this one has.
            logger.warning("some deliveries are looked up at the next start: their outcome was not written down")

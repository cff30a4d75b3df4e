"""Any order of events: nothing is lost, nothing is sent twice where look-ups work, and the ledger's rules hold.

The machine plays the workers itself, one step at a time: what a worker does between two steps may be the last that it
ever did.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.delivery.attempt import attempt
from bot.errors import AmbiguousError, TransientError
from bot.models import ChannelKey, DeliveryKey, DeliveryState, Place
from bot.store.claims import ClaimedDelivery
from bot.store.location import sqlite_url
from bot.store.outcomes import Outcome
from bot.store.store import Store
from tests.support.authors import Clock
from tests.support.ledger import DAY, FAKE, channel, parts, rows
from tests.support.platforms import Lost, MemoryPlatform

REPLICAS = ("one", "two", "three")
CARDS = 2
LEASE = timedelta(seconds=30)
FINAL = {DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.UNKNOWN}


class Ledger(RuleBasedStateMachine):
    """Workers that claim, post, write down, pause, die and come back."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock(datetime(2031, 5, 14, 7, tzinfo=UTC))
        self.opened = Store.open(sqlite_url(Path(self.folder.name) / "x.sqlite3"), clock=self.clock)
        self.store = self.loop.run_until_complete(self.opened.__aenter__())
        self.platform = MemoryPlatform()
        self.owners: dict[str, str] = {}
        self.claims: dict[str, list[ClaimedDelivery]] = {name: [] for name in REPLICAS}
        self.outcomes: dict[str, list[Outcome]] = {name: [] for name in REPLICAS}
        self.taken_in: set[ChannelKey] = set()

    def run(self, work: object) -> object:
        return self.loop.run_until_complete(work)  # type: ignore[arg-type]  # every rule passes a coroutine

    @initialize()
    def begin(self) -> None:
        self.enqueue(0)
        self.live("one")

    @rule(number=st.integers(0, 2))
    def enqueue(self, number: int) -> None:
        where = channel(number)
        self.run(self.store.deliveries.enqueue(where, DAY, parts(CARDS), "fake", self.clock.now))
        self.taken_in.add(where)

    @rule(name=st.sampled_from(REPLICAS))
    def live(self, name: str) -> None:
        """A new life: the one before it ended without a word."""
        self.claims[name], self.outcomes[name] = [], []
        self.owners[name] = str(self.run(self.store.workers.join(name, LEASE)))

    @rule(name=st.sampled_from(REPLICAS), limit=st.integers(1, 4))
    def claim(self, name: str, limit: int) -> None:
        if name in self.owners:
            claimed = self.run(self.store.deliveries.claim(self.owners[name], limit, FAKE, {}))
            assert isinstance(claimed, tuple)
            self.claims[name] += claimed

    @rule(
        name=st.sampled_from(REPLICAS),
        trouble=st.sampled_from(
            [
                None,
                None,
                TransientError("platform.unavailable", seconds=1),
                AmbiguousError("platform.lost_answer"),
                Lost(AmbiguousError("platform.lost_answer")),
            ]
        ),
    )
    def send(self, name: str, trouble: Exception | None) -> None:
        """One attempt, if the worker believes that its lease still holds."""
        if not self.claims[name] or not self.lease_holds(name):
            self.claims[name] = []
            return
        claimed = self.claims[name].pop(0)
        self.platform.troubles.clear()
        if trouble:
            self.platform.troubles.append(trouble)
        outcome = self.run(attempt(self.platform, claimed, 5, self.clock))
        self.outcomes[name].append(outcome)  # type: ignore[arg-type]  # what `attempt` gives

    def lease_holds(self, name: str) -> bool:
        workers = self.run(self.store.workers.listed())
        assert isinstance(workers, tuple)
        return any(one.owner == self.owners.get(name) and one.expires_at > self.clock.now for one in workers)

    @rule(name=st.sampled_from(REPLICAS))
    def write_down(self, name: str) -> None:
        """Whatever the worker knows, however late."""
        if name in self.owners and self.outcomes[name]:
            self.run(self.store.deliveries.settle(self.owners[name], self.outcomes[name]))
            self.outcomes[name] = []

    @rule(name=st.sampled_from(REPLICAS))
    def renew(self, name: str) -> None:
        if name in self.owners:
            self.run(self.store.workers.renew(self.owners[name], LEASE))

    @rule()
    def take_over(self) -> None:
        self.run(self.store.workers.take_over())

    @rule(seconds=st.sampled_from([1, 10, 40]))
    def wait(self, seconds: int) -> None:
        self.clock.now += timedelta(seconds=seconds)

    def finish(self) -> None:
        """At the end all troubles are over, a new worker appears, and everything gets there."""
        self.clock.now += timedelta(hours=1)
        self.live("one")
        self.take_over()
        for _ in range(50):
            if not self.run(self.store.deliveries.any_open(FAKE)):
                break
            self.clock.now += timedelta(seconds=10)
            self.renew("one")
            self.claim("one", 9)
            while self.claims["one"]:
                self.send("one", None)
            self.write_down("one")
        found = self.run(rows(self.store))
        assert isinstance(found, tuple)
        assert {one.state for one in found} == {DeliveryState.SENT}
        expected = {DeliveryKey.of(where, DAY, part.part) for where in self.taken_in for part in parts(CARDS)}
        assert set(self.platform.times_posted()) == expected

    @invariant()
    def nothing_comes_twice(self) -> None:
        assert not [key for key, count in self.platform.times_posted().items() if count > 1]

    @invariant()
    def cards_lie_below_their_headlines_and_in_order(self) -> None:
        heads = {one.place.channel: one.ref for one in self.platform.posted if one.place.thread is None}
        for one in self.platform.posted:
            assert one.place in (Place(one.place.channel), Place(one.place.channel, heads[one.place.channel]))
        order = {DeliveryKey.of(where, DAY, part.part): n for where in self.taken_in for n, part in enumerate(parts(2))}
        seen: Counter[ChannelKey] = Counter()
        for one in self.platform.posted:
            assert order[one.key] == seen[one.place.channel]
            seen[one.place.channel] += 1

    @invariant()
    def what_waits_waits_for_something(self) -> None:
        found = self.run(rows(self.store))
        assert isinstance(found, tuple)
        for where in self.taken_in:
            states = [one.state for one in found if one.channel == where]
            moving = [state for state in states if state in (DeliveryState.DUE, DeliveryState.CLAIMED)]
            assert len(moving) == (0 if set(states) <= FINAL else 1)

    def teardown(self) -> None:
        try:
            self.finish()
            self.nothing_comes_twice()
        finally:
            self.loop.run_until_complete(self.opened.__aexit__(None, None, None))
            self.loop.close()
            self.folder.cleanup()


TestLedger = Ledger.TestCase
TestLedger.settings = settings(
    max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)

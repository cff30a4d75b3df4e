"""Shared by the tests of the ledger: invented digests, and shorthands for its methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.models import ChannelKey, Delivery, DeliveryState, MessageRef, NewDelivery, Notice
from bot.store.claims import ClaimedDelivery
from bot.store.engine import utc_now
from bot.store.store import Store

DAY = date(2031, 5, 14)
LEASE = timedelta(hours=1)  # on the database's clock, which is the real one on PostgreSQL
FAKE = ("fake",)


@dataclass
class NamedWorker:
    """A `bot.ports.Worker` that has a name and does nothing."""

    owner: str = ""

    def wake(self) -> None:
        """Do nothing, because nobody waits."""


def channel(name: object = "C1") -> ChannelKey:
    return ChannelKey("fake", str(name))


def message(value: object) -> MessageRef:
    return MessageRef("fake", str(value))


def parts(cards: int = 0, *, in_thread: bool = True, spacing: float = 0.0) -> tuple[NewDelivery, ...]:
    """Return a headline and that many cards."""
    headline = NewDelivery("headline", Notice("digest.title", "ja"), seeds=("1️⃣",))
    return (
        headline,
        *(
            NewDelivery(f"card:{n}", Notice("digest.title", "ja"), spacing, in_thread, seeds=("👍", "👎"))
            for n in range(1, cards + 1)
        ),
    )


async def enqueued(
    store: Store, *names: object, cards: int = 0, bucket: str = "fake", at: datetime | None = None, **how: float
) -> None:
    """Put a digest into the ledger for each of the channels."""
    for name in names or ("C1",):
        await store.deliveries.enqueue(channel(name), DAY, parts(cards, **how), bucket, at or utc_now())  # type: ignore[arg-type]  # `how` are the arguments of `parts`


async def joined(store: Store, replica: str = "one", lease: timedelta = LEASE) -> str:
    return await store.workers.join(replica, lease)


async def claimed(
    store: Store, owner: str, limit: int = 100, rates: Mapping[str, float] | None = None
) -> tuple[ClaimedDelivery, ...]:
    return await store.deliveries.claim(owner, limit, FAKE, rates or {})


async def states(store: Store, *of: ChannelKey) -> dict[str, DeliveryState]:
    """Return the state of each part, of the given channels or of all; parts must have different names."""
    return {row.part: row.state for row in await rows(store) if not of or row.channel in of}


async def rows(store: Store) -> Sequence[Delivery]:
    """Return all rows of the ledger, in order of insertion."""
    return (await store.deliveries.listed(limit=100_000))[::-1]


async def row(store: Store, part: str = "headline", name: object = "C1") -> Delivery:
    return next(one for one in await rows(store) if (one.part, one.channel) == (part, channel(name)))

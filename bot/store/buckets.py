"""Table of rate-limit buckets, shared by all workers.

Messages leave a bucket one at a time, `1 / rate` seconds apart (generic cell rate algorithm without a burst,
https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm), and none while the platform has asked for a pause.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import tables
from bot.store.statements import chunks, insert, padded

# How far ahead send times are handed out: workers have time to prepare, and a dead one blocks no more than this.
HORIZON = timedelta(seconds=1)
# No send time is sooner than this: it would pass before the claim is committed and the message under way.
LEAD = timedelta(seconds=0.2)
# A bucket booked further ahead than this is skipped, so that send times are handed out in batches.
_ENOUGH = HORIZON / 2
# A later instant was written by a wrong clock, and would stop everybody until then.
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A row of the table. `next_at` is when the next message may leave."""

    key: str
    next_at: datetime
    paused_until: datetime | None = None

    def free_at(self, now: datetime) -> datetime:
        """Return when a message may leave, no earlier than `now`."""
        ends = (self.next_at, self.paused_until or now)
        return max([now, *(end for end in ends if end <= now + LONGEST_PAUSE)])

    def is_busy(self, now: datetime) -> bool:
        """Return whether the bucket is booked so far ahead that claiming from it can wait."""
        return self.free_at(now) > now + _ENOUGH


def rate_of(rates: Mapping[str, float], key: str) -> float | None:
    """Return the rate in messages a second: the bucket's own, otherwise its prefix's up to the first colon, otherwise
    None.
    """
    return rates.get(key) or rates.get(key.partition(":")[0]) or None


def turns(bucket: Bucket, rate: float | None, wanted: int, now: datetime) -> tuple[datetime, ...]:
    """Return send times for up to `wanted` messages, all within the horizon."""
    first = bucket.free_at(now)
    if rate is None:
        return (first,) * wanted if first < now + HORIZON else ()
    first, interval = max(first, now + LEAD), timedelta(seconds=1 / rate)
    times: list[datetime] = []
    while len(times) < wanted and first < now + HORIZON:
        times.append(first)
        first += interval
    return tuple(times)


async def taken(connection: AsyncConnection, now: datetime) -> dict[str, Bucket]:
    """Return the buckets from which no message may leave right now."""
    return {row.key: Bucket(*row) for row in await connection.execute(_TAKEN, {"now": now})}


async def reserve(
    connection: AsyncConnection,
    wanted: Mapping[str, int],
    rates: Mapping[str, float],
    in_use: Mapping[str, Bucket],
    now: datetime,
) -> dict[str, tuple[datetime, ...]]:
    """Reserve send times for messages of each bucket, as many as fit within the horizon.

    Nobody else is given the same times. `in_use` must come from `taken` in the same transaction.
    """
    limited = {key: rate for key in sorted(wanted) if (rate := rate_of(rates, key))}
    buckets = {key: in_use.get(key) or Bucket(key, now) for key in wanted} | await _locked(connection, limited, now)
    times = {key: turns(buckets[key], limited.get(key), count, now) for key, count in wanted.items()}
    used = [
        {"key": key, "next_at": times[key][-1] + timedelta(seconds=1 / rate)}
        for key, rate in limited.items()
        if times[key]
    ]
    if used:
        statement = insert(connection, tables.buckets)
        later = {"next_at": statement.excluded.next_at}
        await connection.execute(
            statement.on_conflict_do_update(index_elements=[tables.buckets.c.key], set_=later), used
        )
    return times


async def pause(connection: AsyncConnection, key: str, until: datetime) -> None:
    """Hold back the bucket's messages until `until`. A longer pause already in force is kept."""
    columns = tables.buckets.c
    statement = insert(connection, tables.buckets).values(key=key, next_at=until, paused_until=until)
    later = case((columns.paused_until > until, columns.paused_until), else_=until)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=[columns.key], set_={"paused_until": later})
    )


async def free_all(connection: AsyncConnection, now: datetime) -> None:
    """Free every bucket. For use after the clock was set back."""
    columns = tables.buckets.c
    ahead = or_(columns.next_at > now, columns.paused_until > now)
    await connection.execute(update(tables.buckets).where(ahead).values(next_at=now, paused_until=None))


async def _locked(connection: AsyncConnection, keys: Collection[str], now: datetime) -> dict[str, Bucket]:
    """Return the buckets locked until the transaction ends, creating missing ones. Locks in key order to avoid
    deadlocks.
    """
    buckets = await _lock(connection, keys)
    missing = [{"key": key, "next_at": now} for key in keys if key not in buckets]
    if missing:
        await connection.execute(insert(connection, tables.buckets).on_conflict_do_nothing(), missing)
        buckets = await _lock(connection, keys)
    return buckets


async def _lock(connection: AsyncConnection, keys: Collection[str]) -> dict[str, Bucket]:
    buckets: dict[str, Bucket] = {}
    for chunk in chunks(sorted(keys)):
        buckets |= {row.key: Bucket(*row) for row in await connection.execute(_LOCK, {"keys": padded(chunk)})}
    return buckets


_NOW = bindparam("now", type_=tables.buckets.c.next_at.type)
# Built once: building a statement costs more than running it.
_TAKEN = select(tables.buckets).where(or_(tables.buckets.c.next_at > _NOW, tables.buckets.c.paused_until > _NOW))
_LOCK = (
    select(tables.buckets)
    .where(tables.buckets.c.key.in_(bindparam("keys", expanding=True)))
    .order_by(tables.buckets.c.key)
    .with_for_update()
)

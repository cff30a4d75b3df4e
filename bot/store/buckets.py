"""The table of buckets: how fast messages leave, shared by all workers.

A bucket's messages leave one by one, `1 / rate` seconds apart (the generic cell rate algorithm without a burst, see
https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm), and none while the platform asked for silence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import tables
from bot.store.statements import chunks, insert, padded

# So far ahead messages get their turn: workers have time to prepare, and a dead one blocks no more than this.
HORIZON = timedelta(seconds=1)
# A turn is not given for sooner: it would be over before the claim is committed and the message on its way.
LEAD = timedelta(seconds=0.2)
# A bucket that is taken for longer than this is left alone, so that turns are given by the handful.
_ENOUGH = HORIZON / 2
# A later instant was written by a clock that was wrong, and would stop everybody until it is right.
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Bucket:
    """What the table says; `next_at` is when the next message may leave."""

    key: str
    next_at: datetime
    paused_until: datetime | None = None

    def free_at(self, now: datetime) -> datetime:
        """When a message may leave, `now` or later."""
        ends = (self.next_at, self.paused_until or now)
        return max([now, *(end for end in ends if end <= now + LONGEST_PAUSE)])

    def is_busy(self, now: datetime) -> bool:
        return self.free_at(now) > now + _ENOUGH


def rate_of(rates: Mapping[str, float], key: str) -> float | None:
    """Messages a second: the bucket's own, else that of what stands before its first colon, else no limit."""
    return rates.get(key) or rates.get(key.partition(":")[0]) or None


def turns(bucket: Bucket, rate: float | None, wanted: int, now: datetime) -> tuple[datetime, ...]:
    """When each of at most so many messages may leave, all of them within the horizon."""
    first = bucket.free_at(now)
    if rate is None:
        return (first,) * wanted if first < now + HORIZON else ()
    first, interval = max(first, now + LEAD), timedelta(seconds=1 / rate)
    given: list[datetime] = []
    while len(given) < wanted and first < now + HORIZON:
        given.append(first)
        first += interval
    return tuple(given)


async def taken(connection: AsyncConnection, now: datetime) -> dict[str, Bucket]:
    """The buckets from which no message may leave at once."""
    return {row.key: Bucket(*row) for row in await connection.execute(_TAKEN, {"now": now})}


async def reserve(
    connection: AsyncConnection,
    wanted: Mapping[str, int],
    rates: Mapping[str, float],
    in_use: Mapping[str, Bucket],
    now: datetime,
) -> dict[str, tuple[datetime, ...]]:
    """Turns for messages of each bucket, as many as there are within the horizon; nobody else gets the same ones.

    `in_use` is what `taken` gave in the same transaction.
    """
    limited = {key: rate for key in sorted(wanted) if (rate := rate_of(rates, key))}
    found = {key: in_use.get(key) or Bucket(key, now) for key in wanted} | await _locked(connection, limited, now)
    given = {key: turns(found[key], limited.get(key), count, now) for key, count in wanted.items()}
    used = [
        {"key": key, "next_at": given[key][-1] + timedelta(seconds=1 / rate)}
        for key, rate in limited.items()
        if given[key]
    ]
    if used:
        statement = insert(connection, tables.buckets)
        later = {"next_at": statement.excluded.next_at}
        await connection.execute(
            statement.on_conflict_do_update(index_elements=[tables.buckets.c.key], set_=later), used
        )
    return given


async def pause(connection: AsyncConnection, key: str, until: datetime) -> None:
    """No message leaves the bucket before that instant; an earlier one ends no longer pause."""
    columns = tables.buckets.c
    statement = insert(connection, tables.buckets).values(key=key, next_at=until, paused_until=until)
    later = case((columns.paused_until > until, columns.paused_until), else_=until)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=[columns.key], set_={"paused_until": later})
    )


async def free_all(connection: AsyncConnection, now: datetime) -> None:
    """No bucket is taken any longer: for after a clock was set back."""
    columns = tables.buckets.c
    ahead = or_(columns.next_at > now, columns.paused_until > now)
    await connection.execute(update(tables.buckets).where(ahead).values(next_at=now, paused_until=None))


async def _locked(connection: AsyncConnection, keys: Collection[str], now: datetime) -> dict[str, Bucket]:
    """The buckets, each made where it is missing, until the transaction ends; locked in the order of the keys."""
    found = await _lock(connection, keys)
    missing = [{"key": key, "next_at": now} for key in keys if key not in found]
    if missing:
        await connection.execute(insert(connection, tables.buckets).on_conflict_do_nothing(), missing)
        found = await _lock(connection, keys)
    return found


async def _lock(connection: AsyncConnection, keys: Collection[str]) -> dict[str, Bucket]:
    found: dict[str, Bucket] = {}
    for chunk in chunks(sorted(keys)):
        found |= {row.key: Bucket(*row) for row in await connection.execute(_LOCK, {"keys": padded(chunk)})}
    return found


_NOW = bindparam("now", type_=tables.buckets.c.next_at.type)
# Built once: making a statement costs more than running it.
_TAKEN = select(tables.buckets).where(or_(tables.buckets.c.next_at > _NOW, tables.buckets.c.paused_until > _NOW))
_LOCK = (
    select(tables.buckets)
    .where(tables.buckets.c.key.in_(bindparam("keys", expanding=True)))
    .order_by(tables.buckets.c.key)
    .with_for_update()
)

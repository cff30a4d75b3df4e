"""The ledger: every message to send, until it is sent, dead, or unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import OPERATORS
from bot.models import ChannelKey, Delivery, DeliveryState, MessageRef, NewDelivery, PaperId, RunState
from bot.store import buckets, tables
from bot.store.claims import HEADLINE, ClaimedDelivery, claim, stored
from bot.store.digests import mark_shown_in
from bot.store.engine import Database
from bot.store.outcomes import FINAL, OPENINGS, Outcome, follow, settle
from bot.store.statements import chunks, insert
from bot.store.tables import deliveries, paper_keys

_C = deliveries.c
_WAITING = or_(_C.due_at.is_not(None), _C.owner.is_not(None))  # due or claimed
_LAST = 2**31 - 1  # of PostgreSQL's INTEGER


class Deliveries:
    """Stored deliveries. Instants are compared on the clock that all workers share."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def enqueue(
        self,
        channel: ChannelKey,
        day: date,
        items: Sequence[NewDelivery],
        bucket: str,
        now: datetime,
        *,
        showing: Collection[PaperId] = (),
    ) -> int:
        """Add the parts of a digest in order, all or none, the first one due at `now`. Returns how many were new.

        Idempotent: a part that the channel already has for that date stays as it is. If anything is new, the papers in
        `showing` are marked as shown in the channel from `now` on, atomically (LookupError for a paper that is not
        stored).
        """

        async def work(connection: AsyncConnection) -> int:
            added = await self.enqueue_in(connection, channel, day, items, bucket, now)
            if added:
                await mark_shown_in(connection, channel, showing, now)
            return added

        return await self._database.run(work)

    async def enqueue_in(
        self,
        connection: AsyncConnection,
        channel: ChannelKey,
        day: date,
        items: Sequence[NewDelivery],
        bucket: str,
        now: datetime,
    ) -> int:
        """Enqueue as `enqueue` does, inside the caller's transaction."""
        if not items:
            return 0
        before = [None, *(item.part for item in items)]
        rows = [_row(item, after, now) for item, after in zip(items, before, strict=False)]
        common = {"channel": channel, "date": day, "platform": channel.platform, "bucket": bucket, "created_at": now}
        statement = insert(connection, deliveries).on_conflict_do_nothing().returning(_C.id)
        added = len((await connection.execute(statement, [common | row for row in rows])).all())
        if 0 < added < len(items):  # what they wait for may be final by now
            parts = await connection.scalars(select(_C.id).where(_C.channel == channel, _C.date == day))
            await follow(connection, parts.all(), now)
        return added

    async def claim(
        self,
        owner: str,
        limit: int,
        platforms: Collection[str],
        rates: Mapping[str, float],
        settled: Sequence[Outcome] = (),
    ) -> tuple[ClaimedDelivery, ...]:
        """Claim up to `limit` due deliveries to these platforms for the owner, longest due first.

        `rates` are messages a second by bucket, or by the bucket's prefix up to the colon; only what may be sent within
        about a second is claimed. Returns nothing if the owner's lease is over. First records `settled` as `settle`
        does, in the same transaction: a commit costs as much as hundreds of rows.
        """

        async def work(connection: AsyncConnection) -> tuple[ClaimedDelivery, ...]:
            now, skew = await self._clock(connection)
            if settled:
                await settle(connection, owner, settled, now)
            return await claim(connection, owner, limit, platforms, rates, now, skew) if limit > 0 else ()

        return await self._database.run(work)

    async def settle(self, owner: str, outcomes: Sequence[Outcome]) -> None:
        """Record the outcomes of deliveries that the owner claimed, all or none.

        Ignores deliveries that are no longer the owner's. Makes due what waited for these, and ends what can no longer
        be sent.
        """
        await self.claim(owner, 0, (), {}, outcomes)

    async def release(self, owner: str, keep: Collection[int]) -> int:
        """Make due again what the owner has claimed, except the deliveries in `keep`. Returns how many there were.

        For claims that were committed although the answer was lost: nobody has started on them.
        """
        # The ids go into the statement: there are no more of them than a worker holds at a time.
        lost = update(deliveries).where(_C.owner == owner, _C.id.not_in(sorted(keep)))

        async def work(connection: AsyncConnection) -> int:
            due = {"state": DeliveryState.DUE, "due_at": await self._database.server_now(connection), "owner": None}
            return (await connection.execute(lost.values(due))).rowcount

        return await self._database.run(work)

    async def next_due(self, platforms: Collection[str]) -> datetime | None:
        """Return when the next delivery to these platforms is due, by this machine's clock, or None if none is
        scheduled.
        """
        query = select(func.min(_C.due_at)).where(_C.due_at.is_not(None), _C.platform.in_(sorted(platforms)))
        async with self._database.reading() as connection:
            due_at: datetime | None = (await connection.execute(query)).scalar_one()
            if due_at is None:
                return None
            _, skew = await self._clock(connection)
            return due_at - skew

    async def any_open(self, platforms: Collection[str]) -> bool:
        """Return whether anything is still to be sent to these platforms."""
        # A waiting part waits for one that is due or claimed, so these two states are enough.
        query = select(_C.id).where(_WAITING, _C.platform.in_(sorted(platforms))).limit(1)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).first() is not None

    async def has(self, channel: ChannelKey, part: str) -> bool:
        """Return whether the channel has a part of that name, on any date."""
        query = select(_C.id).where(_C.channel == channel, _C.part == part).limit(1)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).first() is not None

    async def retry(self, delivery: int) -> bool:
        """Send a dead or unknown delivery again, without looking it up first. Returns False if it is neither.

        Retrying a headline also revives its cards that were never tried. Returns False for a card whose headline was
        not sent, since it has no thread, and for the headline of a digest that was given up, whose papers may have come
        since.
        """

        if not 0 < delivery <= _LAST:
            return False

        async def work(connection: AsyncConnection) -> bool:
            now = await self._database.server_now(connection)
            query = select(deliveries).where(_C.id == delivery, _C.state.in_(_ENDED)).with_for_update()
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                return False
            siblings = (_C.channel == row.channel, _C.date == row.date)
            if row.part in OPENINGS and not await _stands(connection, row.channel, row.date):
                return False
            if row.in_thread:
                above = select(_C.message).where(*siblings, _C.part == (row.thread_of or HEADLINE))
                if (await connection.execute(above)).scalar_one_or_none() is None:
                    return False
            again = {"state": DeliveryState.DUE, "due_at": now} | _FRESH
            await connection.execute(update(deliveries).where(_C.id == delivery).values(again))
            if row.part == HEADLINE:
                untried = (*siblings, _C.after.is_not(None), _C.attempts == 0, _C.state.in_(_ENDED))
                waits = {"state": DeliveryState.WAITING} | _FRESH
                await connection.execute(update(deliveries).where(*untried).values(waits))
            return True

        return await self._database.run(work)

    async def missing(self, channel: ChannelKey, day: date) -> int:
        """Return how many messages of the day's digest were refused although its headline arrived."""
        count = select(func.count()).select_from(deliveries).where(*_refused(channel, day))
        async with self._database.reading() as connection:
            return int((await connection.execute(count)).scalar_one())

    async def revive(self, channel: ChannelKey, day: date) -> int:
        """Send what `missing` counts, in its order, and return how many messages that is.

        None of them was ever taken, so nothing comes twice.
        """

        async def work(connection: AsyncConnection) -> int:
            waits = {"state": DeliveryState.WAITING} | _FRESH
            revived = (
                await connection.execute(update(deliveries).where(*_refused(channel, day)).values(waits))
            ).rowcount
            if revived:
                siblings = await connection.scalars(select(_C.id).where(_C.channel == channel, _C.date == day))
                await follow(connection, siblings.all(), await self._database.server_now(connection))
            return revived

        return await self._database.run(work)

    async def clear_refused_in(self, connection: AsyncConnection, channel: ChannelKey, day: date) -> None:
        """Delete what was refused of a digest that is made again, inside the caller's transaction."""
        parts = or_(_C.part.in_(OPENINGS), _C.part.like("card:%"))
        refused = (_C.channel == channel, _C.date == day, _C.state == DeliveryState.DEAD, parts)
        await connection.execute(delete(deliveries).where(*refused))

    async def hurry(self, beyond: timedelta = timedelta()) -> int:
        """Make deliveries due now that are due later than `beyond` from now. Returns how many there were.

        For use after the clock was set back, which moves near instants far ahead. Frees the buckets too unless `beyond`
        is set.
        """

        async def work(connection: AsyncConnection) -> int:
            now = await self._database.server_now(connection)
            late = update(deliveries).where(_C.due_at > now + beyond).values(due_at=now)
            hurried = (await connection.execute(late)).rowcount
            if not beyond:
                await buckets.free_all(connection, now)
            return hurried

        return await self._database.run(work)

    async def get(self, delivery: int) -> Delivery | None:
        """Return the delivery with that number, or None, also for one beyond the column's range."""
        if not 0 < delivery <= _LAST:
            return None
        rows = await self._load(_query().where(_C.id == delivery))
        return rows[0] if rows else None

    async def listed(
        self,
        state: DeliveryState | None = None,
        channel: ChannelKey | None = None,
        since: datetime | None = None,
        limit: int = 100,
    ) -> tuple[Delivery, ...]:
        """Return the newest deliveries in that state and channel, enqueued at `since` or later."""
        query = _query().order_by(_C.id.desc()).limit(limit)
        if state is not None:
            query = query.where(_C.state == state)
        if channel is not None:
            query = query.where(_C.channel == channel)
        if since is not None:
            query = query.where(_C.created_at >= since)
        return await self._load(query)

    async def counts(self, since: datetime | None = None) -> Counter[DeliveryState]:
        """Return how many deliveries enqueued at `since` or later are in each state."""
        query = select(_C.state, func.count()).group_by(_C.state)
        if since is not None:
            query = query.where(_C.created_at >= since)
        async with self._database.reading() as connection:
            return Counter({row[0]: row[1] for row in await connection.execute(query)})

    async def held(self) -> dict[str, datetime]:
        """Return the buckets in which messages wait for the operator, with the time since when: see `refusals`."""
        since = func.min(_C.first_claimed_at)
        query = select(_C.bucket, since).where(_WAITING, _C.error.in_(OPERATORS)).group_by(_C.bucket)
        async with self._database.reading() as connection:
            return {row[0]: row[1] for row in await connection.execute(query.order_by(_C.bucket))}

    async def refusals(self) -> dict[str, str]:
        """Return the code of what only the operator can help with (`bot.errors.OPERATORS`), by bucket."""
        query = select(_C.bucket, func.min(_C.error)).where(_WAITING, _C.error.in_(OPERATORS)).group_by(_C.bucket)
        async with self._database.reading() as connection:
            return {row[0]: row[1] for row in await connection.execute(query.order_by(_C.bucket))}

    async def by_messages(self, messages: Iterable[MessageRef]) -> dict[MessageRef, Delivery]:
        """Return the delivery behind each message; messages that are not deliveries are left out."""
        by_message: dict[MessageRef, Delivery] = {}
        for chunk in chunks(dict.fromkeys(messages)):
            rows = await self._load(_query().where(_C.message.in_(chunk)))
            by_message |= {row.message: row for row in rows if row.message}
        return by_message

    async def sent_messages(self, channel: ChannelKey, since: datetime) -> tuple[Delivery, ...]:
        """Return what the channel was sent since then, in order. Each delivery has its `message`."""
        sent = _query().where(_C.channel == channel, _C.state == DeliveryState.SENT, _C.settled_at >= since)
        return await self._load(sent.order_by(_C.settled_at, _C.id))

    async def thread_about(self, channel: ChannelKey, paper: PaperId, since: datetime) -> tuple[date, str] | None:
        """Return in which thread the first message about a paper is that the channel was sent since then, or below
        which it would be: the date and name of the part at the thread's top. None if no message is about it alone.
        """
        its_paper = func.coalesce(paper_keys.c.paper, _C.paper, type_=_C.paper.type)
        query = (
            select(_C.date, _C.part, _C.in_thread, _C.thread_of)
            .select_from(deliveries.outerjoin(paper_keys, paper_keys.c.key == _C.paper))
            .where(_C.channel == channel, _C.state == DeliveryState.SENT, _C.settled_at >= since, its_paper == paper)
            .order_by(_C.settled_at, _C.id)
            .limit(1)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return row.date, (row.thread_of or HEADLINE) if row.in_thread else row.part

    async def forget(self, before: date) -> int:
        """Delete final deliveries of earlier dates and return how many. Votes on their messages can no longer be
        attributed.
        """
        old = delete(deliveries).where(_C.date < before, _C.state.in_(FINAL))

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(old)).rowcount

        return await self._database.run(work)

    async def _clock(self, connection: AsyncConnection) -> tuple[datetime, timedelta]:
        """Return the database's time, and how far it is ahead of this machine's clock."""
        now = await self._database.server_now(connection)
        return now, now - self._database.now()

    async def _load(self, query: Select[*tuple[Any, ...]]) -> tuple[Delivery, ...]:
        async with self._database.reading() as connection:
            return tuple(map(_delivery, await connection.execute(query)))


_ENDED = (DeliveryState.DEAD, DeliveryState.UNKNOWN)
_FRESH: dict[str, Any] = {
    "uncertain": False,
    "attempts": 0,
    "first_claimed_at": None,
    "error": None,
    "settled_at": None,
}


async def _stands(connection: AsyncConnection, channel: ChannelKey, day: date) -> bool:
    """Return whether the day's digest may still be sent; if it had failed, it counts as made again."""
    run = (tables.runs.c.channel == channel, tables.runs.c.day == day, tables.runs.c.state == RunState.FAILED)
    failed = (await connection.execute(select(tables.runs.c.papers).where(*run))).one_or_none()
    if failed is None:
        return True
    if failed.papers is None:  # released
        return False
    await connection.execute(update(tables.runs).where(*run).values(state=RunState.DONE, problem=""))
    return True


def _refused(channel: ChannelKey, day: date) -> tuple[ColumnElement[bool], ...]:
    headline = deliveries.alias("headline")
    arrived = select(headline.c.id).where(
        headline.c.channel == channel,
        headline.c.date == day,
        headline.c.part == HEADLINE,
        headline.c.state == DeliveryState.SENT,
    )
    return (
        _C.channel == channel,
        _C.date == day,
        _C.part.like("card:%"),
        _C.state == DeliveryState.DEAD,
        arrived.exists(),
    )


def _row(item: NewDelivery, after: str | None, now: datetime) -> dict[str, Any]:
    return {
        "part": item.part,
        "state": DeliveryState.WAITING if after else DeliveryState.DUE,
        "due_at": None if after else now,
        "after": after,
        "spacing": item.spacing_seconds,
        "in_thread": item.in_thread,
        "thread_of": item.thread_of if item.in_thread and item.thread_of != HEADLINE else None,
        "content": stored(item.content),
        "paper": item.paper,
        "seeds": " ".join(item.seeds),
    }


def _query() -> Select[*tuple[Any, ...]]:
    """Select rows in the shape that `_delivery` reads."""
    # Two papers may have turned out to be one since the message was sent.
    paper = func.coalesce(paper_keys.c.paper, _C.paper, type_=_C.paper.type).label("its_paper")
    return select(
        _C.id, _C.channel, _C.date, _C.part, _C.state, _C.due_at, _C.attempts, _C.message, paper, _C.error,
        _C.created_at, _C.settled_at,
    ).select_from(deliveries.outerjoin(paper_keys, paper_keys.c.key == _C.paper))  # fmt: skip


def _delivery(row: Row[*tuple[Any, ...]]) -> Delivery:
    return Delivery(
        id=row.id,
        channel=row.channel,
        day=row.date,
        part=row.part,
        state=row.state,
        due_at=row.due_at,
        attempts=row.attempts,
        message=row.message,
        paper=row.its_paper,
        error=row.error or "",
        created_at=row.created_at,
        settled_at=row.settled_at,
    )

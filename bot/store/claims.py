"""Claiming deliveries: each due one goes to exactly one owner, with the time at which it may be sent."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import (
    AnswerView,
    Card,
    ChannelKey,
    DeliveryKey,
    DeliveryState,
    Greeting,
    Headline,
    MessageRef,
    News,
    Notice,
    Page,
    PaperView,
    Part,
    Place,
)
from bot.store import tables
from bot.store.buckets import reserve, taken
from bot.store.columns import frozen, plain
from bot.store.statements import padded
from bot.store.tables import deliveries

HEADLINE = "headline"  # the part whose thread may hold the rest of the digest


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery for its owner to send, at `send_at` or later by this machine's clock.

    `uncertain` means that an earlier claim ended without a recorded outcome: the message may already be there, posted
    no earlier than `first_claimed_at`.
    """

    id: int
    channel: ChannelKey
    day: date
    part: str
    text: str  # the content as stored
    thread: MessageRef | None
    bucket: str
    seeds: tuple[str, ...]
    uncertain: bool
    attempts: int  # this one included
    first_claimed_at: datetime
    send_at: datetime
    due_since: datetime
    error: str = ""  # the code of the last trouble

    @property
    def key(self) -> DeliveryKey:
        return DeliveryKey.of(self.channel, self.day, self.part)

    @property
    def place(self) -> Place:
        return Place(self.channel, self.thread)

    def content(self) -> Part:
        """Return what to post. Raises ValueError for content that another version wrote and this one cannot read."""
        kind, _, value = self.text.partition(" ")
        if kind not in _KINDS:
            raise ValueError(f"not a part of a digest: {kind!r}")
        return frozen(json.loads(value), _KINDS[kind])


_KINDS: dict[str, type[Part]] = {
    "headline": Headline,
    "card": Card,
    "notice": Notice,
    "page": Page,
    "answer": AnswerView,
    "sheet": PaperView,  # the name in rows that are already stored
    "greeting": Greeting,
    "news": News,
}


def stored(part: Part) -> str:
    """Return the part as text for the column `content`: its kind, a space and its JSON."""
    kind = next(kind for kind, its_type in _KINDS.items() if isinstance(part, its_type))
    return f"{kind} {json.dumps(plain(part), ensure_ascii=False)}"


async def claim(
    connection: AsyncConnection,
    owner: str,
    limit: int,
    platforms: Collection[str],
    rates: Mapping[str, float],
    now: datetime,
    skew: timedelta,
) -> tuple[ClaimedDelivery, ...]:
    """Claim due deliveries; see `bot.store.deliveries.Deliveries.claim`.

    `now` is the database's time; `skew` is how far it is ahead of this machine's clock.
    """
    in_use = await taken(connection, now)
    busy = [bucket.key for bucket in in_use.values() if bucket.is_busy(now)]
    wanted = {"owner": owner, "now": now, "platforms": sorted(platforms), "busy": padded(sorted(busy)), "limit": limit}
    rows = (await connection.execute(_DUE, wanted)).all()
    if not rows:
        return ()
    turns = await reserve(connection, Counter(row.bucket for row in rows), rates, in_use, now)
    times = {key: iter(instants) for key, instants in turns.items()}
    scheduled = [(row, send_at) for row in rows if (send_at := next(times[row.bucket], None))]
    claimed_by = {"by": owner, "now": now, "ids": padded([row.id for row, _ in scheduled])}
    await connection.execute(_CLAIM, claimed_by)
    return tuple(_claimed(row, send_at - skew, now) for row, send_at in scheduled)


async def give_back(connection: AsyncConnection, lost: ColumnElement[bool], now: datetime) -> int:
    """Make deliveries claimed by lost owners due again, to be looked up before sending. Returns how many there were."""
    owned = and_(deliveries.c.state == DeliveryState.CLAIMED, deliveries.c.owner.is_not(None), lost)
    again = {"state": DeliveryState.DUE, "due_at": now, "owner": None, "uncertain": True}
    return (await connection.execute(update(deliveries).where(owned).values(again))).rowcount


def _claimed(row: Row[*tuple[Any, ...]], send_at: datetime, now: datetime) -> ClaimedDelivery:
    return ClaimedDelivery(
        id=row.id,
        channel=row.channel,
        day=row.date,
        part=row.part,
        text=row.content or "",
        thread=row.thread,
        bucket=row.bucket,
        seeds=tuple(row.seeds.split()),
        uncertain=row.uncertain,
        attempts=row.attempts + 1,
        first_claimed_at=row.first_claimed_at or now,
        due_since=row.due_at,
        error=row.error or "",
        send_at=send_at,
    )


def _due() -> Select[*tuple[Any, ...]]:
    """Select the due rows, longest due first; none for an owner whose lease is over. Skips rows locked by another
    claim.
    """
    columns, above = deliveries.c, deliveries.alias("above")
    below = and_(
        columns.in_thread,
        above.c.channel == columns.channel,
        above.c.date == columns.date,
        above.c.part == func.coalesce(columns.thread_of, HEADLINE),
    )
    living = select(tables.workers.c.owner).where(
        tables.workers.c.owner == bindparam("owner"), tables.workers.c.expires_at > _instant("now")
    )
    return (
        select(
            columns.id,
            columns.channel,
            columns.date,
            columns.part,
            columns.bucket,
            columns.content,
            columns.seeds,
            columns.uncertain,
            columns.attempts,
            columns.first_claimed_at,
            columns.due_at,
            columns.error,
            above.c.message.label("thread"),
        )
        .select_from(deliveries.outerjoin(above, below))
        .where(
            columns.due_at <= _instant("now"),
            columns.platform.in_(bindparam("platforms", expanding=True)),
            columns.bucket.not_in(bindparam("busy", expanding=True)),
            living.exists(),
        )
        .order_by(columns.due_at, columns.id)
        .limit(bindparam("limit"))
        .with_for_update(of=deliveries, skip_locked=True)
    )


def _instant(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=deliveries.c.due_at.type)


# Built once: building a statement costs more than running it.
_DUE = _due()
_CLAIM = (
    update(deliveries)
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=DeliveryState.CLAIMED,
        owner=bindparam("by"),
        due_at=None,
        attempts=deliveries.c.attempts + 1,
        first_claimed_at=func.coalesce(deliveries.c.first_claimed_at, _instant("now")),
    )
)

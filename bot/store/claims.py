"""Claiming deliveries: each due one goes to exactly one owner, with a turn at which it may leave."""

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
    Card,
    ChannelKey,
    DeliveryKey,
    DeliveryState,
    Greeting,
    Headline,
    MessageRef,
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

HEADLINE = "headline"  # the part below which the others of a digest may lie


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery that is its owner's to make, once `send_at` has come.

    `uncertain` means that it was claimed before and nobody wrote down what came of it: it may be there already, posted
    since `first_claimed_at` at the earliest. `send_at` is an instant of this machine's clock.
    """

    id: int
    channel: ChannelKey
    day: date
    part: str
    text: str  # the content as it is stored
    thread: MessageRef | None
    bucket: str
    seeds: tuple[str, ...]
    uncertain: bool
    attempts: int  # this one included
    first_claimed_at: datetime
    send_at: datetime

    @property
    def key(self) -> DeliveryKey:
        return DeliveryKey.of(self.channel, self.day, self.part)

    @property
    def place(self) -> Place:
        return Place(self.channel, self.thread)

    def content(self) -> Part:
        """What to post. Raises ValueError where another version of this program wrote what this one cannot read."""
        kind, _, value = self.text.partition(" ")
        if kind not in _KINDS:
            raise ValueError(f"no part of a digest: {kind!r}")
        return frozen(json.loads(value), _KINDS[kind])


_KINDS: dict[str, type[Part]] = {
    "headline": Headline,
    "card": Card,
    "notice": Notice,
    "page": Page,
    "sheet": PaperView,
    "greeting": Greeting,
}


def stored(part: Part) -> str:
    """How a part looks in the column `content`: its kind and its JSON."""
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
    """See `bot.store.deliveries.Deliveries.claim`. `now` is the database's, `skew` what it is ahead of this machine."""
    in_use = await taken(connection, now)
    busy = [bucket.key for bucket in in_use.values() if bucket.is_busy(now)]
    wanted = {"owner": owner, "now": now, "platforms": sorted(platforms), "busy": padded(sorted(busy)), "limit": limit}
    rows = (await connection.execute(_DUE, wanted)).all()
    if not rows:
        return ()
    turns = await reserve(connection, Counter(row.bucket for row in rows), rates, in_use, now)
    left = {key: iter(instants) for key, instants in turns.items()}
    given = [(row, send_at) for row in rows if (send_at := next(left[row.bucket], None))]
    taken_by = {"by": owner, "now": now, "ids": padded([row.id for row, _ in given])}
    await connection.execute(_CLAIM, taken_by)
    return tuple(_claimed(row, send_at - skew, now) for row, send_at in given)


async def give_back(connection: AsyncConnection, lost: ColumnElement[bool], now: datetime) -> int:
    """Make what those owners had claimed due again, to be looked up first; how many there were."""
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
        send_at=send_at,
    )


def _due() -> Select[*tuple[Any, ...]]:
    """The rows to take, the longest due first; none for an owner whose lease is over. Rows that another transaction
    is about to claim are passed over."""
    columns, headline = deliveries.c, deliveries.alias("headline")
    below = and_(
        columns.in_thread,
        headline.c.channel == columns.channel,
        headline.c.date == columns.date,
        headline.c.part == HEADLINE,
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
            headline.c.message.label("thread"),
        )
        .select_from(deliveries.outerjoin(headline, below))
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


# Built once: making a statement costs more than running it.
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

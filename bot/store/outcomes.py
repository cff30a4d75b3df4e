"""Outcomes of deliveries, and their effect on the rest of the digest and channel."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, case, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import DeliveryState, MessageRef, RunState
from bot.store import tables
from bot.store.buckets import pause
from bot.store.claims import HEADLINE
from bot.store.statements import chunks, padded
from bot.store.tables import deliveries

HEADLINE_DEAD = "platform.headline_dead"
HEADLINE_UNKNOWN = "platform.headline_unknown"
# What a digest begins with, or all of it: without it, nothing of the digest has arrived.
OPENINGS = frozenset({HEADLINE, "page", "notice"})
FINAL = (DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Sent:
    """It was posted; `message` is the platform's reference to it."""

    id: int
    message: MessageRef


@dataclass(frozen=True, slots=True)
class Again:
    """Try again after `seconds`, because of the error with that code ("" for none).

    `uncertain` means that it may have been posted all the same, so it is looked up first. `pause` names a bucket from
    which nothing may be sent until then.
    """

    id: int
    seconds: float
    error: str
    uncertain: bool
    pause: str = ""


@dataclass(frozen=True, slots=True)
class Dead:
    """It will never be accepted. With `whole_channel`, everything waiting for that channel is dead too."""

    id: int
    error: str
    whole_channel: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been posted and there is no way to tell, so it is not sent again automatically."""

    id: int
    error: str


Outcome = Sent | Again | Dead | Unknown

_STATES = {
    Sent: DeliveryState.SENT,
    Again: DeliveryState.DUE,
    Dead: DeliveryState.DEAD,
    Unknown: DeliveryState.UNKNOWN,
}


async def settle(connection: AsyncConnection, owner: str, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Record outcomes; see `bot.store.deliveries.Deliveries.settle`. `now` is the database's time."""
    ordered = sorted(outcomes, key=lambda outcome: outcome.id)  # everybody locks rows in the same order
    await connection.execute(_SETTLE, [_values(outcome, owner, now) for outcome in ordered])
    failed = [outcome.id for outcome in ordered if isinstance(outcome, Dead | Unknown)]
    if failed:
        stopped = [outcome.id for outcome in ordered if isinstance(outcome, Dead) and outcome.whole_channel]
        await _spread(connection, failed, stopped, now)
    await follow(connection, [outcome.id for outcome in ordered if not isinstance(outcome, Again)], now)
    pauses: dict[str, float] = {}
    for outcome in ordered:
        if isinstance(outcome, Again) and outcome.pause:
            pauses[outcome.pause] = max(outcome.seconds, pauses.get(outcome.pause, 0.0))
    for key, seconds in sorted(pauses.items()):
        await pause(connection, key, now + timedelta(seconds=seconds))


async def follow(connection: AsyncConnection, ids: Collection[int], now: datetime) -> None:
    """Make due the deliveries that wait for any of these that are final."""
    due: list[dict[str, Any]] = []
    for chunk in chunks(sorted(ids)):
        rows = await connection.execute(_FOLLOWING, {"ids": padded(chunk)})
        due += ({"row": row.id, "new_due_at": now + timedelta(seconds=row.spacing)} for row in rows)
    if due:
        await connection.execute(_MAKE_DUE, due)


def _following() -> Select[*tuple[Any, ...]]:
    """Select what waits for final deliveries."""
    before, waiting = deliveries.alias("before"), deliveries.alias("waiting")
    return (
        select(waiting.c.id, waiting.c.spacing)
        .where(
            before.c.id.in_(bindparam("ids", expanding=True)),
            before.c.state.in_(FINAL),
            waiting.c.channel == before.c.channel,
            waiting.c.date == before.c.date,
            waiting.c.after == before.c.part,
            waiting.c.state == DeliveryState.WAITING,
        )
        .order_by(waiting.c.id)
        .with_for_update(of=waiting)
    )


def _values(outcome: Outcome, owner: str, now: datetime) -> dict[str, Any]:
    again = isinstance(outcome, Again)
    return {
        "row": outcome.id,
        "by": owner,
        "new_state": _STATES[type(outcome)],
        "new_due_at": now + timedelta(seconds=outcome.seconds) if isinstance(outcome, Again) else None,
        "new_uncertain": outcome.uncertain if isinstance(outcome, Again) else False,
        "new_message": outcome.message if isinstance(outcome, Sent) else None,
        "new_error": None if isinstance(outcome, Sent) else outcome.error or None,
        "new_settled_at": None if again else now,
    }


def _new(name: str, column: str) -> Any:
    return bindparam(name, type_=deliveries.c[column].type)


# Built once: building a statement costs more than running it.
_FOLLOWING = _following()
_SETTLE = (
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("row"),
        deliveries.c.owner == bindparam("by"),
        deliveries.c.state == DeliveryState.CLAIMED,
    )
    .values(
        state=_new("new_state", "state"),
        due_at=_new("new_due_at", "due_at"),
        owner=None,
        uncertain=_new("new_uncertain", "uncertain"),
        message=_new("new_message", "message"),
        error=_new("new_error", "error"),
        settled_at=_new("new_settled_at", "settled_at"),
        # The platform keeps what was sent; a person may retry what was not.
        content=case((_new("new_state", "state") == DeliveryState.SENT, null()), else_=deliveries.c.content),
    )
)
_MAKE_DUE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("row"))
    .values(state=DeliveryState.DUE, due_at=_new("new_due_at", "due_at"))
)


async def _spread(connection: AsyncConnection, failed: Sequence[int], stopped: Sequence[int], now: datetime) -> None:
    """End what can no longer be sent: everything waiting in a stopped channel, and the cards of a failed headline."""
    columns = deliveries.c
    for chunk in chunks(failed):
        query = select(columns.id, columns.channel, columns.date, columns.part, columns.state, columns.error)
        ended = query.where(columns.id.in_(chunk), columns.state.in_((DeliveryState.DEAD, DeliveryState.UNKNOWN)))
        for row in (await connection.execute(ended.order_by(columns.id))).all():
            if row.id in stopped:
                await _end_channel(connection, row, now)
            if row.part == HEADLINE:
                await _end_cards(connection, row, now)
            if row.part in OPENINGS and row.state is DeliveryState.DEAD:
                await _fail_run(connection, row)


async def _fail_run(connection: AsyncConnection, row: Row[*tuple[Any, ...]]) -> None:
    """Note that the day's digest did not arrive, so that `status` says so and `now` makes it again."""
    runs = tables.runs.c
    made = (runs.channel == row.channel, runs.day == row.date, runs.state == RunState.DONE)
    failed = {"state": RunState.FAILED, "problem": row.error or "", "unverified": None, "repair_at": None}
    await connection.execute(update(tables.runs).where(*made).values(failed))


async def _end_channel(connection: AsyncConnection, row: Row[*tuple[Any, ...]], now: datetime) -> None:
    columns = deliveries.c
    opened = columns.state.in_((DeliveryState.WAITING, DeliveryState.DUE))
    # One that may have been sent is not dead.
    state = case((columns.uncertain, DeliveryState.UNKNOWN.value), else_=DeliveryState.DEAD.value)
    ended = {"state": state, "due_at": None, "error": row.error, "settled_at": now}
    stopped = update(deliveries).where(columns.channel == row.channel, opened).values(ended)
    returned = (columns.channel, columns.date, columns.part, columns.state, columns.error)
    for other in (await connection.execute(stopped.returning(*returned))).all():
        if other.part in OPENINGS and other.state is DeliveryState.DEAD:
            await _fail_run(connection, other)


async def _end_cards(connection: AsyncConnection, row: Row[*tuple[Any, ...]], now: datetime) -> None:
    columns = deliveries.c
    cards = (
        columns.channel == row.channel,
        columns.date == row.date,
        columns.state == DeliveryState.WAITING,
    )
    error = HEADLINE_DEAD if row.state is DeliveryState.DEAD else HEADLINE_UNKNOWN
    ended = {"state": row.state, "error": error, "settled_at": now}
    await connection.execute(update(deliveries).where(*cards).values(ended))

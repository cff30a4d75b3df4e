"""Table of runs: the digest of each channel and local date, made once by whoever claims it.

A claim is valid as long as its owner's worker lease. Due times are compared with the caller's instants; only leases use
the database's clock.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import ChannelKey, NewDelivery, PlannedRun, Run, RunState
from bot.store import tables
from bot.store.deliveries import Deliveries
from bot.store.digests import withdraw_in
from bot.store.engine import Database
from bot.store.statements import chunks, insert

RunKey = tuple[ChannelKey, date]
_RUNS = tables.runs.c
_OPEN = (RunState.DUE, RunState.CLAIMED)


@dataclass(frozen=True, slots=True)
class MadeDigest:
    """The result of a run: the number of papers, the messages, and their rate-limit bucket.

    `unverified` are the ranks sent without a summary, `repair_at` is when to look for those again.
    """

    papers: int
    items: Sequence[NewDelivery]
    bucket: str
    unverified: Sequence[int] = ()
    repair_at: datetime | None = None


class RunTable:
    """Stored runs."""

    def __init__(self, database: Database, deliveries: Deliveries) -> None:
        self._database = database
        self._deliveries = deliveries

    async def claim(self, owner: str, now: datetime, limit: int, held: Collection[RunKey] = ()) -> tuple[Run, ...]:
        """Claim runs for the owner to make, the earliest due first.

        Includes runs whose owner's lease is over, and this owner's own that are not in `held`. Gives up runs that are
        too late, as `drop` does. Claims nothing for an owner without a lease.
        """

        async def work(connection: AsyncConnection) -> tuple[Run, ...]:
            server_now = await self._database.server_now(connection)
            free = _free(owner, server_now, held)
            for lost in (await connection.execute(_given_up(free, now))).all():
                await withdraw_in(connection, lost.channel, lost.day, lost.due_at)
            query = (
                select(tables.runs)
                .where(_RUNS.try_at <= now, free, _lives(owner, server_now))
                .order_by(_RUNS.due_at, _RUNS.channel, _RUNS.day)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            rows = (await connection.execute(query)).all()
            taken = {"state": RunState.CLAIMED, "owner": owner, "attempts": _RUNS.attempts + 1, "try_at": now}
            await _change_all(connection, rows, taken)
            return tuple(_run(row, attempts=row.attempts + 1, state=RunState.CLAIMED) for row in rows)

        return await self._database.run(work)

    async def finish(self, owner: str, run: Run, now: datetime, made: MadeDigest) -> bool:
        """Mark the run as done and enqueue its parts, atomically. Returns whether it was still the owner's."""
        done = {
            **_over(RunState.DONE, now),
            "problem": "",
            "papers": made.papers,
            "unverified": tuple(made.unverified) or None,
            "repair_at": made.repair_at if made.unverified else None,
        }

        async def work(connection: AsyncConnection) -> bool:
            if not await _changed(connection, owner, run, done):
                return False
            due_at = await self._database.server_now(connection)
            await self._deliveries.clear_refused_in(connection, run.channel, run.day)
            await self._deliveries.enqueue_in(connection, run.channel, run.day, made.items, made.bucket, due_at)
            return True

        return await self._database.run(work)

    async def put_off(self, owner: str, run: Run, try_at: datetime, problem: str) -> None:
        """Postpone the run to `try_at`, for any owner. `problem` is the code of what went wrong."""
        again = {"state": RunState.DUE, "owner": None, "try_at": try_at, "problem": problem}
        async with self._database.writing() as connection:
            await _changed(connection, owner, run, again)

    async def drop(self, owner: str, run: Run, now: datetime, state: RunState, problem: str) -> None:
        """End the run without a digest, as SKIPPED or FAILED, with the code of the reason.

        Deletes a digest that was saved for it but never sent, so that its papers may come another day.
        """
        async with self._database.writing() as connection:
            if await _changed(connection, owner, run, {**_over(state, now), "problem": problem}):
                await withdraw_in(connection, run.channel, run.day, run.due_at)

    async def release_unsent(self, channel: ChannelKey, before: date) -> None:
        """Forget the channel's digests of earlier dates that never arrived, so that their papers may come now."""
        failed = select(_RUNS.day, _RUNS.due_at).where(
            _RUNS.channel == channel, _RUNS.state == RunState.FAILED, _RUNS.day < before, _RUNS.papers > 0
        )

        async def work(connection: AsyncConnection) -> None:
            for row in (await connection.execute(failed)).all():
                await withdraw_in(connection, channel, row.day, row.due_at)
                released = update(tables.runs).where(*_is(channel, row.day))
                await connection.execute(released.values(papers=None))

        await self._database.run(work)

    async def request(self, channel: ChannelKey, planned: PlannedRun) -> RunState | None:
        """Make a date's run due ahead of time. Returns the state that the run had, or None if there was none.

        A skipped or failed run starts over, and a postponed one stops waiting.
        """
        values = {
            "due_at": planned.due_at,
            "late_after": planned.late_after,
            "state": RunState.DUE,
            "try_at": planned.due_at,
            "attempts": 0,
            "problem": "",
            "finished_at": None,
        }
        # A digest that was made and could not be posted is stored under its own due time.
        again = values | {"due_at": case((_RUNS.papers > 0, _RUNS.due_at), else_=planned.due_at)}
        async with self._database.writing() as connection:
            query = select(_RUNS.state).where(*_is(channel, planned.day)).with_for_update()
            earlier: RunState | None = (await connection.execute(query)).scalar_one_or_none()
            if earlier in (None, RunState.SKIPPED, RunState.FAILED):
                statement = insert(connection, tables.runs).values(channel=channel, day=planned.day, **values)
                await connection.execute(
                    statement.on_conflict_do_update(index_elements=[_RUNS.channel, _RUNS.day], set_=again)
                )
            elif earlier is RunState.DUE:
                waiting = update(tables.runs).where(*_is(channel, planned.day))
                await connection.execute(waiting.values(try_at=planned.due_at))
            return earlier

    async def get(self, channel: ChannelKey, day: date) -> Run | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(select(tables.runs).where(*_is(channel, day)))).one_or_none()
            return _run(row) if row else None

    async def latest(
        self, limit: int, *, channel: ChannelKey | None = None, states: Collection[RunState] = tuple(RunState)
    ) -> tuple[Run, ...]:
        """Return runs in any of the states, of one channel or all, latest date first."""
        query = select(tables.runs).where(_RUNS.state.in_(states))
        if channel:
            query = query.where(_RUNS.channel == channel)
        ordered = query.order_by(_RUNS.day.desc(), _RUNS.due_at.desc(), _RUNS.channel).limit(limit)
        async with self._database.reading() as connection:
            return tuple(map(_run, await connection.execute(ordered)))

    async def last(self) -> dict[ChannelKey, Run]:
        """Return each channel's run of its latest date."""
        newest = select(_RUNS.channel, func.max(_RUNS.day).label("day")).group_by(_RUNS.channel).subquery()
        same = (newest.c.channel == _RUNS.channel) & (newest.c.day == _RUNS.day)
        async with self._database.reading() as connection:
            rows = await connection.execute(select(tables.runs).join(newest, same))
            return {row.channel: _run(row) for row in rows}

    async def counts(self, since: date) -> dict[RunState, int]:
        """Return how many runs since that date are in each state."""
        query = select(_RUNS.state, func.count().label("runs")).where(_RUNS.day >= since).group_by(_RUNS.state)
        async with self._database.reading() as connection:
            return {row.state: row.runs for row in await connection.execute(query)}

    async def take_repairs(self, now: datetime, again_at: datetime, limit: int) -> tuple[Run, ...]:
        """Take runs whose missing summaries are to be looked for. Nobody else gets them before `again_at`."""
        query = (
            select(tables.runs)
            .where(_RUNS.repair_at <= now, _RUNS.state == RunState.DONE)
            .order_by(_RUNS.repair_at, _RUNS.channel, _RUNS.day)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )

        async def work(connection: AsyncConnection) -> tuple[Run, ...]:
            rows = (await connection.execute(query)).all()
            await _change_all(connection, rows, {"repair_at": again_at})
            return tuple(map(_run, rows))

        return await self._database.run(work)

    async def repaired(self, run: Run, unverified: Sequence[int]) -> None:
        """Record which ranks still lack a summary. With none left, the run is not looked at again."""
        columns: dict[str, Any] = {"unverified": tuple(unverified) or None}
        if not unverified:
            columns["repair_at"] = None
        async with self._database.writing() as connection:
            await connection.execute(update(tables.runs).where(*_is(run.channel, run.day)).values(columns))

    async def forget(self, before: date) -> int:
        """Delete finished runs of earlier dates and return how many."""
        async with self._database.writing() as connection:
            old = delete(tables.runs).where(_RUNS.day < before, _RUNS.try_at.is_(None))
            return (await connection.execute(old)).rowcount


async def _change_all(
    connection: AsyncConnection, rows: Sequence[Row[*tuple[Any, ...]]], values: dict[str, Any]
) -> None:
    for chunk in chunks(rows):
        these = tuple_(_RUNS.channel, _RUNS.day).in_([(row.channel, row.day) for row in chunk])
        await connection.execute(update(tables.runs).where(these).values(values))


async def _changed(connection: AsyncConnection, owner: str, run: Run, values: dict[str, Any]) -> bool:
    """Change the run if it is still the owner's, and return whether it was."""
    claimed = update(tables.runs).where(
        *_is(run.channel, run.day), _RUNS.state == RunState.CLAIMED, _RUNS.owner == owner
    )
    return bool((await connection.execute(claimed.values(values))).rowcount)


def _is(channel: ChannelKey, day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _RUNS.channel == channel, _RUNS.day == day


def _lives(owner: str, now: datetime) -> ColumnElement[bool]:
    workers = tables.workers.c
    return select(workers.owner).where(workers.owner == owner, workers.expires_at > now).exists()


def _free(owner: str, now: datetime, held: Collection[RunKey]) -> ColumnElement[bool]:
    """Return the condition that nobody holds the run at the moment."""
    workers = tables.workers.c
    others = select(workers.owner).where(workers.expires_at > now, workers.owner != owner)
    lost: list[ColumnElement[bool]] = [_RUNS.owner.not_in(others)]
    if held:
        lost.append(or_(_RUNS.owner != owner, tuple_(_RUNS.channel, _RUNS.day).not_in(list(held))))
    return or_(_RUNS.state == RunState.DUE, and_(_RUNS.state == RunState.CLAIMED, *lost))


def _given_up(free: ColumnElement[bool], now: datetime) -> Any:
    tried = _RUNS.attempts > 0
    return (
        update(tables.runs)
        .where(_RUNS.try_at.is_not(None), _RUNS.late_after <= now, free)
        .values(
            {
                **_over(RunState.SKIPPED, now),
                "state": case((tried, RunState.FAILED), else_=RunState.SKIPPED),
                "problem": case((_RUNS.problem != "", _RUNS.problem), else_="schedule.missed"),
            }
        )
        .returning(_RUNS.channel, _RUNS.day, _RUNS.due_at)
    )


def _over(state: RunState, now: datetime) -> dict[str, Any]:
    return {"state": state, "owner": None, "try_at": None, "finished_at": now}


def _run(row: Row[*tuple[Any, ...]], *, attempts: int | None = None, state: RunState | None = None) -> Run:
    return Run(
        channel=row.channel,
        day=row.day,
        due_at=row.due_at,
        late_after=row.late_after,
        state=state or row.state,
        attempts=row.attempts if attempts is None else attempts,
        problem=row.problem,
        papers=row.papers,
        unverified=row.unverified or (),
        finished_at=row.finished_at,
    )

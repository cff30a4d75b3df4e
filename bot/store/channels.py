"""Table of channels: where digests go, their settings, and when each is due next."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import Channel, ChannelKey, ChannelState, Plan, RunState
from bot.store import tables
from bot.store.engine import Database
from bot.store.statements import insert
from bot.store.workspaces import in_workspace


class ChannelTable:
    """Stored channels. Settings and votes survive an unsubscription; only removing the workspace deletes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: ChannelKey) -> Channel | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(select(tables.channels).where(tables.channels.c.key == key))).one_or_none()
            return _channel(row) if row else None

    async def listed(self, states: Collection[ChannelState] = tuple(ChannelState)) -> tuple[Channel, ...]:
        """Return the channels in any of the states, ordered by key."""
        columns = tables.channels.c
        query = select(tables.channels).where(columns.state.in_(states)).order_by(columns.key)
        async with self._database.reading() as connection:
            return tuple(map(_channel, await connection.execute(query)))

    async def of_workspace(self, platform: str, workspace: str) -> tuple[Channel, ...]:
        """Return the channels of one workspace, ordered by key."""
        columns = tables.channels.c
        query = select(tables.channels).where(in_workspace(columns.key, platform, workspace)).order_by(columns.key)
        async with self._database.reading() as connection:
            return tuple(map(_channel, await connection.execute(query)))

    async def change(self, key: ChannelKey, edit: Callable[[Channel | None], Channel | None]) -> Channel | None:
        """Apply `edit` to the stored channel and return the channel as it is stored afterwards.

        `edit` receives None if the channel is unknown, and returns None to leave everything unchanged.
        """

        async with self._database.writing() as connection:
            query = select(tables.channels).where(tables.channels.c.key == key).with_for_update()
            row = (await connection.execute(query)).one_or_none()
            earlier = _channel(row) if row else None
            edited = edit(earlier)
            if edited is None or edited == earlier:
                return earlier
            new = {"key": key, "created_at": self._database.now(), **_columns(edited)}
            statement = insert(connection, tables.channels).values(new)
            await connection.execute(
                statement.on_conflict_do_update(index_elements=[tables.channels.c.key], set_=_columns(edited))
            )
            return edited

    async def stop(self, key: ChannelKey, problem: str) -> bool:
        """Stop sending to an active channel until somebody subscribes again. `problem` is the error code that caused
        it.

        Returns False if the channel was not active.
        """
        columns = tables.channels.c
        stopped = {"state": ChannelState.STOPPED, "next_run_at": None, "problem": problem}
        async with self._database.writing() as connection:
            active = update(tables.channels).where(columns.key == key, columns.state == ChannelState.ACTIVE)
            return bool((await connection.execute(active.values(stopped))).rowcount)

    async def advance(
        self, now: datetime, horizon: timedelta, plan: Callable[[Channel, datetime], Plan], limit: int = 500
    ) -> int:
        """Plan the active channels that are due and return how many there were, at most `limit`.

        For each channel, records the runs that `plan` returns (unless already recorded) and its next due time,
        atomically. Also re-plans a channel that is due later than `horizon` from now, as after the clock was set back.
        """
        columns = tables.channels.c
        due = or_(columns.next_run_at <= now, columns.next_run_at > now + horizon)
        query = (
            select(tables.channels)
            .where(columns.state == ChannelState.ACTIVE, due)
            .order_by(columns.key)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )

        async def work(connection: AsyncConnection) -> int:
            channels = [_channel(row) for row in await connection.execute(query)]
            if channels:
                await _note(connection, [(channel, plan(channel, now)) for channel in channels], now)
            return len(channels)

        return await self._database.run(work)

    async def earliest(self) -> datetime | None:
        """Return when the next active channel is due, or None if none is."""
        columns = tables.channels.c
        query = select(func.min(columns.next_run_at)).where(columns.state == ChannelState.ACTIVE)
        async with self._database.reading() as connection:
            earliest: datetime | None = (await connection.execute(query)).scalar_one_or_none()
            return earliest

    async def topics(self) -> tuple[str, ...]:
        """Return every category that an active channel follows, sorted."""
        query = select(tables.channels.c.settings).where(tables.channels.c.state == ChannelState.ACTIVE)
        async with self._database.reading() as connection:
            settings = await connection.scalars(query)
            return tuple(sorted({topic for channel in settings for topic in channel.topics}))


async def _note(connection: AsyncConnection, planned: list[tuple[Channel, Plan]], now: datetime) -> None:
    runs = [
        {
            "channel": channel.key,
            "day": run.day,
            "due_at": run.due_at,
            "late_after": run.late_after,
            "state": RunState.SKIPPED if run.skipped else RunState.DUE,
            "try_at": None if run.skipped else run.due_at,
            "attempts": 0,
            "problem": "schedule.missed" if run.skipped else "",
            "finished_at": now if run.skipped else None,
        }
        for channel, plan in planned
        for run in plan.runs
    ]
    if runs:
        await connection.execute(insert(connection, tables.runs).on_conflict_do_nothing(), runs)
    columns = tables.channels.c
    update_channel = update(tables.channels).where(columns.key == bindparam("planned"))
    next_runs = [{"planned": channel.key, "next_run_at": plan.next_run_at} for channel, plan in planned]
    await connection.execute(update_channel, next_runs)
    stopped = [
        {"planned": channel.key, "state": ChannelState.STOPPED, "problem": plan.problem}
        for channel, plan in planned
        if plan.problem
    ]
    if stopped:
        await connection.execute(update_channel, stopped)


def _channel(row: Row[*tuple[Any, ...]]) -> Channel:
    return Channel(row.key, row.settings, row.state, row.next_run_at, row.subscribed_by, row.problem)


def _columns(channel: Channel) -> dict[str, Any]:
    return {
        "settings": channel.settings,
        "state": channel.state,
        "next_run_at": channel.next_run_at,
        "subscribed_by": channel.subscribed_by,
        "problem": channel.problem,
    }

"""Table of channels: where digests go, their settings, and when each is due next."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StoreError
from bot.models import Channel, ChannelKey, ChannelState, Plan, RunState
from bot.store import tables
from bot.store.engine import Database
from bot.store.sealing import Sealer, is_sealed
from bot.store.statements import insert
from bot.store.workspaces import forget_channel, in_workspace


class ChannelTable:
    """Stored channels. Settings and votes survive an unsubscription; only removing the workspace deletes them.

    The ids of people are sealed once `protect` was called. Without it, as in commands that need no secret, sealed ids
    are handed out and stored as they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sealer: Sealer | None = None

    def open_with(self, sealer: Sealer) -> None:
        """Read sealed ids and names from now on, and change nothing that is stored."""
        self._sealer = sealer

    async def protect(self, sealer: Sealer) -> int:
        """Seal the ids of people from now on, and those that are stored in clear. Returns in how many channels."""
        self._sealer = sealer
        columns = tables.channels.c
        async with self._database.writing() as connection:
            rows = (await connection.execute(select(tables.channels).with_for_update())).all()
            clear = [
                row
                for row in rows
                if not all(map(is_sealed, filter(None, (row.subscribed_by, *row.settings.managers))))
            ]
            for row in clear:
                sealed = self._columns(self._channel(row))
                await connection.execute(update(tables.channels).where(columns.key == row.key).values(sealed))
        return len(clear)

    async def forget_person(
        self, platform: str, user: str, personal: Callable[[ChannelKey], bool], place: ChannelKey | None
    ) -> tuple[int, int]:
        """Delete a person's id wherever it is, what was written to them at `place`, and their personal channels whole.

        Returns the number of channels that named the person, and of personal ones that are gone.
        """
        named = gone = 0
        columns = tables.channels.c
        async with self._database.writing() as connection:
            for row in (await connection.execute(select(tables.channels).with_for_update())).all():
                channel = self._channel(row)
                managers = channel.settings.managers
                if channel.key.platform != platform or user not in (channel.subscribed_by, *managers):
                    continue
                if personal(channel.key) and channel.subscribed_by == user:
                    await forget_channel(connection, channel.key)
                    gone += 1
                    continue
                settings = replace(channel.settings, managers=tuple(one for one in managers if one != user))
                by = "" if channel.subscribed_by == user else channel.subscribed_by
                values = self._columns(replace(channel, settings=settings, subscribed_by=by))
                await connection.execute(update(tables.channels).where(columns.key == channel.key).values(values))
                named += 1
            if place is not None:
                await forget_channel(connection, place)
        return named, gone

    async def get(self, key: ChannelKey) -> Channel | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(select(tables.channels).where(tables.channels.c.key == key))).one_or_none()
            return self._channel(row) if row else None

    async def listed(self, states: Collection[ChannelState] = tuple(ChannelState)) -> tuple[Channel, ...]:
        """Return the channels in any of the states, ordered by key."""
        columns = tables.channels.c
        query = select(tables.channels).where(columns.state.in_(states)).order_by(columns.key)
        async with self._database.reading() as connection:
            return tuple(map(self._channel, await connection.execute(query)))

    async def of_workspace(self, platform: str, workspace: str) -> tuple[Channel, ...]:
        """Return the channels of one workspace, ordered by key."""
        columns = tables.channels.c
        query = select(tables.channels).where(in_workspace(columns.key, platform, workspace)).order_by(columns.key)
        async with self._database.reading() as connection:
            return tuple(map(self._channel, await connection.execute(query)))

    async def change(self, key: ChannelKey, edit: Callable[[Channel | None], Channel | None]) -> Channel | None:
        """Apply `edit` to the stored channel and return the channel as it is stored afterwards.

        `edit` receives None if the channel is unknown, and returns None to leave everything unchanged.
        """

        async with self._database.writing() as connection:
            query = select(tables.channels).where(tables.channels.c.key == key).with_for_update()
            row = (await connection.execute(query)).one_or_none()
            earlier = self._channel(row) if row else None
            edited = edit(earlier)
            if edited is None or edited == earlier:
                return earlier
            new = {"key": key, "created_at": self._database.now(), **self._columns(edited)}
            statement = insert(connection, tables.channels).values(new)
            await connection.execute(
                statement.on_conflict_do_update(index_elements=[tables.channels.c.key], set_=self._columns(edited))
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
            channels = [self._channel(row) for row in await connection.execute(query)]
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

    async def nameless(self, before: datetime, limit: int) -> tuple[ChannelKey, ...]:
        """Return active channels whose name was last asked for before the instant, or never; these come first."""
        columns = tables.channels.c
        due = or_(columns.named_at.is_(None), columns.named_at < before)
        oldest = (columns.named_at.is_not(None), columns.named_at, columns.key)
        query = select(columns.key).where(columns.state == ChannelState.ACTIVE, due).order_by(*oldest).limit(limit)
        async with self._database.reading() as connection:
            return tuple(await connection.scalars(query))

    async def name(self, key: ChannelKey, name: str | None, *, personal: bool) -> None:
        """Note what a channel is called now, or with None only that this was asked for; an earlier name stays then.

        The name of a `personal` channel is a person's: it is sealed, and left out without `protect`.
        """
        columns = tables.channels.c
        values: dict[str, Any] = {"named_at": self._database.now()}
        if name is not None and (self._sealer or not personal):
            values["name"] = self._sealer.seal(name) if self._sealer and personal else name
        async with self._database.writing() as connection:
            await connection.execute(update(tables.channels).where(columns.key == key).values(values))

    async def title(self, key: ChannelKey) -> str:
        """Return what to call a channel in the log: its name and key, without the name of a person.

        Where the database does not answer, it is the key.
        """
        query = select(tables.channels.c.name).where(tables.channels.c.key == key)
        name = ""
        with suppress(StoreError):
            async with self._database.reading() as connection:
                name = await connection.scalar(query) or ""
        return Channel(key, name="" if is_sealed(name) else name).title

    async def topics(self) -> tuple[str, ...]:
        """Return every category that an active channel follows, sorted."""
        query = select(tables.channels.c.settings).where(tables.channels.c.state == ChannelState.ACTIVE)
        async with self._database.reading() as connection:
            settings = await connection.scalars(query)
            return tuple(sorted({topic for channel in settings for topic in channel.topics}))

    def _channel(self, row: Row[*tuple[Any, ...]]) -> Channel:
        opened = self._sealer.open if self._sealer else _unchanged
        settings = row.settings
        if settings.managers:
            settings = replace(settings, managers=tuple(filter(None, map(opened, settings.managers))))
        name = opened(row.name or "")
        return Channel(
            row.key,
            settings,
            row.state,
            row.next_run_at,
            opened(row.subscribed_by),
            row.problem,
            "" if is_sealed(name) else name,
        )

    def _columns(self, channel: Channel) -> dict[str, Any]:
        seal = self._sealer.seal if self._sealer else _unchanged
        settings = channel.settings
        if settings.managers:
            settings = replace(settings, managers=tuple(map(seal, settings.managers)))
        return {
            "settings": settings,
            "state": channel.state,
            "next_run_at": channel.next_run_at,
            "subscribed_by": seal(channel.subscribed_by),
            "problem": channel.problem,
        }


def _unchanged(text: str) -> str:
    return text


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

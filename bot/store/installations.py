"""Tables of installations: which workspace installed the app with which tokens, and which installs are under way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from bot.store import tables
from bot.store.engine import Database
from bot.store.statements import insert

_INSTALLATIONS = tables.installations.c
_STATES = tables.oauth_states.c


class InstallationTable:
    """Stored installations. Records are passed in and out encrypted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, platform: str, workspace: str, record: bytes, at: datetime) -> None:
        """Store a workspace's record, replacing an earlier one."""
        new = {"record": record, "at": at}
        async with self._database.writing() as connection:
            statement = insert(connection, tables.installations).values(platform=platform, workspace=workspace, **new)
            keys = [_INSTALLATIONS.platform, _INSTALLATIONS.workspace]
            await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=new))

    async def get(self, platform: str, workspace: str) -> bytes | None:
        query = select(_INSTALLATIONS.record).where(
            _INSTALLATIONS.platform == platform, _INSTALLATIONS.workspace == workspace
        )
        async with self._database.reading() as connection:
            record: bytes | None = (await connection.execute(query)).scalar_one_or_none()
            return record

    async def workspaces(self, platform: str) -> tuple[str, ...]:
        """Return the workspaces that have a record, sorted."""
        query = select(_INSTALLATIONS.workspace).where(_INSTALLATIONS.platform == platform)
        async with self._database.reading() as connection:
            return tuple(sorted(await connection.scalars(query)))

    async def add_state(self, state: str, now: datetime, expires_at: datetime) -> None:
        """Store an OAuth state until it expires, and delete expired ones."""
        async with self._database.writing() as connection:
            await connection.execute(delete(tables.oauth_states).where(_STATES.expires_at <= now))
            await connection.execute(tables.oauth_states.insert().values(state=state, expires_at=expires_at))

    async def use_state(self, state: str, now: datetime) -> bool:
        """Return whether the state is valid at `now`, and consume it."""
        valid = delete(tables.oauth_states).where(_STATES.state == state, _STATES.expires_at > now)
        async with self._database.writing() as connection:
            return bool((await connection.execute(valid)).rowcount)

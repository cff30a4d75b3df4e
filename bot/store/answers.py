"""Table of answers to questions: each claimed before anybody pays for it, and kept for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import Answer
from bot.store import tables
from bot.store.engine import Database
from bot.store.statements import insert

_ANSWERS = tables.answers.c


@dataclass(frozen=True, slots=True)
class ToMake:
    """The caller is to make the answer, by `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer exists."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class InTheMaking:
    """Somebody else is making it, and has until `until`."""

    until: datetime


class AnswerTable:
    """Answers by key, on the clock that all processes share."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> Answer | None:
        """Return the answer, if it exists and has not expired."""
        async with self._database.reading() as connection:
            now = await self._database.server_now(connection)
            query = select(_ANSWERS.answer).where(
                _ANSWERS.key == key, _ANSWERS.owner.is_(None), _ANSWERS.expires_at > now
            )
            return (await connection.execute(query)).scalar_one_or_none()

    async def claim(self, key: str, owner: str, lease: timedelta) -> ToMake | Kept | InTheMaking:
        """Ask for the right to make an answer. Exactly one caller gets it, until its lease expires."""

        async def work(connection: AsyncConnection) -> ToMake | Kept | InTheMaking:
            now = await self._database.server_now(connection)
            claimed = {"owner": owner, "answer": None, "expires_at": now + lease}
            statement = insert(connection, tables.answers).values(key=key, **claimed)
            # One statement decides: of those that come at once, the others find the first one's row.
            taken = statement.on_conflict_do_update(
                index_elements=[_ANSWERS.key], set_=claimed, where=_ANSWERS.expires_at <= now
            )
            if (await connection.execute(taken.returning(_ANSWERS.key))).first() is not None:
                return ToMake(now + lease)
            row = (await connection.execute(select(tables.answers).where(_ANSWERS.key == key))).one_or_none()
            if row is None or row.owner is not None:  # None: given back just now
                return InTheMaking(now if row is None else row.expires_at)
            return Kept(row.answer)

        return await self._database.run(work)

    async def renew(self, key: str, owner: str, lease: timedelta) -> bool:
        """Extend a claim to `lease` from now. Returns False if it is no longer the owner's."""

        async def work(connection: AsyncConnection) -> bool:
            until = await self._database.server_now(connection) + lease
            held = update(tables.answers).where(_claimed_by(key, owner)).values(expires_at=until)
            return bool((await connection.execute(held)).rowcount)

        return await self._database.run(work)

    async def put(self, key: str, owner: str, answer: Answer, keep: timedelta) -> bool:
        """Store the answer that the owner claimed, for `keep`. Returns False as `renew` does."""

        async def work(connection: AsyncConnection) -> bool:
            made = {"owner": None, "answer": answer, "expires_at": await self._database.server_now(connection) + keep}
            held = update(tables.answers).where(_claimed_by(key, owner)).values(**made)
            return bool((await connection.execute(held)).rowcount)

        return await self._database.run(work)

    async def release(self, key: str, owner: str) -> bool:
        """Give a claim back, so that anybody may try at once. Returns False as `renew` does."""

        async def work(connection: AsyncConnection) -> bool:
            return bool((await connection.execute(delete(tables.answers).where(_claimed_by(key, owner)))).rowcount)

        return await self._database.run(work)

    async def forget_expired(self) -> int:
        """Delete expired answers and claims, and return how many."""

        async def work(connection: AsyncConnection) -> int:
            now = await self._database.server_now(connection)
            return (await connection.execute(delete(tables.answers).where(_ANSWERS.expires_at <= now))).rowcount

        return await self._database.run(work)


def _claimed_by(key: str, owner: str) -> ColumnElement[bool]:
    return and_(_ANSWERS.key == key, _ANSWERS.owner == owner)

"""Table of conversations about papers: each question with its answer, for a few days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, Select, delete, select, update

from bot.models import Answer, ChannelKey, MessageRef, PaperId
from bot.store import tables
from bot.store.engine import Database
from bot.store.tables import TurnState

_TURNS = tables.turns.c


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A question. `asker` is a pseudonym; `message` shows the answer to everybody, None if no message does.

    `language` is that of the answer. While the paper is to be picked, `papers` are those that are certain.
    """

    id: str
    conversation: str
    platform: str
    channel: ChannelKey | None
    asker: str
    question: str
    papers: tuple[PaperId, ...]
    language: str
    asked_at: datetime
    state: TurnState = TurnState.RUNNING
    answer: Answer | None = None
    message: MessageRef | None = None


class TurnTable:
    """Questions by conversation. A question that is being answered belongs to a process, which says that it lives."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, turn: StoredTurn, alive: timedelta) -> None:
        """Add a question; one to be answered counts as abandoned after `alive`, unless renewed."""

        async with self._database.writing() as connection:
            until = await self._database.server_now(connection) + alive if turn.state is TurnState.RUNNING else None
            values = {**{name: getattr(turn, name) for name in _NAMES}, "alive_until": until}
            await connection.execute(tables.turns.insert().values(**values))

    async def renew(self, turn: str, alive: timedelta) -> None:
        """Count a question that is being answered as abandoned only after `alive` from now."""
        async with self._database.writing() as connection:
            until = await self._database.server_now(connection) + alive
            await connection.execute(update(tables.turns).where(_running(turn)).values(alive_until=until))

    async def finish(self, turn: str, state: TurnState, answer: Answer | None) -> None:
        """Record how a question ended. One that was cancelled stays so."""
        ended = {"state": state, "answer": answer, "alive_until": None}
        async with self._database.writing() as connection:
            await connection.execute(update(tables.turns).where(_running(turn)).values(**ended))
            if answer is not None:
                rest = (_TURNS.id == turn, _TURNS.state == TurnState.CANCELLED, _TURNS.answer.is_(None))
                await connection.execute(update(tables.turns).where(*rest).values(answer=answer))

    async def cancel(self, turn: str) -> bool:
        """Mark a question as cancelled. Returns False if it is no longer being answered."""
        async with self._database.writing() as connection:
            ended = update(tables.turns).where(_running(turn)).values(state=TurnState.CANCELLED, alive_until=None)
            return bool((await connection.execute(ended)).rowcount)

    async def shown(self, turn: str, message: MessageRef) -> None:
        """Record the message that shows the answer."""
        async with self._database.writing() as connection:
            await connection.execute(update(tables.turns).where(_TURNS.id == turn).values(message=message))

    async def get(self, turn: str) -> StoredTurn | None:
        return await self._one(_query().where(_TURNS.id == turn))

    async def state(self, turn: str) -> TurnState | None:
        """Return a question's state, None if it was forgotten meanwhile."""
        async with self._database.reading() as connection:
            query = select(_TURNS.state).where(_TURNS.id == turn)
            return (await connection.execute(query)).scalar_one_or_none()

    async def showing(self, message: MessageRef) -> StoredTurn | None:
        """Return the question whose answer stands in the message."""
        return await self._one(_query().where(_TURNS.message == message).order_by(_TURNS.asked_at.desc()))

    async def latest(self, conversation: str, since: datetime, limit: int) -> tuple[StoredTurn, ...]:
        """Return the last questions of a conversation asked since then, oldest first."""
        query = _query().where(_TURNS.conversation == conversation, _TURNS.asked_at >= since)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(_TURNS.asked_at.desc(), _TURNS.id).limit(limit))).all()
        return tuple(_turn(row) for row in reversed(rows))

    async def abandoned(self, platform: str, since: datetime) -> tuple[StoredTurn, ...]:
        """Take the platform's questions whose process has died while answering, asked since then, oldest first.

        Each is given to one caller only, and counts as without an answer from now on.
        """

        async with self._database.writing() as connection:
            now = await self._database.server_now(connection)
            dead = (_TURNS.platform == platform, _TURNS.state == TurnState.RUNNING, _TURNS.alive_until < now)
            rows = (await connection.execute(_query().where(*dead).order_by(_TURNS.asked_at))).all()
            failed = {"state": TurnState.FAILED, "alive_until": None}
            await connection.execute(update(tables.turns).where(*dead).values(**failed))
        return tuple(_turn(row) for row in rows if row.asked_at >= since)

    async def forget_asker(self, asker: str) -> int:
        """Delete a person's questions with their answers, and return how many."""
        return await self._delete(_TURNS.asker == asker)

    async def forget(self, before: datetime) -> int:
        """Delete older questions, and return how many."""
        return await self._delete(_TURNS.asked_at < before)

    async def _delete(self, condition: ColumnElement[bool]) -> int:
        async with self._database.writing() as connection:
            return (await connection.execute(delete(tables.turns).where(condition))).rowcount

    async def _one(self, query: Select[*tuple[object, ...]]) -> StoredTurn | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(query.limit(1))).one_or_none()
        return _turn(row) if row else None


_NAMES: Sequence[str] = tuple(StoredTurn.__dataclass_fields__)


def _running(turn: str) -> ColumnElement[bool]:
    return (_TURNS.id == turn) & (_TURNS.state == TurnState.RUNNING)


def _query() -> Select[*tuple[object, ...]]:
    return select(*(_TURNS[name] for name in _NAMES))


def _turn(row: Row[*tuple[object, ...]]) -> StoredTurn:
    return StoredTurn(**row._asdict())

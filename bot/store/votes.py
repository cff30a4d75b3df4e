"""The table of votes: the newest word about each emoji of a person on a message."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, distinct, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import ChannelKey, MessageRef, PaperId
from bot.store import tables
from bot.store.engine import Database
from bot.store.statements import chunks, insert, stored_ids

_VOTES = tables.votes.c


@dataclass(frozen=True, slots=True)
class StoredVote:
    """An emoji of one person on one message, which is about that paper. `voter` is no platform's id; `at` in UTC."""

    message: MessageRef
    voter: str
    emoji: str
    channel: ChannelKey
    paper: PaperId
    present: bool
    at: datetime

    @property
    def key(self) -> tuple[str, str, str]:
        return str(self.message), self.voter, self.emoji

    def is_newer_than(self, other: StoredVote) -> bool:
        """The later instant counts; of two at the same instant, the removal."""
        return (self.at, not self.present) > (other.at, not other.present)


@dataclass(frozen=True, slots=True)
class VoteCounts:
    """Emoji that count, the people who put them there, and the papers that they are about."""

    votes: int
    voters: int
    papers: int


class VoteTable:
    """What is stored of votes; papers named here have been saved before, votes for others are dropped."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, votes: Iterable[StoredVote]) -> int:
        """Store those that are newer than what is there; how many were looked at.

        The order does not matter, nor does it matter how often one comes. What a person who was forgotten did before
        is dropped.
        """
        newest: dict[tuple[str, str, str], StoredVote] = {}
        for vote in votes:
            known = newest.get(vote.key)
            if known is None or vote.is_newer_than(known):
                newest[vote.key] = vote
        # Rows are locked in one order by everybody.
        ordered = [newest[key] for key in sorted(newest)]
        if not ordered:
            return 0

        async def work(connection: AsyncConnection) -> int:
            owners = await stored_ids(connection, {vote.paper for vote in ordered})
            forgotten = await _forgotten(connection, {vote.voter for vote in ordered})
            rows = [
                _row(vote, owners[vote.paper])
                for vote in ordered
                if vote.paper in owners and (vote.voter not in forgotten or vote.at > forgotten[vote.voter])
            ]
            if rows:
                statement = insert(connection, tables.votes)
                new = statement.excluded
                later = or_(new.at > _VOTES.at, and_(new.at == _VOTES.at, ~new.present))
                await connection.execute(
                    statement.on_conflict_do_update(
                        index_elements=[_VOTES.message, _VOTES.voter, _VOTES.emoji],
                        set_={"present": new.present, "at": new.at},
                        where=later,
                    ),
                    rows,
                )
            return len(rows)

        return await self._database.run(work)

    async def on_message(self, message: MessageRef) -> tuple[StoredVote, ...]:
        """Every row of the message, removals included."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(*_COLUMNS).where(_VOTES.message == message))
            return tuple(StoredVote(*row) for row in rows)

    async def present(self, channel: ChannelKey, since: datetime) -> tuple[StoredVote, ...]:
        """What stands in a channel and was cast after `since`, the oldest first."""
        query = select(*_COLUMNS).where(_VOTES.channel == channel, _VOTES.present, _VOTES.at > since)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(_VOTES.at, _VOTES.message, _VOTES.voter, _VOTES.emoji))
            return tuple(StoredVote(*row) for row in rows)

    async def counted(self, since: datetime, channel: ChannelKey | None = None) -> VoteCounts:
        """How many votes stand that were cast after `since`, in one channel or in all."""
        query = select(func.count(), func.count(distinct(_VOTES.voter)), func.count(distinct(_VOTES.paper))).where(
            _VOTES.present, _VOTES.at > since
        )
        if channel is not None:
            query = query.where(_VOTES.channel == channel)
        async with self._database.reading() as connection:
            return VoteCounts(*(await connection.execute(query)).one())

    async def forgotten(self, voters: Collection[str]) -> frozenset[str]:
        """Those of the voters who asked to be forgotten."""
        async with self._database.reading() as connection:
            return frozenset(await _forgotten(connection, voters))

    async def forget_voter(self, voter: str, at: datetime) -> int:
        """Delete everything of one voter, and let nothing of before `at` come back; how many rows there were."""
        async with self._database.writing() as connection:
            gone = await connection.execute(delete(tables.votes).where(_VOTES.voter == voter))
            statement = insert(connection, tables.forgotten).values(voter=voter, at=at)
            await connection.execute(
                statement.on_conflict_do_update(index_elements=[tables.forgotten.c.voter], set_={"at": at})
            )
            return gone.rowcount

    async def forget(self, before: datetime) -> int:
        """Delete what is older, removals and forgotten voters included; how many votes there were."""
        async with self._database.writing() as connection:
            gone = await connection.execute(delete(tables.votes).where(_VOTES.at < before))
            await connection.execute(delete(tables.forgotten).where(tables.forgotten.c.at < before))
            return gone.rowcount


_COLUMNS = (
    _VOTES.message, _VOTES.voter, _VOTES.emoji, _VOTES.channel, _VOTES.paper, _VOTES.present, _VOTES.at,
)  # fmt: skip


def _row(vote: StoredVote, paper: PaperId) -> dict[str, object]:
    return {
        "message": vote.message,
        "voter": vote.voter,
        "emoji": vote.emoji,
        "channel": vote.channel,
        "paper": paper,
        "present": vote.present,
        "at": vote.at,
    }


async def _forgotten(connection: AsyncConnection, voters: Collection[str]) -> dict[str, datetime]:
    columns = tables.forgotten.c
    found: dict[str, datetime] = {}
    for chunk in chunks(sorted(voters)):
        query = select(columns.voter, columns.at).where(columns.voter.in_(chunk))
        found |= {row.voter: row.at for row in await connection.execute(query)}
    return found

"""Table of votes: the latest state of each person's emoji on a message."""

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
    """One person's emoji on one message about a paper. `voter` is not the platform's id; `at` is in UTC."""

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
        """Return whether this vote supersedes the other: it is later, or a removal at the same instant."""
        return (self.at, not self.present) > (other.at, not other.present)


@dataclass(frozen=True, slots=True)
class VoteCounts:
    """Numbers of standing votes, of the people who cast them, and of the papers they are on."""

    votes: int
    voters: int
    papers: int


class VoteTable:
    """Stored votes. Votes for papers that were never saved are dropped."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, votes: Iterable[StoredVote]) -> int:
        """Store the votes that are newer than the stored ones. Returns how many were considered.

        Order and duplicates do not matter. Votes that a forgotten person cast before asking are dropped.
        """
        newest: dict[tuple[str, str, str], StoredVote] = {}
        for vote in votes:
            other = newest.get(vote.key)
            if other is None or vote.is_newer_than(other):
                newest[vote.key] = vote
        # Everybody locks rows in the same order.
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
        """Return every row of the message, including removals."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(*_COLUMNS).where(_VOTES.message == message))
            return tuple(StoredVote(*row) for row in rows)

    async def present(self, channel: ChannelKey, since: datetime) -> tuple[StoredVote, ...]:
        """Return the channel's standing votes cast after `since`, oldest first."""
        query = select(*_COLUMNS).where(_VOTES.channel == channel, _VOTES.present, _VOTES.at > since)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(_VOTES.at, _VOTES.message, _VOTES.voter, _VOTES.emoji))
            return tuple(StoredVote(*row) for row in rows)

    async def counted(self, since: datetime, channel: ChannelKey | None = None) -> VoteCounts:
        """Return the number of standing votes cast after `since`, in one channel or all."""
        query = select(func.count(), func.count(distinct(_VOTES.voter)), func.count(distinct(_VOTES.paper))).where(
            _VOTES.present, _VOTES.at > since
        )
        if channel is not None:
            query = query.where(_VOTES.channel == channel)
        async with self._database.reading() as connection:
            return VoteCounts(*(await connection.execute(query)).one())

    async def forgotten(self, voters: Collection[str]) -> frozenset[str]:
        """Return which of the voters asked to be forgotten."""
        async with self._database.reading() as connection:
            return frozenset(await _forgotten(connection, voters))

    async def forget_voter(self, voter: str, at: datetime) -> int:
        """Delete all of a voter's votes, and let none from before `at` come back.

        Returns how many were standing: rows of votes that were taken back are deleted too, but count for nobody.
        """
        async with self._database.writing() as connection:
            standing = select(func.count()).where(_VOTES.voter == voter, _VOTES.present)
            count = (await connection.execute(standing)).scalar_one()
            await connection.execute(delete(tables.votes).where(_VOTES.voter == voter))
            statement = insert(connection, tables.forgotten).values(voter=voter, at=at)
            await connection.execute(
                statement.on_conflict_do_update(index_elements=[tables.forgotten.c.voter], set_={"at": at})
            )
            return int(count)

    async def forget(self, before: datetime) -> int:
        """Delete older votes, removals and forgotten voters included. Returns how many votes were deleted."""
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
    instants: dict[str, datetime] = {}
    for chunk in chunks(sorted(voters)):
        query = select(columns.voter, columns.at).where(columns.voter.in_(chunk))
        instants |= {row.voter: row.at for row in await connection.execute(query)}
    return instants

"""Table of summaries: one for each (paper, language, style), claimed before anybody pays for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, select, update

from bot.models import Failure, Paper, PaperId, Style, Summary
from bot.store import tables
from bot.store.columns import clean
from bot.store.engine import Database
from bot.store.indexing import index
from bot.store.papers import load_papers
from bot.store.statements import chunks, insert, stored_id, stored_ids
from bot.store.tables import SummaryState


@dataclass(frozen=True, slots=True)
class Claimed:
    """The caller is to write the summary, by `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """The summary exists."""

    summary: Summary


@dataclass(frozen=True, slots=True)
class Busy:
    """Somebody else is writing it, and has until `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """It could not be written. Not to be retried before `retry_at`, or ever automatically if that is None."""

    failure: Failure
    retry_at: datetime | None


Claim = Claimed | Done | Busy | Failed

_BLANK: dict[str, Any] = {
    "owner": None,
    "claimed_until": None,
    "model": None,
    "origin": None,
    "headline": None,
    "text": None,
    "sections": None,
    "failure": None,
    "retry_at": None,
}


class SummaryTable:
    """Stored summaries. Papers must have been saved before (LookupError)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, ids: Iterable[PaperId], language: str, style: Style) -> dict[PaperId, Summary]:
        """Return the papers' finished summaries, keyed by the ids asked for."""
        columns = tables.summaries.c
        summaries: dict[PaperId, Summary] = {}
        async with self._database.reading() as connection:
            owners = await stored_ids(connection, ids)
            for chunk in chunks(dict.fromkeys(owners.values())):
                query = select(tables.summaries).where(
                    columns.paper.in_(chunk),
                    columns.language == language,
                    columns.style == style,
                    columns.state == SummaryState.DONE,
                )
                summaries |= {row.paper: _summary(row) for row in await connection.execute(query)}
        return {asked: summaries[owner] for asked, owner in owners.items() if owner in summaries}

    async def failures(self) -> dict[str, int]:
        """Return how many summaries failed, by the code of the reason, the most frequent first."""
        columns = tables.summaries.c
        query = select(columns.failure).where(columns.state == SummaryState.FAILED)
        async with self._database.reading() as connection:
            counted = Counter(failure.code for failure in await connection.scalars(query) if failure)
        return dict(counted.most_common())

    async def with_paper(self, key: str, language: str, style: Style) -> tuple[Paper, Summary | None] | None:
        """Return the paper behind a key with its finished summary, if any, in a single transaction. None if unknown."""
        columns = tables.summaries.c
        its = and_(
            columns.paper == tables.paper_keys.c.paper,
            columns.language == language,
            columns.style == style,
            columns.state == SummaryState.DONE,
        )
        query = (
            select(tables.paper_keys.c.paper.label("owner"), tables.summaries)
            .select_from(tables.paper_keys)
            .outerjoin(tables.summaries, its)
            .where(tables.paper_keys.c.key == clean(key))
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                return None
            paper = (await load_papers(connection, [row.owner]))[row.owner]
        return paper, _summary(row) if row.state else None

    async def claim(
        self, paper: PaperId, language: str, style: Style, owner: str, now: datetime, lease: timedelta
    ) -> Claim:
        """Ask for the right to write a summary. Exactly one caller gets it.

        An expired claim, and a failure whose `retry_at` has come, may be taken over. The same owner asking twice gets
        Busy the second time.
        """
        until = now + lease
        claimed = _BLANK | {"state": SummaryState.CLAIMED, "owner": owner, "claimed_until": until}
        async with self._database.writing() as connection:
            stored_paper = await stored_id(connection, paper)
            key = {"paper": stored_paper, "language": language, "style": style}
            new = insert(connection, tables.summaries).values(**key, **claimed, created_at=self._database.now())
            if (await connection.execute(new.on_conflict_do_nothing())).rowcount:
                return Claimed(until)
            row = (await connection.execute(select(tables.summaries).filter_by(**key).with_for_update())).one()
            answer = _standing(row, now)
            if answer is None:
                await connection.execute(update(tables.summaries).filter_by(**key).values(**claimed))
        return answer or Claimed(until)

    async def renew(self, paper: PaperId, language: str, style: Style, owner: str, until: datetime) -> bool:
        """Extend a claim to `until`. Returns False as `finish` does."""
        return await self._settle(paper, language, style, owner, {"claimed_until": until})

    async def finish(self, paper: PaperId, owner: str, summary: Summary) -> bool:
        """Store the summary that the owner claimed. Returns False, and does nothing, if the claim is no longer the
        owner's.
        """
        return await self._settle(paper, summary.language, summary.style, owner, _done(summary))

    async def fail(
        self, paper: PaperId, language: str, style: Style, owner: str, failure: Failure, retry_at: datetime | None
    ) -> bool:
        """Store why there is no summary, and when to retry. Returns False as `finish` does."""
        failed = _BLANK | {"state": SummaryState.FAILED, "failure": failure, "retry_at": retry_at}
        return await self._settle(paper, language, style, owner, failed)

    async def release(self, paper: PaperId, language: str, style: Style, owner: str) -> bool:
        """Give a claim back, so that anybody may try at once. Returns False as `finish` does."""
        async with self._database.writing() as connection:
            stored = await stored_id(connection, paper)
            given_back = delete(tables.summaries).where(_claimed_by(stored, language, style, owner))
            return bool((await connection.execute(given_back)).rowcount)

    async def put(self, paper: PaperId, summary: Summary) -> bool:
        """Store an imported summary, replacing a claim or a failure. Returns False if there is a finished one."""
        async with self._database.writing() as connection:
            stored = await stored_id(connection, paper)
            key = {"paper": stored, "language": summary.language, "style": summary.style}
            done = _done(summary)
            statement = insert(connection, tables.summaries).values(**key, **done, created_at=self._database.now())
            result = await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[tables.summaries.c[name] for name in key],
                    set_=done,
                    where=tables.summaries.c.state != SummaryState.DONE,
                )
            )
            if result.rowcount:
                await index(connection, [stored])
            return bool(result.rowcount)

    async def _settle(self, paper: PaperId, language: str, style: Style, owner: str, values: dict[str, Any]) -> bool:
        async with self._database.writing() as connection:
            stored = await stored_id(connection, paper)
            settled = update(tables.summaries).where(_claimed_by(stored, language, style, owner)).values(**values)
            was_claimed = bool((await connection.execute(settled)).rowcount)
            if was_claimed and values.get("state") is SummaryState.DONE:
                await index(connection, [stored])
            return was_claimed


def _claimed_by(paper: PaperId, language: str, style: Style, owner: str) -> ColumnElement[bool]:
    columns = tables.summaries.c
    return and_(
        columns.paper == paper,
        columns.language == language,
        columns.style == style,
        columns.state == SummaryState.CLAIMED,
        columns.owner == owner,
    )


def _standing(row: Row[*tuple[Any, ...]], now: datetime) -> Done | Busy | Failed | None:
    """Return what prevents a claim on the row, or None."""
    if row.state is SummaryState.DONE:
        return Done(_summary(row))
    if row.state is SummaryState.CLAIMED:
        return Busy(row.claimed_until) if row.claimed_until > now else None
    waits = row.retry_at is None or row.retry_at > now
    return Failed(row.failure, row.retry_at) if waits else None


def _summary(row: Row[*tuple[Any, ...]]) -> Summary:
    return Summary(row.language, row.style, row.headline, row.text, row.sections, row.model, row.origin)


def _done(summary: Summary) -> dict[str, Any]:
    return _BLANK | {
        "state": SummaryState.DONE,
        "model": summary.model,
        "origin": summary.origin,
        "headline": summary.headline,
        "text": summary.text,
        "sections": summary.sections,
    }

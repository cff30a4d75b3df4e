"""Pieces of statements that several tables' modules use; the only place where SQL differs by database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Table, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import PaperId
from bot.store.columns import clean
from bot.store.tables import paper_keys

T = TypeVar("T")

# Far below the 32,766 variables of a statement: https://sqlite.org/limits.html
CHUNK = 500


def insert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def in_byte_order(connection: AsyncConnection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The text column for ORDER BY, whatever language a PostgreSQL database was made for."""
    return column.collate("C") if connection.dialect.name == "postgresql" else column


def has_words(connection: AsyncConnection, tokens: Sequence[str]) -> ColumnElement[bool]:
    """Whether a row of the archive has a token that begins with each of these, which are ASCII letters and digits."""
    if connection.dialect.name == "postgresql":
        # The expression of the index, letter by letter.
        words = "array_to_tsvector(string_to_array(archive.words, ' ')) @@ CAST(:asked AS tsquery)"
        return text(words).bindparams(asked=" & ".join(f"{token}:*" for token in tokens))  # type: ignore[return-value]  # it stands for a condition
    asked = " AND ".join(f'"{token}"*' for token in tokens)
    found = text("archive.id IN (SELECT rowid FROM archive_words WHERE archive_words MATCH :asked)")
    return found.bindparams(asked=asked)  # type: ignore[return-value]  # it stands for a condition


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk


def padded(items: Sequence[T]) -> list[T]:
    """The items for an IN, the last one repeated until they are a power of two.

    A statement is compiled, and by PostgreSQL prepared, anew for each length: this way there are few.
    """
    length = 1 << (len(items) - 1).bit_length() if items else 0
    return [*items, *(items[-1] for _ in range(length - len(items)))]


async def key_owners(connection: AsyncConnection, keys: Iterable[str]) -> dict[str, PaperId]:
    """The stored paper behind each of the keys that are known."""
    cleaned = {key: clean(key) for key in keys}
    owners: dict[str, PaperId] = {}
    for chunk in chunks(dict.fromkeys(cleaned.values())):
        query = select(paper_keys.c.key, paper_keys.c.paper).where(paper_keys.c.key.in_(chunk))
        owners |= {row.key: row.paper for row in await connection.execute(query)}
    return {key: owners[stored] for key, stored in cleaned.items() if stored in owners}


async def stored_ids(connection: AsyncConnection, ids: Iterable[PaperId]) -> dict[PaperId, PaperId]:
    """The id under which each of the papers is kept now: another one where two papers turned out to be one."""
    names = {str(paper): paper for paper in ids}
    owners = await key_owners(connection, names)
    return {names[name]: owner for name, owner in owners.items()}


async def stored_id(connection: AsyncConnection, paper: PaperId) -> PaperId:
    """As `stored_ids`, for one paper. Raises LookupError for one that was never saved."""
    found = await stored_ids(connection, (paper,))
    if paper not in found:
        raise LookupError(f"no such paper: {paper}")
    return found[paper]

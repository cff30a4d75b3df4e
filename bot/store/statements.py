"""Parts of statements shared by the table modules. The only place where SQL differs between databases."""

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

# Far below the limit of 32,766 variables in a statement: https://sqlite.org/limits.html
CHUNK = 500


def insert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT with `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def in_byte_order(connection: AsyncConnection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the text column collated by bytes for ORDER BY, whatever a PostgreSQL database's locale."""
    return column.collate("C") if connection.dialect.name == "postgresql" else column


def has_words(connection: AsyncConnection, tokens: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that an archive row has a token starting with each of `tokens` (ASCII alphanumerics)."""
    if connection.dialect.name == "postgresql":
        # Must match the index's expression exactly.
        words = "array_to_tsvector(string_to_array(archive.words, ' ')) @@ CAST(:asked AS tsquery)"
        return text(words).bindparams(asked=" & ".join(f"{token}:*" for token in tokens))  # type: ignore[return-value]  # used as a condition
    asked = " AND ".join(f'"{token}"*' for token in tokens)
    match = text("archive.id IN (SELECT rowid FROM archive_words WHERE archive_words MATCH :asked)")
    return match.bindparams(asked=asked)  # type: ignore[return-value]  # used as a condition


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk


def padded(items: Sequence[T]) -> list[T]:
    """Return the items for an IN clause, with the last one repeated up to a power of two.

    A statement is compiled (and prepared, on PostgreSQL) once for each length; padding keeps the lengths few.
    """
    length = 1 << (len(items) - 1).bit_length() if items else 0
    return [*items, *(items[-1] for _ in range(length - len(items)))]


async def key_owners(connection: AsyncConnection, keys: Iterable[str]) -> dict[str, PaperId]:
    """Return the stored paper behind each key; unknown keys are left out."""
    cleaned = {key: clean(key) for key in keys}
    owners: dict[str, PaperId] = {}
    for chunk in chunks(dict.fromkeys(cleaned.values())):
        query = select(paper_keys.c.key, paper_keys.c.paper).where(paper_keys.c.key.in_(chunk))
        owners |= {row.key: row.paper for row in await connection.execute(query)}
    return {key: owners[stored] for key, stored in cleaned.items() if stored in owners}


async def stored_ids(connection: AsyncConnection, ids: Iterable[PaperId]) -> dict[PaperId, PaperId]:
    """Return the id under which each paper is stored now, which differs if it was merged into another one."""
    names = {str(paper): paper for paper in ids}
    owners = await key_owners(connection, names)
    return {names[name]: owner for name, owner in owners.items()}


async def stored_id(connection: AsyncConnection, paper: PaperId) -> PaperId:
    """Return one paper's id as `stored_ids` does. Raises LookupError if it was never saved."""
    ids = await stored_ids(connection, (paper,))
    if paper not in ids:
        raise LookupError(f"no such paper: {paper}")
    return ids[paper]

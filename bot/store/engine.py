"""The interface of an open database for the table modules: transactions, a clock and its location."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Literal, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")


def utc_now() -> datetime:
    return datetime.now(UTC)


class Database(ABC):
    """An open database. `location` is its display name, without a password; `now` returns this machine's time.

    Every method raises StoreError (see `bot.store.faults`). Code inside a transaction waits for nothing but that
    transaction, and opens no second one.
    """

    dialect: ClassVar[Literal["sqlite", "postgresql"]]

    def __init__(self, location: str, clock: Callable[[], datetime]) -> None:
        self.location = location
        self.now = clock

    @abstractmethod
    async def migrate(self) -> tuple[str | None, str]:
        """Bring the schema up to date. Returns the revisions before (None for a new database) and after.

        Run by one process at a time, all or nothing. Raises StoreError, see `bot.store.migrate`.
        """

    @abstractmethod
    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a transaction that may write: committed at the end, rolled back on an exception.

        Only one is open at a time across all processes, so what it reads stays true until it ends. Keep it short.
        """

    @abstractmethod
    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a read-only transaction on one snapshot of the database."""

    @abstractmethod
    async def run(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Run `work` in a transaction that may write alongside others of its kind and `writing`. Returns its result.

        On PostgreSQL, `work` locks the rows that it decides on (`with_for_update`), sees other transactions' commits
        between statements, and is called again from the start after a deadlock, a serialisation failure, or a
        connection lost before the commit: it must have no effects outside the transaction. On SQLite it is `writing`.

        Raises StoreError `store.unreachable` if it is unknown whether the transaction was committed.
        """

    @abstractmethod
    async def server_now(self, connection: AsyncConnection) -> datetime:
        """Return the time shared by all processes on this database, in UTC: the server's on PostgreSQL, `now` on
        SQLite.
        """

    @abstractmethod
    async def check_place(self) -> None:
        """Check that what is open is still what is at the location. Raises StoreError `store.moved`.

        A server's database stays where it is.
        """

    @abstractmethod
    def hold_run(self) -> AbstractContextManager[None]:
        """Hold the right to run the bot on this database. PostgreSQL allows several holders."""

    @abstractmethod
    async def backup(self, target: Path) -> None:
        """Copy the database to a new file while it is in use, on databases that support it."""

    @abstractmethod
    async def close(self) -> None:
        """Close every connection. Safe to call twice."""

"""What an open database is to the modules of the tables: transactions, a clock, and a way to tell what it is."""

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
    """An open database. `location` is what people call it, without a password; `now` gives this machine's time.

    Every method raises StoreError (see `bot.store.faults`). What runs inside a transaction waits for nothing but that
    transaction, and for no second one.
    """

    dialect: ClassVar[Literal["sqlite", "postgresql"]]

    def __init__(self, location: str, clock: Callable[[], datetime]) -> None:
        self.location = location
        self.now = clock

    @abstractmethod
    async def migrate(self) -> tuple[str | None, str]:
        """Bring the tables up to date; the revisions before (None for a new database) and after.

        Made by one process at a time, the whole way or not at all. Raises StoreError, see `bot.store.migrate`.
        """

    @abstractmethod
    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that may write: committed at the end, undone by an exception.

        There is one at a time in all processes, so what it reads stays true until it ends. Keep it short.
        """

    @abstractmethod
    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that sees one state of the database and cannot write."""

    @abstractmethod
    async def run(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """A transaction that may write beside others of its kind, and beside `writing`; gives what `work` gives.

        On PostgreSQL `work` locks the rows that it decides on (`with_for_update`), sees other transactions' commits
        from one statement to the next, and is called again from the start after a deadlock, a failed serialisation,
        or a connection that was lost before the commit was asked for: nothing outside may have changed by then. On
        SQLite it is `writing`.

        StoreError `store.unreachable` means that nobody knows whether the transaction was committed.
        """

    @abstractmethod
    async def server_now(self, connection: AsyncConnection) -> datetime:
        """The time that all processes on this database share, in UTC: the server's on PostgreSQL, on SQLite `now`."""

    @abstractmethod
    def hold_run(self) -> AbstractContextManager[None]:
        """Hold the right to run the bot on this database; several may on PostgreSQL."""

    @abstractmethod
    async def backup(self, target: Path) -> None:
        """Copy the database to a new file while others use it, where that is this program's business."""

    @abstractmethod
    async def close(self) -> None:
        """End every connection. Safe to call twice."""

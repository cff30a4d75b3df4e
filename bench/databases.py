"""Fresh databases for the benches: SQLite files, or databases on the bench's own PostgreSQL server."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

from bot.store.location import sqlite_url
from tests.support.needs import postgresql
from tests.support.postgresql import Server

KINDS = ("sqlite", "postgresql")


class Databases(Protocol):
    """A source of fresh databases."""

    def fresh(self) -> str:
        """Return the URL of an empty database."""

    def copy(self, url: str) -> str:
        """Return the URL of a copy of the database, which must not be in use."""

    def drop(self, url: str) -> None:
        """Remove a database of this source."""

    def processor(self) -> float:
        """Return the processor seconds that the server has used so far, 0 without a server."""


class Files:
    """SQLite files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()

    def fresh(self) -> str:
        return sqlite_url(self._new())

    def copy(self, url: str) -> str:
        target = self._new()
        shutil.copytree(_path(url).parent, target.parent, dirs_exist_ok=True)
        return sqlite_url(target)

    def drop(self, url: str) -> None:
        shutil.rmtree(_path(url).parent)

    def processor(self) -> float:
        return 0.0

    def _new(self) -> Path:
        folder = self._folder / str(next(self._numbers))
        folder.mkdir()
        return folder / "bench.sqlite3"


def _path(url: str) -> Path:
    return Path(url.partition(":///")[2])


class Postgresql:
    """Databases on one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._numbers = count()

    def fresh(self) -> str:
        return self._create("TEMPLATE template0")

    def copy(self, url: str) -> str:
        return self._create(f"TEMPLATE {url.rpartition('/')[2]}")

    def drop(self, url: str) -> None:
        self._server.do(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def processor(self) -> float:
        process = self._server.process
        return _processor_of(process.pid) if process else 0.0

    def _create(self, options: str) -> str:
        name = f"bench_{next(self._numbers)}"
        self._server.do(f"CREATE DATABASE {name} {options}")
        return self._server.url(name)


def _processor_of(parent: int) -> float:
    """Return the processor seconds of a process and of all its children, living or ended; 0 without /proc."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # After the name in parentheses: state, parent, ..., user, system, children's user and system time.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(stat.parent.name) == parent:
            ticks += sum(map(int, fields[11:15]))
        elif int(fields[1]) == parent:
            ticks += sum(map(int, fields[11:13]))
    return ticks / 100  # Linux reports 100 ticks a second to user space, whatever the kernel's own rate


@contextmanager
def databases(kind: str) -> Iterator[Databases]:
    """Provide databases of one of KINDS during the block. Raises RuntimeError if the machine has no such server."""
    with ExitStack() as stack:
        if kind == "sqlite":
            yield Files(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kawaraban-bench-"))))
            return
        if postgresql() is None:
            raise RuntimeError("no PostgreSQL server is installed here")
        yield Postgresql(stack.enter_context(Server.running()))

"""A PostgreSQL server for the tests, run from the installed programs."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import BinaryIO

from tests.support.needs import postgresql

USER = "kawaraban"
TEMPLATE = "migrated"
_START_SECONDS = 300


@dataclass
class Server:
    """A server on the loopback address, without authentication; see `running`."""

    programs: Path
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    _names: Iterator[int] = field(default_factory=count)

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Server]:
        """Run a new, empty server, which is deleted at the end of the block."""
        programs = postgresql()
        assert programs is not None
        # Not below pytest's folder, which only its user can read, nor deep down: socket paths are limited to 100 bytes.
        folder = Path(tempfile.mkdtemp(prefix="kawaraban-pg-", dir="/tmp"))
        server = cls(programs, folder, _free_port())
        try:
            server._initialise()
            server.start()
            yield server
        finally:
            server.stop("immediate")
            shutil.rmtree(folder)

    def url(self, database: str, user: str = USER) -> str:
        return f"postgresql+asyncpg://{user}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self, options: str = "") -> Iterator[str]:
        """Create a database and return its URL. `options` are those of CREATE DATABASE."""
        name = f"test_{next(self._names)}"
        self.do(f"CREATE DATABASE {name} {options}")
        try:
            yield self.url(name)
        finally:
            self.do(f"DROP DATABASE {name} WITH (FORCE)")

    def do(self, statement: str, database: str = "postgres") -> str:
        """Run one SQL statement. Return its result, one line per row."""
        server = ("--host", "127.0.0.1", "--port", str(self.port), "--username", USER)
        options = ("--no-psqlrc", "--tuples-only", "--no-align", "--command", statement)
        command = [str(self.programs / "psql"), *server, *options, database]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
        return str(done.stdout)

    def start(self) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "fsync": "off",  # only a power failure would make a difference
            "full_page_writes": "off",
            "shared_buffers": "32MB",
            "max_connections": "60",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.process = self._popen("postgres", "-D", self.folder / "data", *options, log=log)
        deadline = time.monotonic() + _START_SECONDS
        while subprocess.run(self._is_ready(), capture_output=True, check=False).returncode:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.05)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: `fast` closes its connections cleanly, `immediate` leaves recovery to the next start."""
        if self.process:
            self.process.send_signal({"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode])
            self.process.wait(timeout=300)
            self.process = None

    def _initialise(self) -> None:
        if owner := _owner():
            shutil.chown(self.folder, owner)
        options = ("--username", USER, "--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync")
        with (self.folder / "log").open("wb") as log:
            assert self._popen("initdb", "-D", self.folder / "data", *options, log=log).wait(timeout=600) == 0

    def _popen(self, program: str, *arguments: object, log: BinaryIO) -> subprocess.Popen[bytes]:
        command = [str(self.programs / program), *map(str, arguments)]
        return subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, user=_owner())

    def _is_ready(self) -> list[str]:
        return [str(self.programs / "pg_isready"), "--host", "127.0.0.1", "--port", str(self.port), "--quiet"]


def _owner() -> str | None:
    """Return the user to run the server as if this one is root, which PostgreSQL refuses; otherwise None."""
    if os.geteuid():
        return None
    return "postgres" if "postgres" in {entry.pw_name for entry in pwd.getpwall()} else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

"""Locks held by whole processes, with `flock` on a file beside the database.

The system releases them when the process ends, however it ends. The files are kept: if one were removed, two processes
could each lock a file of the same name.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from time import monotonic

from bot.errors import StoreError
from bot.store.faults import from_os_error

_POLL_SECONDS = 0.05


@contextmanager
def run_lock(database: Path) -> Iterator[None]:
    """Hold the right to be the only running bot on this database.

    Raises StoreError `store.running` (arguments `path` and `pid`, 0 if unknown) while it is held already, even by this
    process, and `store.readonly`, `store.full` or `store.path` if the file cannot be created.
    """
    with _lock_file(_beside(database, ".run.lock")) as file:
        if not _try(file):
            raise StoreError("store.running", path=database, pid=_pid(file))
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        yield


@asynccontextmanager
async def open_lock(database: Path, seconds: float) -> AsyncIterator[None]:
    """Hold the right to open and migrate the database, waiting up to `seconds` for it.

    Raises StoreError `store.locked` after that, otherwise as `run_lock`.
    """
    with _lock_file(_beside(database, ".lock")) as file:
        deadline = monotonic() + seconds
        while not _try(file):
            if monotonic() >= deadline:
                raise StoreError("store.locked", path=database, problem="another process is opening it")
            await asyncio.sleep(_POLL_SECONDS)
        yield


def _beside(database: Path, suffix: str) -> Path:
    return database.with_name(database.name + suffix)


@contextmanager
def _lock_file(path: Path) -> Iterator[int]:
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise from_os_error(error, path) from error
    try:
        yield file
    finally:
        os.close(file)


def _try(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pid(file: int) -> int:
    with suppress(ValueError):
        return int(os.pread(file, 32, 0))
    return 0

"""Copy a database that is in use."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from bot.errors import OutputError
from bot.store.faults import from_sqlite


def copy_database(source: Path, target: Path, busy_seconds: float) -> None:
    """Write a consistent snapshot of the database to a new file, all or nothing. Blocks until it is done.

    Builds the copy beside the target first, readable only by its owner. Raises OutputError `output.exists` or
    `output.unwritable`, and StoreError if the database cannot be read.
    """
    if os.path.lexists(target):
        raise OutputError("output.exists", path=target)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise OutputError("output.unwritable", path=target, problem=error.strerror) from error
    unfinished = Path(name)
    try:
        _vacuum_into(source, unfinished, target, busy_seconds)
        os.fsync(handle)
        unfinished.rename(target)
    except OSError as error:
        raise OutputError("output.unwritable", path=target, problem=error.strerror) from error
    finally:
        os.close(handle)
        unfinished.unlink(missing_ok=True)


def _vacuum_into(source: Path, copy: Path, target: Path, busy_seconds: float) -> None:
    """Run VACUUM INTO, which accepts an empty target file: https://sqlite.org/lang_vacuum.html#vacuuminto"""
    try:
        with closing(sqlite3.connect(source, timeout=busy_seconds, isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
    except sqlite3.Error as error:
        problem = from_sqlite(error, copy)
        if problem.code in {"store.full", "store.readonly", "store.path"}:  # the copy's fault: reading takes no space
            raise OutputError("output.unwritable", path=target, problem=str(error)) from error
        raise from_sqlite(error, source) from error

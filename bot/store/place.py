"""Whether the SQLite files that are open are still the ones at the database's path.

Whoever moves, deletes or replaces a file leaves those who have it open with what was there: they go on writing, and
nobody else ever reads it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_OPEN = Path("/dev/fd")  # on Linux and macOS
_DELETED = " (deleted)"


@dataclass(frozen=True, slots=True)
class OpenFile:
    """The file that was at the path when it was opened, by its device and number."""

    path: Path
    identity: tuple[int, int]

    @classmethod
    def at(cls, path: Path) -> Self:
        """Raises OSError where there is none."""
        return cls(path.absolute(), _identity(path.stat()))

    @property
    def is_in_place(self) -> bool:
        with suppress(OSError):
            return _identity(self.path.stat()) == self.identity
        return False

    @property
    def is_replaced(self) -> bool:
        """Whether another file has its path."""
        return self.path.exists() and not self.is_in_place

    def new_path(self) -> Path | None:
        """Return where the file is now; None for one that is deleted, or whose place the system does not tell."""
        # Not opened again to look: closing a file drops all locks that SQLite has on it in this process.
        for number in _descriptors():
            with suppress(OSError):
                status = os.fstat(number)
                if _identity(status) == self.identity and status.st_nlink:
                    path = (_OPEN / str(number)).readlink()
                    return path if path.is_file() else None
        return None


def has_lost_log(database: Path) -> bool:
    """Return whether this process writes a log of changes that was deleted. Always False where the system does not
    tell.
    """
    names = {f"{database.resolve()}{suffix}{_DELETED}" for suffix in ("-wal", "-shm")}
    for number in _descriptors():
        with suppress(OSError):
            if str((_OPEN / str(number)).readlink()) in names:
                return True
    return False


def _descriptors() -> Iterator[int]:
    with suppress(OSError):
        yield from (int(entry.name) for entry in _OPEN.iterdir())


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino

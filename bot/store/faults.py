"""SQLAlchemy's, SQLite's and the system's errors become StoreError here, with the original as `__cause__`."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import StoreError

# Primary result codes: https://sqlite.org/rescode.html
_CODES = {
    sqlite3.SQLITE_BUSY: "store.locked",
    sqlite3.SQLITE_LOCKED: "store.locked",
    sqlite3.SQLITE_READONLY: "store.readonly",
    sqlite3.SQLITE_FULL: "store.full",
    sqlite3.SQLITE_CORRUPT: "store.broken",
    sqlite3.SQLITE_NOTADB: "store.broken",
    sqlite3.SQLITE_ERROR: "store.broken",  # our statements are sound, so a table or column is missing
    sqlite3.SQLITE_CANTOPEN: "store.path",
    sqlite3.SQLITE_PERM: "store.readonly",
    sqlite3.SQLITE_IOERR: "store.path",
}

_ERRNOS = {
    errno.EACCES: "store.readonly",
    errno.EPERM: "store.readonly",
    errno.EROFS: "store.readonly",
    errno.ENOSPC: "store.full",
    errno.EDQUOT: "store.full",
}

_PAGE = 4096


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Around every use of the database in `path`.

    Raises StoreError for what its user can mend. A broken constraint, or an argument that fits no column, is a mistake
    of the caller and stays what it is.
    """
    try:
        yield
    except IntegrityError:
        raise
    except PoolTimeout as error:
        raise StoreError("store.locked", path=path, problem=str(error)) from error
    except DBAPIError as error:
        raise from_sqlite(error.orig, path) from error
    except StatementError as error:
        if error.orig is not None:
            raise error.orig from error
        raise
    except ValueError as error:  # a stored value that none of our columns wrote
        raise StoreError("store.broken", path=path, problem=str(error)) from error


def from_sqlite(error: BaseException | None, path: Path) -> StoreError:
    """The StoreError for an error of the `sqlite3` module; `store.broken` where it names no known cause."""
    primary = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    code = _CODES.get(primary, "store.broken")
    # A log or its index that cannot grow is an I/O error, whatever the reason.
    if primary in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN} and _is_full(path):
        code = "store.full"
    return StoreError(code, path=path, problem=str(error))


def from_os_error(error: OSError, path: Path) -> StoreError:
    """The StoreError for an error of the file system; `store.path` where it names no special cause."""
    code = _ERRNOS.get(error.errno or 0, "store.path")
    return StoreError(code, path=path, problem=error.strerror or str(error))


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _PAGE
    except OSError:
        return False

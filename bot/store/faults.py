"""Translation of SQLAlchemy, database and system errors into StoreError, with the original as `__cause__`."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Callable, Iterator
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

# https://www.postgresql.org/docs/current/errcodes-appendix.html: a whole code, or its class of two characters
_SQLSTATES = {
    "08": "store.unreachable",
    "25006": "store.readonly",
    "26": "store.unreachable",  # a pooler passed the statement to another server's connection
    "28": "store.refused",
    "3D000": "store.refused",
    "3F000": "store.refused",
    "40": "store.locked",  # a deadlock or a failed serialisation, again and again
    "42501": "store.refused",
    "42": "store.broken",  # our statements are sound, so a table or column is missing
    "53": "store.unreachable",  # no memory or connection left
    "53100": "store.full",
    "55": "store.locked",
    "57": "store.unreachable",
    "57014": "store.locked",
    "58": "store.unreachable",
    "XX": "store.broken",
}
_DATA = "22"  # a value that fits no column

_PAGE = 4096


@contextmanager
def translated(
    location: Path | str, explain: Callable[[BaseException | None, Path | str], StoreError | None]
) -> Iterator[None]:
    """Translate the errors of a database's driver with `explain`, one of the functions below.

    Raises StoreError for what the operator can fix. A violated constraint, or an argument that fits no column, is the
    caller's mistake and is raised unchanged.
    """
    try:
        yield
    except IntegrityError:
        raise
    except PoolTimeout as error:
        raise StoreError("store.locked", path=location, problem=str(error)) from error
    except DBAPIError as error:
        problem = explain(error.orig, location)
        if problem is None:
            raise
        raise problem from error
    except StatementError as error:
        if error.orig is not None:
            raise error.orig from error
        raise
    except ValueError as error:  # a stored value that our columns did not write
        raise StoreError("store.broken", path=location, problem=str(error)) from error


def from_sqlite(error: BaseException | None, path: Path | str) -> StoreError:
    """Return the StoreError for an error of the `sqlite3` module: `store.broken` if the cause is unknown."""
    primary = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    code = _CODES.get(primary, "store.broken")
    # SQLite reports a log or index that cannot grow as an I/O error, whatever the reason.
    if primary in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN} and _is_full(Path(path)):
        code = "store.full"
    return StoreError(code, path=path, problem=str(error))


def from_postgresql(error: BaseException | None, location: Path | str) -> StoreError | None:
    """Return the StoreError for an error of the driver or its connection; None for an argument that fits no column."""
    state = sqlstate(error)
    if state.startswith(_DATA) or isinstance(error and error.__cause__, ValueError):
        return None
    code = _SQLSTATES.get(state) or _SQLSTATES.get(state[:2], "store.unreachable")
    return StoreError(code, path=location, problem=str(error) or type(error).__name__)


def sqlstate(error: BaseException | None) -> str:
    """Return PostgreSQL's error code, such as `40P01`, or "" if the server gave none."""
    if isinstance(error, DBAPIError):
        error = error.orig
    return getattr(error, "sqlstate", None) or ""


def from_os_error(error: OSError, path: Path) -> StoreError:
    """Return the StoreError for a file system error: `store.path` if the cause is not a known one."""
    code = _ERRNOS.get(error.errno or 0, "store.path")
    return StoreError(code, path=path, problem=error.strerror or str(error))


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _PAGE
    except OSError:
        return False

"""Where the database is: what its URL names, and whether SQLite can be trusted with that file."""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.common.homes import at_home
from bot.common.masking import masked
from bot.errors import StoreError
from bot.store.faults import from_os_error

_SQLITE = ("sqlite", "sqlite+aiosqlite")
_POSTGRESQL = "postgresql+asyncpg"

# SQLite's write-ahead log is shared memory, which several machines do not share: https://sqlite.org/wal.html
_NETWORK = frozenset(
    {"afs", "beegfs", "ceph", "cifs", "fuse.ceph", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"}
    | {"glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs"}
)
# A virtual machine's view of its host's files, which may or may not be shared with other machines.
_UNCLEAR = frozenset({"9p", "fuse.grpcfuse", "virtiofs"})

PRIVATE = 0o600

_MOUNTS = Path("/proc/self/mountinfo")  # https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html

_MAGIC = b"SQLite format 3\0"  # the first bytes of a database (https://www.sqlite.org/fileformat.html)

logger = logging.getLogger(__name__)


def sqlite_url(path: Path | str) -> str:
    """Return the URL of the SQLite file, whatever characters its name contains."""
    return URL.create("sqlite+aiosqlite", database=str(path)).render_as_string()


def postgresql_url(url: str) -> URL | None:
    """Return the parsed URL, or None if it is not a PostgreSQL URL. Raises StoreError `store.url`."""
    parsed = _parsed(url)
    return parsed if parsed.drivername == _POSTGRESQL else None


def database_path(url: str) -> Path:
    """Return the absolute path of an SQLite URL's file. Raises StoreError `store.url` for any other URL."""
    parsed = _parsed(url)
    name = parsed.database
    # In memory, each connection would have its own database.
    if parsed.drivername not in _SQLITE or parsed.query or not name or name == ":memory:" or name.startswith("file:"):
        raise StoreError("store.url", url=masked(url))
    return at_home(Path(name)).absolute()


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is not a number
        raise StoreError("store.url", url=masked(url)) from error


def prepare(path: Path) -> None:
    """Create the folder, refuse a place where no database can be, and make the files there their owner's alone.

    Raises StoreError `store.path`, `store.readonly`, `store.full` or `store.network`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(21, "is a folder")
    except OSError as error:
        raise from_os_error(error, path) from error
    _refuse_network(path)
    keep_private(path)


def keep_private(path: Path) -> None:
    """Make the database's files readable by their owner alone, whatever the umask, and log those that were not.

    A missing database is created empty, because SQLite would create it by the umask; its log and index, which SQLite
    creates later, get the database's own mode. A file that is no database is left alone: it is somebody else's.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE))
    except FileExistsError:
        pass
    except OSError:
        return  # SQLite says better what is wrong with the file
    for suffix in ("", "-wal", "-shm", "-journal"):
        file = path.with_name(path.name + suffix)
        try:
            mode = file.stat().st_mode
            if mode & 0o077:
                if not suffix and not _is_database(file):
                    return
                file.chmod(mode & 0o700)  # a read-only file stays one
                logger.info("others on this machine could read %s: now only its owner can", file)
        except FileNotFoundError:
            continue
        except OSError as error:
            logger.warning("others on this machine can read %s, and that cannot be changed: %s", file, error.strerror)


def _is_database(file: Path) -> bool:
    """Return whether SQLite wrote the file, or nobody wrote anything yet.

    Only files that others can read are looked into: closing a file drops all locks that this process has on it
    (https://www.sqlite.org/howtocorrupt.html, 2.2), which a second store on the same file would feel.
    """
    with file.open("rb") as opened:
        return opened.read(len(_MAGIC)) in (b"", _MAGIC)


def _refuse_network(path: Path) -> None:
    try:
        mounts = _MOUNTS.read_text(errors="surrogateescape")
    except OSError:
        logger.info("cannot tell whether the database is on a network file system: %s", path)
        return
    kind = filesystem(path.resolve(), mounts)
    if kind in _NETWORK:
        raise StoreError("store.network", path=path, filesystem=kind)
    if kind in _UNCLEAR:
        logger.warning("the database is on %s: let no second machine or container use it: %s", kind, path)


def filesystem(path: Path, mounts: str) -> str:
    """Return the type of the file system that holds the path, read from a mountinfo file's text; "" if unknown."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        mount, dash, source = line.partition(" - ")
        fields = mount.split(" ")
        if not dash or len(fields) < 5:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[4]))
        # Later mounts cover earlier ones.
        if len(point.parts) >= best and path.is_relative_to(point):
            best, kind = len(point.parts), source.split(" ")[0]
    return kind

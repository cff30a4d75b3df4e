"""The installation's secret, which hashes or encrypts people's ids before they are stored (docs/privacy.md)."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.errors import OutputError, SettingsError
from bot.operations.doctor import check_writable
from bot.store.store import Store

FILE = "kawaraban.key"
SHORTEST = 16  # characters; a shorter key could be guessed


def secret_key(given: str | None, database: Path | None) -> bytes:
    """Return the key in SECRET_KEY, or else the one in `kawaraban.key` beside the SQLite file, created if missing.

    Raises SettingsError: `settings.secret_required` without a key and without a SQLite file (replicas on PostgreSQL
    must share one), `settings.secret_short` for a key that is too short, in either place. Raises OutputError
    `output.unwritable` if the file can be neither read nor created.
    """
    if given:
        return _checked(given, "SECRET_KEY")
    if database is None:
        raise SettingsError([("SECRET_KEY", "settings.secret_required", "")])
    path = database.absolute().parent / FILE
    try:
        return _checked(_stored(path) or _created(path), str(path))
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise OutputError("output.unwritable", path=path, problem=problem) from error


def find_secret(given: str | None, database: Path | None) -> Path | None:
    """Look whether `secret_key` would succeed, and make nothing. Raises as `secret_key`.

    Returns the file in which the key is, or will be; None where SECRET_KEY gives it.
    """
    if given or database is None:
        secret_key(given, database)
        return None
    path = database.absolute().parent / FILE
    if path.exists():
        secret_key(given, database)
    else:
        check_writable(path.parent)
    return path


async def refuse_lost_secret(given: str | None, database: Path | None, store: Store) -> None:
    """Refuse to make a new key for a database that already belongs to another one.

    `run` makes the key before any channel is stored. So the file of a database with channels is lost, as after a
    restored backup; a new key could neither read the subscribers nor recognise the voters. Raises SettingsError
    `settings.secret_lost`.
    """
    if given or database is None:
        return
    path = database.absolute().parent / FILE
    if not path.exists() and await store.channels.listed():
        raise SettingsError([(str(path), "settings.secret_lost", "")])


def known_secret(given: str | None, database: Path | None) -> bytes | None:
    """Return the key that `secret_key` would, None where there is none yet or it cannot be used."""
    with suppress(SettingsError, OutputError):
        path = find_secret(given, database)
        if path is None or path.exists():
            return secret_key(given, database)
    return None


def _checked(key: str, where: str) -> bytes:
    if len(key.strip()) < SHORTEST:
        raise SettingsError([(where, "settings.secret_short", "")])
    return key.strip().encode()


def _stored(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _created(path: Path) -> str:
    """Create a key in a file that only its owner can read. If another process was faster, return that one's key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Write it under another name first: a link appears atomically and never replaces an existing file.
    with NamedTemporaryFile("w", dir=path.parent, prefix=FILE, encoding="utf-8") as file:  # of mode 0600
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)
    return path.read_text(encoding="utf-8")

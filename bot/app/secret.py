"""The installation's secret: what people's ids are hashed with, so that the store never holds them."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.errors import OutputError, SettingsError

FILE = "kawaraban.key"
SHORTEST = 16  # characters; a shorter one could be guessed by trying


def secret_key(given: str | None, database: Path | None) -> bytes:
    """The key that SECRET_KEY gives, else the one in `kawaraban.key` beside the SQLite file, which is made if missing.

    Raises SettingsError: `settings.secret_required` without a key and without a file to keep one beside (several
    replicas on PostgreSQL must share it), `settings.secret_short` for one that is too short, in either place.
    Raises OutputError `output.unwritable` where the file can be neither read nor made.
    """
    if given:
        return _checked(given, "SECRET_KEY")
    if database is None:
        raise SettingsError([("SECRET_KEY", "settings.secret_required", "")])
    path = database.absolute().parent / FILE
    try:
        return _checked(_stored(path) or _made(path), str(path))
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise OutputError("output.unwritable", path=path, problem=problem) from error


def _checked(key: str, where: str) -> bytes:
    if len(key.strip()) < SHORTEST:
        raise SettingsError([(where, "settings.secret_short", "")])
    return key.strip().encode()


def _stored(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _made(path: Path) -> str:
    """A new key in a file that only its owner can read; the other one's, where another process was faster."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Made complete under another name, because a link appears at once and never replaces what is there.
    with NamedTemporaryFile("w", dir=path.parent, prefix=FILE, encoding="utf-8") as file:  # of mode 0600
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)
    return path.read_text(encoding="utf-8")

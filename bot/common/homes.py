"""Paths as people write them: `~` is somebody's home."""

from __future__ import annotations

from pathlib import Path


def at_home(path: Path) -> Path:
    """Return the path with a leading `~` or `~name` expanded. That of an unknown user stays as it is.

    A shell expands `~` only where it is not quoted; in `.env` and in a service's environment nobody does.
    """
    try:
        return path.expanduser()
    except RuntimeError:
        return path

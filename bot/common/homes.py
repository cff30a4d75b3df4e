"""Expand `~` in paths that no shell has expanded."""

from __future__ import annotations

from pathlib import Path


def at_home(path: Path) -> Path:
    """Return the path with a leading `~` or `~name` expanded. The name of an unknown user is left alone.

    A shell expands `~` only where it is not quoted; in `.env` and in a service's environment nobody does.
    """
    try:
        return path.expanduser()
    except RuntimeError:
        return path

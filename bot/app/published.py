"""What was published before, read back by the adapter that wrote it."""

from __future__ import annotations

from pathlib import Path

from bot.digests.imports import Published


def published_below(directory: Path) -> Published:
    """Read the digests of the posts below the directory. Raises InputError where that cannot be read."""
    from adapters.hugo.published import published

    return published(directory)

"""Read published digests back, by the adapter that wrote them."""

from __future__ import annotations

from pathlib import Path

from bot.digests.imports import Published


def published_below(directory: Path) -> Published:
    """Read the digests from the posts below the directory. Raises InputError if it cannot be read."""
    from adapters.hugo.published import published

    return published(directory)

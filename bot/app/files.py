"""Write output files, completely or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from bot.errors import OutputError


def write_text(target: Path, text: str) -> None:
    """Write the file atomically, creating its folder; readers see the old content or the new. Raises OutputError.

    Only its owner can read the file, even if others could read an earlier one: it tells what a channel was sent.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
            Path(name).replace(target)
        except OSError:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise OutputError("output.unwritable", path=target, problem=error.strerror or str(error)) from error

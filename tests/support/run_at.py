"""`kawaraban run` on another day: the real command, with a clock that starts at `INSTANT`.

python -m tests.support.run_at INSTANT          # ISO 8601 with an offset: 2026-02-27T23:29:57+00:00
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from bot.__main__ import main
from bot.app import opening


def clock_from(start: datetime) -> Callable[[], datetime]:
    """Return a clock that shows `start` now and runs on from there."""
    offset = start - datetime.now(UTC)
    return lambda: datetime.now(UTC) + offset


if __name__ == "__main__":
    opening.open_service = partial(opening.open_service, clock=clock_from(datetime.fromisoformat(sys.argv[1])))
    main(["run"])

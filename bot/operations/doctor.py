"""Diagnose an installation by named checks, each of which passes or raises an error that explains the remedy.

`bot.app.checkup` assembles the checks.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.errors import BotError, OutputError
from bot.ports import Check

CLOCK_TOLERANCE = timedelta(minutes=2)  # below Slack's five minutes for signed requests


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A check's outcome. `problem` is None if it passed."""

    name: str
    required: bool
    problem: BotError | None
    address: str = ""

    @property
    def serious(self) -> bool:
        return self.required and self.problem is not None


async def diagnose(checks: Sequence[Check]) -> tuple[Diagnosis, ...]:
    """Run all checks concurrently. Unexpected errors, which are not diagnoses, propagate."""

    async def run(check: Check) -> Diagnosis:
        try:
            address = await check.run()
        except BotError as error:
            return Diagnosis(check.name, check.required, error)
        return Diagnosis(check.name, check.required, None, address or "")

    return tuple(await asyncio.gather(*map(run, checks)))


def check_clock(here: datetime, there: datetime | None) -> None:
    """Compare this machine's time with a server's `Date`. Raises BotError `clock.skewed` or `clock.unknown`."""
    if there is None:
        raise BotError("clock.unknown")
    difference = here - there
    if abs(difference) > CLOCK_TOLERANCE:
        raise BotError("clock.skewed", seconds=round(difference.total_seconds()))


def check_writable(directory: Path) -> None:
    """Check that files can be created in the directory, or in its nearest existing ancestor. Raises OutputError."""
    existing = next(folder for folder in (directory, *directory.absolute().parents) if folder.exists())
    if not existing.is_dir():
        raise OutputError("output.unwritable", path=directory, problem=os.strerror(errno.ENOTDIR))
    if not os.access(existing, os.W_OK | os.X_OK):
        raise OutputError("output.unwritable", path=directory, problem=os.strerror(errno.EACCES))

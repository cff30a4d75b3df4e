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

from bot.errors import BotError, OutputError, SettingsError
from bot.models import Sentence
from bot.ports import CheckReport, HealthCheck

CLOCK_TOLERANCE = timedelta(minutes=2)  # below Slack's five minutes for signed requests


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A check's outcome. `problem` is None if it passed; `finding` then says what was found."""

    name: str
    required: bool
    problem: BotError | None
    finding: CheckReport | None = None

    @property
    def address(self) -> str:
        """A link that belongs to the outcome, "" where there is none."""
        if self.problem is None:
            return self.finding.address if self.finding else ""
        return str(self.problem.arguments.get("address", ""))

    @property
    def sentence(self) -> Sentence | None:
        """What was found to be fine, where that is worth telling."""
        return self.finding.sentence if self.finding else None

    @property
    def problems(self) -> tuple[BotError, ...]:
        """Each thing that is wrong: for settings one a variable, otherwise one or none."""
        if isinstance(self.problem, SettingsError):
            return tuple(BotError(code, variable=name, value=value) for name, code, value in self.problem.problems)
        return (self.problem,) if self.problem else ()

    @property
    def serious(self) -> bool:
        return self.required and self.problem is not None


async def diagnose(checks: Sequence[HealthCheck]) -> tuple[Diagnosis, ...]:
    """Run all checks concurrently. Unexpected errors, which are not diagnoses, propagate.

    A check that fails for the very reason of one before it says nothing new and is left out.
    """

    async def run(check: HealthCheck) -> Diagnosis:
        try:
            finding = await check.run()
        except BotError as error:
            return Diagnosis(check.name, check.required, error)
        return Diagnosis(check.name, check.required, None, finding)

    return _without_echoes(await asyncio.gather(*map(run, checks)))


def _without_echoes(diagnoses: Sequence[Diagnosis]) -> tuple[Diagnosis, ...]:
    """Leave out a problem that an earlier diagnosis has already, unless it is the first to be serious."""
    kept: list[Diagnosis] = []
    for diagnosis in diagnoses:
        twins = [one for one in kept if one.problem is not None and _same(one.problem, diagnosis.problem)]
        if not any(one.required or not diagnosis.required for one in twins):
            kept.append(diagnosis)
    return tuple(kept)


def _same(one: BotError, other: BotError | None) -> bool:
    return other is not None and (type(one), one.code, one.arguments) == (type(other), other.code, other.arguments)


def check_clock(here: datetime, there: datetime | None) -> None:
    """Compare this machine's time with a server's `Date`. Raises BotError `clock.skewed` or `clock.unknown`."""
    if there is None:
        raise BotError("clock.unknown")
    difference = here - there
    if abs(difference) > CLOCK_TOLERANCE:
        raise BotError("clock.skewed", seconds=round(difference.total_seconds()))


async def check_port(host: str, port: int) -> None:
    """Listen on the address for a moment. Raises BotError `server.address` where `run` could not."""
    try:
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), host, port)
    except OSError as error:
        raise BotError("server.address", host=host, port=port, problem=error.strerror) from error
    server.close()
    await server.wait_closed()


def check_writable(directory: Path) -> None:
    """Check that files can be created in the directory, or in its nearest existing ancestor. Raises OutputError."""
    existing = next(folder for folder in (directory, *directory.absolute().parents) if folder.exists())
    if not existing.is_dir():
        raise OutputError("output.unwritable", path=directory, problem=os.strerror(errno.ENOTDIR))
    if not os.access(existing, os.W_OK | os.X_OK):
        raise OutputError("output.unwritable", path=directory, problem=os.strerror(errno.EACCES))

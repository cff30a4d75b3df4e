"""`kawaraban run` as a process of its own whose clock shows another time.

    python -m tests.slack_run 2026-02-27T21:59:57+00:00

Its settings are those of the environment. The first line that it prints has the port of its web server.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.needs import ROOT


@contextmanager
def serving(start: datetime, environment: Mapping[str, str]) -> Iterator[int]:
    """Run one within the block, ended by a signal; gives the port. Raises AssertionError where it does not end well."""
    command = [sys.executable, "-m", "tests.slack_run", start.isoformat()]
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | dict(environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], 60)
        line = process.stdout.readline() if ready else ""
        assert line, process.communicate(timeout=10)[1] if process.poll() is not None else "it said nothing"
        yield int(json.loads(line)["port"])
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err


async def run(start: datetime) -> None:
    from bot.app import open_service
    from bot.service import until_stopped
    from bot.settings import load_settings

    offset = start - datetime.now(UTC)
    settings = load_settings(Path("no.env"))
    async with open_service(settings, lambda: datetime.now(UTC) + offset) as service:

        def tell(port: int) -> None:
            print(json.dumps({"port": port}), flush=True)  # noqa: T201 (whoever started the process reads it)

        await until_stopped(lambda stop: service.run(stop, tell), (signal.SIGTERM,))


if __name__ == "__main__":
    asyncio.run(run(datetime.fromisoformat(sys.argv[1])))

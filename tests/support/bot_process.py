"""Run `kawaraban run` as a separate process, today or on a given day."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self, TypeVar

from tests.support.needs import ROOT

STARTS_WITHIN = 180.0  # seconds
STOPS_WITHIN = 120.0
_LISTENING = re.compile(r"localhost:(\d+)")

T = TypeVar("T")


class BotProcess:
    """A running bot. `url` is its web server, `log` the file with its output."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log
        self._killed = False
        port = until(self._port, STARTS_WITHIN)
        self.url = f"http://127.0.0.1:{port}"

    @classmethod
    @contextmanager
    def running(cls, environment: Mapping[str, str], folder: Path, at: datetime | None = None) -> Iterator[Self]:
        """Start a bot, wait until it is ready, and stop it by a signal at the end of the block.

        It runs in the folder, with `environment` on top of this process's own variables, at the instant `at` if given.
        Raises AssertionError if it fails to start or to end cleanly.
        """
        command = ["-m", "bot", "run"] if at is None else ["-m", "tests.support.run_at", at.isoformat()]
        log = folder / f"run-{len(list(folder.glob('run-*.log')))}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), "HTTP_PORT": "0", **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            running = cls(process, log)
            yield running
            running.stop()
        finally:
            process.kill()
            process.wait()

    def stop(self) -> None:
        """Stop it as an operator would. Safe to call twice. Raises AssertionError if it does not end cleanly."""
        if not self._killed:
            self.process.send_signal(signal.SIGTERM)
            status = self.process.wait(STOPS_WITHIN)
            assert status == 0, self.said()

    def kill(self) -> None:
        """Kill it with SIGKILL; `stop` may be called afterwards."""
        self._killed = True
        self.process.kill()
        self.process.wait()

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def _port(self) -> int | None:
        found = _LISTENING.search(self.said())
        if found is None and self.process.poll() is not None:
            raise RuntimeError(f"the bot did not start:\n{self.said()}")
        return int(found[1]) if found else None


def until(look: Callable[[], T | None], within: float = 300.0, every: float = 0.05) -> T:
    """Poll `look` until it returns something true, and return that. Raises TimeoutError after `within`."""
    end = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"nothing came within {within:.0f} s")
        time.sleep(every)

"""A log handler that notes when its lines are lost: standard error is closed, or the disk is full."""

from __future__ import annotations

import logging
import os
import sys
from datetime import UTC, datetime
from typing import TextIO

from bot.common.health import Health, Monitor, worst

LOST = "log.lost"


class LogStream(logging.StreamHandler[TextIO]):
    """Writes to the stream. A line that it does not take is lost, and nothing else is disturbed; `monitor` hears of
    it.
    """

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__(stream)
        self.monitor = Monitor(lambda: datetime.now(UTC), grace=None)
        # What was closed when the process began has been replaced by a stream that swallows everything.
        self._failed = False
        self._swallowed = stream is None or getattr(stream, "name", "") == os.devnull
        if self._swallowed:
            self.monitor.fails(LOST)

    def emit(self, record: logging.LogRecord) -> None:
        self._failed = False
        super().emit(record)
        if not self._failed and not self._swallowed:
            self.monitor.works()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        self._failed = True
        if isinstance(sys.exc_info()[1], OSError) or getattr(self.stream, "closed", True):
            self.monitor.fails(LOST)
        else:
            super().handleError(record)


def log_health() -> Health:
    """Return whether this process's log is taken."""
    return worst(*(stream.monitor.health for stream in _streams()))


def note_lost() -> None:
    """Note that a line for standard error, written past the log, was not taken."""
    for stream in _streams():
        stream.monitor.fails(LOST)


def _streams() -> list[LogStream]:
    return [handler for handler in logging.getLogger().handlers if isinstance(handler, LogStream)]

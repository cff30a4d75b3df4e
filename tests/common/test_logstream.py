"""A log that nobody takes is noted, and disturbs nothing."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.common.health import Condition
from bot.common.logstream import LOST, LogStream, log_health, note_lost


class Sink(io.StringIO):
    """A stream that takes nothing while it is `full`."""

    full = False

    def write(self, text: str) -> int:
        if self.full:
            raise OSError(28, "No space left on device")
        return super().write(text)


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Takes the log of the whole process."""
    stream = Sink()
    handler = LogStream(stream)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def test_a_disk_that_fills_up_and_is_cleared_again(sink: Sink) -> None:
    logger = logging.getLogger("kawaraban")
    logger.warning("one")
    assert log_health().condition is Condition.OK
    sink.full = True
    for _ in range(2):
        logger.warning("two")
    assert (log_health().condition, log_health().problem) == (Condition.DEGRADED, LOST)
    sink.full = False
    logger.warning("three")
    assert log_health().condition is Condition.OK
    assert sink.getvalue().split() == ["one", "three"]


def test_what_is_written_past_the_log_counts_too(sink: Sink) -> None:
    note_lost()
    assert log_health().problem == LOST
    logging.getLogger("kawaraban").warning("it is taken again")
    assert log_health().problem == ""
    assert "taken again" in sink.getvalue()


def test_a_stream_that_was_closed_from_the_beginning() -> None:
    with Path(os.devnull).open("w", encoding="utf-8") as swallowing:
        handler = LogStream(swallowing)
        handler.emit(logging.LogRecord("a", logging.WARNING, "", 0, "lost", (), None))
    assert handler.monitor.health.problem == LOST


def test_a_line_that_cannot_be_formatted_is_a_bug_and_no_lost_log(capsys: pytest.CaptureFixture[str]) -> None:
    handler = LogStream(Sink())
    handler.emit(logging.LogRecord("a", logging.WARNING, "", 0, "%d", ("no number",), None))
    assert "Logging error" in capsys.readouterr().err
    assert handler.monitor.health.problem == ""


def test_a_stream_that_is_closed_later() -> None:
    stream = Sink()
    handler = LogStream(stream)
    stream.close()
    handler.emit(logging.LogRecord("a", logging.WARNING, "", 0, "lost", (), None))
    assert handler.monitor.health.problem == LOST

"""A logger for events that strangers can cause at will: one line a minute for each kind, without tracebacks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

_SECONDS = 60.0


class Seldom(logging.LoggerAdapter[logging.Logger]):
    """Logs each message text once within `seconds`; the next line tells how many were left out in between.

    Nothing is logged above WARNING: none of it is an error of this program. Use texts that are constants, with
    arguments.
    """

    def __init__(
        self, logger: logging.Logger, seconds: float = _SECONDS, *, now: Callable[[], float] = monotonic
    ) -> None:
        super().__init__(logger)
        self._seconds = seconds
        self._now = now
        self._logged_at: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def log(self, level: int, msg: object, *args: object, **_options: Any) -> None:
        text = str(msg)
        level = min(level, logging.WARNING)
        if not self.isEnabledFor(level):
            return
        now = self._now()
        logged_at = self._logged_at.get(text)
        if logged_at is not None and now - logged_at < self._seconds:
            self._left_out[text] = self._left_out.get(text, 0) + 1
            return
        self._logged_at[text] = now
        more = self._left_out.pop(text, 0)
        self.logger.log(level, f"{text} (and %d more before)" if more else text, *args, *([more] if more else []))

    def process(self, msg: Any, kwargs: Any) -> tuple[Any, Any]:
        return msg, kwargs

    def exception(self, msg: object, *args: object, exc_info: Any = True, **_options: Any) -> None:
        """Log the message with the error's name and text in place of its traceback."""
        error = exc_info if isinstance(exc_info, BaseException) else None
        words = " ".join(str(error).split())[:100] if error else ""
        if isinstance(args, Mapping) or not words:
            self.log(logging.WARNING, msg, *args)
        else:
            self.log(logging.WARNING, f"{msg}: %s", *args, words)

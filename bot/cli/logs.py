"""Logging: structlog formats the standard library's records as lines on standard error, for people or as JSON.

Secrets are never logged: settings keep them as `SecretStr`, and vendors' request logs are switched off.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import MutableMapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TextIO

from bot.common.logstream import LogStream
from bot.common.masking import without_tokens

if TYPE_CHECKING:
    import structlog

DAY = "kawaraban"  # the logger of what an operator wants to read of a day that goes well
_CHATTY = ("httpx", "httpx2", "httpcore", "anthropic", "alembic", "aiosqlite", "sqlalchemy")


_LINE_ENDS = frozenset("\n\r\t\u2028\u2029")


class _Lines(logging.Formatter):
    """Formats records, loading structlog at the first: most runs log nothing, and it is slow to import."""

    def __init__(self, form: Literal["console", "json"]) -> None:
        super().__init__()
        self.form = form

    def format(self, record: logging.LogRecord) -> str:
        return self._lines.format(record)

    @cached_property
    def _lines(self) -> logging.Formatter:
        import structlog

        from bot.words.plain import json_text

        as_json = structlog.processors.JSONRenderer(ensure_ascii=False)
        shared: list[structlog.typing.Processor] = [
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=["code"]),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ]
        form: list[structlog.typing.Processor] = (
            [structlog.processors.format_exc_info, lambda *given: without_tokens(json_text(str(as_json(*given))))]
            if self.form == "json"
            else [
                _on_one_line,
                structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=_traceback),
            ]
        )
        return structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *form],
        )


def _on_one_line(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Write what controls a terminal, hides or begins a line as `\\x1b`, `\\n`: a log quotes what others sent."""
    return {key: _escaped(value) if isinstance(value, str) else value for key, value in event.items()}


def _traceback(stream: TextIO, error: Any) -> None:
    """Write a traceback below its record, indented, so that no line of it can be taken for a record."""
    lines = "".join(traceback.format_exception(*error)).rstrip("\n").split("\n")
    stream.write("\n" + "\n".join(f"  {_escaped(line)}" for line in lines))


def _escaped(text: str) -> str:
    from bot.words.plain import is_unseen

    text = without_tokens(text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        sign.encode("unicode_escape").decode() if is_unseen(sign) or sign in _LINE_ENDS else sign for sign in text
    )


def set_up_logs(form: Literal["console", "json"], *, verbose: bool = False) -> None:
    """Log everything at WARNING (INFO if `verbose`) and above to standard error, one line per record.

    Safe to call again with another form.
    """
    handler = LogStream(sys.stderr)
    handler.setFormatter(_Lines(form))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO if verbose else logging.WARNING)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("dotenv").setLevel(logging.ERROR)  # the settings report its lines themselves
    logging.getLogger(DAY).setLevel(logging.INFO)
    logging.captureWarnings(form == "json")


def json_line(level: int, code: str, text: str) -> str:
    """Return a line as the JSON log would have it, with the code of what is wrong."""
    record = logging.LogRecord(DAY, level, "", 0, text, (), None)
    record.code = code
    return _Lines("json").format(record)


def is_json() -> bool:
    """Return whether every line on standard error has to be JSON."""
    return any(isinstance(one.formatter, _Lines) and one.formatter.form == "json" for one in logging.root.handlers)


def catch_the_rest() -> None:
    """Log what would be printed as a traceback: errors that no thread caught, and those in finalizers."""

    def of_thread(failed: threading.ExceptHookArgs) -> None:
        error = failed.exc_value or failed.exc_type()
        logging.getLogger("threading").error("a thread failed", exc_info=error)

    def of_finalizer(failed: sys.UnraisableHookArgs) -> None:
        logging.getLogger("gc").error(
            "%s: %r", failed.err_msg or "a finalizer failed", failed.object, exc_info=failed.exc_value
        )

    threading.excepthook = of_thread
    sys.unraisablehook = of_finalizer


def is_verbose() -> bool:
    """Return whether the log shows details."""
    return logging.getLogger().isEnabledFor(logging.INFO)

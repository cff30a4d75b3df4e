"""Run a command's work, turning any error into one line and an exit status."""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

import typer

from bot.cli import logs
from bot.cli.console import Terminal, operator_words
from bot.errors import BotError, OutputError, SettingsError

if TYPE_CHECKING:
    from bot.app.app import App
    from bot.settings import Configuration

Work = Callable[["App", Terminal], Awaitable[int]]

logger = logging.getLogger(__name__)


def configuration() -> Configuration:
    """Read the settings, and configure logging by them. Raises SettingsError."""
    from bot.app.platforms import configured

    try:
        settings = configured()
    except SettingsError:
        log_by_settings()
        raise
    logs.set_up_logs(settings.core.log_format, verbose=logs.is_verbose())
    return settings


def log_by_settings() -> None:
    """Log as JSON if LOG_FORMAT says so, where the settings as a whole cannot be read or were not."""
    from bot.settings import load_log_format

    if load_log_format() == "json":
        logs.set_up_logs("json", verbose=logs.is_verbose())


def run_connected(work: Work) -> None:
    """Run work that needs the connected use cases and returns the exit status."""

    async def connected(terminal: Terminal) -> int:
        from bot.app.opening import open_app

        async with open_app(configuration().core) as app:
            return await work(app, terminal)

    run_async(connected)


def run_async(work: Callable[[Terminal], Coroutine[Any, Any, int]]) -> None:
    """Run asynchronous work that connects what it needs itself and returns the exit status."""
    import asyncio

    run_guarded(lambda terminal: asyncio.run(work(terminal)))


def run_guarded(work: Callable[[Terminal], int]) -> None:
    """Run the work. Any error becomes one line and an exit status; tracebacks show only with --verbose."""
    terminal = Terminal(operator_words())
    try:
        status = work(terminal)
    except BotError as error:
        logger.info("failed", exc_info=error)
        terminal.fail(error)
        status = 1
    except KeyboardInterrupt:
        terminal.tell(terminal.words.say("cli.interrupted"))
        status = 130
    except BrokenPipeError:
        # The reader has closed the pipe. Discard what is still buffered, or flushing it at exit would fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except OSError as error:
        logger.info("failed", exc_info=error)
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            terminal.fail(BotError(type(error).__name__))
            raise typer.Exit(1) from None
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        problem = error.strerror or type(error).__name__
        terminal.fail(OutputError("output.unwritable", path="stdout", problem=problem))
        status = 1
    except Exception as error:  # bugs are reported in one line too
        logger.info("unforeseen", exc_info=error)
        terminal.fail(BotError(type(error).__name__))
        status = 1
    raise typer.Exit(status)

"""Terminal input and output: progress bars, one-line errors, and the operator's language."""

from __future__ import annotations

import io
import logging
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType

from bot.cli import logs
from bot.common.logstream import note_lost
from bot.errors import BotError
from bot.ports import Progress as ProgressPort
from bot.ports import Stage
from bot.words import Words, words_for

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


_DUMB = ("dumb", "unknown")
_day = logging.getLogger(logs.DAY)


def operator_words() -> Words:
    """Return the words in the language of the terminal's locale, English if there is no such catalogue."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return words_for(locale.partition(".")[0].replace("_", "-") or "en")


def command_name() -> str:
    """Return how this installation's command is typed here: by its name alone only where that finds this very one."""
    own = Path(sys.prefix) / "bin" / "kawaraban"
    if not own.exists():
        return "kawaraban"
    found = shutil.which("kawaraban")
    if found and Path(found).samefile(own):
        return "kawaraban"
    return str(own.relative_to(Path.cwd()) if own.is_relative_to(Path.cwd()) else own)


def _size() -> tuple[int, int] | tuple[None, None]:
    """Return a dumb terminal's columns and lines, which rich takes to be 80 and 25; otherwise leave them to rich."""
    return shutil.get_terminal_size() if os.environ.get("TERM", "").lower() in _DUMB else (None, None)


class Terminal:
    """Standard output for results, standard error for everything else."""

    answers_in_json = False  # as this command line asks for; so does the line that says why it failed

    def __init__(self, words: Words) -> None:
        # A closed stream is None. `run` needs neither; for other commands the loss is theirs who closed it.
        sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # until the end
        sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # until the end
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # show question marks on a terminal without Japanese
        self.words = words
        width, height = _size()
        self.out = Console(highlight=False, soft_wrap=not sys.stdout.isatty(), width=width, height=height)
        self.err = Console(stderr=True, highlight=False, soft_wrap=True, width=width, height=height)

    def show(self, result: RenderableType) -> None:
        self.out.print(result, crop=False)  # what is wider than the terminal is for the terminal to break

    def write(self, text: str) -> None:
        """Write text for other programs verbatim, without wrapping or colours."""
        sys.stdout.write(text)
        sys.stdout.flush()

    def tell(self, line: str) -> None:
        """Print one line to standard error."""
        if logs.is_json():
            _day.info(line)
        else:
            self._print(line)

    def fail(self, error: BotError) -> None:
        """Print one line that explains the error: as JSON where the log is JSON, or the answer would have been."""
        self.refuse(error.code, self.words.error(error), style="red")

    def refuse(self, code: str, line: str, style: str | None = None) -> None:
        """Print why there is no answer, in one line; `code` stands beside it in JSON."""
        if logs.is_json():
            _day.error(line, extra={"code": code})
        elif self.answers_in_json:
            with _lossy():
                sys.stderr.write(logs.json_line(logging.ERROR, code, line) + "\n")
                sys.stderr.flush()
        else:
            self._print(line, style)

    def _print(self, line: str, style: str | None = None) -> None:
        with _lossy():
            self.err.print(line, markup=False, style=style)

    @contextmanager
    def busy(self, label: str = "cli.working") -> Iterator[None]:
        """Show a spinner during the block if standard error is a terminal."""
        if self.err.is_terminal:
            with self.err.status(self.words.say(label)):
                yield
        else:
            yield

    @contextmanager
    def progress(self) -> Iterator[ProgressPort]:
        """Show progress bars if standard error is a terminal, otherwise one line per stage."""
        if self.err.is_terminal:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

            with Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                console=self.err,
                transient=True,
            ) as bars:
                yield _Bars(bars, self.words)
        else:
            yield _Lines(self)


@contextmanager
def _lossy() -> Iterator[None]:
    """Write to standard error in the block. What that does not take is lost; the exit status remains."""
    try:
        yield
    except OSError:
        note_lost()


class _Bars:
    def __init__(self, bars: Progress, words: Words) -> None:
        self._bars = bars
        self._words = words
        self._tasks: dict[Stage, TaskID] = {}

    def __call__(self, stage: Stage, done: int, total: int) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(self._words.say(f"cli.stage.{stage}"), total=total)
        self._bars.update(self._tasks[stage], completed=done, total=total)


class _Lines:
    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def __call__(self, stage: Stage, done: int, total: int) -> None:
        if done == total:
            self._terminal.tell(f"{self._terminal.words.say(f'cli.stage.{stage}')} {done}/{total}")

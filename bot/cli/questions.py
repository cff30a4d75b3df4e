"""Questions about a paper in the terminal: one on the command line, or as many as are typed."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING

from bot.app.app import TERMINAL
from bot.app.formats import PaperFormat
from bot.cli.console import Terminal
from bot.common.newest import newest
from bot.errors import BotError, StoreError
from bot.models import Answer, Paper, Turn
from bot.papers.refs import named_in, parse_ref
from bot.questions.asked import Asked, answer_language
from bot.questions.transcript import turn_of

if TYPE_CHECKING:
    from bot.app.app import App


_CANCELLED = 130  # the exit status of what Ctrl-C ended


class Conversation:
    """Questions of one person at the terminal, each with those before it. Answers are in the `language` given, or in
    that of the question.
    """

    def __init__(self, app: App, terminal: Terminal, form: PaperFormat, language: str | None) -> None:
        self._app = app
        self._terminal = terminal
        self._form = form
        self._language = app.language(language)
        self._exactly = language is not None
        self._turns: list[Turn] = []

    async def about(self, name: str, question: str | None, *, more: bool) -> int:
        """Answer the question about the paper of that name, then, with `more`, those on standard input.

        Returns the exit status. Raises BotError for a single question without an answer.
        """
        with self._terminal.busy():
            papers = await self._app.lookup.find(parse_ref(name))
        if len(papers) > 1:
            from bot.app.rendering import shown_choices

            self._terminal.show(shown_choices(papers, self._language))
            return 0
        cancelled = bool(question) and await self._ask(papers[0], question or "")
        if more:
            await self.ask_each(papers[0])
        return _CANCELLED if cancelled and not more else 0

    async def ask_each(self, paper: Paper) -> None:
        """Answer line after line until an empty one or the end. What cannot be answered is told, and ends nothing."""
        self._terminal.tell(self._terminal.words.say("cli.ask.begin", title=paper.title))
        while True:
            line = self._typed()
            if not line.strip():
                return
            try:
                await self._ask(paper, line)
            except StoreError:
                raise
            except BotError as error:
                self._terminal.fail(error)

    def _typed(self) -> str:
        """Return the next line, "" at the end. Nothing else goes on meanwhile, so that Ctrl-C ends the program here."""
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            if self._terminal.err.is_terminal:
                self._terminal.err.print("> ", end="", markup=False)
            return sys.stdin.readline()
        finally:
            signal.signal(signal.SIGINT, before)

    async def _ask(self, paper: Paper, question: str) -> bool:
        """Answer one question. Returns whether it was cancelled; what is proved by then is shown."""
        answer: Answer | None = None
        with self._terminal.busy("cli.asking"), _interruptible() as stop:
            papers = await self._papers(paper, question)
            asked = Asked(papers, question, self._language, self._exactly, tuple(self._turns), channel=str(TERMINAL))
            # Each answer replaces the one before; a terminal shows the last.
            async with aclosing(newest(self._app.asking.ask(asked), stop)) as growing:
                async for latest in growing:
                    answer = latest
        if stop.is_set():
            self._terminal.tell(self._terminal.words.say("answer.cancelled"))
        if answer:
            if turn := turn_of(question, answer):
                self._turns.append(turn)
            self._show(answer, papers, question, answer_language(asked))
        return stop.is_set()

    async def _papers(self, paper: Paper, question: str) -> tuple[Paper, ...]:
        """Return the paper, and any others that the question names."""
        papers = {paper.id: paper}
        for ref in named_in(question):
            for one in await self._app.lookup.find(ref):
                papers.setdefault(one.id, one)
        return tuple(papers.values())

    def _show(self, answer: Answer, papers: tuple[Paper, ...], question: str, language: str) -> None:
        from bot.app import rendering

        if self._form is PaperFormat.TEXT:
            self._terminal.show(rendering.shown_answer(answer, papers, language))
        else:
            self._terminal.write(rendering.rendered_answer(answer, papers, question.strip(), language, self._form))


@contextmanager
def _interruptible() -> Iterator[asyncio.Event]:
    """Yield what Ctrl-C sets within the block, where it cancels the question and not the program."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)
    loop.add_signal_handler(signal.SIGINT, stop.set)
    try:
        yield stop
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, before)

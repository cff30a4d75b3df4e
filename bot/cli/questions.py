"""Questions about a paper in the terminal: one on the command line, or as many as are typed."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing
from typing import TYPE_CHECKING

from bot.app.formats import PaperFormat
from bot.cli.console import Terminal
from bot.errors import BotError, StoreError
from bot.models import Answer, Paper, Turn
from bot.papers.refs import named_in, parse_ref
from bot.questions.asked import Asked, answer_language
from bot.words.answers import told

if TYPE_CHECKING:
    from bot.app.app import App


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
        if question:
            await self._ask(papers[0], question)
        if more:
            await self._ask_each(papers[0])
        return 0

    async def _ask_each(self, paper: Paper) -> None:
        """Answer line after line until an empty one or the end. What cannot be answered is told, and ends nothing."""
        self._terminal.tell(self._terminal.words.say("cli.ask.begin", title=paper.title))
        while True:
            line = await asyncio.to_thread(sys.stdin.readline)
            if not line.strip():
                return
            try:
                await self._ask(paper, line)
            except StoreError:
                raise
            except BotError as error:
                self._terminal.fail(error)

    async def _ask(self, paper: Paper, question: str) -> None:
        with self._terminal.busy("cli.asking"):
            papers = await self._papers(paper, question)
            asked = Asked(papers, question, self._language, self._exactly, tuple(self._turns))
            # Each answer replaces the one before; a terminal shows the last.
            async with aclosing(self._app.asking.ask(asked)) as growing:
                answer = [one async for one in growing][-1]
        self._turns.append(Turn(question.strip(), told(answer)))
        self._show(answer, papers, question, answer_language(asked))

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

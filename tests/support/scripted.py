"""Answers to questions that a test writes itself, claim by claim, behind the real core of conversations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass, field, replace

from bot.models import Answer, AnswerKind, Claim, Paper, Quotation, SentenceRef, TextSource
from bot.questions.asked import Asked


def quotation(paper: Paper, text: str, section: str = "3 Method", block: str = "S3.p2") -> Quotation:
    url = f"https://arxiv.org/html/{paper.arxiv_id}v1#{block}"
    return Quotation(paper.id, SentenceRef(block, 0), text, section, url)


def claim(paper: Paper, text: str, quoted: str = "The press prints twice as fast.") -> Claim:
    return Claim(text, (quotation(paper, quoted),))


def answered(*claims: Claim, next_questions: tuple[str, ...] = ()) -> Answer:
    return Answer(AnswerKind.ANSWERED, claims, next_questions=next_questions, sources=(TextSource.HTML,))


@dataclass
class Scripted:
    """In place of `bot.questions.asking.Asking`: each question gets the claims that `says` gives for it.

    After every claim but the last, and before the first, it waits for a `step`; `steady` makes all at once.
    """

    says: Callable[[Asked], Iterable[Claim]] = lambda asked: (claim(asked.papers[0], f"Because of {asked.question}"),)
    next_questions: tuple[str, ...] = ()
    steady: bool = True
    error: Exception | None = None
    asked: list[Asked] = field(default_factory=list)
    closed: int = 0
    _steps: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    def step(self) -> None:
        """Let the next claim come, or the end."""
        self._steps.release()

    async def ask(self, asked: Asked) -> AsyncGenerator[Answer, None]:
        self.asked.append(asked)
        so_far = answered()
        try:
            for one in self.says(asked):
                await self._turn()
                so_far = replace(so_far, claims=(*so_far.claims, one))
                yield so_far
            await self._turn()
            if self.error:
                raise self.error
            kind = AnswerKind.ANSWERED if so_far.claims else AnswerKind.NOT_SAID
            yield replace(so_far, kind=kind, next_questions=self.next_questions)
        finally:
            self.closed += 1

    async def _turn(self) -> None:
        if not self.steady:
            await self._steps.acquire()

"""A reader, a model, money and a memory of the tests' own, for questions about papers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import tzinfo

from bot.errors import BudgetError, ModelError
from bot.models import (
    Answer,
    AnswerKey,
    AnswerRequest,
    DraftEnd,
    DraftPiece,
    FullText,
    NextRequest,
    Paper,
    PaperId,
    SentenceRange,
    StopReason,
    Usage,
)
from tests.support.digests import make_paper
from tests.support.planted import full_text

PAPER = make_paper("OrvexNet: Decoding with Fewer States")
SECOND = replace(make_paper("KestrelNet: States of Birds"), id=PaperId.arxiv("2602.00002"), arxiv_id="2602.00002")
TEXT = full_text(PAPER, ["OrvexNet decodes 1.87x faster.", "The encoder stays frozen."], ["We train on 64 GPUs."])
SECOND_TEXT = replace(full_text(SECOND, ["KestrelNet decodes 1.2x faster."]), url="https://arxiv.org/html/2602.00002v1")
CLAIM = DraftPiece("OrvexNet decodes 1.87x faster.", (SentenceRange(0, 0, 1),))
LATER = DraftPiece("\nThe encoder stays frozen.", (SentenceRange(0, 1, 2),))
DONE = DraftEnd(StopReason.COMPLETE)
USED = Usage(input_tokens=900, output_tokens=50, usd=0.001)

Step = DraftPiece | DraftEnd | ModelError | float


@dataclass
class FakeReader:
    texts: dict[PaperId, FullText] = field(default_factory=lambda: {PAPER.id: TEXT, SECOND.id: SECOND_TEXT})
    error: Exception | None = None

    async def read(self, paper: Paper) -> FullText:
        if self.error:
            raise self.error
        return self.texts[paper.id]


class Drafts:
    """A draft in steps: pieces, an error, or seconds in which nothing comes."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = steps

    @property
    def usage(self) -> Usage:
        return USED

    async def __aiter__(self) -> AsyncIterator[DraftPiece | DraftEnd]:
        for step in self._steps:
            if isinstance(step, ModelError):
                raise step
            if isinstance(step, float):
                await asyncio.sleep(step)
            else:
                yield step


@dataclass
class FakeAnswerer:
    """A model that answers in these steps, a list for each call; the last one serves all further calls."""

    answers: list[list[Step]] = field(default_factory=lambda: [[CLAIM, DONE]])
    tokens: int = 1_000
    questions: tuple[str, ...] = ()
    count_error: ModelError | None = None
    suggest_error: ModelError | None = None
    prompt: str = "p1"
    asked: list[AnswerRequest] = field(default_factory=list)
    suggested: list[NextRequest] = field(default_factory=list)

    async def count(self, request: AnswerRequest) -> int:
        if self.count_error:
            raise self.count_error
        return min(self.tokens, sum(len(sentence) for text in request.texts for sentence in text.sentences) * 100)

    def most_tokens(self, request: AnswerRequest) -> int:
        return 2 * self.tokens

    def estimate(self, request: AnswerRequest, tokens: int) -> float:
        return tokens * 1e-6

    @asynccontextmanager
    async def answer(self, request: AnswerRequest, tokens: int) -> AsyncIterator[Drafts]:
        self.asked.append(request)
        yield Drafts(self.answers[min(len(self.asked), len(self.answers)) - 1])

    async def suggest(self, request: NextRequest) -> tuple[tuple[str, ...], Usage]:
        self.suggested.append(request)
        if self.suggest_error:
            raise self.suggest_error
        return self.questions, Usage(usd=0.0001)

    def estimate_suggestions(self, request: NextRequest) -> float:
        return 0.0005


@dataclass
class Purse:
    """Money that notes what was reserved and settled; `left` is how many calls it grants."""

    left: int = 100
    reserved: list[float] = field(default_factory=list)
    settled: list[Usage] = field(default_factory=list)

    @asynccontextmanager
    async def reserve(
        self, asker: str, channel: str, usd: float, *, model: str, zone: tzinfo | None = None
    ) -> AsyncIterator[Purse]:
        if len(self.reserved) >= self.left:
            raise BudgetError("budget.day", cap_usd=1.0)
        self.reserved.append(usd)
        yield self

    async def settle(self, usage: Usage) -> None:
        self.settled.append(usage)


@dataclass(frozen=True)
class Kept:
    answer: Answer


class Shelf:
    """Memory in which only one caller makes an answer, and the others wait for it."""

    def __init__(self) -> None:
        self.answers: dict[AnswerKey, Answer] = {}
        self._making = asyncio.Lock()

    async def get(self, key: AnswerKey) -> Answer | None:
        return self.answers.get(key)

    async def once(self, key: AnswerKey, make: Callable[[], Awaitable[Answer]]) -> Kept:
        async with self._making:
            if key not in self.answers:
                self.answers[key] = await make()
            return Kept(self.answers[key])

"""One question about one or two papers: read, paid for, asked, proved, and answered claim by claim.

Nothing is spent before the question is known to be one (`asked`), the text is read and its tokens are counted. Each
answer replaces the one before. Whatever happens, there is an end after `Timing.limit` seconds.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Protocol, TypeVar

from bot.common.waiting import uninterrupted
from bot.errors import BudgetError, InputError, ModelBusy, ModelError, ModelRefusesUs
from bot.models import (
    Answer,
    AnswerKey,
    AnswerKind,
    AnswerRequest,
    DraftEnd,
    DraftPiece,
    FullText,
    NextRequest,
    TextSource,
    Usage,
)
from bot.ports import Answerer, DraftStream, Reader
from bot.questions.asked import Asked, answer_language, checked_question, recent
from bot.questions.claims import Claims
from bot.questions.following import outline, usable
from bot.questions.texts import AskedText, asked_text

T = TypeVar("T")

WHOLE_TOKENS = 80_000  # up to here the whole text is sent; the price of a token rises at 100,000
CHOSEN_CHARACTERS = 48_000  # of longer texts, all papers together


@dataclass(frozen=True, slots=True)
class Timing:
    """Time limits in seconds, by the clock `now`."""

    limit: float = 90.0  # of a whole answer
    next_questions: float = 15.0  # of the call for questions to ask next
    patience: float = 30.0  # longer than `limit`, with somebody else who is making the same answer
    now: Callable[[], float] = time.monotonic


TIMING = Timing()


class Reservation(Protocol):
    async def settle(self, usage: Usage) -> None:
        """Replace what was reserved by what the call has used."""


class Money(Protocol):
    """The budgets of questions."""

    def reserve(
        self,
        asker: str,
        channel: str,
        usd: float,
        *,
        model: str,
        zone: tzinfo | None = None,
    ) -> AbstractAsyncContextManager[Reservation]:
        """Reserve what a call may cost. Entering raises BudgetError; a ModelError within settles at its `usd`."""


class Remembered(Protocol):
    @property
    def answer(self) -> Answer: ...


class Memory(Protocol):
    """Answers that were given before."""

    async def get(self, key: AnswerKey) -> Answer | None: ...

    async def once(self, key: AnswerKey, make: Callable[[], Awaitable[Answer]]) -> Remembered:
        """Return the stored answer, that of somebody who is making it right now, or that of `make`."""


class Chosen(Protocol):
    @property
    def text(self) -> FullText: ...

    @property
    def omitted(self) -> int: ...


class Chooser(Protocol):
    """Chooses the parts of a long text that a question is about."""

    async def choose(self, text: FullText, question: str, limit: int) -> Chosen:
        """Return the text with blocks of at most `limit` characters."""


@dataclass(frozen=True, slots=True)
class _Order:
    """One question on its way. `ends` is the instant, by the monotonic clock, by which there is an answer."""

    asked: Asked
    question: str
    language: str
    ends: float


class Asking:
    """The use case of a question about papers.

    `models` are the one to ask and, if it declines, another. Without an `answerer` (no key) only stored answers are
    given. `choosing` makes a Chooser for whoever asks, because finding words to search for may cost money.
    """

    def __init__(
        self,
        reader: Reader,
        answerer: Answerer | None,
        models: tuple[str, str | None],
        money: Money,
        *,
        choosing: Callable[[Asked], Chooser],
        memory: Memory | None = None,
        timing: Timing = TIMING,
    ) -> None:
        self._reader = reader
        self._answerer = answerer
        first, other = models
        self._models = (first, other) if other and other != first else (first,)
        self._money = money
        self._choosing = choosing
        self._memory = memory
        self._timing = timing
        self._now = timing.now

    async def ask(self, asked: Asked) -> AsyncGenerator[Answer, None]:
        """Answer the question. Yields answers that grow claim by claim, each of which replaces the one before.

        Raises InputError (see `asked.checked_question`), ReadingError, BudgetError, ModelError and StoreError.
        """
        question = checked_question(asked)
        order = _Order(asked, question, answer_language(asked), self._now() + self._timing.limit)
        async with aclosing(self._answered(order)) as answers:
            try:
                async for answer in answers:
                    yield answer
            except TimeoutError:
                yield Answer(AnswerKind.UNPROVED, partial=True)

    async def _answered(self, order: _Order) -> AsyncGenerator[Answer, None]:
        """Answer, from memory if possible. Raises TimeoutError where time runs out before anything was asked."""
        texts = await self._within(order, self._read(order.asked))
        if self._memory is None:
            async with aclosing(self._made(order, texts)) as answers:
                async for answer in answers:
                    yield answer
            return
        key = self._key(order, texts)
        if stored := await self._remembered(key, self._memory):
            yield stored
            return
        async with aclosing(self._shared(key, self._memory, order, texts)) as answers:
            async for answer in answers:
                yield answer

    @staticmethod
    async def _remembered(key: AnswerKey, memory: Memory) -> Answer | None:
        """Return the answer if it was given before, in this conversation or to the same question on its own.

        What could be answered on its own needs no conversation.
        """
        if (stored := await memory.get(key)) or not key.turns:
            return stored
        alone = await memory.get(replace(key, turns=()))
        return alone if alone and alone.kind is AnswerKind.ANSWERED else None

    async def _read(self, asked: Asked) -> tuple[FullText, ...]:
        return tuple(await asyncio.gather(*map(self._reader.read, asked.papers)))

    def _key(self, order: _Order, texts: Sequence[FullText]) -> AnswerKey:
        papers = order.asked.papers
        return AnswerKey(
            texts=tuple((paper.id, text.version) for paper, text in zip(papers, texts, strict=True)),
            question=order.question,
            language=order.language,
            model=self._models[0],
            prompt=self._answerer.prompt if self._answerer else "",
            turns=recent(order.asked.turns),
            source=" ".join(text.source for text in texts),
        )

    async def _shared(
        self, key: AnswerKey, memory: Memory, order: _Order, texts: Sequence[FullText]
    ) -> AsyncGenerator[Answer, None]:
        """Make the answer for everybody who asks the same now. Only who makes it sees it grow."""
        growing: asyncio.Queue[Answer | None] = asyncio.Queue()
        last: Answer | None = None

        async def make() -> Answer:
            final = Answer(AnswerKind.UNPROVED)
            async with aclosing(self._made(order, texts)) as answers:
                async for final in answers:
                    growing.put_nowait(final)
            return final

        async def remembered() -> Answer:
            try:
                return (await memory.once(key, make)).answer
            finally:
                growing.put_nowait(None)

        making = asyncio.create_task(remembered())
        try:
            # Somebody else who makes the answer may have begun later, and has the same time.
            patience = replace(order, ends=order.ends + self._timing.patience)
            while answer := await self._within(patience, growing.get()):
                last = answer
                yield answer
            final = await making
            if final != last:
                yield final
        finally:
            if not making.done():
                making.cancel()
                await asyncio.wait({making})

    async def _made(self, order: _Order, texts: Sequence[FullText]) -> AsyncGenerator[Answer, None]:
        if self._answerer is None:
            raise ModelRefusesUs("model.no_key_question")
        answer = Answer(AnswerKind.UNPROVED)
        for model in self._models:
            async with aclosing(self._by_model(model, self._answerer, order, texts)) as answers:
                async for answer in answers:
                    if answer.kind is not AnswerKind.REFUSED or model == self._models[-1]:
                        yield answer
            if answer.kind is not AnswerKind.REFUSED:
                break
        if answer.kind in (AnswerKind.ANSWERED, AnswerKind.NOT_SAID) and not answer.partial:
            following = await self._following(self._answerer, order, texts, answer)
            if following:
                yield replace(answer, next_questions=following)

    async def _by_model(
        self, model: str, answerer: Answerer, order: _Order, texts: Sequence[FullText]
    ) -> AsyncGenerator[Answer, None]:
        shown, tokens, omitted = await self._within(order, self._prepared(model, answerer, order, texts))
        request = _request(model, order, shown)
        sources = tuple(text.source for text in texts)
        abstract_only = TextSource.ABSTRACT in sources
        claims = Claims(shown, order.language)

        def whole(answer: Answer) -> Answer:
            return replace(answer, abstract_only=abstract_only, omitted=omitted, sources=sources)

        asked = order.asked
        usd = answerer.estimate(request, tokens)
        async with self._money.reserve(asked.asker, asked.channel, usd, model=model, zone=asked.zone) as reservation:
            async with AsyncExitStack() as stack:
                drafts = await self._within(order, stack.enter_async_context(answerer.answer(request, tokens)))
                end: DraftEnd | None = None
                try:
                    async with aclosing(self._pieces(order, drafts)) as pieces:
                        async for piece in pieces:
                            if isinstance(piece, DraftEnd):
                                end = piece
                            elif claims.add(piece):
                                yield whole(claims.answer())
                except ModelBusy:
                    # What is proved by now is proved, whatever became of the rest.
                    if not claims.answer().claims:
                        raise
                except (asyncio.CancelledError, GeneratorExit):
                    # Nobody waits for the rest: what there is of it has been paid for.
                    await uninterrupted(reservation.settle(drafts.usage))
                    raise
                usage = drafts.usage
            await reservation.settle(usage)
        yield whole(claims.finish(end))

    async def _pieces(self, order: _Order, drafts: DraftStream) -> AsyncGenerator[DraftPiece | DraftEnd, None]:
        """Yield the pieces of a draft until it ends or time runs out."""
        stream = aiter(drafts)
        while True:
            try:
                piece = await self._within(order, _next(stream))
            except (StopAsyncIteration, TimeoutError):
                return
            if piece is None:
                return
            yield piece

    async def _prepared(
        self, model: str, answerer: Answerer, order: _Order, texts: Sequence[FullText]
    ) -> tuple[tuple[AskedText, ...], int, int]:
        """Return the texts as the model sees them, the tokens of the request, and how many blocks were left out."""
        papers = order.asked.papers
        shown = tuple(asked_text(paper.id, paper.title, text) for paper, text in zip(papers, texts, strict=True))
        if not all(text.quotations for text in shown):
            raise InputError("input.question_no_text")
        tokens = await _tokens(answerer, _request(model, order, shown))
        if tokens <= WHOLE_TOKENS:
            return shown, tokens, 0
        chooser = self._choosing(order.asked)
        limit = CHOSEN_CHARACTERS // len(texts)
        chosen = [await chooser.choose(text, order.question, limit) for text in texts]  # one call for words at a time
        shown = tuple(
            asked_text(paper.id, paper.title, text, one.text)
            for paper, text, one in zip(papers, texts, chosen, strict=True)
        )
        return shown, await _tokens(answerer, _request(model, order, shown)), sum(one.omitted for one in chosen)

    async def _following(
        self, answerer: Answerer, order: _Order, texts: Sequence[FullText], answer: Answer
    ) -> tuple[str, ...]:
        """Return questions to ask next; none if they cost too much, take too long, or do not pass the check."""
        asked = order.asked
        request = NextRequest(
            model=self._models[0],
            question=order.question,
            claims=tuple(claim.text for claim in answer.claims),
            titles=tuple(paper.title for paper in asked.papers),
            outline=tuple(outline(texts)),
            language=order.language,
        )
        usd = answerer.estimate_suggestions(request)
        left = min(self._timing.next_questions, order.ends - self._now())
        try:
            async with (
                asyncio.timeout(left),
                self._money.reserve(
                    asked.asker, asked.channel, usd, model=request.model, zone=asked.zone
                ) as reservation,
            ):
                questions, usage = await answerer.suggest(request)
                await reservation.settle(usage)
        except (ModelError, BudgetError, TimeoutError):
            return ()
        return usable(questions, request)

    async def _within(self, order: _Order, work: Awaitable[T]) -> T:
        """Wait for the work, at most until the question's time is over. Raises TimeoutError."""
        async with asyncio.timeout(max(0.0, order.ends - self._now())):
            return await work


def _request(model: str, order: _Order, shown: Sequence[AskedText]) -> AnswerRequest:
    return AnswerRequest(
        model=model,
        question=order.question,
        texts=tuple(text.citable for text in shown),
        language=order.language,
        turns=recent(order.asked.turns),
    )


async def _tokens(answerer: Answerer, request: AnswerRequest) -> int:
    """Return the tokens of the request, or more than it has if nobody can count them now."""
    try:
        return await answerer.count(request)
    except ModelBusy:
        return answerer.most_tokens(request)


async def _next(stream: AsyncIterator[DraftPiece | DraftEnd]) -> DraftPiece | DraftEnd | None:
    return await anext(stream, None)

"""Answer one question in a chat: claim by claim, cancelled by whoever asked, and kept for the conversation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.chat.threads import Talked
from bot.common.newest import newest
from bot.common.waiting import repeating, uninterrupted
from bot.errors import StoreError
from bot.models import Answer, AnswerView, AskedState, Asker, ChannelSettings, Paper, Reply, Sentence, Where
from bot.questions.asked import Asked, answer_language, checked_question
from bot.questions.asking import Asking
from bot.store.store import Store
from bot.store.tables import TurnState
from bot.store.turns import StoredTurn

T = TypeVar("T")

ALIVE = timedelta(seconds=15)  # how long a question counts as being answered after the last sign of life
_SIGN_SECONDS = 5.0
_LOOK_SECONDS = 1.0  # between looks for a cancellation that came to another process

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who asks, under which pseudonym, where and when, and the settings for the answer."""

    asker: Asker
    voter: str
    where: Where
    settings: ChannelSettings
    now: datetime

    def reply(self, *sentences: Sentence) -> Reply:
        return Reply.in_channel(self.settings, *sentences)

    def turn(self, talked: Talked, view: AnswerView, papers: Sequence[Paper], state: TurnState) -> StoredTurn:
        """Return a question as the conversation keeps it."""
        return StoredTurn(
            id=view.turn,
            conversation=talked.conversation,
            platform=self.where.platform,
            channel=self.where.channel,
            asker=self.voter,
            question=view.question,
            papers=tuple(paper.id for paper in papers),
            language=view.language,
            asked_at=self.now,
            state=state,
        )


class Answering:
    """Runs questions, each in this process until it is answered, cancelled or closed."""

    def __init__(self, store: Store, asking: Asking) -> None:
        self._turns = store.turns
        self._asking = asking
        self._running: dict[str, asyncio.Event] = {}  # set where whoever asked has cancelled

    async def answer(
        self, desk: Desk, talked: Talked, view: AnswerView, papers: Sequence[Paper]
    ) -> AsyncGenerator[Reply, None]:
        """Answer the question of the view. Raises whatever `Asking.ask` raises, and keeps no question that is none."""
        asked = Asked(
            papers=tuple(papers),
            question=view.question,
            language=desk.settings.language,
            turns=talked.turns,
            asker=desk.voter,
            channel=str(desk.where.channel or ""),
            zone=ZoneInfo(desk.settings.timezone),
        )
        checked_question(asked)
        view = replace(view, papers=without_abstracts(papers), language=answer_language(asked))
        cancelled = self._running[view.turn] = asyncio.Event()
        state: TurnState | None = TurnState.FAILED
        answer: Answer | None = None
        await self._turns.add(desk.turn(talked, view, papers, TurnState.RUNNING), ALIVE)
        try:
            yield replace(desk.reply(), answer=view, working=True)
            async with (
                self._watched(view.turn, cancelled),
                aclosing(newest(self._asking.ask(asked), cancelled)) as answers,
            ):
                async for answer in answers:
                    view = replace(view, answer=answer, state=AskedState.ANSWERING if answer.claims else view.state)
                    yield replace(desk.reply(), answer=view, working=True)
            state = TurnState.CANCELLED if cancelled.is_set() else TurnState.DONE
        except asyncio.CancelledError:
            state = None  # this process ends: the next one finds the question unanswered
            raise
        finally:
            del self._running[view.turn]
            if state:
                await uninterrupted(self._finished(view.turn, state, answer))
        ended = AskedState.CANCELLED if state is TurnState.CANCELLED else AskedState.DONE
        yield replace(desk.reply(), answer=replace(view, state=ended))

    async def cancel(self, turn: str) -> bool:
        """Cancel a question, in whatever process it is answered. Returns False if it is over. Raises StoreError."""
        if not await self._turns.cancel(turn):
            return False
        if turn in self._running:
            self._running[turn].set()
        return True

    @asynccontextmanager
    async def _watched(self, turn: str, cancelled: asyncio.Event) -> AsyncIterator[None]:
        """Say that the question is being answered, and look for a cancellation that came to another process."""

        async def look() -> None:
            if await _quietly(self._turns.state(turn)) is TurnState.CANCELLED:
                cancelled.set()

        async with (
            repeating(lambda: _quietly(self._turns.renew(turn, ALIVE)), _SIGN_SECONDS),
            repeating(look, _LOOK_SECONDS),
        ):
            yield

    async def _finished(self, turn: str, state: TurnState, answer: Answer | None) -> None:
        """Keep the answer. One that cannot be kept is still shown."""
        await _quietly(self._turns.finish(turn, state, answer))


def without_abstracts(papers: Sequence[Paper]) -> tuple[Paper, ...]:
    return tuple(replace(paper, abstract="") for paper in papers)


async def _quietly(work: Awaitable[T]) -> T | None:
    """Return what the work returns, None if the database fails, which a later attempt makes good."""
    try:
        return await work
    except StoreError as error:
        logger.warning("a question's state could not be read or written: %s", error)
        return None

"""Find the conversation that a question belongs to, and the papers that it is about.

In a thread that is everybody's conversation; elsewhere each person has their own in each channel. A conversation is our
own transcript: what was asked of us and what we answered, never what else was written there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.models import Delivery, MessageRef, PaperId, Turn, Where
from bot.questions.asked import recent
from bot.questions.transcript import turn_of
from bot.store.store import Store
from bot.store.tables import TurnState
from bot.store.turns import StoredTurn

THREAD_PAPERS = timedelta(days=7)  # how long a thread knows its papers if no card of ours opened it
PERSON_PAPERS = timedelta(minutes=30)  # how long a question without a reference is about a person's last paper
CONTEXT = timedelta(days=1)  # how old a turn may be that the next question carries
_LOOKED_AT = 20  # turns
SHARED = "answer:"  # followed by the question's id: the part of a shared answer in the ledger


@dataclass(frozen=True, slots=True)
class Talked:
    """A conversation so far. `papers` are those of a question that names none; `choices` are those among which to pick
    where they are too many.
    """

    conversation: str
    papers: tuple[PaperId, ...] = ()
    choices: tuple[PaperId, ...] = ()
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class _Head:
    """What the message at the head of a thread is about. `turn` is the question whose answer it shows."""

    papers: tuple[PaperId, ...] = ()
    choices: tuple[PaperId, ...] = ()
    turn: StoredTurn | None = None


class Threads:
    """Looks conversations up. Every method raises StoreError."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def is_about_papers(self, thread: MessageRef) -> bool:
        """Return whether everything that is written to the bot in the thread is about certain papers."""
        head = await self._head(thread)
        return bool(head.papers or await self._latest(str(thread), THREAD_PAPERS))

    async def talked(self, where: Where, voter: str) -> Talked:
        """Return the conversation in which somebody asks, by their pseudonym."""
        if where.thread is None:
            key = _own(where, voter)
            turns = await self._latest(key, CONTEXT)
            last = _last_papers([turn for turn in turns if turn.asked_at >= self._clock() - PERSON_PAPERS])
            return Talked(key, last, turns=self._carried(turns) if last else ())
        head = await self._head(where.thread)
        shown = head.turn if head.turn and head.turn.message == where.thread else None
        key = shown.conversation if shown and not _is_own(shown) else str(where.thread)
        turns = await self._latest(key, THREAD_PAPERS)
        last = _last_papers(turns)
        papers = head.papers if shown or not set(head.papers) <= set(last) else last
        first = [head.turn] if head.turn and head.turn.id not in {turn.id for turn in turns} else []
        return Talked(key, papers or last, () if papers or last else head.choices, self._carried([*first, *turns]))

    async def continued(self, earlier: StoredTurn, where: Where, voter: str) -> Talked:
        """Return the conversation of an earlier question for somebody who goes on with it.

        Of a conversation that is another person's own, no more than that question is carried on.
        """
        if _is_own(earlier) and earlier.asker != voter:
            key = str(where.thread) if where.thread else _own(where, voter)
            return Talked(key, earlier.papers, turns=self._carried([earlier]))
        turns = await self._latest(earlier.conversation, CONTEXT)
        return Talked(earlier.conversation, earlier.papers, turns=self._carried(turns))

    async def _head(self, thread: MessageRef) -> _Head:
        if shown := await self._store.turns.showing(thread):
            return _Head(shown.papers, turn=shown)
        delivery = (await self._store.deliveries.by_messages([thread])).get(thread)
        if delivery is None:
            return _Head()
        if delivery.part.startswith(SHARED):
            shared = await self._store.turns.get(delivery.part.removeprefix(SHARED))
            return _Head(shared.papers, turn=shared) if shared else _Head()
        if delivery.paper:
            return _Head((delivery.paper,))
        return _Head(choices=await self._listed(delivery))

    async def _listed(self, delivery: Delivery) -> tuple[PaperId, ...]:
        """Return the papers of the digest that a headline opens."""
        if delivery.part != "headline":
            return ()
        digest = await self._store.digests.get(delivery.channel, delivery.day)
        return tuple(entry.paper.id for entry in digest.entries) if digest else ()

    async def _latest(self, conversation: str, age: timedelta) -> tuple[StoredTurn, ...]:
        return await self._store.turns.latest(conversation, self._clock() - age, _LOOKED_AT)

    def _carried(self, turns: Sequence[StoredTurn]) -> tuple[Turn, ...]:
        since = self._clock() - CONTEXT
        answered = [
            turn_of(turn.question, turn.answer)
            for turn in turns
            if turn.answer and turn.state is TurnState.DONE and turn.asked_at >= since
        ]
        return recent([turn for turn in answered if turn])


def _own(where: Where, voter: str) -> str:
    return f"{where.channel or where.platform}|{voter}"


def _is_own(turn: StoredTurn) -> bool:
    """Return whether a conversation is one person's own, not a thread's."""
    return turn.conversation.endswith(f"|{turn.asker}")


def _last_papers(turns: Sequence[StoredTurn]) -> tuple[PaperId, ...]:
    return next((turn.papers for turn in reversed(turns) if turn.papers and turn.state is not TurnState.OPEN), ())

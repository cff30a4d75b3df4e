"""A chat in which people ask about papers: the whole core with a store, a reader, a model and money."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.chat.papers import Papers
from bot.chat.questions import Questions
from bot.delivery.outbox import Outbox
from bot.errors import BudgetError
from bot.models import (
    AnswerView,
    Asker,
    ChannelKey,
    ChannelSettings,
    MessageRef,
    NewDelivery,
    Reply,
    Where,
)
from bot.papers.details import Details
from bot.papers.lookup import Lookup
from bot.ports import Answerer, Reader
from bot.questions.asking import TIMING, Asking, Timing
from bot.questions.budget import QuestionBudget, QuestionCaps
from bot.questions.memory import AnswerMemory
from bot.store.outcomes import Sent
from bot.store.store import Store
from bot.summaries.budget import Budget
from bot.summaries.summaries import Summaries
from bot.taste.votes import Votes
from bot.words import words_for
from bot.words.answers import answer_lines
from bot.words.replies import reply_lines
from tests.support.answerers import FakeAnswerer, FakeReader
from tests.support.authors import FIRST, Author
from tests.support.beginnings import Beginnings
from tests.support.clocks import StandingClock
from tests.support.shelf import ListedNeighbours, Shelf

ZONE = ZoneInfo("Asia/Tokyo")
DEFAULTS = ChannelSettings(language="ja", timezone="Asia/Tokyo")
HERE = ChannelKey("fake", "T1/C1")
THREAD = MessageRef("fake", "7/C1")
GENEROUS = QuestionCaps(person=5.0, channel=10.0, day=20.0)
ADA, BO = Asker("U-ada"), Asker("U-bo")


@dataclass
class Room:
    """The core as one process has it; several rooms may share a database."""

    store: Store
    answerer: Answerer | None = field(default_factory=FakeAnswerer)
    reader: Reader = field(default_factory=FakeReader)
    clock: Callable[[], datetime] = field(default_factory=StandingClock)
    caps: QuestionCaps = GENEROUS
    timing: Timing = TIMING
    shelf: Shelf = field(default_factory=Shelf)

    def __post_init__(self) -> None:
        money = QuestionBudget(self.store, self.caps, None, ZONE, self.clock)
        asking = Asking(
            self.reader, self.answerer, (FIRST, None), money,
            choosing=lambda _: Beginnings(), memory=AnswerMemory(self.store), timing=self.timing,
        )  # fmt: skip
        summaries = Summaries(
            self.store, Author(), Budget(self.store, None, ZONE, self.clock), (FIRST, None), self.clock
        )
        lookup = Lookup(self.store, (self.shelf,), summaries)
        outbox = Outbox(self.store, self.clock)
        self.votes = Votes(self.store, b"secret", self.clock)
        papers = Papers(
            self.store, lookup, outbox, Details(self.store, ListedNeighbours(), None, self.clock),
            explain=BudgetError, voter=self.votes.voter, defaults=DEFAULTS, clock=self.clock,
        )  # fmt: skip
        self.questions = Questions(
            self.store, asking, lookup, papers, outbox, voter=self.votes.voter, defaults=DEFAULTS, clock=self.clock
        )

    async def says(self, asker: Asker, text: str, where: Where | None = None) -> list[Reply]:
        """Return the replies to what somebody writes in the thread, or elsewhere, a second after what came before."""
        if isinstance(self.clock, StandingClock):
            self.clock.pass_time(seconds=1)
        return await collected(self.questions.written(asker, where or Where("fake", HERE, THREAD), text))

    async def asks(self, asker: Asker, text: str, where: Where | None = None) -> AnswerView:
        """Return the last view of the answer to a question."""
        view = (await self.says(asker, text, where))[-1].answer
        assert view, text
        return view

    async def sent(self, item: NewDelivery, message: MessageRef, key: ChannelKey = HERE) -> None:
        """Enter a message into the ledger as sent."""
        await self.store.deliveries.enqueue(key, self.clock().date(), (item,), "fake", self.clock())
        owner = await self.store.workers.join("one", timedelta(hours=1))
        for claimed in await self.store.deliveries.claim(owner, 10, {"fake"}, {"fake": 100.0}):
            await self.store.deliveries.settle(owner, [Sent(claimed.id, message)])


async def collected(replies: AsyncGenerator[Reply, None]) -> list[Reply]:
    """Return all replies, each of which has words in both languages; only the last may be final."""
    found = [reply async for reply in replies]
    assert [reply.working for reply in found] == [True] * (len(found) - 1) + [False]
    for reply in found:
        shown(reply)
    return found


def shown(reply: Reply) -> list[str]:
    """Return the lines of a reply in both languages."""
    lines: list[str] = []
    for language in ("ja", "en"):
        words = words_for(language)
        lines += reply_lines(words, reply)
        lines += answer_lines(reply.answer, words) if reply.answer else ()
    assert all(line.strip() for line in lines)
    return lines


def keys(replies: Sequence[Reply]) -> list[str]:
    """Return the keys of the last reply's sentences."""
    return [sentence.key for sentence in replies[-1].sentences]

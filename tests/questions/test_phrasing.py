"""Search phrases are paid for, and done without where they fail or cost too much."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.errors import ModelBusy
from bot.models import SearchPhrases, Usage
from bot.questions.budget import PHRASES, QuestionBudget, QuestionCaps, Reservation
from bot.questions.phrasing import paid
from bot.store.store import Store
from tests.support.authors import Clock

NOW = datetime(2031, 5, 14, 3, 0, tzinfo=UTC)


class Writer:
    """A PhraseWriter that answers, or fails, and counts."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.calls = 0

    async def write(self, question: str, title: str, outline: Sequence[str]) -> SearchPhrases:
        self.calls += 1
        if self.error:
            raise self.error
        return SearchPhrases((question, title, *outline), Usage(usd=0.001))

    def estimate(self, question: str, title: str, outline: Sequence[str]) -> float:
        return 0.002


def money(store: Store, cap: float) -> QuestionBudget:
    return QuestionBudget(store, QuestionCaps(cap, cap, cap), 1.0, ZoneInfo("Asia/Tokyo"), Clock(NOW))


async def phrases(store: Store, writer: Writer, cap: float = 1.0) -> tuple[str, ...]:
    budget = money(store, cap)

    @asynccontextmanager
    async def reserve(usd: float) -> AsyncIterator[Reservation]:
        async with budget.reserve("me", "slack:T1/C1", usd, model="m", purpose=PHRASES) as reservation:
            yield reservation

    return await paid(writer, reserve)("q", "t", ["o"])


async def test_phrases_are_paid_for_under_their_own_purpose(sqlite_store: Store) -> None:
    assert await phrases(sqlite_store, Writer()) == ("q", "t", "o")
    (spent,) = await sqlite_store.spend.by_channel(NOW.astimezone(ZoneInfo("Asia/Tokyo")).date())
    assert (spent.purpose, spent.usd, spent.calls) == ("phrases", 0.001, 1)


async def test_a_call_that_fails_has_no_phrases_and_counts_what_it_may_have_cost(sqlite_store: Store) -> None:
    assert await phrases(sqlite_store, Writer(ModelBusy("model.timeout", usd=0.002))) == ()
    assert await sqlite_store.spend.total(NOW.date()) == 0.002


async def test_where_no_money_is_left_nobody_is_asked(sqlite_store: Store) -> None:
    writer = Writer()
    assert await phrases(sqlite_store, writer, cap=0.001) == ()
    assert writer.calls == 0


async def test_other_errors_are_not_hidden(sqlite_store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        await phrases(sqlite_store, Writer(ZeroDivisionError()))

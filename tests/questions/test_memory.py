"""Answers that are kept: the same question once, for everybody who asks it, also when its maker dies."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from bot.models import Answer, AnswerKey, AnswerKind, Claim, PaperId, Quotation, SentenceRef, Turn
from bot.questions.memory import AnswerMemory, Remembered, Timing, digest, lasting, normalised
from bot.store.store import Store
from bot.store.tables import answers

PAPER = PaperId.arxiv("2602.21548")
KEY = AnswerKey(((PAPER, 1),), "Why is it 1.87x faster?", "en", "claude-haiku-5-5", "p1")
PLACE = "https://arxiv.org/html/2602.21548v1#S3.p2"
QUOTATION = Quotation(PAPER, SentenceRef("S3.p2", 1), "It skips 1.87 of 2 steps.", "Speed", PLACE)
CLAIMS = (Claim("It skips steps.", (QUOTATION,)), Claim("In short:"))
ANSWER = Answer(AnswerKind.ANSWERED, CLAIMS, dropped=1, next_questions=("How?",))
QUICK = Timing(lease=3.0, patience=60.0, poll=0.02)


class Maker:
    """Makes an answer slowly, and counts how often."""

    def __init__(self, answer: Answer = ANSWER, seconds: float = 0.0, error: BaseException | None = None) -> None:
        self.answer, self.seconds, self.error = answer, seconds, error
        self.calls = 0
        self.begun = asyncio.Event()

    async def __call__(self) -> Answer:
        self.calls += 1
        self.begun.set()
        await asyncio.sleep(self.seconds)
        if self.error:
            raise self.error
        return self.answer


async def test_the_same_question_is_answered_from_the_store_within_100_ms(store: Store) -> None:
    memory, make = AnswerMemory(store), Maker()
    assert await memory.get(KEY) is None
    first = await memory.once(KEY, make)
    began = time.perf_counter()
    again = await memory.once(replace(KEY, question="  why is it １.87X   faster。"), make)
    assert time.perf_counter() - began < 0.1
    assert (first.fresh, again.fresh, make.calls) == (True, False, 1)
    assert again.answer == ANSWER == await memory.get(KEY)


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, question="Why is it 1.88x faster?"),
        replace(KEY, texts=((PAPER, 2),)),
        replace(KEY, texts=((PAPER, 1), (PaperId.arxiv("2602.00001"), 1))),
        replace(KEY, language="ja"),
        replace(KEY, model="claude-sonnet-5-5"),
        replace(KEY, prompt="p2"),
        replace(KEY, turns=(Turn("What is it?", "A method."),)),
        replace(KEY, source="abstract"),
    ],
)
def test_another_question_has_another_key(other: AnswerKey) -> None:
    assert digest(other) != digest(KEY)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("なぜ速い？", "なぜ速い"),
        ("ＢＥＲＴ とは?!", "bert とは"),
        ("How\n fast . ", "how fast"),
        ("???", "???"),
    ],
)
def test_questions_are_normalised(typed: str, same: str) -> None:
    assert normalised(typed) == normalised(same)


@given(st.text(max_size=200))
def test_normalising_twice_changes_nothing(question: str) -> None:
    assert normalised(normalised(question)) == normalised(question)
    assert len(digest(replace(KEY, question=question))) == 64


async def test_ten_who_ask_at_once_cost_one_call_and_get_the_same(store: Store) -> None:
    make = Maker(seconds=0.3)
    given_out = await asyncio.gather(*(AnswerMemory(store, timing=QUICK).once(KEY, make) for _ in range(10)))
    assert make.calls == 1
    assert {one.answer for one in given_out} == {ANSWER}
    assert sum(one.fresh for one in given_out) == 1


async def test_a_living_maker_keeps_its_claim_longer_than_a_lease(store: Store) -> None:
    slow, other = Maker(seconds=4.0), Maker()
    memory = AnswerMemory(store, timing=QUICK)
    making = asyncio.create_task(memory.once(KEY, slow))
    await slow.begun.wait()
    assert not (await memory.once(KEY, other)).fresh
    assert (await making).fresh
    assert other.calls == 0


async def test_a_dead_maker_is_replaced(store: Store) -> None:
    await store.answers.claim(digest(KEY), "dead", timedelta(seconds=0.3))
    make = Maker()
    answer = await AnswerMemory(store, timing=QUICK).once(KEY, make)
    assert (answer.fresh, make.calls) == (True, 1)
    assert not await store.answers.put(digest(KEY), "dead", ANSWER, timedelta(days=1))


@pytest.mark.parametrize("error", [ZeroDivisionError(), asyncio.CancelledError()])
async def test_an_error_is_its_makers_own_and_the_next_one_tries_at_once(store: Store, error: BaseException) -> None:
    memory, failing, make = AnswerMemory(store), Maker(seconds=0.1, error=error), Maker()
    making = asyncio.create_task(memory.once(KEY, failing))
    await failing.begun.wait()
    async with asyncio.timeout(20):
        assert (await memory.once(KEY, make)).fresh
    with pytest.raises(type(error)):
        await making


async def test_who_waits_too_long_gives_up(store: Store) -> None:
    await store.answers.claim(digest(KEY), "somebody", timedelta(hours=1))
    with pytest.raises(TimeoutError):
        await AnswerMemory(store, timing=replace(QUICK, patience=0.1)).once(KEY, Maker())


async def test_whoever_loses_the_claim_gives_the_answer_that_stands(store: Store) -> None:
    other, key = replace(ANSWER, dropped=7), digest(KEY)

    async def make() -> Answer:
        async with store._database.writing() as connection:
            await connection.execute(delete(answers))
        await store.answers.claim(key, "other", timedelta(hours=1))
        await store.answers.put(key, "other", other, timedelta(hours=1))
        return ANSWER

    memory = AnswerMemory(store)
    assert await memory.once(KEY, make) == Remembered(other, fresh=False)
    assert await memory.get(KEY) == other


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (ANSWER, True),
        (Answer(AnswerKind.NOT_SAID), True),
        (replace(ANSWER, partial=True), False),
        (Answer(AnswerKind.UNPROVED), False),
        (Answer(AnswerKind.REFUSED), False),
    ],
)
async def test_poor_answers_are_kept_only_for_those_who_ask_at_once(store: Store, answer: Answer, kept: bool) -> None:
    memory = AnswerMemory(store, timing=replace(QUICK, keep_poor=0.0))
    await memory.once(KEY, Maker(answer))
    assert lasting(answer) is kept
    assert (await memory.get(KEY) is not None) is kept
    assert await store.answers.forget_expired() == (not kept)
    assert await memory.get(KEY) == (answer if kept else None)

"""Stored answers: one claim at a time, for as long as its lease, and nothing after its end."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.models import Answer, AnswerKind, Claim
from bot.store.answers import InTheMaking, Kept, ToMake
from bot.store.store import Store

ANSWER = Answer(AnswerKind.ANSWERED, (Claim("Lanterns glow."),))
HOUR = timedelta(hours=1)


async def test_exactly_one_of_many_may_make_an_answer(store: Store) -> None:
    claims = await asyncio.gather(*(store.answers.claim("k", f"owner {n}", HOUR) for n in range(8)))
    assert sorted(type(claim).__name__ for claim in claims) == ["InTheMaking"] * 7 + ["ToMake"]


async def test_an_answer_is_there_for_everybody(store: Store) -> None:
    await store.answers.claim("k", "one", HOUR)
    assert await store.answers.get("k") is None
    assert await store.answers.put("k", "one", ANSWER, HOUR)
    assert await store.answers.get("k") == ANSWER
    assert await store.answers.claim("k", "two", HOUR) == Kept(ANSWER)
    assert await store.answers.get("other") is None


async def test_an_expired_claim_is_taken_over(store: Store) -> None:
    await store.answers.claim("k", "one", timedelta())
    assert isinstance(await store.answers.claim("k", "two", HOUR), ToMake)
    assert not await store.answers.renew("k", "one", HOUR)
    assert not await store.answers.put("k", "one", ANSWER, HOUR)
    assert not await store.answers.release("k", "one")
    assert isinstance(await store.answers.claim("k", "three", HOUR), InTheMaking)


async def test_a_renewed_claim_is_not(store: Store) -> None:
    await store.answers.claim("k", "one", timedelta())
    assert await store.answers.renew("k", "one", HOUR)
    assert isinstance(await store.answers.claim("k", "two", HOUR), InTheMaking)


async def test_a_claim_given_back_is_free(store: Store) -> None:
    await store.answers.claim("k", "one", HOUR)
    assert await store.answers.release("k", "one")
    assert isinstance(await store.answers.claim("k", "two", HOUR), ToMake)


async def test_an_expired_answer_is_made_again_and_deleted(store: Store) -> None:
    for key, keep in (("old", timedelta()), ("new", HOUR)):
        await store.answers.claim(key, "one", HOUR)
        await store.answers.put(key, "one", ANSWER, keep)
    assert await store.answers.get("old") is None
    assert await store.answers.forget_expired() == 1
    assert isinstance(await store.answers.claim("old", "two", HOUR), ToMake)
    assert await store.answers.get("new") == ANSWER

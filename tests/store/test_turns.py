"""Conversations in the store: what is last, who shows it, what is abandoned, and what is forgotten."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.models import Answer, AnswerKind, ChannelKey, Claim, MessageRef, PaperId
from bot.store.store import Store
from bot.store.tables import TurnState
from bot.store.turns import StoredTurn
from tests.support.stores import NOW

HERE = ChannelKey("slack", "T1/C1")
MESSAGE = MessageRef("slack", "T1/C1/1.2")
ANSWER = Answer(AnswerKind.ANSWERED, (Claim("Lanterns glow."),))
TURN = StoredTurn("t1", "thread", "slack", HERE, "ada", "Why?", (PaperId.arxiv("3105.00001"),), "ja", NOW)
MINUTE = timedelta(minutes=1)


def turn(name: str, **changed: object) -> StoredTurn:
    return replace(TURN, id=name, **changed)  # type: ignore[arg-type]  # its fields


async def test_a_question_comes_back_as_it_was(store: Store) -> None:
    await store.turns.add(TURN, MINUTE)
    await store.turns.shown("t1", MESSAGE)
    await store.turns.finish("t1", TurnState.DONE, ANSWER)

    kept = replace(TURN, state=TurnState.DONE, answer=ANSWER, message=MESSAGE)
    assert await store.turns.get("t1") == kept
    assert await store.turns.showing(MESSAGE) == kept
    assert await store.turns.state("t1") is TurnState.DONE
    assert (await store.turns.get("t2"), await store.turns.state("t2")) == (None, None)


async def test_the_last_questions_of_a_conversation(store: Store) -> None:
    for number in range(5):
        await store.turns.add(turn(f"t{number}", asked_at=NOW + number * MINUTE), MINUTE)
    await store.turns.add(turn("other", conversation="other"), MINUTE)

    assert [one.id for one in await store.turns.latest("thread", NOW, 3)] == ["t2", "t3", "t4"]
    assert [one.id for one in await store.turns.latest("thread", NOW + 4 * MINUTE, 3)] == ["t4"]


async def test_only_what_is_being_answered_is_cancelled_and_stays_so(store: Store) -> None:
    await store.turns.add(TURN, MINUTE)
    assert sorted(await asyncio.gather(*(store.turns.cancel("t1") for _ in range(3)))) == [False, False, True]
    await store.turns.finish("t1", TurnState.DONE, ANSWER)

    stored = await store.turns.get("t1")
    assert stored
    assert (stored.state, stored.answer) == (TurnState.CANCELLED, ANSWER)
    assert not await store.turns.cancel("t9")


async def test_what_a_dead_process_left_is_taken_once(store: Store) -> None:
    now = store._database.now()
    await store.turns.add(turn("dead", asked_at=now), -MINUTE)
    await store.turns.add(turn("old", asked_at=now - 30 * MINUTE), -MINUTE)
    await store.turns.add(turn("alive", asked_at=now), MINUTE)
    await store.turns.add(turn("renewed", asked_at=now), -MINUTE)
    await store.turns.renew("renewed", MINUTE)
    await store.turns.add(turn("elsewhere", asked_at=now, platform="discord"), -MINUTE)

    taken = await asyncio.gather(*(store.turns.abandoned("slack", now - 10 * MINUTE) for _ in range(4)))

    assert [one.id for ones in taken for one in ones] == ["dead"]
    assert await store.turns.state("old") is TurnState.FAILED
    assert await store.turns.state("alive") is TurnState.RUNNING


async def test_people_channels_and_time_take_questions_with_them(store: Store) -> None:
    await store.turns.add(TURN, MINUTE)
    await store.turns.add(turn("bo", asker="bo", asked_at=NOW + MINUTE), MINUTE)
    await store.turns.add(turn("direct", channel=None, asker="cy"), MINUTE)
    await store.turns.add(turn("old", asker="di", asked_at=NOW - MINUTE), MINUTE)

    assert await store.turns.forget_asker("ada") == 1
    assert await store.turns.forget(NOW) == 1
    await store.forget_workspace("slack", "T1")
    assert [one.id for one in await store.turns.latest("thread", NOW - 9 * MINUTE, 9)] == ["direct"]

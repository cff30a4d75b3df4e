"""Questions in a chat: which paper they are about, who may go on with them, and what becomes of each."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.chat.answering import ALIVE
from bot.chat.commands import Ask, AskNext, AskOf, LookUp, ShareAnswer, ShowAnswer
from bot.models import (
    AnswerView,
    AskedState,
    Asker,
    Card,
    Channel,
    ChannelKey,
    Digest,
    DigestStatus,
    Entry,
    Headline,
    Layout,
    MessageRef,
    NewDelivery,
    PaperId,
    PaperView,
    Reaction,
    Reply,
    Style,
    TextSource,
    Where,
)
from bot.questions.budget import QuestionCaps
from bot.store.store import Store
from bot.store.tables import TurnState
from bot.store.turns import StoredTurn
from tests.support.answerers import CLAIM, DONE, LATER, PAPER, SECOND, USED, FakeAnswerer, Step
from tests.support.clocks import StandingClock
from tests.support.questioning import ADA, BO, DEFAULTS, HERE, THREAD, Room, collected, keys, shown

FIRST_ID, SECOND_ID = "2602.00001", "2602.00002"
NEXT = "Why is the encoder frozen?"
ALONE = Where("fake", HERE)
DIRECT = Where("fake")
CARD = MessageRef("fake", "3/C1")


@pytest.fixture
async def room(sqlite_store: Store) -> Room:
    await sqlite_store.papers.save([PAPER, SECOND])
    return Room(sqlite_store, FakeAnswerer([[CLAIM, LATER, DONE]], questions=(NEXT,)))


def model(room: Room) -> FakeAnswerer:
    assert isinstance(room.answerer, FakeAnswerer)
    return room.answerer


def titles(view: AnswerView) -> list[str]:
    return [paper.title for paper in view.papers]


async def test_a_question_is_answered_and_another_person_goes_on_in_the_thread(room: Room) -> None:
    replies = await room.says(ADA, f"{FIRST_ID} How fast is it?")
    view = replies[-1].answer
    assert view
    assert [reply.answer is not None for reply in replies] == [True] * len(replies)
    assert (view.question, view.asker, view.state, titles(view)) == (
        "How fast is it?", ADA.user, AskedState.DONE, [PAPER.title],
    )  # fmt: skip
    assert view.answer
    assert [claim.text for claim in view.answer.claims] == [CLAIM.text, LATER.text.strip()]
    assert view.answer.sources == (TextSource.HTML,)
    assert view.papers[0].abstract == ""

    again = await room.asks(BO, "エンコーダは？")

    assert (again.language, again.asker, titles(again)) == ("ja", BO.user, [PAPER.title])
    (turn,) = model(room).asked[-1].turns
    assert (turn.question, turn.answer) == ("How fast is it?", f"{CLAIM.text}\n{LATER.text.strip()}")
    spent = {row.channel for row in await room.store.spend.by_channel(room.clock().date())}
    assert spent == {str(HERE)}


async def test_a_cards_thread_is_about_its_paper(room: Room) -> None:
    entry = Entry(1, SECOND, 1.0, ())
    card = NewDelivery("card:1", Card(entry, room.clock().date(), "ja", 1), paper=SECOND.id)
    await room.sent(card, CARD)
    where = Where("fake", HERE, CARD)

    assert titles(await room.asks(ADA, "training data", where)) == [SECOND.title]
    assert titles(await room.asks(BO, f"{FIRST_ID} How fast?", where)) == [PAPER.title]
    assert titles(await room.asks(BO, "And why is that?", where)) == [SECOND.title]
    compared = await room.asks(ADA, f"How does it compare with {FIRST_ID}?", where)
    assert titles(compared) == [SECOND.title, PAPER.title]
    assert titles(await room.asks(BO, "Which has more GPUs?", where)) == [SECOND.title, PAPER.title]
    assert (await room.says(ADA, FIRST_ID, where))[-1].parts
    assert keys(await room.says(ADA, "thanks!", where)) == ["paper.help.brief"]


async def test_a_headlines_thread_asks_which_of_its_papers_is_meant(room: Room) -> None:
    today = room.clock().date()
    entries = tuple(Entry(rank, paper, 1.0, ()) for rank, paper in enumerate((PAPER, SECOND), 1))
    digest = Digest(HERE, today, room.clock(), "ja", DigestStatus(2, ()), entries)
    await room.store.digests.save(digest)
    await room.sent(NewDelivery("headline", Headline(digest, Layout.THREAD)), CARD)
    where = Where("fake", HERE, CARD)

    asked = (await room.says(ADA, "Which is faster?", where))[-1]
    assert [paper.id for paper in asked.choices] == [PAPER.id, SECOND.id]
    assert model(room).asked == []

    picked = (await collected(room.questions.handle(BO, where, AskOf(asked.asked, SECOND.id))))[-1].answer
    assert picked
    assert (picked.question, titles(picked)) == ("Which is faster?", [SECOND.title])
    assert titles(await room.asks(ADA, "And the training?", where)) == [SECOND.title]


async def test_two_papers_are_compared_and_a_third_is_refused(room: Room) -> None:
    view = await room.asks(ADA, f"{FIRST_ID} {SECOND_ID} which is faster?")
    assert titles(view) == [PAPER.title, SECOND.title]
    assert view.answer
    assert view.answer.sources == (TextSource.HTML, TextSource.HTML)
    third = replace(PAPER, id=PaperId.arxiv("2602.00003"), arxiv_id="2602.00003", title="Another Paper on States")
    await room.store.papers.save([third])
    replies = await room.says(ADA, f"{FIRST_ID} {SECOND_ID} 2602.00003 which is faster?")
    assert keys(replies) == ["error.input.question_papers"]


async def test_outside_a_thread_everybody_has_a_conversation_of_their_own_for_half_an_hour(room: Room) -> None:
    await room.asks(ADA, f"{FIRST_ID} How fast is it?", ALONE)
    await room.asks(BO, f"{SECOND_ID} What about birds?", ALONE)

    assert titles(await room.asks(ADA, "What about training?", ALONE)) == [PAPER.title]
    assert [turn.question for turn in model(room).asked[-1].turns] == ["How fast is it?"]
    assert titles(await room.asks(BO, "What about training?", ALONE)) == [SECOND.title]
    assert keys(await room.says(ADA, "What about training?", DIRECT)) == ["ask.which"]
    assert isinstance(room.clock, StandingClock)
    room.clock.pass_time(minutes=31)
    assert keys(await room.says(ADA, "What about training?", ALONE)) == ["ask.which"]


async def test_direct_messages(room: Room) -> None:
    await room.asks(ADA, f"{FIRST_ID} How fast is it?", DIRECT)
    view = await room.asks(ADA, "なぜ？", DIRECT)
    assert (titles(view), view.language) == ([PAPER.title], "ja")
    assert keys(await room.says(BO, "なぜ速いの？", DIRECT)) == ["ask.which"]


async def test_a_question_that_is_a_title_is_looked_up(room: Room) -> None:
    titled = replace(SECOND, title="Do Birds Have States?")
    await room.store.papers.save([titled])
    await room.asks(ADA, f"{FIRST_ID} How fast is it?", ALONE)

    for text in ("Do birds have states?", f"{SECOND_ID} Do Birds Have States?"):
        (part,) = (await room.says(ADA, text, ALONE))[-1].parts
        assert isinstance(part, PaperView)
        assert part.paper.title == titled.title


async def test_a_title_in_quotation_marks(room: Room) -> None:
    view = await room.asks(ADA, f"“{PAPER.title}” How fast is it?")
    assert (titles(view), view.question) == ([PAPER.title], "How fast is it?")

    other = replace(SECOND, id=PaperId.arxiv("2602.00003"), arxiv_id="2602.00003", title="Fewer States of Birds")
    await room.store.papers.save([other])
    vague = (await room.says(ADA, "“fewer states” how fast is it?", ALONE))[-1]
    assert (keys([vague]), {paper.id for paper in vague.choices}) == (["ask.choose"], {PAPER.id, other.id})
    picked = await collected(room.questions.handle(ADA, ALONE, AskOf(vague.asked, PAPER.id)))
    assert picked[-1].answer
    assert picked[-1].answer.question == "how fast is it?"


async def test_an_answer_grows_and_each_reply_replaces_the_last(room: Room) -> None:
    room.answerer = FakeAnswerer([[CLAIM, DONE], [CLAIM, LATER, 0.05, DONE]])
    slow = Room(room.store, FakeAnswerer([[CLAIM, _pause(), LATER, _pause(), DONE]]))

    replies = await slow.says(ADA, f"{FIRST_ID} How fast is it?")

    views = [reply.answer for reply in replies if reply.answer]
    assert [view.state for view in views][:2] == [AskedState.READING, AskedState.READING]
    assert AskedState.ANSWERING in {view.state for view in views}
    counts = [len(view.answer.claims) if view.answer else 0 for view in views]
    assert counts == sorted(counts)
    assert 1 in counts
    assert {view.turn for view in views} == {views[0].turn}


def _pause() -> Step:
    return 0.05


async def test_only_whoever_asked_cancels_and_what_was_spent_is_settled(room: Room) -> None:
    slow = Room(room.store, FakeAnswerer([[CLAIM, LATER, 60.0, DONE]]))
    where = Where("fake", HERE, THREAD)
    refused: list[Reply | None] = []
    last: Reply | None = None
    async with aclosing(slow.questions.written(ADA, where, f"{FIRST_ID} How fast is it?")) as replies:
        async for last in replies:
            if last.answer and last.answer.answer and last.answer.working:
                refused.append(await slow.questions.cancel(BO, where, last.answer.turn))
                assert await slow.questions.cancel(ADA, where, last.answer.turn) is None

    assert last
    assert last.answer
    assert (last.answer.state, last.working) == (AskedState.CANCELLED, False)
    assert last.answer.answer
    assert last.answer.answer.claims
    assert "質問を取り消しました。" in shown(last)
    assert refused[0]
    assert keys([refused[0]]) == ["ask.cancel.other"]
    over = await slow.questions.cancel(ADA, where, last.answer.turn)
    assert over
    assert keys([over]) == ["ask.cancel.over"]
    (spent,) = await slow.store.spend.by_channel(slow.clock().date())
    assert spent.usd == pytest.approx(USED.usd)
    stored = await slow.store.turns.get(last.answer.turn)
    assert stored
    assert (stored.state, stored.answer) == (TurnState.CANCELLED, last.answer.answer)


async def test_a_cancellation_reaches_the_process_that_answers(room: Room) -> None:
    answering = Room(room.store, FakeAnswerer([[CLAIM, LATER, 60.0, DONE]]))
    where = Where("fake", HERE, THREAD)
    views = []
    async for reply in answering.questions.written(ADA, where, f"{FIRST_ID} How fast is it?"):
        assert reply.answer
        views.append(reply.answer)
        if len(views) == 2:
            assert await room.questions.cancel(ADA, where, reply.answer.turn) is None
    assert views[-1].state is AskedState.CANCELLED


async def test_closing_the_replies_ends_the_question(room: Room) -> None:
    slow = Room(room.store, FakeAnswerer([[CLAIM, LATER, 60.0, DONE]]))
    async with aclosing(slow.questions.written(ADA, ALONE, f"{FIRST_ID} How fast is it?")) as replies:
        async for reply in replies:
            if reply.answer and reply.answer.state is AskedState.ANSWERING:
                break
    (spent,) = await slow.store.spend.by_channel(slow.clock().date())
    assert spent.usd == pytest.approx(USED.usd)
    assert await slow.store.turns.abandoned("fake", slow.clock() - timedelta(days=1)) == ()


async def test_a_person_whose_money_is_spent_is_told_and_others_are_not_held_up(room: Room) -> None:
    poor = Room(room.store, FakeAnswerer(), caps=QuestionCaps(person=0.0012, channel=1.0, day=1.0))
    await poor.asks(ADA, f"{FIRST_ID} How fast is it?")

    refused = await poor.says(ADA, f"{FIRST_ID} What stays frozen?")

    assert keys(refused) == ["error.budget.question_person"]
    arguments = dict(refused[-1].sentences[0].arguments)
    midnight = datetime(2026, 2, 28, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert (arguments["cap_usd"], arguments["resets_at"]) == (0.0012, midnight)
    assert all("QUESTION_PERSON_BUDGET_USD" in line for line in shown(refused[-1]))
    assert (await poor.asks(BO, f"{FIRST_ID} What stays frozen?")).state is AskedState.DONE
    # What was answered before costs nothing, so it is refused to nobody.
    assert (await poor.asks(ADA, f"{FIRST_ID} How fast is it?")).state is AskedState.DONE


async def test_the_same_question_is_answered_from_the_store_within_a_tenth_of_a_second(room: Room) -> None:
    first = await room.asks(ADA, f"{FIRST_ID} How fast is it?")
    took = []
    for asker, where in ((BO, ALONE), (ADA, Where("fake", HERE, THREAD)), (BO, DIRECT)):
        begun = time.perf_counter()
        again = await room.asks(asker, f"{FIRST_ID} how fast is it", where)
        took.append(time.perf_counter() - begun)
        assert again.answer == first.answer
    assert len(model(room).asked) == 1
    assert min(took) < 0.1


async def test_ten_people_who_ask_at_once_cost_one_call(room: Room) -> None:
    people = [Asker(f"U{number}") for number in range(10)]
    views = await asyncio.gather(*(room.asks(one, f"{FIRST_ID} How fast is it?", ALONE) for one in people))
    assert len({view.answer for view in views}) == 1
    assert len(model(room).asked) == 1
    assert {view.asker for view in views} == {one.user for one in people}


async def test_three_replicas_never_spend_more_than_the_cap(database_url: str) -> None:
    caps = QuestionCaps(person=1.0, channel=0.0065, day=1.0)
    async with Store.open(database_url) as one, Store.open(database_url) as two, Store.open(database_url) as three:
        await one.papers.save([PAPER, SECOND])
        rooms = [Room(store, FakeAnswerer(), caps=caps) for store in (one, two, three)]

        async def ask(number: int) -> bool:
            replies = await rooms[number % 3].says(Asker(f"U{number}"), f"{FIRST_ID} Question number {number}?", ALONE)
            assert replies[-1].answer or keys(replies) == ["error.budget.question_channel"]
            return replies[-1].answer is not None

        answered = await asyncio.gather(*map(ask, range(24)))
        spent = sum(row.usd for row in await one.spend.by_channel(rooms[0].clock().date()))
    assert 0 < sum(answered) < 24
    assert spent <= caps.channel


async def test_a_next_question_is_asked_by_its_button(room: Room) -> None:
    view = await room.asks(ADA, f"{FIRST_ID} How fast is it?")
    assert view.answer
    assert view.answer.next_questions == (NEXT,)

    replies = await collected(room.questions.handle(BO, Where("fake", HERE, THREAD), AskNext(view.turn, 0)))

    asked = replies[-1].answer
    assert asked
    assert (asked.question, asked.asker, titles(asked)) == (NEXT, BO.user, [PAPER.title])
    assert [turn.question for turn in model(room).asked[-1].turns] == ["How fast is it?"]
    unknown = (AskNext("0000", 0), AskOf("0000", PAPER.id), ShareAnswer("0000"), ShowAnswer("0000"))
    for gone in (AskNext(view.turn, 7), *unknown):
        assert keys(await collected(room.questions.handle(BO, ALONE, gone))) == ["ask.gone"]


async def test_an_answer_is_shown_again_without_being_made_anew(room: Room) -> None:
    view = await room.asks(ADA, f"{FIRST_ID} How fast is it?", ALONE)
    (reply,) = await collected(room.questions.handle(BO, ALONE, ShowAnswer(view.turn)))
    assert reply.answer
    assert (reply.answer.answer, reply.answer.asker, reply.answer.state) == (view.answer, "", AskedState.DONE)
    assert len(model(room).asked) == 1


async def test_a_shared_answer_goes_through_the_ledger_once_and_its_thread_goes_on(room: Room) -> None:
    await room.asks(ADA, f"{SECOND_ID} What is private?", ALONE)
    view = await room.asks(ADA, f"{FIRST_ID} How fast is it?", ALONE)
    share = ShareAnswer(view.turn)
    assert keys(await collected(room.questions.handle(ADA, DIRECT, share))) == ["ask.share.nowhere"]
    assert keys(await collected(room.questions.handle(ADA, ALONE, share))) == ["ask.shared"]
    assert keys(await collected(room.questions.handle(ADA, ALONE, share))) == ["ask.shared.already"]

    owner = await room.store.workers.join("one", timedelta(hours=1))
    (claimed,) = await room.store.deliveries.claim(owner, 10, {"fake"}, {"fake": 100.0})
    part = claimed.content()
    assert isinstance(part, AnswerView)
    assert (part.answer, part.asker, part.state) == (view.answer, "", AskedState.DONE)
    from bot.store.outcomes import Sent

    await room.store.deliveries.settle(owner, [Sent(claimed.id, CARD)])
    # A thumb on an answer is about the answer, not about the paper.
    await room.votes.record([Reaction(CARD, "U-bo", "👍", present=True, at=room.clock())])
    assert room.votes.ignored == 1

    asked = await room.asks(BO, "And the encoder?", Where("fake", HERE, CARD))
    assert titles(asked) == [PAPER.title]
    # Of the conversation that led to it, others see what was shared, and no more.
    assert [turn.question for turn in model(room).asked[-1].turns] == ["How fast is it?"]
    await collected(room.questions.handle(BO, Where("fake", HERE), AskNext(view.turn, 0)))
    assert [turn.question for turn in model(room).asked[-1].turns] == ["How fast is it?"]


async def test_a_reply_to_an_answer_goes_on_with_its_conversation(room: Room) -> None:
    shown_in = MessageRef("fake", "9/C1")
    view = await room.asks(ADA, f"{FIRST_ID} How fast is it?")
    await room.questions.posted(view.turn, shown_in)

    again = await room.asks(BO, "training data", Where("fake", HERE, shown_in))

    assert titles(again) == [PAPER.title]
    assert [turn.question for turn in model(room).asked[-1].turns] == ["How fast is it?"]


async def test_the_form_of_a_card_asks_about_its_paper(room: Room) -> None:
    replies = await collected(room.questions.handle(ADA, ALONE, Ask((PAPER.id,), "How fast is it?")))
    assert replies[-1].answer
    assert titles(replies[-1].answer) == [PAPER.title]
    for wrong, key in (
        ("", "question_empty"),
        ("why " * 500, "question_long"),
        ("import os\nos.remove(1)", "question_code"),
    ):
        replies = await collected(room.questions.handle(ADA, ALONE, Ask((PAPER.id,), wrong)))
        assert keys(replies) == [f"error.input.{key}"]
    assert keys(await collected(room.questions.handle(ADA, ALONE, Ask((), "Why?")))) == []


async def test_papers_that_cannot_be_asked_about(room: Room) -> None:
    await room.store.papers.save([replace(SECOND, withdrawn=True)])
    assert keys(await room.says(ADA, f"{SECOND_ID} How fast?")) == ["error.input.question_withdrawn"]
    assert keys(await room.says(ADA, "2602.99999 How fast?")) == ["error.input.unknown_paper"]
    assert keys(await room.says(ADA, "How fast is 2602.00001 for 2602.99999?")) == ["error.input.unknown_paper"]
    assert model(room).asked == []


async def test_without_a_key_a_sentence_says_so(room: Room) -> None:
    keyless = Room(room.store, None)
    replies = await keyless.says(ADA, f"{FIRST_ID} How fast is it?")
    assert keys(replies) == ["error.model.no_key_question"]
    assert (await keyless.says(ADA, FIRST_ID))[-1].parts


async def test_a_look_up_is_what_it_was(room: Room) -> None:
    (part,) = (await collected(room.questions.handle(ADA, ALONE, LookUp(FIRST_ID, Style.BRIEF))))[-1].parts
    assert isinstance(part, PaperView)
    assert keys(await room.says(ADA, "help", ALONE))[0] == "paper.help.lookup"


async def test_whoever_asks_to_be_forgotten_is(room: Room) -> None:
    mine = await room.asks(ADA, f"{FIRST_ID} How fast is it?")
    theirs = await room.asks(BO, "What stays frozen?")

    await room.votes.forget_me("fake", ADA.user)

    assert await room.store.turns.get(mine.turn) is None
    assert await room.store.turns.get(theirs.turn)
    await room.asks(BO, "And the GPUs?")
    assert [turn.question for turn in model(room).asked[-1].turns] == ["What stays frozen?"]


async def test_conversations_expire_and_go_with_their_channel(room: Room) -> None:
    view = await room.asks(ADA, f"{FIRST_ID} How fast is it?")
    assert isinstance(room.clock, StandingClock)
    room.clock.pass_time(days=2)
    assert titles(await room.asks(BO, "training data")) == [PAPER.title]
    assert model(room).asked[-1].turns == ()  # of the day before yesterday nothing is carried on

    assert await room.store.turns.forget(room.clock() - timedelta(days=1)) == 1
    assert await room.store.turns.get(view.turn) is None
    await room.store.forget_workspace("fake", "T1")
    assert await room.store.turns.latest(str(THREAD), room.clock() - timedelta(days=9), 9) == ()


async def test_only_the_last_turns_are_carried_on(room: Room) -> None:
    await room.asks(ADA, f"{FIRST_ID} Question number 0?")
    for number in range(1, 12):
        await room.asks(BO, f"Question number {number}?")
    assert [turn.question for turn in model(room).asked[-1].turns] == [f"Question number {n}?" for n in range(5, 11)]


async def test_the_channels_language_and_zone_hold(room: Room) -> None:
    settings = replace(DEFAULTS, language="en", timezone="Europe/Berlin")
    await room.store.channels.change(HERE, lambda _: Channel(HERE, settings))
    reply = (await room.says(ADA, f"{FIRST_ID} How fast is it?"))[-1]
    assert (reply.language, reply.timezone) == ("en", "Europe/Berlin")
    elsewhere = Where("fake", ChannelKey("fake", "T1/C9"))
    assert (await room.says(Asker("U9", language="fr"), f"{FIRST_ID} 99% ?", elsewhere))[-1].language == "fr"


async def test_a_question_that_a_dead_process_left_is_answered_in_its_message(room: Room) -> None:
    await room.asks(ADA, f"{FIRST_ID} How fast is it?")
    voter = room.votes.voter("fake", BO.user)
    cut = StoredTurn(
        "cut", str(THREAD), "fake", HERE, voter, "What stays frozen?", (PAPER.id,), "en", room.clock(), message=CARD
    )
    living = replace(cut, id="living", question="Is it alive?")
    unseen = replace(cut, id="unseen", message=None)
    for turn, alive in ((cut, -ALIVE), (living, ALIVE), (unseen, -ALIVE)):
        await room.store.turns.add(turn, alive)

    async with aclosing(room.questions.interrupted("fake")) as interrupted:
        found = await anext(interrupted)
    other = await room.store.turns.abandoned("fake", room.clock() - timedelta(days=1))

    assert other == ()
    assert found.message == CARD
    view = (await collected(found.replies))[-1].answer
    assert view
    assert (view.question, view.state, titles(view)) == ("What stays frozen?", AskedState.DONE, [PAPER.title])
    assert [turn.question for turn in model(room).asked[-1].turns] == ["How fast is it?"]
    stored = await room.store.turns.get(view.turn)
    assert stored
    assert (stored.asker, stored.message) == (voter, CARD)


async def test_a_process_that_ends_leaves_its_question_to_the_next(room: Room) -> None:
    slow = Room(room.store, FakeAnswerer([[CLAIM, LATER, 60.0, DONE]]))
    growing = asyncio.Event()

    async def ask() -> None:
        async for reply in slow.questions.written(ADA, ALONE, f"{FIRST_ID} How fast is it?"):
            if reply.answer and reply.answer.answer:
                growing.set()

    task = asyncio.create_task(ask())
    await growing.wait()
    task.cancel()
    await asyncio.wait({task})

    (left,) = await room.store.turns.latest(f"{HERE}|{room.votes.voter('fake', ADA.user)}", slow.clock(), 9)
    assert left.state is TurnState.RUNNING
    (spent,) = await slow.store.spend.by_channel(slow.clock().date())
    assert spent.usd == pytest.approx(USED.usd)

"""Asking papers on Discord, by everything that people have for it: options, forms, mentions, replies, buttons."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.models import DraftEnd, DraftPiece, SentenceRange, StopReason
from bot.questions.asking import Timing
from bot.words import words_for
from tests.conformance.discord_world import shown
from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_interactions import Interaction
from tests.fakes.discord_model import Channel, Message, User
from tests.support.answerers import DONE, FakeAnswerer, Step
from tests.support.asked import LIVE
from tests.support.discord_asking import FROZEN, KESTREL, ORVEX, SPEED, answers_to, asked, is_over
from tests.support.discord_bots import Bot, read

FAST = DraftPiece(SPEED, (SentenceRange(0, 0, 1),))
STAYS = DraftPiece(f"\n{FROZEN}", (SentenceRange(0, 1, 2),))
SILENT: list[Step] = [DraftPiece("NOT_IN_PAPER"), DONE]
WHY = "How much faster does OrvexNet decode?"
EN = words_for("en")


@pytest.fixture
def model() -> FakeAnswerer:
    """Answers the same each time, and a test may change how."""
    return FakeAnswerer([[FAST, STAYS, DONE]], questions=("Which part of OrvexNet stays frozen?",))


@pytest.fixture
def room(discord_double: DiscordDouble) -> Channel:
    lab = discord_double.state.add_guild("Lab")
    discord_double.state.add_channel(lab, "general")
    return discord_double.state.add_channel(lab, "papers")


@pytest.fixture
def ada(discord_double: DiscordDouble, room: Channel) -> User:
    return discord_double.state.add_user("ada", room.guild)  # type: ignore[arg-type]  # a server's channel


@pytest.fixture
def ben(discord_double: DiscordDouble, room: Channel) -> User:
    return discord_double.state.add_user("ben", room.guild)  # type: ignore[arg-type]  # a server's channel


@pytest.fixture
async def bot(discord_double: DiscordDouble, model: FakeAnswerer, ada: User, ben: User) -> AsyncIterator[Bot]:
    async with asked(discord_double, model) as running:
        yield running


async def ended(bot: Bot, one: Interaction) -> Message:
    """Return the answer of an interaction, once it has come to its end."""
    await bot.discord.until(lambda: one.message and is_over(one.message), 60)
    assert one.message
    return one.message


async def replied(bot: Bot, question: Message) -> Message:
    """Return the bot's one reply to a message, once it has come to its end."""
    await bot.discord.until(lambda: any(map(is_over, answers_to(question.channel, question))), 60)
    (found,) = answers_to(question.channel, question)
    return found


def custom_id(message: Message, action: str) -> str:
    (found,) = [one for one in message.custom_ids if one.partition(":")[0] == action]
    return found


# --- ways to ask --------------------------------------------------------------------------------


async def test_the_option_asks_and_only_the_asker_sees_the_answer_until_it_is_shared(
    bot: Bot, room: Channel, ada: User
) -> None:
    one = bot.discord.people.slash("paper", room, ada, query=ORVEX.arxiv_id, question=WHY)
    message = await ended(bot, one)
    assert message.ephemeral
    assert room.shown == []
    assert f"1. {SPEED}" in read(message)
    assert f"2. {FROZEN}" in read(message)
    shared = await bot.settled(bot.discord.people.click(message, custom_id(message, "share-answer"), ada))
    assert shared.message
    assert "Shared" in shared.message.content
    await bot.discord.until(lambda: room.shown, 60)
    assert f"1. {SPEED}" in read(room.shown[0])


async def test_one_text_may_hold_paper_and_question(bot: Bot, room: Channel, ada: User) -> None:
    one = bot.discord.people.slash("paper", room, ada, query=f"{ORVEX.arxiv_id} {WHY}")
    assert SPEED in read(await ended(bot, one))


async def test_the_button_of_a_paper_opens_a_form_that_asks(bot: Bot, room: Channel, ada: User) -> None:
    people = bot.discord.people
    looked_up = await bot.settled(people.slash("paper", room, ada, query=ORVEX.arxiv_id))
    assert looked_up.message
    opened = await people.click(looked_up.message, custom_id(looked_up.message, "ask"), ada).answered()
    assert opened.modal
    assert opened.modal["title"] == EN.say("ask.form.title")
    message = await ended(bot, people.submit(opened, question=WHY))
    assert message.ephemeral
    assert SPEED in read(message)


async def test_a_card_in_a_digest_has_the_button_and_a_reply_to_it_is_about_its_paper(
    bot: Bot, room: Channel, ada: User
) -> None:
    people = bot.discord.people
    people.override("digest", ada, room, allowed=True)
    headline, card, _ = await bot.digest(room, ada)
    assert custom_id(card, "ask")
    question = people.say(card.channel, ada, "What is the point of this?", reply_to=card)
    answer = await replied(bot, question)
    title = read(card).partition("\n")[0]
    assert title.partition(". ")[2] in read(answer)
    several = people.say(card.channel, ada, "How fast is it?", mentions_bot=True, reply_to=headline)
    picked = await replied(bot, several)
    menu = custom_id(picked, "choose")
    one = people.click(picked, menu, ada, [picked.components[0]["components"][0]["options"][1]["value"]])
    assert not (await ended(bot, one)).ephemeral


async def test_a_mention_is_answered_for_everybody_and_replies_go_on(
    bot: Bot, model: FakeAnswerer, room: Channel, ada: User, ben: User
) -> None:
    people = bot.discord.people
    answer = await replied(bot, people.say(room, ada, f"{ORVEX.arxiv_id} {WHY}", mentions_bot=True))
    assert not answer.ephemeral
    further = await replied(bot, people.say(room, ben, "And which part stays frozen?", reply_to=answer))
    assert FROZEN in read(further)
    assert [turn.question for turn in model.asked[-1].turns] == [WHY]


async def test_a_reply_that_does_not_ping_is_not_read_and_thanks_are_not_answered(
    bot: Bot, model: FakeAnswerer, room: Channel, ada: User
) -> None:
    people = bot.discord.people
    answer = await replied(bot, people.say(room, ada, f"{ORVEX.arxiv_id} {WHY}", mentions_bot=True))
    quiet = people.say(room, ada, "Why is that?", reply_to=answer, pings=False)
    thanks = people.say(room, ada, "Thanks, great!", reply_to=answer)
    last = people.say(room, ada, "Which part stays frozen?", reply_to=answer)
    await replied(bot, last)
    assert answers_to(room, quiet) == answers_to(room, thanks) == []


async def test_direct_messages_are_a_conversation(bot: Bot, model: FakeAnswerer, ada: User) -> None:
    people = bot.discord.people
    assert SPEED in read(await replied(bot, people.dm(ada, f"{ORVEX.arxiv_id} {WHY}")))
    assert FROZEN in read(await replied(bot, people.dm(ada, "Which part stays frozen?")))
    assert [turn.question for turn in model.asked[-1].turns] == [WHY]


async def test_two_papers_are_compared(bot: Bot, model: FakeAnswerer, room: Channel, ada: User) -> None:
    slower = DraftPiece("\nKestrelNet decodes 1.2x faster.", (SentenceRange(1, 0, 1),))
    model.answers = [[FAST, slower, DONE]]
    text = f"{ORVEX.arxiv_id} {KESTREL.arxiv_id} Which of the two decodes faster?"
    said = read(await replied(bot, bot.discord.people.say(room, ada, text, mentions_bot=True)))
    assert f"{SPEED} (About {ORVEX.arxiv_id})" in said
    assert f"KestrelNet decodes 1.2x faster. (About {KESTREL.arxiv_id})" in said


async def test_a_next_question_is_asked_by_its_button_where_the_answer_is(
    bot: Bot, model: FakeAnswerer, room: Channel, ada: User, ben: User
) -> None:
    people = bot.discord.people
    public = await replied(bot, people.say(room, ada, f"{ORVEX.arxiv_id} {WHY}", mentions_bot=True))
    message = await ended(bot, people.click(public, custom_id(public, "next"), ben))
    assert not message.ephemeral
    assert model.questions[0] in read(message)
    private = await ended(bot, people.slash("paper", room, ada, query=ORVEX.arxiv_id, question=WHY))
    assert (await ended(bot, people.click(private, custom_id(private, "next"), ada))).ephemeral


async def test_the_paper_does_not_say(bot: Bot, model: FakeAnswerer, room: Channel, ada: User) -> None:
    model.answers = [SILENT]
    one = bot.discord.people.slash("paper", room, ada, query=ORVEX.arxiv_id, question="Who paid for it?")
    assert EN.say("answer.not_said") in read(await ended(bot, one))


async def test_emoji_on_an_answer_are_no_votes_for_its_paper(bot: Bot, room: Channel, ada: User) -> None:
    """Neither on one that was shared, nor on one to a mention; those on the paper itself are."""
    people = bot.discord.people
    people.override("digest", ada, room, allowed=True)
    await bot.slash("digest subscribe", room, ada)
    message = await ended(bot, people.slash("paper", room, ada, query=ORVEX.arxiv_id, question=WHY))
    await bot.settled(people.click(message, custom_id(message, "share-answer"), ada))
    await bot.discord.until(lambda: room.shown, 60)
    (shared,) = room.shown
    answer = await replied(bot, people.say(room, ada, f"{ORVEX.arxiv_id} {WHY}", mentions_bot=True))
    looked_up = await bot.settled(people.slash("paper", room, ada, query=ORVEX.arxiv_id))
    assert looked_up.message
    await bot.settled(people.click(looked_up.message, custom_id(looked_up.message, "share"), ada))
    await bot.discord.until(lambda: room.shown[-1].reactions, 60)  # emoji to vote by, once the ledger knows it
    for one in (shared, answer, room.shown[-1]):
        people.react(one, "👍", ada)
    await bot.voted(room, 1.0)


@pytest.mark.parametrize("private", [False, True])
async def test_a_hostile_question_stays_text(bot: Bot, room: Channel, ada: User, private: bool) -> None:
    """By mention, for everybody, and by the option, for the asker: what the question says is dead in the answer."""
    people = bot.discord.people
    attacks = [f"Why <@{ada.id}> @everyone {attack} faster?" for attack in LIVE]
    if private:
        begun = [people.slash("paper", room, ada, query=ORVEX.arxiv_id, question=attack) for attack in attacks]
        messages = [await ended(bot, one) for one in begun]
    else:
        said = [people.say(room, ada, f"{ORVEX.arxiv_id} {attack}", mentions_bot=True) for attack in attacks]
        messages = [await replied(bot, one) for one in said]
    for message in messages:
        _, links, alive = shown(message)
        assert alive == []
        assert {link.partition("/html/")[0].partition("/abs/")[0] for link in links} <= {"https://arxiv.org"}
        assert message.mentions == []
        assert not message.mentions_everyone


# --- while it grows -----------------------------------------------------------------------------


async def test_an_answer_grows_in_one_message_and_whoever_asked_may_cancel(
    bot: Bot, model: FakeAnswerer, room: Channel, ada: User, ben: User
) -> None:
    model.answers = [[FAST, STAYS, 600.0]]
    people = bot.discord.people
    question = people.say(room, ada, f"{ORVEX.arxiv_id} {WHY}", mentions_bot=True)
    await bot.discord.until(lambda: any(SPEED in read(one) for one in answers_to(room, question)), 60)
    (answer,) = answers_to(room, question)
    cancel = custom_id(answer, "cancel")
    refused = people.click(answer, cancel, ben)
    await bot.discord.until(lambda: refused.followups, 60)
    assert refused.followups[0].ephemeral
    assert EN.say("ask.cancel.other") in refused.followups[0].content
    clicked = await people.click(answer, cancel, ada).acknowledged()
    assert await replied(bot, question) is answer
    assert EN.say("answer.cancelled") in read(answer)
    assert SPEED in read(answer)
    assert clicked.followups == []
    assert len([one for one in room.shown if one.author.bot]) == 1


async def test_what_there_is_when_time_is_over_is_shown(
    discord_double: DiscordDouble, room: Channel, ada: User
) -> None:
    slow = FakeAnswerer([[FAST, 600.0]])
    async with asked(discord_double, slow, Timing(limit=2.0)) as bot:
        one = bot.discord.people.slash("paper", room, ada, query=ORVEX.arxiv_id, question=WHY)
        said = read(await ended(bot, one))
    assert SPEED in said
    assert EN.say("answer.partial") in said


@pytest.mark.parametrize("stop", [StopReason.REFUSED, StopReason.TRUNCATED])
async def test_a_model_that_does_not_answer_is_an_answer(
    bot: Bot, model: FakeAnswerer, room: Channel, ada: User, stop: StopReason
) -> None:
    model.answers = [[DraftEnd(stop)]]
    one = bot.discord.people.slash("paper", room, ada, query=ORVEX.arxiv_id, question=WHY)
    assert read(await ended(bot, one))


# --- Discord fails ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["lost_before", "lost_after"])
async def test_a_lost_answer_of_discord_posts_no_second_message(bot: Bot, room: Channel, ada: User, kind: str) -> None:
    """Neither where one is lost, nor where all attempts of the first state are."""
    for number, times in enumerate((1, 3), 1):
        for _ in range(times):
            bot.discord.faults.add(kind, "POST /channels/*/messages")
        question = bot.discord.people.say(room, ada, f"{ORVEX.arxiv_id} {WHY} {number}", mentions_bot=True)
        assert SPEED in read(await replied(bot, question))
    assert len([one for one in room.shown if one.author.bot]) == 2


async def test_a_token_that_has_expired_is_no_second_message(bot: Bot, room: Channel, ada: User) -> None:
    bot.discord.faults.add("refused", "PATCH /webhooks/*/*/messages/@original", code=50027)
    one = bot.discord.people.slash("paper", room, ada, query=ORVEX.arxiv_id, question=WHY)
    assert SPEED in read(await ended(bot, one))
    assert one.followups == []

"""Questions about papers on Slack: in threads, in direct messages, in forms and by `/paper`."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from adapters.slack.cards import ASK
from adapters.slack.claims import CANCEL, NEXT, QUOTATIONS, SHARE_ANSWER
from adapters.slack.menus import CHOOSE_FOR
from adapters.slack.question_form import QUESTION
from bot.errors import BudgetError
from bot.models import PaperId
from bot.words import words_for
from tests.conformance.slack_world import links, mentions, shown_texts
from tests.fakes.slack import Channel, Fault, Message, SlackDouble, User
from tests.support.digests import make_paper
from tests.support.scripted import Scripted, claim
from tests.support.slack_bots import Bot, read, running

ID = "2602.00001"
PAPER = str(PaperId.arxiv(ID))
GAP = 0.1
WORDS = words_for("ja")
READING = {words_for(language).say("answer.reading") for language in ("ja", "en")}
LONG = "The press prints twice as fast because " + "two carriages move at once and " * 12 + "nothing waits."


@pytest.fixture
async def kawaraban(slack: SlackDouble, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setattr("adapters.slack.growing.GAP", GAP)
    monkeypatch.setattr("adapters.slack.telling.GAP", GAP)
    monkeypatch.setattr("adapters.slack.growing.CANCELLABLE", 0.0)
    monkeypatch.setattr("adapters.slack.telling.PATIENCE", 0.0)
    monkeypatch.setattr("adapters.slack.posts._LOOKS", (0.01, 0.01, 0.01))
    async with running(slack) as at_work:
        await at_work.store.papers.save([make_paper(f"2602.0000{number}") for number in (1, 2, 3)])
        yield at_work


@pytest.fixture
def script(kawaraban: Bot, monkeypatch: pytest.MonkeyPatch) -> Scripted:
    scripted = Scripted()
    monkeypatch.setattr(kawaraban.uses.questions._answering, "_asking", scripted)
    return scripted


@pytest.fixture
def hana(slack: SlackDouble) -> User:
    return slack.add_user("hana")


@pytest.fixture
def room(slack: SlackDouble, ada: User, hana: User) -> Channel:
    return slack.add_channel("papers", [ada, hana])


def mention(bot: Bot, room: Channel, user: User, text: str, thread_ts: str | None = None) -> Message:
    return bot.slack.people.say(room, f"<@{bot.slack.team.bot.id}> {text}", user, thread_ts)


def ours(bot: Bot, room: Channel, head: Message) -> list[Message]:
    return [one for one in bot.slack.thread(room, head.ts) if one.user == bot.slack.team.bot.id]


async def until_done(bot: Bot, room: Channel, head: Message, number: int = 1) -> Message:
    """Wait for the bot's answer with that number below the message, and return it."""

    def done() -> bool:
        there = ours(bot, room, head)
        return len(there) >= number and not buttons(there[number - 1], CANCEL) and bool(there[number - 1].blocks)

    await bot.slack.until(done, 30)
    return ours(bot, room, head)[number - 1]


async def says(slack: SlackDouble, text: str, where: Callable[[], list[Message]]) -> None:
    """Wait until one of the messages says this."""
    await slack.until(lambda: any(text in read(one) for one in where()), 30)


async def told(bot: Bot, user: User, before: int) -> None:
    """Wait for a modal, or for more than `before` messages to the person alone."""
    await bot.slack.until(lambda: len(bot.slack.ephemerals(user)) > before or user.id in bot.slack.state.modals, 30)


def ended(message: Message) -> bool:
    return message.stream is not None and bool(message.stream.ended)


def buttons(message: Any, action: str) -> list[Any]:
    elements = [one for block in message.blocks for one in block.get("elements") or ()]
    return [one for one in elements if str(one.get("action_id")).startswith(action)]


async def no_calls(bot: Bot, method: str) -> None:
    await bot.slack.settled()
    assert bot.slack.calls(method) == []


# --- in threads -------------------------------------------------------------------------------


async def test_a_mention_is_answered_in_its_thread_claim_by_claim(
    kawaraban: Bot, script: Scripted, ada: User, room: Channel
) -> None:
    slack, script.steady = kawaraban.slack, False
    script.says = lambda asked: (claim(asked.papers[0], f"Reason {n}.") for n in range(3))
    script.next_questions = ("What about ink?",)
    head = mention(kawaraban, room, ada, f"{ID} Why is it faster?")
    await slack.until(lambda: slack.calls("assistant.threads.setStatus"), 30)
    assert slack.calls("assistant.threads.setStatus")[0].arguments["status"] in READING
    await slack.until(lambda: ours(kawaraban, room, head), 30)
    assert buttons(ours(kawaraban, room, head)[0], CANCEL)
    for number in range(3):
        script.step()
        await says(slack, f"Reason {number}.", lambda: ours(kawaraban, room, head))
    script.step()
    answer = await until_done(kawaraban, room, head)

    assert [text in read(answer) for text in ("Reason 0.", "Reason 2.", "The press prints twice as fast.")] == [
        True
    ] * 3
    assert len(ours(kawaraban, room, head)) == 1
    assert f"https://arxiv.org/html/{ID}v1#S3.p2" in links(answer.blocks)
    assert [one["text"]["text"] for one in buttons(answer, NEXT)] == ["What about ink?"]
    changes = [one.at for one in [*slack.calls("chat.postMessage"), *slack.calls("chat.update")]]
    assert all(later - earlier >= GAP * 0.9 for earlier, later in itertools.pairwise(changes))
    assert slack.ephemerals(ada) == []
    assert slack.state.status(room, head.ts) == ""


async def test_others_ask_on_in_the_thread_and_a_button_asks_what_is_offered(
    kawaraban: Bot, script: Scripted, ada: User, hana: User, room: Channel
) -> None:
    script.next_questions = ("What about ink?",)
    head = mention(kawaraban, room, ada, f"{ID} Why is it faster?")
    answer = await until_done(kawaraban, room, head)
    mention(kawaraban, room, hana, "And how much paper does it need?", head.ts)
    await until_done(kawaraban, room, head, 2)
    await kawaraban.slack.people.click(answer, f"{NEXT}0", hana)
    third = await until_done(kawaraban, room, head, 3)

    assert "What about ink?" in read(third)
    assert [one.question for one in script.asked[1:]] == ["And how much paper does it need?", "What about ink?"]
    assert [len(one.turns) for one in script.asked] == [0, 1, 2]
    assert {str(one.papers[0].id) for one in script.asked} == {PAPER}
    assert len({one.asker for one in script.asked}) == 2


async def test_a_mention_without_a_question_is_answered_to_the_asker_alone(
    kawaraban: Bot, script: Scripted, ada: User, room: Channel
) -> None:
    mention(kawaraban, room, ada, ID)
    shown = await kawaraban.answer(ada)
    assert buttons(shown, ASK)
    assert script.asked == []
    await no_calls(kawaraban, "chat.postMessage")
    await no_calls(kawaraban, "assistant.threads.setStatus")


async def test_a_refusal_goes_to_the_asker_alone_or_takes_the_place_of_what_began(
    kawaraban: Bot, script: Scripted, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.growing.CANCELLABLE", 60.0)
    script.steady = False
    script.error = BudgetError("budget.day", cap_usd=1.0, resets_at=kawaraban.uses.clock())
    script.says = lambda asked: ()
    head = mention(kawaraban, room, ada, f"{ID} Why is it faster?")
    await kawaraban.slack.until(lambda: kawaraban.slack.state.status(room, head.ts), 30)
    script.step()
    refused = read(await kawaraban.answer(ada))
    assert ours(kawaraban, room, head) == []
    assert kawaraban.slack.state.status(room, head.ts) == ""

    script.says = lambda asked: (claim(asked.papers[0], "A reason."),)
    head = mention(kawaraban, room, ada, f"{ID} Why is it faster?")
    script.step()
    await kawaraban.slack.until(lambda: ours(kawaraban, room, head), 30)
    script.step()
    await kawaraban.slack.until(lambda: read(ours(kawaraban, room, head)[0]) == refused, 30)


async def test_in_the_thread_of_a_digest_the_paper_is_picked_and_the_answer_is_for_everybody(
    kawaraban: Bot, script: Scripted, ada: User, room: Channel
) -> None:
    headline, *_ = await kawaraban.digest(room, ada)
    before = len(ours(kawaraban, room, headline))
    seen = len(kawaraban.slack.ephemerals(ada))
    mention(kawaraban, room, ada, "なぜ速いのですか？", headline.ts)
    offered = await kawaraban.answer(ada, seen)
    menu = buttons(offered, CHOOSE_FOR)[0]
    value = menu["options"][0]["value"]
    await kawaraban.slack.people.click(offered, CHOOSE_FOR, ada, value)
    answer = await until_done(kawaraban, room, headline, before + 1)
    assert str(script.asked[0].papers[0].id) == value.split()[-1]
    assert "なぜ速いのですか" in read(answer)


@pytest.mark.parametrize("own", [True, False])
async def test_whoever_asked_may_cancel(
    kawaraban: Bot, script: Scripted, ada: User, hana: User, room: Channel, own: bool
) -> None:
    script.steady = False
    head = mention(kawaraban, room, ada, f"{ID} Why is it faster?")
    await kawaraban.slack.until(lambda: ours(kawaraban, room, head) and script.asked, 30)
    await kawaraban.slack.people.click(ours(kawaraban, room, head)[0], CANCEL, ada if own else hana)
    if own:
        answer = await until_done(kawaraban, room, head)
        assert words_for("en").say("answer.cancelled") in read(answer)
        assert script.closed == 1
    else:
        shown = kawaraban.slack.state.modals
        await kawaraban.slack.until(lambda: hana.id in shown or kawaraban.slack.ephemerals(hana), 30)
        assert WORDS.say("ask.cancel.other") in read(kawaraban.slack.ephemerals(hana)[0])
        script.step()
        script.step()
        await until_done(kawaraban, room, head)


async def test_votes_on_an_answer_are_none_on_its_paper(
    kawaraban: Bot, script: Scripted, ada: User, room: Channel
) -> None:
    """Neither on the answer in a thread, nor on a shared one."""
    await kawaraban.slash("/digest", "subscribe", room, ada)
    head = mention(kawaraban, room, ada, f"{ID} Why is it faster?")
    answer = await until_done(kawaraban, room, head)
    await kawaraban.slash("/paper", f"{ID} Why is it faster?", room, ada)
    await kawaraban.slack.people.click(kawaraban.slack.ephemerals(ada)[-1], SHARE_ANSWER, ada)
    await kawaraban.slack.until(lambda: len(posted(kawaraban, room)) == 1, 30)
    for one in (answer, posted(kawaraban, room)[0]):
        kawaraban.slack.people.react(room, one.ts, "+1", ada)
    await kawaraban.slack.settled()
    await kawaraban.slack.until(lambda: kawaraban.uses.votes.ignored == 2, 30)
    assert await kawaraban.votes(room) == {}


def posted(bot: Bot, room: Channel) -> list[Message]:
    """What the bot has posted to the channel itself about the question."""
    return [one for one in bot.slack.messages(room) if one.user == bot.slack.team.bot.id and "Why" in read(one)]


# --- for the asker alone ----------------------------------------------------------------------


async def test_paper_with_a_question_is_answered_alone_and_shared(
    kawaraban: Bot, script: Scripted, ada: User, hana: User, room: Channel
) -> None:
    script.steady, script.next_questions = False, ("What about ink?",)
    done = await kawaraban.slack.people.slash("/paper", f"{ID} Why is it &lt;faster&gt;?", room, ada)
    assert done.acked
    modals = kawaraban.slack.state.modals
    await kawaraban.slack.until(lambda: ada.id in modals and buttons_in(modals[ada.id].view, CANCEL), 30)
    assert kawaraban.slack.ephemerals(ada) == []
    script.step()
    await kawaraban.slack.until(lambda: "Because of" in "".join(shown_texts(modals[ada.id].view["blocks"])), 30)
    script.step()
    answer = await kawaraban.answer(ada)
    assert len(done.posts) == 1
    assert "Because of" in read(answer)
    await no_calls(kawaraban, "chat.postMessage")
    await kawaraban.slack.people.click(answer, SHARE_ANSWER, ada)
    await kawaraban.slack.until(lambda: len(posted(kawaraban, room)) == 1, 30)
    shared = posted(kawaraban, room)[0]
    assert not buttons(shared, SHARE_ANSWER)

    script.step()
    script.step()
    await kawaraban.slack.people.click(shared, f"{NEXT}0", hana)
    assert "What about ink?" in read(await until_done(kawaraban, room, shared))


def buttons_in(view: dict[str, Any], action: str) -> bool:
    return action in str(view["blocks"])


async def test_the_form_of_a_card_is_answered_where_it_was_opened(
    kawaraban: Bot, script: Scripted, ada: User, room: Channel
) -> None:
    headline, card, *_ = await kawaraban.digest(room, ada)
    seen = len(kawaraban.slack.ephemerals(ada))
    await kawaraban.slack.people.click(card, ASK, ada)
    modals = kawaraban.slack.state.modals
    await kawaraban.slack.until(lambda: ada.id in modals, 30)
    form = kawaraban.slack.modal(ada)
    assert form.view["callback_id"] == QUESTION
    script.steady = False
    await kawaraban.slack.people.submit(form, {"question": {"question": "なぜ速いのですか？"}})
    assert WORDS.say("answer.reading") in "".join(shown_texts(kawaraban.slack.modal(ada).view["blocks"]))
    script.step()
    script.step()
    shown = await kawaraban.answer(ada, seen)
    assert "なぜ速いのですか" in read(shown)
    assert shown.thread_ts == headline.ts
    assert buttons(shown, SHARE_ANSWER)
    await kawaraban.slack.until(lambda: buttons_in(kawaraban.slack.modal(ada).view, SHARE_ANSWER), 30)
    assert str(script.asked[0].papers[0].id) in str(buttons(card, ASK))


@pytest.mark.parametrize("trouble", ["expired_trigger_id", "internal_error"])
async def test_a_form_that_does_not_open_is_explained(kawaraban: Bot, ada: User, room: Channel, trouble: str) -> None:
    _, card, *_ = await kawaraban.digest(room, ada)
    seen = len(kawaraban.slack.ephemerals(ada))
    kawaraban.slack.faults.always(trouble, "views.open")
    await kawaraban.slack.people.click(card, ASK, ada)
    assert read(await kawaraban.answer(ada, seen))


async def test_quotations_that_were_cut_are_shown_in_full(
    kawaraban: Bot, script: Scripted, ada: User, room: Channel
) -> None:
    script.says = lambda asked: (claim(asked.papers[0], "A reason.", LONG),)
    head = mention(kawaraban, room, ada, f"{ID} Why is it faster?")
    answer = await until_done(kawaraban, room, head)
    assert LONG not in read(answer)
    assert LONG[:150] in read(answer)
    await kawaraban.slack.people.click(answer, QUOTATIONS, ada)
    modals = kawaraban.slack.state.modals
    await kawaraban.slack.until(lambda: ada.id in modals, 30)
    assert LONG in "".join(shown_texts(kawaraban.slack.modal(ada).view["blocks"]))


# --- in direct messages -----------------------------------------------------------------------


def streamed(bot: Bot, asked: Message) -> list[Message]:
    return [one for one in bot.slack.state.channels[asked.channel].replies(asked.ts) if one.stream]


async def test_a_direct_message_is_answered_by_a_stream(kawaraban: Bot, script: Scripted, ada: User) -> None:
    slack, script.steady = kawaraban.slack, False
    script.says = lambda asked: (claim(asked.papers[0], f"Reason {n}.") for n in range(3))
    asked = slack.people.dm(ada, f"{ID} Why is it faster?")
    for number in range(3):
        script.step()
        await says(slack, f"Reason {number}.", lambda: streamed(kawaraban, asked))
    script.step()
    await slack.until(
        lambda: [one.stream and one.stream.ended for one in streamed(kawaraban, asked)] == ["stopped"], 30
    )
    (answer,) = streamed(kawaraban, asked)
    assert [read(answer).count(f"Reason {n}.") for n in range(3)] == [1, 1, 1]
    assert "The press prints twice as fast." in read(answer)
    await no_calls(kawaraban, "chat.update")
    await no_calls(kawaraban, "chat.postMessage")

    script.steady = True
    again = slack.people.dm(ada, "And the ink?")
    await slack.until(lambda: streamed(kawaraban, again), 30)
    assert len(script.asked[1].turns) == 1


@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream"])
@pytest.mark.parametrize(
    "trouble", ["message_not_in_streaming_state", "internal_error", Fault.LOST_AFTER, Fault.LOST_BEFORE, Fault.LIMITED]
)
async def test_a_stream_that_breaks_is_finished_by_an_edit(
    kawaraban: Bot, script: Scripted, ada: User, method: str, trouble: str
) -> None:
    slack, script.steady = kawaraban.slack, False
    script.says = lambda asked: (claim(asked.papers[0], f"Reason {n}.") for n in range(3))
    asked = slack.people.dm(ada, f"{ID} Why is it faster?")
    await slack.until(lambda: streamed(kawaraban, asked), 30)
    slack.faults.next(trouble, method)
    for _ in range(4):
        script.step()
    await slack.until(lambda: over(streamed(kawaraban, asked)[0]), 30)
    (answer,) = [one for one in slack.state.channels[asked.channel].messages.values() if one is not asked]
    assert [read(answer).count(f"Reason {n}.") for n in range(3)] == [1, 1, 1]
    assert not buttons(answer, CANCEL)


def over(message: Message) -> bool:
    whole = all(f"Reason {n}." in read(message) for n in range(3)) and "The press prints" in read(message)
    return whole and ended(message)


async def test_a_reader_who_stops_the_stream_cancels_the_question(kawaraban: Bot, script: Scripted, ada: User) -> None:
    slack, script.steady = kawaraban.slack, False
    script.says = lambda asked: (claim(asked.papers[0], f"Reason {n}.") for n in range(3))
    asked = slack.people.dm(ada, f"{ID} Why is it faster?")
    await slack.until(lambda: streamed(kawaraban, asked), 30)
    slack.people.stop(streamed(kawaraban, asked)[0])
    script.step()
    cancelled = words_for("en").say("answer.cancelled")
    await slack.until(lambda: cancelled in read(streamed(kawaraban, asked)[0]), 30)
    assert script.closed == 1


async def test_without_streams_an_answer_in_direct_messages_is_edited(
    kawaraban: Bot, script: Scripted, ada: User
) -> None:
    kawaraban.slack.faults.always("ratelimited", "chat.startStream")
    asked = kawaraban.slack.people.dm(ada, f"{ID} Why is it faster?")
    there = kawaraban.slack.state.channels[asked.channel]
    await kawaraban.slack.until(lambda: any("Because of" in read(one) for one in there.replies(asked.ts)), 30)
    assert len(there.replies(asked.ts)) == 1


# --- when Slack fails -------------------------------------------------------------------------


@pytest.mark.parametrize("direct", [True, False])
@pytest.mark.parametrize("fault", [Fault.LOST_AFTER, Fault.LOST_BEFORE, Fault.HTML, Fault.SERVER_ERROR, Fault.LIMITED])
async def test_a_lost_answer_posts_no_second_message(
    kawaraban: Bot, script: Scripted, ada: User, room: Channel, fault: Fault, direct: bool
) -> None:
    slack, script.steady = kawaraban.slack, False
    slack.faults.next(fault, "chat.startStream" if direct else "chat.postMessage")
    text = f"{ID} Why is it faster?"
    head = slack.people.dm(ada, text) if direct else mention(kawaraban, room, ada, text)
    place = slack.state.channels[head.channel]
    await slack.until(lambda: not slack.faults.waiting and place.replies(head.ts), 30)
    script.step()
    script.step()
    await slack.until(lambda: "Because of" in read(place.replies(head.ts)[-1]), 30)
    await slack.until(lambda: not buttons(place.replies(head.ts)[-1], CANCEL), 30)
    assert len(place.replies(head.ts)) == 1
    assert slack.ephemerals(ada) == []


async def test_a_message_that_may_be_there_is_left_and_the_asker_told_alone(
    kawaraban: Bot, script: Scripted, ada: User, room: Channel
) -> None:
    kawaraban.slack.faults.next(Fault.LOST_AFTER, "chat.postMessage")
    kawaraban.slack.faults.always("missing_scope", "conversations.replies")
    head = mention(kawaraban, room, ada, f"{ID} Why is it faster?")
    assert "Because of" in read(await kawaraban.answer(ada))
    assert len(ours(kawaraban, room, head)) == 1


@pytest.mark.parametrize("trouble", ["message_not_found", "is_archived", "internal_error"])
async def test_an_answer_that_cannot_be_edited_goes_to_the_asker(
    kawaraban: Bot, script: Scripted, ada: User, room: Channel, trouble: str
) -> None:
    script.steady = False
    head = mention(kawaraban, room, ada, f"{ID} Why is it faster?")
    await kawaraban.slack.until(lambda: ours(kawaraban, room, head), 30)
    kawaraban.slack.faults.always(trouble, "chat.update")
    script.step()
    script.step()
    assert "Because of" in read(await kawaraban.answer(ada))


async def test_interim_edits_are_left_out_where_slack_takes_no_more(
    kawaraban: Bot, script: Scripted, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.growing.Paces.edit", lambda *_: 60.0)
    script.says = lambda asked: (claim(asked.papers[0], f"Reason {n}.") for n in range(3))
    head = mention(kawaraban, room, ada, f"{ID} Why is it faster?")
    answer = await until_done(kawaraban, room, head)
    assert "Reason 2." in read(answer)
    assert len(kawaraban.slack.calls("chat.update")) <= 1


# --- bad input --------------------------------------------------------------------------------

HOSTILE = (
    "<!channel> <!here> <@U00000002> <#C00000001>", "<https://evil.example|arXiv>", "*bold* _it_ ~s~ `code` ```pre```",
    "evil.example and cs.AI and http://evil.example/x", "@channel @everyone @here", "> quote\n> more",
    "&lt;!channel&gt;", ":fire: :+1:", "[click](https://evil.example)", "<!subteam^S1|@team>", "<!date^1^{date}^https://evil.example|x>",
    "\u202eevil\u202c \u200b<!channel>", "a" * 5_000, "mailto:a@evil.example",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
async def test_nothing_of_questions_answers_and_quotations_is_live(
    kawaraban: Bot, script: Scripted, ada: User, room: Channel, text: str
) -> None:
    script.says = lambda asked: (claim(asked.papers[0], text, text),)
    script.next_questions = (text,)
    head = mention(kawaraban, room, ada, f"{ID} Why is {text[:300]} so?")
    answer = await until_done(kawaraban, room, head)
    await kawaraban.slash("/paper", f"{ID} Why is {text[:300]} so?", room, ada)
    alone = kawaraban.slack.ephemerals(ada)[-1]
    asked = kawaraban.slack.people.dm(ada, f"{ID} Why is {text[:300]} so?")
    await kawaraban.slack.until(lambda: [one for one in streamed(kawaraban, asked) if ended(one)], 30)
    for shown in (answer, alone, streamed(kawaraban, asked)[0]):
        assert {address.partition("?")[0] for address in links(shown.blocks)} <= {
            f"https://arxiv.org/abs/{ID}",
            f"https://arxiv.org/html/{ID}v1#S3.p2",
        }
        assert "mrkdwn" not in {one.get("type") for one in texts_in(shown.blocks)}
    assert mentions(answer) == 0
    assert kawaraban.slack.findings == []


def texts_in(value: Any) -> list[dict[str, Any]]:
    found = [value] if isinstance(value, dict) and "text" in value else []
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return found + [one for inner in inside for one in texts_in(inner)]


@pytest.mark.parametrize(
    "text", ["", "   ", "why?", f"{ID} " + "why " * 3_000, f"{ID} 2602.00002 2602.00003 Which is best?"]
)
async def test_every_mention_ends_in_an_answer(
    kawaraban: Bot, script: Scripted, ada: User, room: Channel, text: str
) -> None:
    head = mention(kawaraban, room, ada, text)
    await kawaraban.slack.until(
        lambda: kawaraban.slack.ephemerals(ada) or any(not buttons(one, CANCEL) for one in ours(kawaraban, room, head)),
        30,
    )


async def test_a_button_of_another_version_is_answered(
    kawaraban: Bot, script: Scripted, ada: User, room: Channel
) -> None:
    for action, value in ((f"{NEXT}0", "x"), (CHOOSE_FOR, "a b c"), (SHARE_ANSWER, "0"), (QUOTATIONS, "0"), (ASK, "?")):
        element = {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": "x"}, "value": value}
        blocks = [{"type": "actions", "block_id": "buttons", "elements": [element]}]
        message = Message(kawaraban.slack.state.new_ts(), room.id, kawaraban.slack.team.bot.id, "…", blocks)
        room.messages[message.ts] = message
        before = len(kawaraban.slack.ephemerals(ada))
        kawaraban.slack.state.modals.pop(ada.id, None)
        await kawaraban.slack.people.click(message, action, ada)
        await told(kawaraban, ada, before)

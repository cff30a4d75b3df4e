"""Whatever people and Slack do: an answer in words to whoever asked, and nothing lost or done twice."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.models import ChannelState
from tests.fakes.slack import Channel, Fault, SlackDouble, User
from tests.support.slack_bots import Bot, read, running


@pytest.fixture
async def bot(slack: SlackDouble) -> AsyncIterator[Bot]:
    async with running(slack) as at_work:
        yield at_work


@pytest.fixture
def ada(slack: SlackDouble) -> User:
    return slack.add_user("ada", is_admin=True)


@pytest.fixture
def room(slack: SlackDouble, ada: User) -> Channel:
    return slack.add_channel("papers", [ada])


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "<!channel> <@U1> &amp;",
        "9999.99999 <script>",
        "```\nrm -rf\n```",
        "что это",
        "\u202eabc\x00",
        "🍣",
    ],
)
async def test_whatever_is_typed_is_answered_in_words(bot: Bot, ada: User, room: Channel, text: str) -> None:
    for command in ("/paper", "/digest"):
        answer = await bot.slash(command, text, room, ada)
        assert answer.strip()
    (first, second) = bot.slack.ephemerals(ada)[:2]
    for one in (first, second):
        assert "<!" not in one.text
        assert "<@" not in one.text


async def test_a_form_that_is_opened_too_late_is_explained(bot: Bot, ada: User, room: Channel) -> None:
    await bot.slash("/digest", "status", room, ada)
    status = await bot.answer(ada)
    bot.slack.faults.next("expired_trigger_id", "views.open")
    await bot.slack.people.click(status, "digest.form", ada)
    assert "もう一度ボタン" in read(await bot.answer(ada, 1))
    await bot.slack.people.click(status, "digest.form", ada)
    await bot.slack.until(lambda: ada.id in bot.slack.state.modals)


async def test_a_form_that_is_sent_late_still_counts_and_its_answer_comes_another_way(
    bot: Bot, ada: User, room: Channel
) -> None:
    await bot.slash("/digest", "status", room, ada)
    await bot.slack.people.click(await bot.answer(ada), "digest.form", ada)
    await bot.slack.until(lambda: ada.id in bot.slack.state.modals)
    modal = bot.slack.modal(ada)
    await bot.slack.pass_time(hours=1)  # the address for answers has expired by now
    await bot.slack.people.submit(modal, {"size": {"value": "7"}})
    assert "購読を開始しました" in read(await bot.answer(ada, 1))
    assert (await bot.channel(room)).settings.size == 7


async def test_a_form_for_a_channel_without_the_bot_is_answered_directly(bot: Bot, ada: User) -> None:
    private = bot.slack.add_channel("private", [ada], kind="private", bot=False)
    await bot.slash("/digest", "status", private, ada)
    await bot.slack.people.click(await bot.answer(ada), "digest.form", ada)
    await bot.slack.until(lambda: ada.id in bot.slack.state.modals)
    modal = bot.slack.modal(ada)
    await bot.slack.pass_time(hours=1)
    await bot.slack.people.submit(modal)
    direct = bot.slack.state.dm(bot.slack.team, ada.id)
    await bot.slack.until(lambda: bot.slack.messages(direct))
    assert "/invite" in read(bot.slack.messages(direct)[0])


async def test_wrong_keywords_are_said_in_the_form(bot: Bot, ada: User, room: Channel) -> None:
    await bot.slash("/digest", "status", room, ada)
    await bot.slack.people.click(await bot.answer(ada), "digest.form", ada)
    await bot.slack.until(lambda: ada.id in bot.slack.state.modals)
    done = await bot.slack.people.submit(bot.slack.modal(ada), {"keywords": {"value": "x" * 200}})
    assert "使えません" in done.errors["keywords"]
    assert await bot.uses.channels.get(bot.key(room)) is None


async def test_buttons_pressed_twice_do_it_once(bot: Bot, ada: User, room: Channel) -> None:
    _, card, _ = await bot.digest(room, ada)
    title = card.blocks[0]["elements"][0]["elements"][1]["text"]
    before = len(bot.slack.ephemerals(ada))
    await bot.slash("/paper", title, room, ada)
    sheet = await bot.answer(ada, before)
    for _ in range(3):
        await bot.slack.people.click(sheet, "paper.share", ada)
    await bot.slack.until(lambda: len(bot.slack.ephemerals(ada)) == before + 4)
    await bot.slack.until(lambda: len(bot.slack.messages(room)) == 2)
    said = [read(one) for one in bot.slack.ephemerals(ada)[-3:]]
    assert sum("すでに" in one for one in said) == 2
    for _ in range(2):
        await bot.slack.people.click(card, "paper.details", ada)
    await bot.slack.until(lambda: len(bot.slack.ephemerals(ada)) == before + 6)
    assert all(one.thread_ts == card.thread_ts for one in bot.slack.ephemerals(ada)[-2:])


async def test_a_paper_can_be_shared_where_the_bot_is_no_member(bot: Bot, ada: User, room: Channel) -> None:
    _, card, _ = await bot.digest(room, ada)
    title = card.blocks[0]["elements"][0]["elements"][1]["text"]
    private = bot.slack.add_channel("private", [ada], kind="private", bot=False)
    await bot.slash("/paper", title, private, ada)
    before = len(bot.slack.ephemerals(ada))
    await bot.slack.people.click(await bot.answer(ada), "paper.share", ada)
    assert "票になりません" in read(await bot.answer(ada, before))
    (shared,) = bot.slack.messages(private)
    assert shared.by_response_url
    assert title in read(shared)


async def test_a_message_that_is_deleted_under_us_harms_nothing(bot: Bot, ada: User, room: Channel) -> None:
    headline, card, _ = await bot.digest(room, ada)
    bot.slack.people.delete_message(room, card.ts)
    before = len(bot.slack.ephemerals(ada))
    await bot.slack.people.click(card, "paper.details", ada)
    assert (await bot.answer(ada, before)).thread_ts == headline.ts
    bot.slack.people.delete_message(room, headline.ts)
    assert await bot.uses.votes.reconcile(bot.reactions) >= 1
    assert (await bot.channel(room)).state is ChannelState.ACTIVE


async def test_an_answer_survives_what_slack_does_to_it(bot: Bot, ada: User, room: Channel) -> None:
    bot.slack.faults.next(Fault.LIMITED, "response_url", seconds=0)
    assert "/paper" in await bot.slash("/paper", "help", room, ada)
    bot.slack.faults.next(Fault.UNAVAILABLE, "users.info", times=3)
    assert "/paper" in await bot.slash("/paper", "help", room, ada)
    bot.slack.faults.next("used_url", "response_url")
    assert "/paper" in await bot.slash("/paper", "help", room, ada)  # as an ephemeral message instead


async def test_nobody_changes_a_channel_while_slack_does_not_say_who_asks(bot: Bot, ada: User, room: Channel) -> None:
    await bot.slash("/digest", "subscribe", room, ada)
    stranger = bot.slack.add_user("stranger")
    bot.slack.faults.always(Fault.SERVER_ERROR, "users.info")
    answer = await bot.slash("/digest", "unsubscribe", room, stranger)
    assert answer.strip()
    assert (await bot.channel(room)).state is ChannelState.ACTIVE


async def test_a_guest_does_not_bring_the_bot_into_a_channel(bot: Bot, room: Channel) -> None:
    guest = bot.slack.add_user("guest", is_restricted=True)
    room.members.append(guest.id)
    assert "設定を変更できるのは" in await bot.slash("/digest", "subscribe", room, guest)
    assert await bot.uses.channels.get(bot.key(room)) is None


async def test_stopping_answers_what_was_asked_before(slack: SlackDouble, ada: User, room: Channel) -> None:
    async with running(slack) as bot:
        slack.api.latency = 0.05
        for _ in range(5):
            assert (await slack.people.slash("/digest", "status", room, ada)).acked
        await bot.end()
    assert len(slack.ephemerals(ada)) == 5


async def test_a_slow_answer_is_announced(bot: Bot, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.answers.PATIENCE", 0.0)
    bot.slack.people.dm(ada, "a title that nobody knows")
    place = bot.slack.state.dm(bot.slack.team, ada.id)
    await bot.slack.until(lambda: len(bot.slack.messages(place)) == 2 and bot.slack.messages(place)[1].edits)
    assert len(bot.slack.messages(place)) == 2


async def test_reading_is_for_everyone_and_long_texts_say_that_they_are_cut(bot: Bot, ada: User, room: Channel) -> None:
    reader = bot.slack.add_user("reader")
    room.members.append(reader.id)
    await bot.digest(room, ada)
    assert "title" in await bot.slash("/digest", "export csv", room, reader)
    assert await bot.slash("/digest", "export", room, reader)
    assert "ありません" in await bot.slash("/digest", "top week", room, reader)
    found = await bot.slash("/digest", "search model", room, reader)
    assert "この論文を見る" in found
    before = len(bot.slack.ephemerals(reader))
    await bot.slack.people.click(bot.slack.ephemerals(reader)[-1], "paper.choose", reader)
    assert read(await bot.answer(reader, before)).strip()

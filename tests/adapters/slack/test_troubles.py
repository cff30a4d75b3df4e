"""Whatever people and Slack do: an answer in words to whoever asked, and nothing lost or done twice."""

from __future__ import annotations

import pytest

from bot.models import ChannelState
from tests.fakes.slack import Channel, Fault, SlackDouble, User
from tests.fakes.slack_blocks import elements
from tests.support.slack_bots import Bot, read, running


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
async def test_whatever_is_typed_is_answered_in_words(kawaraban: Bot, ada: User, room: Channel, text: str) -> None:
    for command in ("/paper", "/digest"):
        answer = await kawaraban.slash(command, text, room, ada)
        assert answer.strip()
    (first, second) = kawaraban.slack.ephemerals(ada)[:2]
    for one in (first, second):
        assert "<!" not in one.text
        assert "<@" not in one.text


async def test_an_edge_before_a_response_url_does_not_cost_the_answer(kawaraban: Bot, ada: User, room: Channel) -> None:
    kawaraban.slack.faults.next(Fault.EDGE, "response_url")
    assert "購読" in await kawaraban.slash("/digest", "subscribe", room, ada)
    assert kawaraban.slack.faults.waiting == 0


async def test_a_form_that_is_opened_too_late_is_explained(kawaraban: Bot, ada: User, room: Channel) -> None:
    await kawaraban.slash("/digest", "status", room, ada)
    status = await kawaraban.answer(ada)
    kawaraban.slack.faults.next("expired_trigger_id", "views.open")
    await kawaraban.slack.people.click(status, "digest.form", ada)
    assert "もう一度ボタン" in read(await kawaraban.answer(ada, 1))
    await kawaraban.slack.people.click(status, "digest.form", ada)
    await kawaraban.slack.until(lambda: ada.id in kawaraban.slack.state.modals)


async def test_a_form_that_is_sent_late_still_counts_and_its_answer_comes_another_way(
    kawaraban: Bot, ada: User, room: Channel
) -> None:
    await kawaraban.slash("/digest", "status", room, ada)
    await kawaraban.slack.people.click(await kawaraban.answer(ada), "digest.form", ada)
    await kawaraban.slack.until(lambda: ada.id in kawaraban.slack.state.modals)
    modal = kawaraban.slack.modal(ada)
    await kawaraban.slack.pass_time(hours=1)  # the address for answers has expired by now
    await kawaraban.slack.people.submit(modal, {"size": {"value": "7"}})
    assert "購読を開始しました" in read(await kawaraban.answer(ada, 1))
    assert (await kawaraban.channel(room)).settings.size == 7


async def test_a_form_for_a_channel_without_the_bot_is_answered_directly(kawaraban: Bot, ada: User) -> None:
    private = kawaraban.slack.add_channel("private", [ada], kind="private", bot=False)
    await kawaraban.slash("/digest", "status", private, ada)
    await kawaraban.slack.people.click(await kawaraban.answer(ada), "digest.form", ada)
    await kawaraban.slack.until(lambda: ada.id in kawaraban.slack.state.modals)
    modal = kawaraban.slack.modal(ada)
    await kawaraban.slack.pass_time(hours=1)
    await kawaraban.slack.people.submit(modal)
    direct = kawaraban.slack.state.dm(kawaraban.slack.team, ada.id)
    await kawaraban.slack.until(lambda: kawaraban.slack.messages(direct))
    assert "/invite" in read(kawaraban.slack.messages(direct)[0])


async def test_wrong_keywords_are_said_in_the_form(kawaraban: Bot, ada: User, room: Channel) -> None:
    await kawaraban.slash("/digest", "status", room, ada)
    await kawaraban.slack.people.click(await kawaraban.answer(ada), "digest.form", ada)
    await kawaraban.slack.until(lambda: ada.id in kawaraban.slack.state.modals)
    done = await kawaraban.slack.people.submit(kawaraban.slack.modal(ada), {"keywords": {"value": "x" * 200}})
    assert "使えません" in done.errors["keywords"]
    assert await kawaraban.uses.channels.get(kawaraban.key(room)) is None


async def test_buttons_pressed_twice_do_it_once(kawaraban: Bot, ada: User, room: Channel) -> None:
    _, card, _ = await kawaraban.digest(room, ada)
    title = card.blocks[0]["elements"][0]["elements"][1]["text"]
    before = len(kawaraban.slack.ephemerals(ada))
    await kawaraban.slash("/paper", title, room, ada)
    sheet = await kawaraban.answer(ada, before)
    for _ in range(3):
        await kawaraban.slack.people.click(sheet, "paper.share", ada)
    await kawaraban.slack.until(lambda: len(kawaraban.slack.ephemerals(ada)) == before + 4)
    await kawaraban.slack.until(lambda: len(kawaraban.slack.messages(room)) == 2)
    said = [read(one) for one in kawaraban.slack.ephemerals(ada)[-3:]]
    assert sum("すでに" in one for one in said) == 2
    for _ in range(2):
        await kawaraban.slack.people.click(card, "paper.cite", ada)
    await kawaraban.slack.until(lambda: len(kawaraban.slack.ephemerals(ada)) == before + 6)
    assert all(one.thread_ts == card.thread_ts for one in kawaraban.slack.ephemerals(ada)[-2:])


async def test_a_paper_can_be_shared_where_the_bot_is_no_member(kawaraban: Bot, ada: User, room: Channel) -> None:
    _, card, _ = await kawaraban.digest(room, ada)
    title = card.blocks[0]["elements"][0]["elements"][1]["text"]
    private = kawaraban.slack.add_channel("private", [ada], kind="private", bot=False)
    await kawaraban.slash("/paper", title, private, ada)
    before = len(kawaraban.slack.ephemerals(ada))
    await kawaraban.slack.people.click(await kawaraban.answer(ada), "paper.share", ada)
    assert "票になりません" in read(await kawaraban.answer(ada, before))
    (shared,) = kawaraban.slack.messages(private)
    assert shared.by_response_url
    assert title in read(shared)


async def test_a_message_that_is_deleted_under_us_harms_nothing(kawaraban: Bot, ada: User, room: Channel) -> None:
    headline, card, _ = await kawaraban.digest(room, ada)
    kawaraban.slack.people.delete_message(room, card.ts)
    before = len(kawaraban.slack.ephemerals(ada))
    await kawaraban.slack.people.click(card, "paper.cite", ada)
    assert (await kawaraban.answer(ada, before)).thread_ts == headline.ts
    kawaraban.slack.people.delete_message(room, headline.ts)
    assert await kawaraban.uses.votes.reconcile(kawaraban.reactions) >= 1
    assert (await kawaraban.channel(room)).state is ChannelState.ACTIVE


async def test_an_answer_survives_what_slack_does_to_it(kawaraban: Bot, ada: User, room: Channel) -> None:
    kawaraban.slack.faults.next(Fault.LIMITED, "response_url", seconds=0)
    assert "/paper" in await kawaraban.slash("/paper", "help", room, ada)
    kawaraban.slack.faults.next(Fault.UNAVAILABLE, "users.info", times=3)
    assert "/paper" in await kawaraban.slash("/paper", "help", room, ada)
    kawaraban.slack.faults.next("used_url", "response_url")
    assert "/paper" in await kawaraban.slash("/paper", "help", room, ada)  # as an ephemeral message instead


async def test_nobody_changes_a_channel_while_slack_does_not_say_who_asks(
    kawaraban: Bot, ada: User, room: Channel
) -> None:
    await kawaraban.slash("/digest", "subscribe", room, ada)
    stranger = kawaraban.slack.add_user("stranger")
    kawaraban.slack.faults.always(Fault.SERVER_ERROR, "users.info")
    answer = await kawaraban.slash("/digest", "unsubscribe", room, stranger)
    assert answer.strip()
    assert (await kawaraban.channel(room)).state is ChannelState.ACTIVE


async def test_a_guest_does_not_bring_the_bot_into_a_channel(kawaraban: Bot, room: Channel) -> None:
    guest = kawaraban.slack.add_user("guest", is_restricted=True)
    room.members.append(guest.id)
    assert "設定を変更できるのは" in await kawaraban.slash("/digest", "subscribe", room, guest)
    assert await kawaraban.uses.channels.get(kawaraban.key(room)) is None


async def test_stopping_answers_what_was_asked_before(slack: SlackDouble, ada: User, room: Channel) -> None:
    async with running(slack) as kawaraban:
        slack.api.latency = 0.05
        for _ in range(5):
            assert (await slack.people.slash("/digest", "status", room, ada)).acked
        await kawaraban.end()
    assert len(slack.ephemerals(ada)) == 5


async def test_a_slow_answer_is_announced(
    kawaraban: Bot, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.telling.PATIENCE", 0.0)
    kawaraban.slack.people.dm(ada, "a title that nobody knows")
    place = kawaraban.slack.state.dm(kawaraban.slack.team, ada.id)
    await kawaraban.slack.until(
        lambda: len(kawaraban.slack.messages(place)) == 2 and kawaraban.slack.messages(place)[1].edits
    )
    assert len(kawaraban.slack.messages(place)) == 2


async def test_reading_is_for_everyone_and_long_texts_say_that_they_are_cut(
    kawaraban: Bot, ada: User, room: Channel
) -> None:
    reader = kawaraban.slack.add_user("reader")
    room.members.append(reader.id)
    await kawaraban.digest(room, ada)
    kawaraban.slack.team.scopes.discard("files:write")
    assert "title" in await kawaraban.slash("/digest", "export csv", room, reader)
    assert await kawaraban.slash("/digest", "export", room, reader)
    assert "ありません" in await kawaraban.slash("/digest", "top week", room, reader)
    found = await kawaraban.slash("/digest", "search model", room, reader)
    assert "要約を見る論文を選ぶ" in found
    before = len(kawaraban.slack.ephemerals(reader))
    listed = kawaraban.slack.ephemerals(reader)[-1]
    value = next(e for _, e in elements(listed.blocks))["options"][0]["value"]
    await kawaraban.slack.people.click(listed, "paper.choose", reader, value)
    assert read(await kawaraban.answer(reader, before)).strip()

"""The tests' Slack where messages grow: who sees what of a stream, when it ends, and what the bot is said to do."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, Message, SlackDouble, User

Json = dict[str, Any]


def client(slack: SlackDouble) -> AsyncWebClient:
    return AsyncWebClient(slack.token, f"{slack.url}/api/", retry_handlers=[])


def chunk(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "blocks", "blocks": [{"type": "rich_text", "elements": [section]}]}


def read(blocks: list[Json]) -> list[str]:
    return [one["elements"][0]["elements"][0]["text"] for one in blocks]


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as raised:
        await call
    return str(raised.value.response["error"])


@pytest.fixture
def hana(slack: SlackDouble) -> User:
    return slack.add_user("hana")


@pytest.fixture
async def asked(slack: SlackDouble, hana: User) -> Message:
    return slack.people.dm(hana, "why?")


def talk(slack: SlackDouble, asked: Message) -> Channel:
    return slack.state.channels[asked.channel]


async def started(slack: SlackDouble, asked: Message, hana: User, **more: Any) -> Message:
    begun = await client(slack).chat_startStream(
        channel=asked.channel,
        thread_ts=asked.ts,
        recipient_team_id=slack.team.id,
        recipient_user_id=hana.id,
        **more,
    )
    return talk(slack, asked).messages[begun["ts"]]


async def test_other_members_see_only_how_a_stream_begins(slack: SlackDouble, asked: Message, hana: User) -> None:
    message = await started(slack, asked, hana, chunks=[chunk("one")])
    api = client(slack)
    at: Json = {"channel": asked.channel, "ts": message.ts}
    await api.chat_appendStream(**at, chunks=[chunk("two")])
    assert read(message.seen_by(hana.id)[1]) == ["one", "two"]
    assert read(message.seen_by("U0OTHER")[1]) == ["one"]

    await api.chat_stopStream(**at, chunks=[chunk("three")], blocks=[{"type": "divider"}])
    assert message.seen_by("U0OTHER")[1] == message.blocks
    assert read(message.blocks[:3]) == ["one", "two", "three"]
    assert await error_of(api.chat_appendStream(**at, chunks=[chunk("four")])) == "message_not_in_streaming_state"
    assert await error_of(api.chat_stopStream(**at)) == "message_not_in_streaming_state"


@pytest.mark.parametrize(("steps", "lives"), [([100, 100, 99], True), ([100, 100, 101], False), ([121], False)])
async def test_a_stream_ends_by_itself_and_is_then_edited(
    slack: SlackDouble, asked: Message, hana: User, steps: list[int], lives: bool
) -> None:
    message = await started(slack, asked, hana, chunks=[chunk("one")])
    api = client(slack)
    at: Json = {"channel": asked.channel, "ts": message.ts}
    for seconds in steps[:-1]:
        await slack.pass_time(seconds)
        await api.chat_appendStream(**at, chunks=[chunk("more")])
    await slack.pass_time(steps[-1])
    if lives:
        assert await error_of(api.chat_update(**at, text="whole")) == "streaming_state_conflict"
        await api.chat_appendStream(**at, chunks=[chunk("last")])
    else:
        assert await error_of(api.chat_appendStream(**at, chunks=[chunk("x")])) == "message_not_in_streaming_state"
        await api.chat_update(**at, text="whole", blocks=chunk("whole")["blocks"])
        assert read(message.blocks) == ["whole"]


async def test_its_reader_may_stop_a_stream(slack: SlackDouble, asked: Message, hana: User) -> None:
    message = await started(slack, asked, hana, markdown_text="one")
    slack.people.stop(message)
    call = client(slack).chat_appendStream(channel=asked.channel, ts=message.ts, markdown_text="two")
    assert await error_of(call) == "stopped_by_user"
    assert message.text == "one"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"recipient_user_id": None}, "missing_recipient_user_id"),
        ({"recipient_team_id": None}, "missing_recipient_team_id"),
        ({"recipient_user_id": "U0OTHER"}, "user_not_in_channel"),
        ({"thread_ts": ""}, "invalid_thread_ts"),
        ({"thread_ts": "1.0"}, "thread_not_found"),
        ({"chunks": [{"type": "poem"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "blocks", "blocks": [{"type": "poem"}]}]}, "invalid_blocks"),
        ({"chunks": [chunk("字" * 12_001)]}, "msg_too_long"),
        ({"chunks": [chunk("x")] * 51}, "invalid_blocks"),
        ({"markdown_text": "字" * 12_001}, "msg_too_long"),
    ],
)
async def test_a_stream_that_slack_does_not_take(
    slack: SlackDouble, asked: Message, hana: User, given: Json, error: str
) -> None:
    whole: Json = {"channel": asked.channel, "thread_ts": asked.ts, "recipient_team_id": slack.team.id}
    whole |= {"recipient_user_id": hana.id, **given}
    assert await error_of(client(slack).chat_startStream(**whole)) == error
    assert [one.ts for one in talk(slack, asked).messages.values()] == [asked.ts]
    slack.contract.findings.clear()


async def test_a_stream_where_others_read_is_a_finding(slack: SlackDouble, hana: User) -> None:
    room = slack.add_channel("papers", [hana])
    asked = slack.people.say(room, "why?", hana)
    await started(slack, asked, hana, markdown_text="because")
    assert slack.findings == ["chat.startStream: streams where others read, who see only how it begins"]
    slack.contract.findings.clear()


async def test_a_status_goes_with_the_next_message_or_by_itself(slack: SlackDouble, hana: User) -> None:
    room, api = slack.add_channel("papers", [hana]), client(slack)
    asked = slack.people.say(room, "why?", hana)
    place: Json = {"channel_id": room.id, "thread_ts": asked.ts}
    await api.assistant_threads_setStatus(**place, status="is reading the paper…")
    assert slack.state.status(room, asked.ts) == "is reading the paper…"
    await api.chat_postMessage(channel=room.id, thread_ts=asked.ts, text="because")
    assert not slack.state.status(room, asked.ts)

    await api.assistant_threads_setStatus(**place, status="is reading on…", loading_messages=["page 1", "page 2"])
    await slack.pass_time(119)
    assert slack.state.status(room, asked.ts)
    await slack.pass_time(2)
    assert not slack.state.status(room, asked.ts)
    assert await error_of(api.assistant_threads_setStatus(channel_id=room.id, thread_ts="1.0", status="x")) == (
        "invalid_thread_ts"
    )
    slack.team.scopes.discard("chat:write")
    assert await error_of(api.assistant_threads_setStatus(**place, status="x")) == "missing_scope"

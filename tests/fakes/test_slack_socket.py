"""The tests' Slack in Socket Mode and its people, with the real Bolt app on the other end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import SlackDouble

BUTTONS: list[dict[str, Any]] = [
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": "share", "text": {"type": "plain_text", "text": "Share"}, "value": "p1"},
            {"type": "button", "action_id": "settings", "text": {"type": "plain_text", "text": "Settings"}},
        ],
    }
]
OPTIONS = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("ja", "en")]
MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "settings",
    "title": {"type": "plain_text", "text": "Settings"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "time",
            "label": {"type": "plain_text", "text": "Time"},
            "element": {"type": "plain_text_input", "action_id": "at", "initial_value": "07:00", "max_length": 5},
        },
        {
            "type": "input",
            "block_id": "language",
            "label": {"type": "plain_text", "text": "Language"},
            "element": {"type": "static_select", "action_id": "code", "options": OPTIONS},
        },
    ],
}


class Bot:
    """A small bot: it notes what it hears, and answers `/paper` with buttons."""

    def __init__(self, slack: SlackDouble) -> None:
        client = AsyncWebClient(slack.token, f"{slack.url}/api/", retry_handlers=[])
        self.app = AsyncApp(client=client, process_before_response=True, signing_secret=slack.state.app.signing_secret)
        self.heard: list[str] = []
        self.retries: list[str | None] = []
        self.failing = 0
        self.app.event("reaction_added")(self.reacted)
        self.app.event("reaction_removed")(self.reacted)
        for other in ("app_mention", "message", "member_joined_channel", "channel_archive", "app_uninstalled"):
            self.app.event(other)(self.noted)
        self.app.event("tokens_revoked")(self.noted)
        self.app.event("app_home_opened")(self.at_home)
        self.app.command("/paper")(self.paper)
        self.app.command("/say")(self.say)
        self.app.action("share")(self.share)
        self.app.action("settings")(self.settings)
        self.app.view("settings")(self.saved)

    async def reacted(self, event: dict[str, Any], request: Any) -> None:
        self.retries.append(request.headers.get("x-slack-retry-num", [None])[0])
        if self.failing:
            self.failing -= 1
            raise ValueError("as asked")
        self.heard.append(f"{event['type']} {event['reaction']}")

    async def noted(self, event: dict[str, Any]) -> None:
        self.heard.append(event["type"])

    async def at_home(self, event: dict[str, Any], client: AsyncWebClient) -> None:
        view = {"type": "home", "blocks": BUTTONS}
        await client.views_publish(user_id=event["user"], view=view)

    async def paper(self, ack: Any, respond: Any, command: dict[str, Any]) -> None:
        await ack()
        await respond(text=f"about {command['text']}", blocks=BUTTONS)

    async def say(self, ack: Any, command: dict[str, Any]) -> None:
        await ack(text=command["text"], response_type="in_channel")

    async def share(self, ack: Any, respond: Any, action: dict[str, Any]) -> None:
        await ack()
        await respond(text=f"shared {action['value']}", replace_original=True)

    async def settings(self, ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    async def saved(self, ack: Any, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        if values["time"]["at"]["value"] == "25:00":
            await ack(response_action="errors", errors={"time": "no such time"})
            return
        self.heard.append(
            f"saved {values['time']['at']['value']} {values['language']['code']['selected_option']['value']}"
        )
        await ack()


@asynccontextmanager
async def connected(slack: SlackDouble, ping_interval: float) -> AsyncIterator[Bot]:
    """A bot on one more connection. It takes half of its interval without a pong for a broken one, on a busy machine
    too, and looks after as much whether it is to connect anew."""
    made, before = Bot(slack), len(slack.socket.connections)
    handler = AsyncSocketModeHandler(made.app, slack.app_token, ping_interval=ping_interval)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # slack-sdk leaves it untyped
    await slack.socket.connected(before + 1)
    yield made
    await handler.close_async()  # type: ignore[no-untyped-call]  # slack-sdk leaves it untyped


@pytest.fixture
async def small_bot(slack: SlackDouble) -> AsyncIterator[Bot]:
    """A bot that is connected, and slow to notice that it is not."""
    async with connected(slack, 20) as made:
        yield made


@pytest.fixture
async def restless_bot(slack: SlackDouble) -> AsyncIterator[Bot]:
    """A bot that soon connects anew."""
    async with connected(slack, 0.4) as made:
        yield made


async def posted(slack: SlackDouble, channel: str) -> str:
    sent = await AsyncWebClient(slack.token, f"{slack.url}/api/").chat_postMessage(channel=channel, text="a paper")
    return str(sent["ts"])


async def test_a_command_is_acknowledged_and_answered(slack: SlackDouble, small_bot: Bot) -> None:
    hana = slack.add_user("hana")
    channel = slack.add_channel("anywhere", [hana], bot=False)
    done = await slack.people.slash("/paper", "2602.21548", channel, hana)
    assert done.acked
    assert (done.acked_in_ms or 0) > 0
    assert done.response is None
    assert [one["text"] for one in done.posts] == ["about 2602.21548"]
    (shown,) = slack.ephemerals(hana)
    clicked = await slack.people.click(shown, "share", hana)
    assert clicked.acked
    assert [one.text for one in slack.ephemerals(hana)] == ["shared p1"]
    said = await slack.people.slash("/say", "good morning", channel, hana)
    assert [one.text for one in said.shown] == ["good morning"]
    assert [one.text for one in slack.messages(channel)] == ["good morning"]


async def test_an_unknown_command_is_not_acknowledged(slack: SlackDouble, small_bot: Bot) -> None:
    hana = slack.add_user("hana")
    slack.people.patience = 0.05
    done = await slack.people.slash("/other", "", slack.add_channel("papers", [hana]), hana)
    assert (done.acked, done.error) == (False, "operation_timeout")


async def test_without_a_connection_a_command_fails_and_an_event_waits(slack: SlackDouble) -> None:
    hana = slack.add_user("hana")
    channel = slack.add_channel("papers", [hana])
    done = await slack.people.slash("/paper", "x", channel, hana)
    assert done.error == "dispatch_failed"
    slack.people.invite(channel, slack.add_user("ken"))
    await slack.pass_time(minutes=5)
    assert [one.body["event"]["type"] for one in slack.courier.lost] == []
    await slack.pass_time(minutes=2)
    assert [one.body["event"]["type"] for one in slack.courier.lost] == ["member_joined_channel"]
    assert len(slack.courier.lost[0].outcomes) == 4


async def test_a_modal_is_opened_filled_in_and_sent(slack: SlackDouble, small_bot: Bot) -> None:
    hana = slack.add_user("hana")
    slack.people.open_home(hana)
    await slack.settled()
    await slack.people.use(slack.home(hana), "settings")
    with pytest.raises(ValueError, match="language must be filled in"):
        await slack.people.submit(slack.modal(hana))
    with pytest.raises(LookupError):
        await slack.people.submit(slack.modal(hana), {"language": {"code": "fr"}})
    done = await slack.people.submit(slack.modal(hana), {"time": {"at": "25:00"}, "language": {"code": "ja"}})
    assert done.errors == {"time": "no such time"}
    await slack.people.submit(slack.modal(hana), {"time": {"at": "08:00"}})
    assert hana.id not in slack.state.modals
    assert small_bot.heard == ["saved 08:00 ja"]


async def test_events_come_from_the_bots_channels_alone(slack: SlackDouble, small_bot: Bot) -> None:
    hana = slack.add_user("hana")
    inside, outside = slack.add_channel("inside", [hana]), slack.add_channel("outside", [hana], bot=False)
    ts = await posted(slack, inside.id)
    elsewhere = slack.people.say(outside, f"hello <@{slack.team.bot.id}>", hana)
    slack.people.react(outside, elsewhere.ts, "+1", hana)
    slack.people.react(inside, ts, "+1::skin-tone-2", hana)
    slack.people.unreact(inside, ts, "+1::skin-tone-2", hana)
    slack.people.say(inside, f"<@{slack.team.bot.id}> why?", hana, thread_ts=ts)
    slack.people.dm(hana, "2602.21548")
    slack.people.invite(outside, by=hana)
    slack.people.archive(outside, hana)
    await slack.settled()
    heard = ["reaction_added +1::skin-tone-2", "reaction_removed +1::skin-tone-2", "app_mention", "message"]
    assert sorted(small_bot.heard) == sorted([*heard, "member_joined_channel", "channel_archive"])
    assert {reason for _, reason in slack.events.unheard} == {"not subscribed", "not a member"}
    slack.team.scopes.discard("reactions:read")
    slack.people.react(inside, ts, "-1", hana)
    assert slack.events.unheard[-1][1] == "no scope reactions:read"


async def test_what_is_not_acknowledged_comes_again_at_0_1_and_5_minutes(slack: SlackDouble, small_bot: Bot) -> None:
    hana = slack.add_user("hana")
    channel = slack.add_channel("papers", [hana])
    ts = await posted(slack, channel.id)
    small_bot.failing = 3
    began = slack.clock.now()
    slack.people.react(channel, ts, "+1", hana)
    for heard, seconds in ((1, 3), (2, 3), (2, 60), (3, 3), (3, 300), (4, 0)):
        await slack.until(lambda heard=heard: len(small_bot.retries) == heard)  # type: ignore[misc] # a default binds it
        await slack.pass_time(seconds)
    await slack.settled()
    assert small_bot.retries == ["0", "1", "2", "3"]
    assert small_bot.heard == ["reaction_added +1"]
    assert slack.clock.now() - began == pytest.approx(369)
    (delivery,) = slack.events.events("reaction_added")
    assert [one.reason for one in delivery.outcomes] == ["timeout"] * 3 + [""]
    slack.courier.again(delivery)
    await slack.settled()
    assert small_bot.heard == ["reaction_added +1"] * 2


async def test_a_connection_that_is_cut_loses_nothing(slack: SlackDouble, restless_bot: Bot) -> None:
    hana = slack.add_user("hana")
    channel = slack.add_channel("papers", [hana])
    ts = await posted(slack, channel.id)
    for name in ("one", "two"):
        slack.socket.drop()
        slack.people.react(channel, ts, name, hana)
        await slack.socket.connected()
        await slack.settled()
    await slack.socket.disconnect("refresh_requested")
    slack.people.react(channel, ts, "three", hana)
    await slack.socket.connected()
    await slack.settled()
    names = {"one", "two", "three"}
    for _ in range(7):  # minutes: whatever else was cut comes again
        if names != {heard.split()[1] for heard in restless_bot.heard}:
            await slack.pass_time(60)
    assert {heard.split()[1] for heard in restless_bot.heard} == names
    assert slack.socket.opened >= 4


async def test_a_warning_ends_in_ten_seconds(slack: SlackDouble, small_bot: Bot) -> None:
    first = slack.socket.connections[0]
    await slack.socket.disconnect("warning")
    await slack.until(lambda: slack.socket.connections and slack.socket.connections[0] is not first)
    await slack.pass_time(10)
    assert len(slack.socket.connections) == 1


async def test_a_silent_connection_loses_what_it_is_given(slack: SlackDouble, restless_bot: Bot) -> None:
    hana = slack.add_user("hana")
    channel = slack.add_channel("papers", [hana])
    ts = await posted(slack, channel.id)
    slack.socket.silence()
    slack.people.react(channel, ts, "+1", hana)
    await slack.until(lambda: slack.courier.waiting)
    await slack.pass_time(3)
    (delivery,) = slack.events.events("reaction_added")
    assert not delivery.taken
    slack.socket.silence(pongs=False)  # now the SDK notices
    await slack.until(lambda: any(not one.silent for one in slack.socket.connections))
    for _ in range(7):
        if not restless_bot.heard:
            await slack.pass_time(60)
    assert restless_bot.heard[0] == "reaction_added +1"


async def test_a_payload_goes_to_any_one_of_several_connections(slack: SlackDouble, small_bot: Bot) -> None:
    hana = slack.add_user("hana")
    channel = slack.add_channel("papers", [hana])
    ts = await posted(slack, channel.id)
    names = "one two three four five six seven eight nine".split()
    async with connected(slack, 20) as other:
        for name in names:
            slack.people.react(channel, ts, name, hana)
        await slack.settled()
    assert sorted(small_bot.heard + other.heard) == sorted(f"reaction_added {name}" for name in names)
    assert small_bot.heard
    assert other.heard


async def test_tickets_are_good_once_and_for_a_minute(slack: SlackDouble) -> None:
    client = AsyncWebClient(base_url=f"{slack.url}/api/")
    import aiohttp

    async with aiohttp.ClientSession() as session:
        used, late, fresh = [(await client.apps_connections_open(app_token=slack.app_token))["url"] for _ in range(3)]
        async with session.ws_connect(used) as socket:
            assert (await socket.receive_json())["type"] == "hello"
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(used)
        slack.socket.refusing = True
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(fresh)
        slack.socket.refusing = False
        await slack.pass_time(61)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(late)
        urls = [(await client.apps_connections_open(app_token=slack.app_token))["url"] for _ in range(11)]
        sockets = [await session.ws_connect(url) for url in urls]
        assert [(await one.receive_json())["type"] for one in sockets] == ["hello"] * 10 + ["disconnect"]
        for one in sockets:
            await one.close()
        with pytest.raises(SlackApiError):
            await client.apps_connections_open(app_token="xapp-other")


async def test_a_response_url_is_good_five_times_and_half_an_hour(slack: SlackDouble, small_bot: Bot) -> None:
    from slack_sdk.webhook.async_client import AsyncWebhookClient

    hana = slack.add_user("hana")
    channel = slack.add_channel("papers", [hana])
    done = await slack.people.slash("/paper", "x", channel, hana)
    webhook = AsyncWebhookClient(done.delivery.body["response_url"])
    assert (await webhook.send(text="second", replace_original=True)).status_code == 200
    assert [one.text for one in slack.ephemerals(hana)] == ["about x", "second"]  # nothing was replaced
    assert (await webhook.send(text="third", response_type="in_channel")).status_code == 200
    assert slack.messages(channel)[0].by_response_url
    slack.faults.next("unavailable", "response_url")
    assert (await webhook.send(text="fourth")).status_code == 503
    assert [(await webhook.send(text=text)).status_code for text in ("4", "5", "6")] == [200, 200, 404]
    other = await slack.people.slash("/paper", "y", channel, hana)
    await slack.pass_time(minutes=31)
    late = await AsyncWebhookClient(other.delivery.body["response_url"]).send(text="late")
    assert (late.status_code, "expired_url" in late.body) == (404, True)


async def test_the_time_goes_by_itself_where_it_is_told_to() -> None:
    from tests.fakes.slack import Clock

    slack = SlackDouble(Clock(running=True))
    async with slack.running():
        due = asyncio.Event()
        slack.clock.after(0.03, due.set)
        await asyncio.wait_for(due.wait(), 300)

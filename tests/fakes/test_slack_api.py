"""The tests' Slack over its Web API, asked by the real client."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Fault, SlackDouble
from tests.fakes.slack_objects import as_sent, visible

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*A paper* <https://a.example|here>"}}


def client(slack: SlackDouble, token: str | None = None, **more: Any) -> AsyncWebClient:
    """As the bot makes it: nothing is sent again by itself."""
    return AsyncWebClient(slack.token if token is None else token, f"{slack.url}/api/", retry_handlers=[], **more)


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as raised:
        await call
    return str(raised.value.response["error"])


async def test_a_message_and_its_thread_are_found_again(slack: SlackDouble) -> None:
    channel, api = slack.add_channel("papers").id, client(slack)
    metadata = {"event_type": "delivery", "event_payload": {"delivery_id": "k1"}}
    head = await api.chat_postMessage(
        channel=channel, text="five papers", blocks=[SECTION], metadata=metadata, unfurl_links=False, unfurl_media=False
    )
    entry = await api.chat_postMessage(channel=channel, text="one", thread_ts=head["ts"])
    await api.chat_postMessage(channel=channel, text="two", thread_ts=entry["ts"])

    plain = await api.conversations_history(channel=channel)
    full = await api.conversations_history(
        channel=channel, include_all_metadata=True, oldest=head["ts"], inclusive=True
    )
    under = await api.conversations_replies(channel=channel, ts=head["ts"])

    assert [one["text"] for one in plain["messages"]] == ["five papers"]
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == metadata
    assert full["messages"][0]["reply_count"] == 2
    assert [one["text"] for one in under["messages"]] == ["five papers", "one", "two"]
    assert under["messages"][-1]["ts"] == full["messages"][0]["latest_reply"]
    assert not slack.messages(channel)[0].unfurls
    assert [one.text for one in slack.thread(channel, head["ts"])] == ["one", "two"]


async def test_history_comes_in_pages(slack: SlackDouble) -> None:
    channel, api = slack.add_channel("papers").id, client(slack)
    sent = [(await api.chat_postMessage(channel=channel, text=str(number)))["ts"] for number in range(5)]
    pages: list[list[str]] = []
    cursor = ""
    while not pages or cursor:
        answer = await api.conversations_history(channel=channel, limit=2, cursor=cursor or None)
        pages.append([one["ts"] for one in answer["messages"]])
        cursor = answer["response_metadata"]["next_cursor"]
    after = await api.conversations_history(channel=channel, oldest=sent[2])

    assert sent == sorted(set(sent))
    assert pages == [sent[:2:-1], sent[2:0:-1], sent[:1]]
    assert [one["ts"] for one in after["messages"]] == [sent[4], sent[3]]


async def test_own_messages_are_changed_and_deleted_and_no_others(slack: SlackDouble) -> None:
    hana = slack.add_user("hana")
    channel, api = slack.add_channel("papers", [hana]), client(slack)
    ts = (await api.chat_postMessage(channel=channel.id, text="old", blocks=[SECTION]))["ts"]
    slack.messages(channel)[0].user = hana.id
    assert await error_of(api.chat_update(channel=channel.id, ts=ts, text="new")) == "cant_update_message"
    slack.messages(channel)[0].user = slack.team.bot.id
    await api.chat_update(channel=channel.id, ts=ts, text="new")
    assert (slack.messages(channel)[0].text, len(slack.messages(channel)[0].blocks)) == ("new", 1)
    link = await api.chat_getPermalink(channel=channel.id, message_ts=ts)
    assert link["permalink"].endswith(ts.replace(".", ""))
    await api.chat_delete(channel=channel.id, ts=ts)
    assert await error_of(api.chat_update(channel=channel.id, ts=ts, text="new")) == "message_not_found"
    assert await error_of(api.chat_postMessage(channel=channel.id, text="x", thread_ts=ts)) == "thread_not_found"


async def test_reactions_name_as_many_users_as_slack_likes(slack: SlackDouble) -> None:
    people = [slack.add_user(f"user{number}") for number in range(4)]
    channel, api = slack.add_channel("papers", people), client(slack)
    ts = (await api.chat_postMessage(channel=channel.id, text="one"))["ts"]
    message = slack.messages(channel)[0]
    await api.reactions_add(channel=channel.id, timestamp=ts, name="thumbsup")
    for one in people:
        slack.state.react(slack.team, message, "+1", one.id)
    slack.state.react(slack.team, message, "+1::skin-tone-3", people[0].id)

    assert await error_of(api.reactions_add(channel=channel.id, timestamp=ts, name="+1")) == "already_reacted"
    assert await error_of(api.reactions_add(channel=channel.id, timestamp=ts, name="no_such")) == "invalid_name"
    assert await error_of(api.reactions_remove(channel=channel.id, timestamp=ts, name="-1")) == "no_reaction"
    assert await error_of(api.reactions_get(channel=channel.id, timestamp="1.1")) == "message_not_found"
    slack.state.voters_shown = 2
    told = (await api.reactions_get(channel=channel.id, timestamp=ts, full=True))["message"]["reactions"]
    assert [(one["name"], one["count"], len(one["users"])) for one in told] == [("+1", 5, 2), ("+1::skin-tone-3", 1, 1)]
    await api.reactions_remove(channel=channel.id, timestamp=ts, name="+1")
    assert message.reactions["+1"] == [one.id for one in people]


async def test_membership_decides_where_it_may_write(slack: SlackDouble) -> None:
    hana = slack.add_user("hana")
    api = client(slack)
    public, private = slack.add_channel("public", bot=False), slack.add_channel("hidden", kind="private", bot=False)
    archived, elsewhere = slack.add_channel("old"), slack.state.add_workspace("other")
    archived.archived = True
    theirs = slack.add_channel("theirs", team=elsewhere)

    assert await error_of(api.chat_postMessage(channel=public.id, text="x")) == "not_in_channel"
    assert await error_of(api.conversations_history(channel=public.id)) == "not_in_channel"
    for channel in (private.id, theirs.id, "C404"):
        assert await error_of(api.chat_postMessage(channel=channel, text="x")) == "channel_not_found"
    assert await error_of(api.chat_postMessage(channel=archived.id, text="x")) == "is_archived"
    assert await error_of(api.conversations_join(channel=archived.id)) == "is_archived"
    assert await error_of(api.conversations_join(channel=private.id)) == "channel_not_found"
    assert (await api.conversations_join(channel=public.id)).get("warning") is None
    assert (await api.conversations_join(channel=public.id))["warning"] == "already_in_channel"
    assert (await api.conversations_info(channel=public.id))["channel"]["is_member"]
    slack.team.scopes.discard("groups:read")
    assert await error_of(api.conversations_list(types="public_channel,private_channel")) == "missing_scope"
    mine = await api.users_conversations(types="public_channel", exclude_archived=True)
    assert [one["name"] for one in mine["channels"]] == ["public"]
    sent = await api.chat_postMessage(channel=hana.id, text="hello")
    assert slack.state.channels[sent["channel"]].kind == "im"
    assert (await api.conversations_open(users=[hana.id]))["channel"]["id"] == sent["channel"]


async def test_people_are_told_with_their_language(slack: SlackDouble) -> None:
    emma = slack.add_user("emma", locale="en-US", is_owner=True)
    channel, api = slack.add_channel("papers", [emma]), client(slack)
    user = (await api.users_info(user=emma.id, include_locale=True))["user"]
    assert (user["locale"], user["tz"], user["is_owner"], user["is_admin"]) == ("en-US", "America/New_York", True, True)
    assert "locale" not in (await api.users_info(user=emma.id))["user"]
    assert await error_of(api.users_info(user="U404")) == "user_not_found"
    assert (await api.conversations_members(channel=channel.id))["members"] == [emma.id, slack.team.bot.id]
    assert (await api.chat_postEphemeral(channel=channel.id, user=emma.id, text="psst"))["message_ts"]
    assert [one.text for one in slack.state.ephemerals] == ["psst"]
    outsider = slack.add_user("outsider")
    call = api.chat_postEphemeral(channel=channel.id, user=outsider.id, text="psst")
    assert await error_of(call) == "user_not_in_channel"


async def test_tokens_and_scopes_are_asked_for(slack: SlackDouble) -> None:
    test = await client(slack).auth_test()
    assert (test["team_id"], test["bot_id"]) == (slack.team.id, slack.team.bot_id)
    assert "chat:write" in test.headers["x-oauth-scopes"]
    assert await error_of(client(slack, "").auth_test()) == "not_authed"
    assert await error_of(client(slack, "xoxb-other").auth_test()) == "invalid_auth"
    assert await error_of(client(slack).apps_connections_open(app_token=slack.token)) == "not_allowed_token_type"
    opened = await client(slack).apps_connections_open(app_token=slack.app_token)
    assert opened["url"].startswith("ws://127.0.0.1:")
    slack.team.scopes.discard("users:read")
    with pytest.raises(SlackApiError) as raised:
        await client(slack).users_info(user=slack.team.bot.id)
    assert raised.value.response["needed"] == "users:read"
    assert "chat:write" in raised.value.response["provided"]
    old = slack.token
    new = slack.state.new_token(slack.team)
    await client(slack, old).auth_revoke()
    assert await error_of(client(slack, old).auth_test()) == "token_revoked"
    assert (await client(slack, new).auth_test())["ok"]
    await client(slack, new).auth_revoke()
    assert await error_of(client(slack, new).auth_test()) == "account_inactive"


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
            "element": {"type": "timepicker", "action_id": "at", "initial_time": "07:00"},
        }
    ],
}


async def test_views_need_a_fresh_trigger_and_the_newest_hash(slack: SlackDouble) -> None:
    hana, api = slack.add_user("hana"), client(slack)
    trigger = slack.state.new_trigger(slack.team, hana.id)
    opened = (await api.views_open(trigger_id=trigger, view=MODAL))["view"]
    assert opened["state"]["values"] == {"time": {"at": {"type": "timepicker", "selected_time": "07:00"}}}
    assert await error_of(api.views_open(trigger_id=trigger, view=MODAL)) == "exchanged_trigger_id"
    assert await error_of(api.views_open(trigger_id="1.2", view=MODAL)) == "invalid_trigger_id"
    late = slack.state.new_trigger(slack.team, hana.id)
    slack.clock.move_to(slack.clock.now() + 3.1)
    assert await error_of(api.views_open(trigger_id=late, view=MODAL)) == "expired_trigger_id"
    updated = (await api.views_update(view_id=opened["id"], hash=opened["hash"], view=MODAL))["view"]
    assert updated["id"] == opened["id"]
    assert await error_of(api.views_update(view_id=opened["id"], hash=opened["hash"], view=MODAL)) == "hash_conflict"
    pushed = await api.views_push(trigger_id=slack.state.new_trigger(slack.team, hana.id), view=MODAL)
    assert pushed["view"]["previous_view_id"] == opened["id"]
    await api.views_publish(user_id=hana.id, view={"type": "home", "blocks": [SECTION]})
    assert slack.state.homes[hana.id].view["blocks"][0]["type"] == "section"


def test_what_people_type_is_sent_as_slack_sends_it() -> None:
    typed = "<@U1> see https://a.example/?a=1&b=2 & how <b> h"
    assert as_sent(typed) == "<@U1> see <https://a.example/?a=1&amp;b=2> &amp; how &lt;b&gt; h"
    assert visible("<https://a.example|A &lt;b&gt;> <@U1> &amp; <!here>") == "A <b> @U1 & @here"


def broken(**changes: Any) -> list[dict[str, Any]]:
    return [{**SECTION, **changes}]


BROKEN = [
    broken(text={"type": "mrkdwn", "text": ""}),
    broken(text={"type": "mrkdwn", "text": "x" * 3_001}),
    broken(text=None),
    broken(fields=[{"type": "mrkdwn", "text": "x"}] * 11),
    broken(type="sektion"),
    [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
    [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}],
    [{"type": "context", "elements": []}],
    [{"type": "image", "image_url": "https://a.example/x.png"}],
    [{**SECTION, "block_id": "a"}, {**SECTION, "block_id": "a"}],
    [SECTION] * 51,
    [
        {
            "type": "actions",
            "elements": [{"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x" * 76}}],
        }
    ],
]


@pytest.mark.parametrize("blocks", BROKEN)
async def test_blocks_are_refused_as_slack_refuses_them(blocks: list[dict[str, Any]]) -> None:
    slack = SlackDouble()
    async with slack.running():
        channel = slack.add_channel("papers").id
        assert (
            await error_of(client(slack).chat_postMessage(channel=channel, text="x", blocks=blocks)) == "invalid_blocks"
        )
    assert not slack.messages(channel)


async def test_the_contract_finds_what_slack_would_take() -> None:
    slack = SlackDouble()
    async with slack.running():
        channel, api = slack.add_channel("papers").id, client(slack)
        await api.chat_postMessage(channel=channel, text="five papers", blocks=[SECTION])
        assert slack.findings == []
        await api.chat_postMessage(channel=channel, text="<!channel> R&D")
    assert [finding.partition(":")[0] for finding in slack.findings] == ["chat.postMessage"] * 2


async def test_what_the_models_refuse_is_a_finding() -> None:
    slack = SlackDouble()
    async with slack.running():
        channel = slack.add_channel("papers").id
        blocks = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
        await error_of(client(slack).chat_postMessage(channel=channel, text="x", blocks=blocks))
    assert any("150" in finding for finding in slack.findings)


@pytest.mark.parametrize(
    ("fault", "taken"),
    [
        (Fault.LIMITED, False),
        (Fault.LIMITED_BODY, False),
        (Fault.UNAVAILABLE, False),
        (Fault.SERVER_ERROR, True),
        (Fault.HTML, True),
        (Fault.HALF, True),
        (Fault.LOST_BEFORE, False),
        (Fault.LOST_AFTER, True),
        (Fault.STALLED, True),
        ("internal_error", False),
    ],
)
async def test_each_fault_takes_the_message_or_does_not(slack: SlackDouble, fault: str, taken: bool) -> None:
    channel = slack.add_channel("papers").id
    slack.faults.next(fault, "chat.postMessage")
    api = client(slack)
    call = asyncio.create_task(api.chat_postMessage(channel=channel, text="x"))
    if fault == Fault.STALLED:
        await slack.until(lambda: slack.messages(channel))
        assert not call.done()
        call.cancel()
    with pytest.raises((SlackApiError, aiohttp.ClientError, asyncio.CancelledError)):
        await call
    assert len(slack.messages(channel)) == taken
    assert (await api.chat_postMessage(channel=channel, text="y"))["ok"]


async def test_a_limit_says_when_to_come_back(slack: SlackDouble) -> None:
    channel, api = slack.add_channel("papers").id, client(slack)
    ts = (await api.chat_postMessage(channel=channel, text="x"))["ts"]
    slack.faults.rate("conversations.replies", 1)
    await api.conversations_replies(channel=channel, ts=ts)
    with pytest.raises(SlackApiError) as raised:
        await api.conversations_replies(channel=channel, ts=ts)
    assert (raised.value.response.status_code, raised.value.response.headers["Retry-After"]) == (429, "60")
    slack.clock.move_to(slack.clock.now() + 60)
    await api.conversations_replies(channel=channel, ts=ts)
    slack.faults.always("missing_scope", "conversations.*", channel=channel)
    for _ in range(2):
        assert await error_of(api.conversations_replies(channel=channel, ts=ts)) == "missing_scope"
    slack.faults.clear()
    assert (await api.conversations_info(channel=channel))["ok"]
    assert [one.error for one in slack.calls("conversations.replies")] == ["", "limited", "", *["missing_scope"] * 2]


async def test_bodies_that_are_no_arguments_are_refused(slack: SlackDouble) -> None:
    headers = {"Authorization": f"Bearer {slack.token}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession() as session:
        for body, error in (("{", "invalid_json"), ("[]", "json_not_object")):
            async with session.post(f"{slack.url}/api/auth.test", data=body, headers=headers) as answer:
                assert (await answer.json())["error"] == error
        async with session.post(f"{slack.url}/api/no.such", headers=headers) as answer:
            assert (await answer.json())["error"] == "unknown_method"
        form = {"token": slack.token, "channel": slack.add_channel("papers").id, "text": "x"}
        form["blocks"] = json.dumps([SECTION])
        async with session.post(f"{slack.url}/api/chat.postMessage", data=form) as answer:
            assert (await answer.json())["message"]["blocks"][0]["type"] == "section"


async def test_the_published_limits_are_kept_for_each_workspace_and_channel(slack: SlackDouble) -> None:
    one, other = slack.add_channel("one").id, slack.add_channel("other").id
    api, elsewhere = client(slack), client(slack, slack.state.add_workspace("elsewhere").token)
    slack.faults.keep_tiers()
    for number in range(10):
        await api.chat_postMessage(channel=one, text=str(number))
    assert await error_of(api.chat_postMessage(channel=one, text="10")) == "ratelimited"
    await api.chat_postMessage(channel=other, text="0")
    for _ in range(20):
        await api.conversations_list()
    assert await error_of(api.conversations_list()) == "ratelimited"
    await elsewhere.conversations_list()
    await slack.pass_time(10)
    await api.chat_postMessage(channel=one, text="10")
    assert [message.text for message in slack.messages(one)] == [str(number) for number in range(11)]


async def test_a_distributed_app_reads_little_and_seldom(slack: SlackDouble) -> None:
    channel, api = slack.add_channel("papers").id, client(slack)
    for number in range(20):
        await api.chat_postMessage(channel=channel, text=str(number))
    slack.distribute()
    first = await api.conversations_history(channel=channel, limit=100)
    assert (len(first["messages"]), first["has_more"]) == (15, True)
    assert await error_of(api.conversations_history(channel=channel)) == "ratelimited"
    await slack.pass_time(60)
    rest = await api.conversations_history(channel=channel, cursor=first["response_metadata"]["next_cursor"])
    assert [one["text"] for one in rest["messages"]] == ["4", "3", "2", "1", "0"]

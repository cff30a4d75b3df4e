"""The tests' Slack as a process, and the page that it draws."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import SlackDouble
from tests.fakes.slack_mrkdwn import mrkdwn
from tests.fakes.slack_page import Page
from tests.fakes.slack_process import SlackProcess
from tests.fakes.slack_values import Ephemeral, Message
from tests.support.browser import picture


@pytest.fixture(scope="module")
def process() -> Iterator[SlackProcess]:
    with SlackProcess.serving() as serving:
        yield serving


async def connected(process: SlackProcess, **wanted: int) -> dict[str, Any]:
    """The log, when the process has come to say so."""
    async with asyncio.timeout(300):
        while True:
            log = await asyncio.to_thread(process.log)
            if all(log[name] >= least for name, least in wanted.items()):
                return log
            await asyncio.sleep(0.02)


async def test_a_bot_of_another_process_is_served_and_looked_at(process: SlackProcess) -> None:
    app_of = process.app()
    hana = process.add_user("hana", locale="ja-JP")
    channel = process.add_channel("papers", [hana])
    client = AsyncWebClient(app_of["token"], f"{process.url}/api/", retry_handlers=[])
    app = AsyncApp(client=client, process_before_response=True)

    async def paper(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="a paper")

    async def reacted(event: dict[str, Any]) -> None:
        await client.chat_postMessage(channel=event["item"]["channel"], text=event["reaction"])

    app.command("/paper")(paper)
    app.event("reaction_added")(reacted)
    handler = AsyncSocketModeHandler(app, app_of["app_token"], ping_interval=20)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # slack-sdk leaves it untyped
    await connected(process, connections=1)

    def people(act: str, **arguments: Any) -> Any:
        return asyncio.to_thread(process.people, act, **arguments)

    done = await people("slash", command="/paper", text="2602.21548", channel=channel, user=hana)
    assert (done["acked"], done["error"]) == (True, "")
    assert [one["text"] for one in done["posts"]] == ["a paper"]
    (seen,) = await asyncio.to_thread(process.ask, "ephemerals", user=hana)
    assert seen["text"] == "a paper"
    said = await people("say", channel=channel, text="hello & welcome", user=hana)
    await people("react", channel=channel, ts=said["ts"], name="+1", user=hana)
    log = await connected(process, attempts=2)
    assert log["taken"] == {"slash_commands": 1, "events_api": 1}
    told = await asyncio.to_thread(process.messages, channel)
    assert [(one["visible"], one["user"]) for one in told] == [("hello & welcome", hana), ("+1", app_of["bot"])]
    assert "hello &amp; welcome" in await asyncio.to_thread(process.page, channel=channel, viewer=hana)
    await asyncio.to_thread(process.tell, "socket", act="disconnect", reason="refresh_requested")
    await connected(process, opened=2)
    await asyncio.to_thread(process.tell, "fault", next={"what": "internal_error", "method": "chat.postMessage"})
    answer = await client.auth_test()
    assert answer["ok"]
    assert (await asyncio.to_thread(process.log))["faults_waiting"] == 1
    assert log["findings"] == []
    await handler.close_async()  # type: ignore[no-untyped-call]  # slack-sdk leaves it untyped


def test_what_cannot_be_done_is_said(process: SlackProcess) -> None:
    user = process.add_user("hana")
    channel = process.add_channel("papers", [user])
    with pytest.raises(ValueError, match="KeyError"):
        process.people("react", channel=channel, ts="1.1", name="+1", user=user)
    message = process.people("say", channel=channel, text="x", user=user)
    with pytest.raises(ValueError, match="invalid_name"):
        process.people("react", channel=channel, ts=message["ts"], name="no_such", user=user)
    now = process.tell("pass_time", seconds=3_600)["now"]
    later = process.people("say", channel=channel, text="y", user=user)
    assert float(later["ts"]) >= now > float(message["ts"])


def test_workspaces_faults_and_installations_are_arranged_from_outside(process: SlackProcess) -> None:
    team = process.tell("workspace", name="other", scopes=["users:read"], installed=False)
    assert team["token"] is None
    back = f"{process.url}/_control/log"
    process.tell("set", redirect_uris=[back], voters_shown=3, latency=0.0)
    asked = urlencode(
        {"client_id": process.app()["client_id"], "scope": "chat:write", "state": "s", "redirect_uri": back}
    )
    visited = process.tell("install", url=f"{process.url}/oauth/v2/authorize?{asked}", team=team["id"])
    assert visited["status"] == 200
    assert set(parse_qs(urlsplit(visited["url"]).query)) == {"state", "code"}
    cancelled = process.tell("install", url=f"{process.url}/oauth/v2/authorize?{asked}", team=None)
    assert parse_qs(urlsplit(cancelled["url"]).query) == {"state": ["s"], "error": ["access_denied"]}
    user = process.add_user("ken", team=team["id"])
    assert process.ask("views", user=user) == {"modal": None, "home": None}
    assert process.ask("ephemerals", user=user) == []
    process.tell("fault", rate={"method": "team.info", "times": 1})
    process.tell("fault", always={"what": "fatal_error", "method": "bots.info"})
    process.tell("fault", clear={})
    for act, connections in (("refuse", 0), ("accept", 0)):
        assert process.tell("socket", act=act)["connections"] == connections
    for name, arguments in (("set", {"no_such": 1}), ("socket", {"act": "no_such"}), ("fault", {"no_such": {}})):
        with pytest.raises(ValueError, match="no_such"):
            process.tell(name, **arguments)
    with pytest.raises(ValueError, match="KeyError"):
        process.ask("messages", channel="C404")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*bold* _it_ ~no~ `a*b*`", "<b>bold</b> <i>it</i> <s>no</s> <code>a*b*</code>"),
        ("snake_case_name 2*3*4 字*太*字", "snake_case_name 2*3*4 字*太*字"),
        ("*_both_*", "<b><i>both</i></b>"),
        (
            "<https://a.example/?a=1&amp;b=2|A &lt;b&gt; *x*>",
            '<a href="https://a.example/?a=1&amp;b=2">A &lt;b&gt; *x*</a>',
        ),
        ("*<https://a.example|x>*", '<b><a href="https://a.example">x</a></b>'),
        ("a\n&gt; b\nc", "a<br><blockquote>b</blockquote>c"),
        ("&amp;lt;", "&amp;lt;"),
        ("<!channel>", '<span class="mention">@channel</span>'),
        ("<@U1>", '<span class="mention">@hana</span>'),
        ("<script>", '<mark class="fault" title="not escaped">&lt;script&gt;</mark>'),
        ("R&D", 'R<mark class="fault" title="not escaped">&amp;</mark>D'),
        ("```a &lt; *b*```", "<pre>a &lt; *b*</pre>"),
        ("\"quoted\" 'so'", "\"quoted\" 'so'"),
        ("\x000\x01", "0"),
    ],
)
def test_mrkdwn_is_shown_as_people_see_it(text: str, shown: str) -> None:
    assert mrkdwn(text, {"U1": "hana"}) == shown


async def test_a_page_shows_blocks_threads_reactions_and_what_one_alone_sees(slack: SlackDouble) -> None:
    hana, ken = slack.add_user("hana"), slack.add_user("ken <b>")
    channel = slack.add_channel("papers", [hana, ken])
    plain = {"type": "plain_text", "text": "<h> & co"}
    button = {"type": "button", "action_id": "a", "text": plain, "style": "primary"}
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": plain},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*one*"}, "fields": [plain], "accessory": button},
        {"type": "context", "elements": [plain]},
        {"type": "divider"},
        {"type": "image", "image_url": "https://a.example/x.png", "alt_text": "a figure"},
        {"type": "actions", "elements": [button]},
        {"type": "video"},
    ]
    message = Message(slack.state.new_ts(), channel.id, slack.team.bot.id, "x", blocks, bot_id=slack.team.bot_id)
    channel.messages[message.ts] = message
    slack.people.react(channel, message.ts, "one", hana)
    slack.people.say(channel, "so & so", ken, thread_ts=message.ts)
    slack.state.ephemerals.append(Ephemeral(slack.state.new_ts(), channel.id, hana.id, "psst"))
    page = Page(slack.state, hana).channel(channel)
    assert page.count("&lt;h&gt; &amp; co") == 5
    assert "<b>one</b>" in page
    assert "a figure" in page
    assert '<mark class="fault">video</mark>' in page
    assert "1 replies" in page
    assert "ken &lt;b&gt;" in page
    assert '<span class="reaction own"><span class="emoji">one</span> 1</span>' in page
    assert "psst" in page
    assert "psst" not in Page(slack.state, ken).channel(channel)
    assert "1️⃣" in Page(slack.state, ken, pictures=True).channel(channel)
    assert "https://a.example/x.png" not in page  # nothing comes from outside


@pytest.mark.needs("chromium")
def test_a_browser_draws_the_page(tmp_path: Path) -> None:
    slack = SlackDouble()
    channel = slack.add_channel("論文")
    message = Message(slack.state.new_ts(), channel.id, slack.team.bot.id, "*1* 今日の論文")
    channel.messages[message.ts] = message
    drawn = picture(Page(slack.state).channel(channel), tmp_path / "page.png", 600, 300)
    assert struct.unpack(">II", drawn[16:24]) == (600, 300)
    assert len(drawn) > 4_000  # an empty page has less than half of it

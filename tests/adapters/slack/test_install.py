"""Many workspaces by OAuth: the way in, the state that is good once, and the end of one of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from pydantic import SecretStr

from bot.models import ChannelState
from tests.fakes.slack import SlackDouble
from tests.fakes.slack_courier import Kind
from tests.support.slack_bots import Bot, read, running


@pytest.fixture
async def kawaraban(slack: SlackDouble, free_port: int) -> AsyncIterator[Bot]:
    """One that workspaces install; none has yet."""
    slack.team.installed = False
    url = f"http://127.0.0.1:{free_port}"
    slack.state.app.redirect_uris = [f"{url}/slack/oauth_redirect"]
    given: dict[str, Any] = {
        "slack_bot_token": None,
        "slack_client_id": slack.state.app.client_id,
        "slack_client_secret": SecretStr(slack.state.app.client_secret),
        "public_url": url,
    }
    async with running(slack, "http", port=free_port, **given) as at_work:
        yield at_work


@pytest.fixture
def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_two_workspaces_install_and_one_leaves_without_the_other_noticing(kawaraban: Bot) -> None:
    slack = kawaraban.slack
    other = slack.state.add_workspace("beta", installed=False)
    for team in (slack.team, other):
        page = await slack.oauth.install(f"{kawaraban.url}/slack/install", team)
        assert page.status == 200
        assert team.name in page.text

    ada, bo = slack.add_user("ada", is_admin=True), slack.add_user("bo", other, is_admin=True)
    room, room_of_other = slack.add_channel("papers", [ada]), slack.add_channel("papers", [bo], team=other)
    first = await kawaraban.digest(room, ada)
    second = await kawaraban.digest(room_of_other, bo)
    slack.people.react(room, first[1].ts, "+1", ada)
    slack.people.react(room_of_other, second[1].ts, "+1", bo)
    await slack.settled()
    assert [len(await kawaraban.votes(one)) for one in (room, room_of_other)] == [1, 1]
    assert slack.calls("auth.test") == []  # no event costs one

    slack.people.uninstall(slack.team)
    await slack.settled()
    assert await kawaraban.uses.channels.get(kawaraban.key(room)) is None
    assert await kawaraban.votes(room) == {}
    assert await kawaraban.uses.installations.workspaces("slack") == (other.id,)
    assert {row.channel for row in await kawaraban.store.deliveries.listed()} == {kawaraban.key(room_of_other)}
    assert (await kawaraban.channel(room_of_other)).state is ChannelState.ACTIVE
    assert "/paper" in await kawaraban.slash("/paper", "help", room_of_other, bo)

    # Back again: nothing of before is there, and it works.
    page = await slack.oauth.install(f"{kawaraban.url}/slack/install", slack.team)
    assert page.status == 200
    await slack.until(lambda: slack.team.installed)
    new = slack.add_channel("new", [ada])
    assert "購読を開始しました" in await kawaraban.slash("/digest", "subscribe", new, ada)

    # Slack brings the word of the uninstalling again, minutes late.
    [gone] = slack.events.events("app_uninstalled")
    slack.courier.send(Kind.EVENT, gone.body | {"event_time": gone.body["event_time"] - 300, "event_id": "EvLate"})
    await slack.settled()
    assert (await kawaraban.channel(new)).state is ChannelState.ACTIVE


async def test_whoever_cancels_has_installed_nothing(kawaraban: Bot) -> None:
    page = await kawaraban.slack.oauth.install(f"{kawaraban.url}/slack/install", None)

    assert page.status == 400
    assert "/slack/install" in page.text
    assert await kawaraban.uses.installations.workspaces("slack") == ()


async def test_a_state_is_good_once_and_in_its_own_browser(kawaraban: Bot) -> None:
    slack = kawaraban.slack
    back = f"{kawaraban.url}/slack/oauth_redirect"
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as browser, aiohttp.ClientSession() as stranger:
        async with browser.get(f"{kawaraban.url}/slack/install", allow_redirects=False) as start:
            asked = parse_qs(urlsplit(start.headers["Location"]).query)
        state = asked["state"][0]

        async def bring(who: aiohttp.ClientSession, **given: str) -> int:
            code = slack.oauth.new_code(slack.team, slack.add_user("x"), asked["scope"][0], asked["redirect_uri"][0])
            async with who.get(back, params={"code": code, **given}) as page:
                await page.read()
                return page.status

        assert await bring(stranger, state=state) == 400
        assert await bring(browser, state="invented") == 400
        assert await bring(browser) == 400
        assert await kawaraban.uses.installations.workspaces("slack") == ()
    async with aiohttp.ClientSession(cookies={"kawaraban-slack-state": state}) as browser:
        assert await bring(browser, state=state) == 200
        assert await bring(browser, state=state) == 400
    assert await kawaraban.uses.installations.workspaces("slack") == (slack.team.id,)


async def test_a_code_that_slack_refuses_says_so_and_tells_no_secret(
    kawaraban: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    kawaraban.slack.faults.next("invalid_code", "oauth.v2.access")
    page = await kawaraban.slack.oauth.install(f"{kawaraban.url}/slack/install", kawaraban.slack.team)

    assert page.status == 502
    assert kawaraban.slack.state.app.client_secret not in caplog.text + page.text


async def test_somebody_elses_request_is_refused(kawaraban: Bot) -> None:
    mode = kawaraban.slack.http
    assert mode
    assert await mode.verify()
    async with aiohttp.ClientSession() as stranger, stranger.post(mode.url, data="{}") as answer:
        assert answer.status == 401
    await kawaraban.slack.oauth.install(f"{kawaraban.url}/slack/install", kawaraban.slack.team)
    ada = kawaraban.slack.add_user("ada", is_admin=True)
    room = kawaraban.slack.add_channel("papers", [ada])
    mode.forging = True
    assert not (await kawaraban.slack.people.slash("/paper", "help", room, ada)).acked
    mode.forging = False
    mode.skew = 600.0
    assert not (await kawaraban.slack.people.slash("/paper", "help", room, ada)).acked
    mode.skew = 0.0
    assert "/paper" in await kawaraban.slash("/paper", "help", room, ada)


async def test_a_workspace_that_is_not_installed_is_told_so(kawaraban: Bot) -> None:
    slack = kawaraban.slack
    slack.people.patience = 2.0
    ada = slack.add_user("ada")
    done = await slack.people.slash("/paper", "help", slack.add_channel("papers", [ada]), ada)
    assert done.acked
    assert kawaraban.work.done() is False
    assert "インストールされていません" in (done.response or {}).get("text", "") + "".join(
        map(read, slack.ephemerals(ada))
    )


async def test_whoever_starts_over_and_over_is_asked_to_wait(kawaraban: Bot) -> None:
    async with aiohttp.ClientSession() as session:
        statuses, waits = [], set()
        for path in ("install", "oauth_redirect"):
            for _ in range(40):
                async with session.get(f"{kawaraban.url}/slack/{path}", allow_redirects=False) as answer:
                    statuses.append(answer.status)
                    waits.add(answer.headers.get("Retry-After", "0"))
    assert waits <= {"0", "1", "2"}
    assert statuses.count(302) < 40
    assert statuses.count(429) > 20

"""The tests' Slack in HTTP mode and its installations, with Bolt's own OAuth flow on the other end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store.file import FileInstallationStore
from slack_sdk.oauth.state_store.file import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import SlackDouble


def as_response(answer: BoltResponse) -> web.Response:
    headers = [(name, value) for name, values in answer.headers.items() for value in values]
    return web.Response(status=answer.status, body=answer.body, headers=headers)


@asynccontextmanager
async def serving(app: AsyncApp) -> AsyncIterator[str]:
    """The Bolt app behind a small server; gives its URL."""

    async def bolt_request(request: web.Request) -> AsyncBoltRequest:
        headers: dict[str, str | Sequence[str]] = dict(request.headers.items())
        return AsyncBoltRequest(body=await request.text(), query=request.query_string, headers=headers)

    async def events(request: web.Request) -> web.Response:
        return as_response(await app.async_dispatch(await bolt_request(request)))

    async def install(request: web.Request) -> web.Response:
        assert app.oauth_flow is not None
        return as_response(await app.oauth_flow.handle_installation(await bolt_request(request)))

    async def callback(request: web.Request) -> web.Response:
        assert app.oauth_flow is not None
        return as_response(await app.oauth_flow.handle_callback(await bolt_request(request)))

    server = web.Application()
    server.router.add_post("/slack/events", events)
    server.router.add_get("/slack/install", install)
    server.router.add_get("/slack/oauth_redirect", callback)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
async def address(slack: SlackDouble, heard: list[str]) -> AsyncIterator[str]:
    """The URL of a bot of one workspace, to which the double sends."""
    client = AsyncWebClient(slack.token, f"{slack.url}/api/", retry_handlers=[])
    app = AsyncApp(client=client, process_before_response=True, signing_secret=slack.state.app.signing_secret)

    async def reacted(event: dict[str, Any], request: AsyncBoltRequest) -> None:
        heard.append("".join(request.headers.get("x-slack-retry-num", ["-"])) + event["reaction"])
        if event["reaction"] == "x" and len(heard) < 3:
            raise ValueError("as asked")

    async def paper(ack: Any, command: dict[str, Any], respond: Any) -> None:
        await ack("looking it up")
        await respond(text=f"about {command['text']}")

    async def slow(ack: Any) -> None:
        await asyncio.Event().wait()

    app.event("reaction_added")(reacted)
    app.command("/paper")(paper)
    app.command("/slow")(slow)
    async with serving(app) as url:
        slack.by_http(f"{url}/slack/events")
        yield url


async def test_the_address_is_verified_and_requests_are_signed(slack: SlackDouble, address: str) -> None:
    assert slack.http is not None
    assert await slack.http.verify()
    hana = slack.add_user("hana")
    channel = slack.add_channel("papers", [hana])
    done = await slack.people.slash("/paper", "2602.21548 なぜ & how?", channel, hana)
    assert [one.text for one in done.shown] == ["looking it up"]
    assert [one["text"] for one in done.posts] == ["about 2602.21548 なぜ &amp; how?"]
    slack.http.forging = True
    assert (await slack.people.slash("/paper", "x", channel, hana)).error == "dispatch_failed"
    slack.http.forging, slack.http.skew = False, 301
    assert (await slack.people.slash("/paper", "x", channel, hana)).error == "dispatch_failed"
    assert slack.http.statuses[-2:] == [401, 401]


async def test_a_command_that_hangs_is_given_up_after_three_seconds(slack: SlackDouble, address: str) -> None:
    hana = slack.add_user("hana")
    asked = asyncio.create_task(slack.people.slash("/slow", "", slack.add_channel("papers", [hana]), hana))
    await slack.until(lambda: slack.courier.waiting)
    await slack.pass_time(3)
    assert (await asked).error == "operation_timeout"


async def test_an_event_comes_again_until_it_is_answered_2xx(
    slack: SlackDouble, address: str, heard: list[str]
) -> None:
    hana = slack.add_user("hana")
    channel = slack.add_channel("papers", [hana])
    message = slack.people.say(channel, "a paper", hana)
    slack.people.react(channel, message.ts, "x", hana)
    await slack.settled()
    assert heard == ["-x", "1x"]
    await slack.pass_time(60)
    await slack.settled()
    assert heard == ["-x", "1x", "2x"]
    (delivery,) = slack.events.events("reaction_added")
    assert [one.reason for one in delivery.outcomes] == ["http_error", "http_error", ""]


@pytest.mark.parametrize("refusal", [True, False])
async def test_a_bot_may_ask_for_no_redelivery(slack: SlackDouble, refusal: bool) -> None:
    asked: list[str | None] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.headers.get("x-slack-retry-reason"))
        return web.Response(status=500, headers={"x-slack-no-retry": "1"} if refusal else {})

    server = web.Application()
    server.router.add_post("/slack/events", answer)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.by_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    slack.people.invite(slack.add_channel("papers"))
    await slack.settled()
    assert asked == ([None] if refusal else [None, "http_error"])
    await runner.cleanup()
    await slack.pass_time(minutes=7)
    reasons = [one.reason for one in slack.courier.lost[0].outcomes]
    assert reasons == ["http_error", *([] if refusal else ["http_error", "connection_failed", "connection_failed"])]


async def test_two_workspaces_install_and_one_goes(slack: SlackDouble, tmp_path: Path) -> None:
    app = slack.state.app
    heard: list[str] = []
    settings = AsyncOAuthSettings(
        client_id=app.client_id,
        client_secret=app.client_secret,
        scopes=["chat:write", "reactions:read", "commands"],
        installation_store=FileInstallationStore(base_dir=str(tmp_path / "installed")),
        state_store=FileOAuthStateStore(expiration_seconds=60, base_dir=str(tmp_path / "states")),
        authorization_url=f"{slack.url}/oauth/v2/authorize",
    )
    client = AsyncWebClient(base_url=f"{slack.url}/api/", retry_handlers=[])
    bolt = AsyncApp(client=client, signing_secret=app.signing_secret, oauth_settings=settings)

    async def farewell(event: dict[str, Any], body: dict[str, Any]) -> None:
        heard.append(f"{event['type']} {body['team_id']}")

    bolt.event("tokens_revoked")(farewell)
    bolt.event("app_uninstalled")(farewell)
    first = slack.state.add_workspace("first", set(), installed=False)
    second = slack.state.add_workspace("second", set(), installed=False)
    async with serving(bolt) as url:
        app.redirect_uris.append(f"{url}/slack/oauth_redirect")
        slack.by_http(f"{url}/slack/events")
        cancelled = await slack.oauth.install(f"{url}/slack/install", None)
        assert "access_denied" in cancelled.text
        for team in (first, second):
            visited = await slack.oauth.install(f"{url}/slack/install", team)
            assert visited.status == 200
            assert team.installed
            assert team.scopes == {"chat:write", "reactions:read", "commands"}
        slack.people.uninstall(first)
        await slack.settled()
        await slack.until(lambda: len(heard) == 2)
    assert sorted(heard) == [f"app_uninstalled {first.id}", f"tokens_revoked {first.id}"]
    assert not first.installed
    assert second.installed
    assert (await client.auth_test(token=second.token))["team_id"] == second.id
    with pytest.raises(SlackApiError, match="account_inactive"):
        await client.auth_test(token=first.token)


async def test_a_code_is_good_once_for_its_own_redirect(slack: SlackDouble) -> None:
    client = AsyncWebClient(base_url=f"{slack.url}/api/", retry_handlers=[])
    app, team = slack.state.app, slack.state.add_workspace("new", set(), installed=False)
    admin = slack.add_user("admin", team)

    async def access(code: str, secret: str = app.client_secret, **more: Any) -> str:
        try:
            answer = await client.oauth_v2_access(client_id=app.client_id, client_secret=secret, code=code, **more)
        except SlackApiError as error:
            return str(error.response["error"])
        return str(answer["team"]["id"])

    code = slack.oauth.new_code(team, admin, "chat:write", "https://bot.example/back")
    back = {"redirect_uri": "https://bot.example/back"}
    assert await access("code.none", **back) == "invalid_code"
    assert await access(code, "wrong", **back) == "bad_client_secret"
    assert await access(code) == "bad_redirect_uri"
    assert await access(code, **back) == team.id
    assert await access(code, **back) == "code_already_used"
    late = slack.oauth.new_code(team, admin, "", "")
    await slack.pass_time(minutes=11)
    assert await access(late) == "invalid_code"

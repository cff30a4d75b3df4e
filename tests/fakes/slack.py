"""A Slack of the tests' own, strict as Slack is, to which the real SDK connects.

    double = SlackDouble()                              # in tests: the fixture `slack`, running, with `slack.url`
    async with double.running() as url:                 # SLACK_API_URL=url; the Web API is under url + "/api/"
        client = AsyncWebClient(token=double.team.token, base_url=f"{url}/api/")

What there is:

- `double.state`: workspaces, users, channels, messages, reactions, views. `double.team` is the first workspace;
  `double.add_user`, `double.add_channel` add to it. Messages: `double.messages(channel)`, `double.thread(channel, ts)`.
- `double.faults.next(Fault.LOST_AFTER, "chat.postMessage")`, `.always("missing_scope", "conversations.replies")`,
  `.rate("conversations.replies", 1)`: what goes wrong.
- `double.api.calls`: every call. `double.findings`: what its contract finds wrong with them, and must stay empty; the
  `slack` fixture asserts that.
- `double.people`: what users do; `slash`, `click`, `use`, `submit` wait for the bot's acknowledgement, the rest is an
  event on its way, and `await double.settled()` waits until the bot has taken all of them.
- `double.socket`: Socket Mode with all that breaks it. `double.by_http(address)`: HTTP mode instead.
- `double.courier.lost`: events that nobody took.
- `double.oauth`: the authorise page (`url + "/oauth/v2/authorize"`), and `await double.oauth.install(address, team)`.
- `double.clock` stands still: triggers, response URLs, deadlines and redeliveries wait until `pass_time` moves it; with
  `SlackDouble(Clock(running=True))` it runs.
- `Page(double.state, viewer).channel(channel)` of `slack_page` is HTML, `tests.support.browser.picture` a PNG of it.
- `slack_process.SlackProcess` is all this for a bot that is a process of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.fakes.slack_api import Called, SlackApi
from tests.fakes.slack_clock import Clock
from tests.fakes.slack_contract import Contract
from tests.fakes.slack_courier import Courier
from tests.fakes.slack_events import EventDesk
from tests.fakes.slack_faults import Fault, Faults
from tests.fakes.slack_http import HttpMode
from tests.fakes.slack_oauth import OAuth
from tests.fakes.slack_people import People
from tests.fakes.slack_response_urls import ResponseUrls
from tests.fakes.slack_socket import SocketMode
from tests.fakes.slack_state import SlackState
from tests.fakes.slack_uploads import Uploads
from tests.fakes.slack_values import App, Channel, Ephemeral, File, Message, OpenView, User, Workspace

__all__ = ["App", "Channel", "Clock", "Fault", "Message", "SlackDouble", "User", "Workspace"]


class SlackDouble:
    """The server, with one workspace `acme` in which the app is installed."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.state = SlackState(self.clock)
        self.faults = Faults(self.clock)
        self.contract = Contract()
        self.api = SlackApi(self.state, self.faults, self.contract)
        self.team = self.state.add_workspace("acme")
        self.url = ""
        self.http: HttpMode | None = None
        self.socket = SocketMode(self.state)
        self.courier = Courier(self.clock, self.socket)
        self.events = EventDesk(self.state, self.courier)
        self.response_urls = ResponseUrls(self.state, self.api)
        self.uploads = Uploads(self.state, self.api)
        self.oauth = OAuth(self.state)
        self.people = People(self.state, self.api, self.courier, self.response_urls, lambda: self.url)

    @property
    def findings(self) -> list[str]:
        """What the contract found wrong with the bot's calls."""
        return self.contract.findings

    @property
    def token(self) -> str:
        """The bot token of the first workspace."""
        return self.team.token

    @property
    def app_token(self) -> str:
        return next(iter(self.state.app.app_tokens))

    def add_user(self, name: str, team: Workspace | None = None, **more: Any) -> User:
        """A person; `more`: is_admin, is_owner, locale (`ja-JP`), tz, tz_offset (seconds)."""
        return self.state.add_user(team or self.team, name, **more)

    def add_channel(
        self,
        name: str,
        members: Collection[User] = (),
        *,
        kind: str = "public",
        bot: bool = True,
        team: Workspace | None = None,
    ) -> Channel:
        """A channel that the first of `members` made; `kind` is public, private or mpim."""
        return self.state.add_channel(team or self.team, name, members, kind=kind, bot=bot)

    def messages(self, channel: Channel | str) -> list[Message]:
        """What stands in the channel itself, oldest first."""
        return self._channel(channel).top_level

    def thread(self, channel: Channel | str, ts: str) -> list[Message]:
        """The replies under a message, oldest first."""
        return self._channel(channel).replies(ts)

    def calls(self, method: str) -> list[Called]:
        return [one for one in self.api.calls if one.method == method]

    def distribute(self) -> None:
        """Treat the app as one sold outside the Marketplace: history and replies once a minute, 15 messages each."""
        self.state.most_listed = 15
        for method in ("conversations.history", "conversations.replies"):
            self.faults.rate(method, 1)

    def by_http(self, url: str) -> HttpMode:
        """From now on everything goes to the bot's own address (`…/slack/events`) instead of its socket."""
        self.http = HttpMode(self.state, url)
        self.courier.transport = self.http
        return self.http

    def modal(self, user: User) -> OpenView:
        """The topmost modal that the person has open."""
        return self.state.modals[user.id]

    def home(self, user: User) -> OpenView:
        """The app's home tab as the person has it."""
        return self.state.homes[user.id]

    def ephemerals(self, user: User) -> list[Ephemeral]:
        """What the person alone sees, oldest first."""
        return [one for one in self.state.ephemerals if one.user == user.id and one.alive]

    def files(self, message: Message) -> list[File]:
        """The files that a message shares."""
        return [self.state.files[one] for one in message.files]

    async def settled(self) -> None:
        """Wait until the bot has answered everything that it was given."""
        await self.courier.settled()

    async def pass_time(self, seconds: float = 0.0, **much: float) -> None:
        """Move the clock, by `seconds` or as a timedelta has it (`minutes=5`), with all that falls due on the way."""
        await self.courier.pass_time(seconds + timedelta(**much).total_seconds())

    async def until(self, holds: Callable[[], object], within: float = 300.0) -> None:
        """Wait until `holds()` is true. Raises TimeoutError after so many real seconds."""
        async with asyncio.timeout(within):
            while not holds():  # noqa: ASYNC110 - what is waited for may be anything
                await asyncio.sleep(0.005)

    def _channel(self, channel: Channel | str) -> Channel:
        return self.state.channels[channel] if isinstance(channel, str) else channel

    def application(self, more: Iterable[web.RouteDef] = ()) -> web.Application:
        app = web.Application(client_max_size=2**22)
        app.router.add_route("*", "/api/{method}", self.api.serve)
        app.router.add_get("/link/", self.socket.serve)
        app.router.add_get("/oauth/v2/authorize", self.oauth.authorize)
        app.router.add_post("/commands/{team}/{secret}", self.response_urls.serve)
        app.router.add_post("/upload/v1/{secret}", self.uploads.serve)
        app.router.add_routes(more)
        return app

    @asynccontextmanager
    async def running(self, port: int = 0, more: Iterable[web.RouteDef] = ()) -> AsyncIterator[str]:
        """Serve within the block, with `more` routes; gives the base URL, without a slash at the end."""
        runner = web.AppRunner(self.application(more), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port, backlog=1_000)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        ticking = asyncio.create_task(self.clock.run()) if self.clock.running else None
        try:
            yield self.url
        finally:
            self.api.ended.set()
            if ticking:
                ticking.cancel()
            await self.courier.close()
            await self.socket.close()
            if self.http:
                await self.http.close()
            await runner.cleanup()

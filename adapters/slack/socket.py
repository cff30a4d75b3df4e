"""Keep Socket Mode alive: replace a worn, broken or silent connection by one to a newly requested address.

The SDK's own reconnecting retries the same address forever (slackapi/python-slack-sdk#1446) and closes the old
connection before it opens the next. Here the next one is opened first, so that no event is missed in between; Slack
resends an event whose acknowledgement was lost with its connection.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.common.http import InFlight, proxy_for
from adapters.slack.errors import NAME
from adapters.slack.workspaces import Http
from bot.common.health import FAILED, Monitor
from bot.common.signals import StopSignal
from bot.common.waiting import wait_any
from bot.errors import AmbiguousError, PermanentError, PlatformError, TransientError

logger = logging.getLogger(__name__)

PING = 10.0  # seconds; a connection that does not answer within half of that is dead
OPEN_WITHIN = 10.0
LOOK = 0.25
SILENT = 900.0  # seconds without an envelope; applies to idle workspaces too, because reconnecting is cheap
_SHORT_LIFE = 0.5
_LONGEST_PAUSE = 30.0
_LONGEST_SHORT_PAUSE = 2.0  # between connections that end at once; opening connections has its own rate limit
_LAST_ACKS = 3.0  # seconds; Slack waits no longer


class Socket:
    """Socket Mode for one app. `token` is the app-level token with the scope connections:write."""

    def __init__(self, app: AsyncApp, http: Http, token: str, monitor: Monitor) -> None:
        self.monitor = monitor
        self._app = app
        self._http = http
        self._token = token
        self._retiring: set[asyncio.Task[None]] = set()
        self.opened = 0

    async def run(self, stop: StopSignal) -> None:
        """Keep a connection open until `stop`, then acknowledge what came in by then."""
        line: _Line | None = None
        failures = 0
        while not stop.is_set():
            began = time.monotonic()
            try:
                fresh = await self._open()
            except PlatformError as error:
                failures += 1
                self.monitor.fails(error.code)
                await wait_any(stop, seconds=self._pause(error, failures))
                continue
            except Exception:
                failures += 1
                logger.exception("the connection to Slack failed; trying again")
                self.monitor.fails(FAILED)
                await wait_any(stop, seconds=min(2.0**failures / 4, _LONGEST_PAUSE))
                continue
            self.monitor.works()
            if line:
                self._retire(line)
            line = fresh
            await self._watch(line, stop)
            failures = failures + 1 if time.monotonic() - began < _SHORT_LIFE else 0
            if failures > 1:
                await wait_any(stop, seconds=min(2.0**failures / 16, _LONGEST_SHORT_PAUSE))
        if line:
            self._retire(line)
        if self._retiring:
            await asyncio.wait(self._retiring)

    async def _open(self) -> _Line:
        """Open a new connection and return it. Raises PlatformError."""
        answer = await self._http.ask(self._token, lambda client: client.apps_connections_open(app_token=self._token))
        address = answer.get("url")
        if not isinstance(address, str):
            raise AmbiguousError("platform.lost_answer", platform=NAME)
        line = _Line(self._app, self._token, self._http)
        line.wss_uri = address
        line.proxy = proxy_for(address)  # the SDK reads HTTPS_PROXY, but not NO_PROXY
        try:
            async with asyncio.timeout(OPEN_WITHIN):
                await line.connect()  # type: ignore[no-untyped-call]  # retries this one address forever
        except TimeoutError:
            await line.close()  # type: ignore[no-untyped-call]  # slack-sdk leaves it untyped
            raise TransientError("platform.unreachable", seconds=1.0, platform=NAME) from None
        except BaseException:
            await line.close()  # type: ignore[no-untyped-call]  # slack-sdk leaves it untyped
            raise
        self.opened += 1
        return line

    async def _watch(self, line: _Line, stop: StopSignal) -> None:
        """Return once the connection needs replacing, or at `stop`."""
        while not stop.is_set() and not line.worn.is_set():
            await wait_any(stop, line.worn, seconds=LOOK)
            session = line.current_session
            age = asyncio.get_running_loop().time() - line.heard_at
            if session is None or session.closed or not await line.is_connected() or age > SILENT:
                logger.info("replacing the connection to Slack: %s", "silent" if age > SILENT else "broken")
                if age <= SILENT:
                    self.monitor.fails("platform.unreachable")
                return

    def _retire(self, line: _Line) -> None:
        task = asyncio.create_task(line.retire())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    def _pause(self, error: PlatformError, failures: int) -> float:
        if isinstance(error, PermanentError):
            logger.error("Slack refuses the Socket Mode token (SLACK_APP_TOKEN): %s", error)
            return _LONGEST_PAUSE
        logger.warning("no connection to Slack, retrying: %s", error)
        wanted = error.seconds if isinstance(error, TransientError) else 0.0
        return max(min(2.0**failures / 4, _LONGEST_PAUSE), wanted)


class _Line(SocketModeClient):
    """A single connection. Instead of letting the SDK reconnect, it sets `worn`."""

    def __init__(self, app: AsyncApp, token: str, http: Http) -> None:
        super().__init__(app_token=token, web_client=http.client(token), ping_interval=PING, logger=logger)
        self.worn = asyncio.Event()
        self.heard_at = asyncio.get_running_loop().time()
        self._app = app
        self._answering = InFlight()
        self.message_listeners.append(self._heard)
        self.socket_mode_request_listeners.append(self._handle)

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: ARG002 (the SDK's signature)
        self.worn.set()

    async def retire(self) -> None:
        """Acknowledge the events received on this connection, then close it."""
        await self._answering.landed(_LAST_ACKS)
        await self.close()  # type: ignore[no-untyped-call]  # the SDK has no types here

    async def _heard(self, *_: Any) -> None:
        self.heard_at = asyncio.get_running_loop().time()

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        began = time.time()
        with self._answering.one_more():
            try:
                response = await run_async_bolt_app(self._app, request)
                await send_async_response(client, request, response, began)
            except ConnectionError:
                logger.info("an acknowledgement was lost with its connection; Slack will resend the event")

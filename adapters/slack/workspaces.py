"""The workspaces that the app is installed in, with their tokens, and one HTTP session for all calls.

There is either one workspace, from the token in the settings, or any number installed by OAuth. Workspaces are cached,
so that no event costs an `auth.test`; `forget` one whose token has become invalid.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.common.http import HttpSession, proxy_for
from adapters.slack.errors import NAME, TROUBLE, ours, own_code
from bot.errors import AmbiguousError, PermanentError, TransientError

# Seconds for a whole request and for its connection: less than half of the ledger's lease (docs/adapters.md).
TIMEOUT, CONNECT = 12.0, 5.0
_CLOSE_WITHIN = 2.0  # seconds

Ask = Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]


@dataclass(frozen=True, slots=True)
class Workspace:
    """A team, and the bot's identity and token in it."""

    team: str
    token: str = field(repr=False)
    bot_user: str
    bot: str = ""
    scopes: frozenset[str] = frozenset()


class Records(Protocol):
    """Storage for installations, such as `bot.chat.installations.Installations`."""

    async def get(self, platform: str, workspace: str) -> str | None: ...

    async def save(self, platform: str, workspace: str, record: str) -> None: ...


class Http:
    """Slack's SDK on one HTTP session, which sends each request once and within a time limit."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        """`url` is Slack's address, without `/api/`."""
        self.base = f"{url}/api/"
        self._session = HttpSession(NAME, timeout=timeout, connect=CONNECT)
        self._clients: dict[str, AsyncWebClient] = {}

    def client(self, token: str = "") -> AsyncWebClient:
        """Return the SDK's client for a token, without the SDK's own retries.

        Raises TransientError after `close`: nothing can have been sent.
        """
        session = self._session.get()
        client = self._clients.get(token)
        if client is None:
            client = AsyncWebClient(token=token or None, base_url=self.base, session=session, retry_handlers=[])
            client.proxy = proxy_for(self.base)  # the SDK reads HTTPS_PROXY, but not NO_PROXY
            self._clients[token] = client
        return client

    async def ask(self, token: str, call: Ask) -> dict[str, Any]:
        """Make one call and return its answer. Raises only errors of `bot.errors`."""
        client = self.client(token)
        with self._session.in_flight.one_more():
            try:
                answer = (await call(client)).data
            except TROUBLE as error:
                raise ours(error) from error
        if not isinstance(answer, dict):
            raise AmbiguousError("platform.lost_answer", platform=NAME)
        return answer

    async def scopes(self, token: str) -> frozenset[str]:
        """Return the scopes that the token has. Raises errors of `bot.errors`, `platform.token` for an unknown token.

        Slack names them in the header `x-oauth-scopes` of every answer.
        """
        client = self.client(token)
        with self._session.in_flight.one_more():
            try:
                headers = (await client.auth_test()).headers or {}
            except TROUBLE as error:
                raise ours(error) from error
        return granted(headers)

    async def send(self, url: str, body: Mapping[str, Any]) -> None:
        """Post to a `response_url`. Raises errors of `bot.errors`, `platform.rejected` for a used-up or expired URL.

        An answer that is not Slack's own leaves open whether the message arrived. It raises TransientError: sent again,
        the message replaces the one before.
        """
        session = self._session.get()
        with self._session.in_flight.one_more():
            try:
                async with session.post(url, json=body, proxy=proxy_for(url)) as response:
                    text = await response.text()
            except TROUBLE as error:
                raise ours(error) from error
        if response.status == 200 and _taken(text):
            return
        if response.status != 429 and own_code(_json(text), response.status):
            raise PermanentError("platform.rejected", whole_channel=False, platform=NAME)
        raise TransientError("platform.unavailable", seconds=1.0, platform=NAME)

    async def upload(self, url: str, content: bytes) -> None:
        """Send a file's content to the address that Slack gave for it. Raises errors of `bot.errors`.

        Nobody sees a file before its upload is completed, so any trouble is a TransientError.
        """
        session = self._session.get()
        kind = {"Content-Type": "application/octet-stream"}
        with self._session.in_flight.one_more():
            try:
                async with session.post(
                    url, data=content, headers=kind, proxy=proxy_for(url), allow_redirects=False
                ) as response:
                    await response.read()
            except TROUBLE as error:
                raise TransientError("platform.unavailable", seconds=1.0, platform=NAME) from error
        if response.status != 200:
            raise TransientError("platform.unavailable", seconds=1.0, platform=NAME)

    def forget(self, token: str) -> None:
        self._clients.pop(token, None)

    async def close(self, seconds: float = _CLOSE_WITHIN) -> None:
        """Wait at most `seconds` for the calls in flight, then close."""
        await self._session.close(seconds)


def granted(headers: Mapping[str, Any]) -> frozenset[str]:
    """Return the token's scopes as an answer's headers name them."""
    named = {str(name).lower(): str(value) for name, value in headers.items()}
    return frozenset(filter(None, (scope.strip() for scope in named.get("x-oauth-scopes", "").split(","))))


class Workspaces:
    """All workspaces. `token` comes from the settings, and is empty if workspaces are installed by OAuth."""

    def __init__(self, http: Http, token: str, records: Records) -> None:
        self.http = http
        self._token = token
        self._records = records
        self._known: dict[str, Workspace] = {}
        self._asking = asyncio.Lock()

    async def get(self, team: str) -> Workspace | None:
        """Return the workspace, None if the app is not installed there. Raises PlatformError and StoreError."""
        if team in self._known:
            return self._known[team]
        if self._token:
            own = await self.own()
            return own if own.team == team else None
        record = await self._records.get(NAME, team)
        if record is None:
            return None
        return self._known.setdefault(team, parsed(record))

    async def own(self) -> Workspace:
        """Return the workspace of the settings' token, asking Slack only once. Raises PlatformError."""
        async with self._asking:
            for workspace in self._known.values():
                return workspace
            answer = await self.http.ask(self._token, lambda client: client.auth_test())
            try:
                own = Workspace(str(answer["team_id"]), self._token, str(answer["user_id"]), str(answer.get("bot_id")))
            except KeyError as error:
                raise AmbiguousError("platform.lost_answer", platform=NAME) from error
            self._known[own.team] = own
            return own

    async def save(self, workspace: Workspace) -> None:
        """Store an installed workspace. Raises StoreError."""
        await self._records.save(NAME, workspace.team, record_of(workspace))
        self.forget(workspace.team)

    def forget(self, team: str) -> None:
        """Drop the cached workspace, which may be out of date."""
        workspace = self._known.pop(team, None)
        if workspace:
            self.http.forget(workspace.token)

    async def ask(self, team: str, call: Ask) -> dict[str, Any]:
        """Make one call with the workspace's token and return its answer. Raises errors of `bot.errors`."""
        workspace = await self.get(team)
        if workspace is None:
            raise PermanentError("platform.token", platform=NAME)
        try:
            return await self.http.ask(workspace.token, call)
        except PermanentError as error:
            if error.code == "platform.token":
                self.forget(team)
            raise


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _taken(text: str) -> bool:
    """Whether Slack says so: `{"ok": true}`, the word, or nothing at all."""
    answer = _json(text)
    return text.strip() in ("", "ok") or (isinstance(answer, dict) and answer.get("ok") is True)


def record_of(workspace: Workspace) -> str:
    """Serialise the workspace; the core encrypts and stores it."""
    return json.dumps(
        {
            "team": workspace.team,
            "token": workspace.token,
            "bot_user": workspace.bot_user,
            "bot": workspace.bot,
            "scopes": sorted(workspace.scopes),
        }
    )


def parsed(record: str) -> Workspace:
    """Parse a record written by `record_of`."""
    stored = json.loads(record)
    return Workspace(
        stored["team"], stored["token"], stored["bot_user"], stored.get("bot", ""), frozenset(stored.get("scopes", ()))
    )

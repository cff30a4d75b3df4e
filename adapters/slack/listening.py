"""Receive Slack's requests: the Bolt app, and the route for HTTP mode."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize

from adapters.slack.workspaces import Workspaces
from bot.ports import HttpRequest, HttpResponse, Route

PATH = "/slack/events"
# Bolt reads these from the environment; the first two silently make it an OAuth app that keeps its own files.
_BOLTS_OWN = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN", "SLACK_VERIFICATION_TOKEN")


class _Authorize(AsyncAuthorize):
    """Authorise a request from the stored workspace, without asking Slack.

    The result has no `user_id`: with one, Bolt would take the bot's own events for somebody else's.
    """

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,  # noqa: ARG002 (Bolt's signature)
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,  # noqa: ARG002
        actor_enterprise_id: str | None = None,  # noqa: ARG002
        actor_team_id: str | None = None,  # noqa: ARG002
        actor_user_id: str | None = None,  # noqa: ARG002
    ) -> AuthorizeResult | None:
        workspace = await self._workspaces.get(team_id or "")
        if workspace is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=workspace.team,
            bot_user_id=workspace.bot_user,
            bot_id=workspace.bot or None,
            bot_token=workspace.token,
        )


def bolt(workspaces: Workspaces, signing_secret: str, not_installed: str) -> AsyncApp:
    """Return the Bolt app without listeners. An event is acknowledged once its listener succeeds, otherwise never.

    Only HTTP mode needs the secret: requests through a socket are not signed. People of a workspace without a stored
    installation see `not_installed`.
    """
    with _without(_BOLTS_OWN):
        return AsyncApp(
            name="kawaraban",
            signing_secret=signing_secret,
            authorize=_Authorize(workspaces),  # type: ignore[arg-type]  # None: not installed there
            process_before_response=True,
            user_facing_authorize_error_message=not_installed,
            request_verification_enabled=bool(signing_secret),
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )


def route(app: AsyncApp) -> Route:
    """Return the route for events, commands and clicks in HTTP mode. It answers a wrong signature with 401."""

    async def handle(request: HttpRequest) -> HttpResponse:
        asked = AsyncBoltRequest(
            body=request.body.decode("utf-8", "replace"),
            query=request.query,
            headers={name: [value] for name, value in request.headers.items()},
        )
        return _answer(await app.async_dispatch(asked))

    return Route("POST", PATH, handle)


def _answer(response: BoltResponse) -> HttpResponse:
    headers = {name: values[0] for name, values in response.headers.items() if name.lower() != "set-cookie"}
    return HttpResponse(response.status, (response.body or "").encode(), headers)


@contextmanager
def _without(names: tuple[str, ...]) -> Iterator[None]:
    """Remove these variables from the environment for the block, which must not await."""
    removed = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(removed)

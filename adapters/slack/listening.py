"""Receive Slack's requests: the Bolt app, and the route for HTTP mode."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize

from adapters.common.allowance import Allowances
from adapters.slack.signature import Judgement, Verdict, judge
from adapters.slack.workspaces import Workspaces
from bot.common.seldom import Seldom
from bot.ports import HttpRequest, HttpResponse, Route

logger = logging.getLogger(__name__)

PATH = "/slack/events"
_BURST, _EVERY = 60, 1.0  # of requests from one address that Slack did not sign
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
        user_id: str | None,  # noqa: ARG002 - Bolt calls it with these
        actor_enterprise_id: str | None = None,  # noqa: ARG002 - Bolt calls it with these
        actor_team_id: str | None = None,  # noqa: ARG002 - Bolt calls it with these
        actor_user_id: str | None = None,  # noqa: ARG002 - Bolt calls it with these
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
            request_verification_enabled=False,  # `route` has done it, before anything was parsed
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )


def route(app: AsyncApp, signing_secret: str, now: Callable[[], float] = time.time) -> Route:
    """Return the route for events, commands and clicks in HTTP mode.

    It checks the signature before it parses anything, and answers 401 unless Slack sent the request; an address with
    many that Slack did not sign loses its connection with each.
    """
    doubts, strangers = _Doubts(), Allowances(_BURST, _EVERY)

    async def handle(request: HttpRequest) -> HttpResponse:
        judgement = judge(signing_secret, request.headers, request.body, now())
        doubts.log(judgement)
        if judgement.verdict in (Verdict.UNSIGNED, Verdict.WRONG) and strangers.take(request.address):
            return HttpResponse(429)
        if judgement.verdict is not Verdict.GENUINE:
            return HttpResponse(401)
        try:
            asked = AsyncBoltRequest(
                body=request.body.decode("utf-8", "replace"),
                query=request.query,
                headers={name: [value] for name, value in request.headers.items()},
            )
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            # Bolt takes it for granted that a body is an object.
            doubts.seldom.warning("a signed request to %s is none that Slack sends", PATH)
            return HttpResponse(400)
        return _answer(await app.async_dispatch(asked))

    return Route("POST", PATH, handle)


class _Doubts:
    """Tells the operator what keeps Slack's own requests out: a wrong clock, a wrong secret."""

    def __init__(self) -> None:
        self.seldom = Seldom(logger)
        self._genuine = False  # one was, so the secret is right

    def log(self, judgement: Judgement) -> None:
        match judgement.verdict:
            case Verdict.GENUINE:
                self._genuine = True
            case Verdict.UNSIGNED:
                self.seldom.info("a request to %s is not signed, so it is not Slack's: refused", PATH)
            case Verdict.WRONG if self._genuine:
                self.seldom.info("a request to %s has a wrong signature, so it is not Slack's: refused", PATH)
            case Verdict.WRONG:
                self.seldom.warning(
                    "a request to %s does not fit SLACK_SIGNING_SECRET: if Slack sent it, copy the secret again from"
                    " Basic Information > App Credentials at https://api.slack.com/apps",
                    PATH,
                )
            case Verdict.UNTIMELY:
                self.seldom.warning(
                    "a request that Slack signed was refused: this machine's clock is %d s %s Slack's. Set it right"
                    " (timedatectl set-ntp true), unless somebody sent an old request again",
                    abs(judgement.seconds),
                    "ahead of" if judgement.seconds > 0 else "behind",
                )


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

"""Slack's checks for `doctor`, run before the bot starts."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.errors import NAME, TROUBLE, code_of, ours
from adapters.slack.scopes import BOT
from adapters.slack.settings import SlackSettings
from adapters.slack.workspaces import Http, granted
from bot.errors import BotError, PermanentError
from bot.models import say
from bot.ports import CheckReport, HealthCheck
from bot.words import one_line

_CLIENT_REFUSED = frozenset({"invalid_client_id", "bad_client_secret"})


def checks(settings: SlackSettings) -> Sequence[HealthCheck]:
    """Return a check for each setting that can be tried. A signing secret can only be tried by a request from Slack."""
    available = []
    if settings.token:
        available.append(HealthCheck("slack", lambda: _works(settings), locates=True))
        available.append(HealthCheck("slack_channels", lambda: _is_somewhere(settings), required=False, locates=True))
    elif settings.client_id and settings.client_secret:
        available.append(HealthCheck("slack", lambda: _known(settings)))
    if settings.app_token and not settings.by_http:
        available.append(HealthCheck("slack_app_token", lambda: _connects(settings)))
    return available


async def _works(settings: SlackSettings) -> CheckReport:
    """Check that the token is valid and has every scope that the bot needs. Raises BotError."""
    answer = await _asked(settings, settings.token, "auth.test")
    has = granted(answer.headers or {})
    missing = [scope for scope in BOT if scope not in has]
    if missing:
        raise BotError("slack.scopes", scopes=missing)
    team, user = one_line(str(answer.get("team", ""))), one_line(str(answer.get("user", "")))
    return CheckReport(say("cli.doctor.found.slack", workspace=team, name=user))


async def _is_somewhere(settings: SlackSettings) -> CheckReport:
    """Check that the bot is a member of at least one channel. Raises BotError."""
    asked = {"types": "public_channel,private_channel", "exclude_archived": "1", "limit": "999"}
    answer = await _asked(settings, settings.token, "users.conversations", asked)
    channels = answer.get("channels")
    if not isinstance(channels, list) or not channels:
        raise BotError("slack.nowhere")
    return CheckReport(say("cli.doctor.found.slack_channels", n=len(channels)))


async def _known(settings: SlackSettings) -> CheckReport:
    """Check that Slack knows the OAuth client. Raises BotError.

    The code sent is made up: Slack checks the client before the code, see
    https://docs.slack.dev/reference/methods/oauth.v2.access#errors
    """
    http = Http(settings.slack_api_url)
    try:
        await http.client("").oauth_v2_access(
            client_id=settings.client_id, client_secret=settings.client_secret, code="none"
        )
    except TROUBLE as error:
        code = code_of(error)
        if code in _CLIENT_REFUSED:
            raise BotError("slack.oauth") from error
        if code != "invalid_code":
            raise ours(error) from error
    finally:
        await http.close()
    return CheckReport(say("cli.doctor.found.slack_oauth"))


async def _connects(settings: SlackSettings) -> CheckReport:
    """Check that Slack opens a connection for the token. Raises BotError."""
    try:
        await _asked(settings, settings.app_token, "apps.connections.open")
    except PermanentError as error:
        raise BotError("slack.app_token") from error
    return CheckReport(say("cli.doctor.found.slack_app_token"))


async def _asked(
    settings: SlackSettings, token: str, method: str, asked: dict[str, str] | None = None
) -> AsyncSlackResponse:
    """Make one call. Raises errors of `bot.errors`, `slack.token` for a token that Slack does not know."""
    http = Http(settings.slack_api_url)
    try:
        client: AsyncWebClient = http.client(token)
        return await client.api_call(method, data=asked or {})
    except TROUBLE as error:
        translated = ours(error)
        if translated.code == "platform.token" and method != "apps.connections.open":
            raise BotError("slack.token", platform=NAME) from error
        raise translated from error
    finally:
        await http.close()

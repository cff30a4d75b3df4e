"""What `doctor` can find out about Slack before the bot runs."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.errors import NAME, TROUBLE, ours
from adapters.slack.scopes import BOT
from adapters.slack.workspaces import Http
from bot.errors import BotError, PermanentError
from bot.operations.doctor import Check
from bot.settings import Settings


def checks(settings: Settings) -> Sequence[Check]:
    """One for each thing that the settings name; none where Slack is not set up at all."""
    bot, app = settings.slack_bot_token, settings.slack_app_token
    if not bot and not settings.slack_client_id:
        return ()
    found = []
    if bot:
        token = bot.get_secret_value()
        found.append(Check("slack", lambda: _works(settings, token)))
        found.append(Check("slack_channels", lambda: _is_somewhere(settings, token), required=False))
    else:
        found.append(Check("slack", lambda: _installable(settings)))
    if settings.slack_mode == "http":
        found.append(Check("slack_signing_secret", lambda: _signed(settings)))
    else:
        connects = app.get_secret_value() if app else ""
        found.append(Check("slack_app_token", lambda: _connects(settings, connects)))
    return found


async def _works(settings: Settings, token: str) -> None:
    """Slack takes the token, and it may do what the bot does. Raises BotError."""
    answer = await _asked(settings, token, "auth.test")
    granted = {scope.strip() for scope in _header(answer, "x-oauth-scopes").split(",")}
    missing = [scope for scope in BOT if scope not in granted]
    if missing:
        raise BotError("slack.scopes", scopes=missing)


async def _is_somewhere(settings: Settings, token: str) -> None:
    """The bot is a member of at least one channel. Raises BotError."""
    asked = {"types": "public_channel,private_channel", "exclude_archived": "1", "limit": "1"}
    answer = await _asked(settings, token, "users.conversations", asked)
    if not answer.get("channels"):
        raise BotError("slack.nowhere")


async def _installable(settings: Settings) -> None:
    """All that OAuth needs is there. Raises BotError."""
    missing = [
        name
        for name, value in (("SLACK_CLIENT_SECRET", settings.slack_client_secret), ("PUBLIC_URL", settings.public_url))
        if not value
    ]
    if missing:
        raise BotError("slack.oauth", variables=missing)


async def _signed(settings: Settings) -> None:
    """A secret is there; only a request of Slack's can show that it is the right one. Raises BotError."""
    if not settings.slack_signing_secret:
        raise BotError("slack.signing_secret")


async def _connects(settings: Settings, token: str) -> None:
    """Slack opens a connection for the token. Raises BotError."""
    if not token:
        raise BotError("slack.app_token")
    try:
        await _asked(settings, token, "apps.connections.open")
    except PermanentError as error:
        raise BotError("slack.app_token") from error


async def _asked(
    settings: Settings, token: str, method: str, asked: dict[str, str] | None = None
) -> AsyncSlackResponse:
    """One call. Raises errors of `bot.errors`; a token that is none of Slack's as `slack.token`."""
    http = Http(settings.slack_api_url)
    try:
        client: AsyncWebClient = http.client(token)
        return await client.api_call(method, data=asked or {})
    except TROUBLE as error:
        found = ours(error)
        if found.code == "platform.token" and method != "apps.connections.open":
            raise BotError("slack.token", platform=NAME) from error
        raise found from error
    finally:
        await http.close()


def _header(answer: AsyncSlackResponse, name: str) -> str:
    named = {str(key).lower(): str(value) for key, value in (answer.headers or {}).items()}
    return named.get(name, "")

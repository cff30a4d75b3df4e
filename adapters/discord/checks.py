"""Discord's checks for `doctor`, run before the bot starts, and the invitation link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from discord.http import Route

from adapters.discord.errors import NAME
from adapters.discord.rest import Rest
from adapters.discord.settings import DiscordSettings
from bot.errors import AmbiguousError, BotError
from bot.models import say
from bot.ports import CheckReport, HealthCheck
from bot.words import one_line

# https://discord.com/developers/docs/topics/permissions: only what the bot needs.
PERMISSIONS: Mapping[str, int] = {
    "View Channels": 1 << 10,
    "Send Messages": 1 << 11,
    "Create Public Threads": 1 << 35,
    "Send Messages in Threads": 1 << 38,
    "Embed Links": 1 << 14,
    "Read Message History": 1 << 16,  # to look up messages, and to read votes back
    "Add Reactions": 1 << 6,
}
_ADMINISTRATOR = 1 << 3
_SCOPES = "bot+applications.commands"
_FEW = 5  # servers to name


def invitation(application: str) -> str:
    """Return the URL that invites the bot to a server with the permissions it needs."""
    asked = f"client_id={application}&scope={_SCOPES}&permissions={sum(PERMISSIONS.values())}"
    return f"https://discord.com/oauth2/authorize?{asked}"


def checks(settings: DiscordSettings) -> Sequence[HealthCheck]:
    """Return a check for each setting that can be tried, none without a token."""
    token = settings.token
    if not token:
        return ()
    Route.BASE = settings.discord_api_url
    return (
        HealthCheck("discord", lambda: _works(token), locates=True),
        HealthCheck("discord_servers", lambda: _is_somewhere(token), required=False, locates=True),
    )


async def _works(token: str) -> CheckReport:
    """Check that the token is valid and that events come by the gateway. Return the invitation. Raises BotError."""
    rest = Rest(token)
    try:
        about = await _application(rest)
        if about.get("interactions_endpoint_url"):
            raise BotError("discord.endpoint", address=about["interactions_endpoint_url"])
        await rest.ask("GET", "/gateway/bot")
        name = one_line(str(about.get("name", "")))
        return CheckReport(say("cli.doctor.found.discord", name=name), invitation(str(about.get("id", ""))))
    except BotError as error:
        raise _translated(error) from error
    finally:
        await rest.close()


async def _is_somewhere(token: str) -> CheckReport:
    """Check that the bot is in a server and has the permissions it needs in each. Raises BotError."""
    rest = Rest(token)
    try:
        about = await _application(rest)
        servers = await rest.ask("GET", "/users/@me/guilds", query={"limit": 200}) or []
        if not isinstance(servers, list):
            raise AmbiguousError("platform.lost_answer", platform=NAME)
    except BotError as error:
        raise _translated(error) from error
    finally:
        await rest.close()
    link = invitation(str(about.get("id", "")))
    if not servers:
        raise BotError("discord.nowhere", address=link)
    lacking = {str(one.get("name")): missing for one in servers if (missing := _missing(one.get("permissions")))}
    if lacking:
        missed = [name for name in PERMISSIONS if any(name in missing for missing in lacking.values())]
        raise BotError("discord.permissions", permissions=missed, servers=[*lacking][:_FEW], address=link)
    return CheckReport(say("cli.doctor.found.discord_servers", n=len(servers)))


def _translated(error: BotError) -> BotError:
    """Return the error that an operator can act on: a refused token names its variable."""
    return BotError("discord.token") if error.code == "platform.token" else error


async def _application(rest: Rest) -> Mapping[str, Any]:
    about = await rest.ask("GET", "/applications/@me")
    if not isinstance(about, Mapping):
        raise AmbiguousError("platform.lost_answer", platform=NAME)
    return about


def _missing(permissions: object) -> list[str]:
    """Return the needed permissions that the bot lacks in a server."""
    try:
        have = int(str(permissions))
    except ValueError:
        return []
    return [] if have & _ADMINISTRATOR else [name for name, bit in PERMISSIONS.items() if not have & bit]

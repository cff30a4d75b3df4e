"""Translate Discord's refusals and discord.py's exceptions into ours. Pure.

Codes: https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import discord

from adapters.common.http import wait_asked, without_answer
from bot.errors import AmbiguousError, PermanentError, PlatformError, TransientError

NAME = "discord"
COMES_BACK_IN = 5.0  # seconds to wait if Discord does not say how long
# Seconds. If Cloudflare answers instead of Discord, our IP address is banned for a while, after too many refusals.
BANNED = 600.0
_SMALLEST_CODE = 10_000
THREADS_FULL = 600.0  # seconds, until some of the guild's active threads are archived

NO_SUCH_CHANNEL = 10003
NO_SUCH_MESSAGE = 10008
FORUM = frozenset({40058, 50008})  # "cannot send a message in a forum channel", and in any channel without text
ANSWERED = 40060  # the interaction has had its first response
NO_THREADS_HERE = 50024
MISSING_ACCESS, MISSING_PERMISSIONS = 50001, 50013
THREAD_EXISTS = 160004

_REJECTED = ("platform.rejected", False)
# Discord's code -> our code, and whether it affects the whole channel.
PERMANENT: Mapping[int, tuple[str, bool]] = MappingProxyType(
    {
        10003: ("platform.channel_gone", True),
        10004: ("platform.channel_gone", True),
        10008: ("platform.message_gone", False),
        10013: ("platform.channel_gone", True),  # the person of a direct message
        10014: _REJECTED,
        30010: _REJECTED,  # 20 different emoji on a message
        30013: _REJECTED,  # 100 guilds
        40001: ("platform.token", True),
        40058: ("platform.rejected", True),
        40067: _REJECTED,
        50001: ("platform.not_member", True),
        50003: _REJECTED,
        50005: _REJECTED,
        50006: _REJECTED,
        50007: ("platform.forbidden", True),
        50008: ("platform.rejected", True),
        50013: ("platform.forbidden", True),
        50014: ("platform.token", True),
        50021: _REJECTED,
        50024: _REJECTED,
        50028: _REJECTED,
        50033: _REJECTED,
        50035: _REJECTED,
        50083: ("platform.archived", True),
        50109: _REJECTED,
        90001: _REJECTED,
        160004: _REJECTED,  # the message has a thread already; whoever opens one treats this as success
        160005: ("platform.archived", True),
    }
)
# Discord's code -> our code, and the seconds to wait if the answer names none.
TRANSIENT: Mapping[int, tuple[str, float]] = MappingProxyType(
    {
        20016: ("platform.rate_limited", COMES_BACK_IN),  # slow mode
        20022: ("platform.rate_limited", COMES_BACK_IN),
        20028: ("platform.rate_limited", COMES_BACK_IN),
        20029: ("platform.rate_limited", COMES_BACK_IN),
        40062: ("platform.rate_limited", COMES_BACK_IN),
        40333: ("platform.unavailable", BANNED),
        130000: ("platform.unavailable", COMES_BACK_IN),
        160006: ("platform.unavailable", THREADS_FULL),
    }
)


class DiscordRefusal(PermanentError):
    """A refusal with Discord's own error `number`, for callers that handle particular refusals."""

    def __init__(self, number: int) -> None:
        code, whole_channel = PERMANENT.get(number, _REJECTED)
        super().__init__(code, whole_channel=whole_channel, platform=NAME, number=number)
        self.number = number


def from_answer(status: int, body: object, retry_after: str = "") -> PlatformError:
    """Return our error for an unsuccessful answer, from its HTTP status, JSON (or text) and `Retry-After` header."""
    content = body if isinstance(body, Mapping) else {}
    number = _number(content)
    if status == 429 and not isinstance(body, Mapping):
        return TransientError(
            "platform.rate_limited", seconds=wait_asked(retry_after, BANNED), everywhere=True, platform=NAME
        )
    if number in TRANSIENT:
        code, otherwise = TRANSIENT[number]
        return TransientError(
            code, seconds=wait_asked(content.get("retry_after", retry_after), otherwise), platform=NAME
        )
    if status == 429:
        seconds = wait_asked(content.get("retry_after", retry_after), COMES_BACK_IN)
        everywhere = content.get("global") is True
        return TransientError("platform.rate_limited", seconds=seconds, everywhere=everywhere, platform=NAME)
    if status >= 500 or not is_discords_own(status, body):
        return AmbiguousError("platform.lost_answer", platform=NAME)
    if status == 401 and number not in PERMANENT:
        return DiscordRefusal(40001)
    if status == 403 and number not in PERMANENT:
        # Stop the channel: an unknown refusal, repeated for every message, would get our IP address banned.
        return DiscordRefusal(50013)
    return DiscordRefusal(number)


def is_discords_own(status: int, body: object) -> bool:
    """Return whether Discord itself refused, rather than an edge, a proxy or a captive portal on the way to it.

    Discord's refusal is an object with a `message` and a numeric `code`: one of five digits or more, or 0 where the
    message repeats the status ("404: Not Found").
    """
    if not isinstance(body, Mapping):
        return False
    number, message = body.get("code"), body.get("message")
    if not isinstance(number, int) or isinstance(number, bool) or not isinstance(message, str):
        return False
    return number >= _SMALLEST_CODE or (number == 0 and message.startswith(f"{status}: "))


def from_exception(error: Exception) -> PlatformError:
    """Translate an exception of discord.py or aiohttp. After an unknown one, the request may have arrived."""
    match error:
        case PlatformError():
            return error
        case discord.LoginFailure():
            # discord.py takes any answer with status 401 for a wrong token; without an answer it refused the text.
            cause = error.__cause__
            return from_exception(cause) if isinstance(cause, discord.HTTPException) else DiscordRefusal(40001)
        case discord.ConnectionClosed() if error.code == 4004:  # the gateway's "authentication failed"
            return DiscordRefusal(40001)
        case discord.RateLimited():
            return TransientError(
                "platform.rate_limited", seconds=wait_asked(error.retry_after, COMES_BACK_IN), platform=NAME
            )
        case discord.HTTPException():
            # A page has no code, and its text does not begin with the status.
            return from_answer(error.status, {"code": error.code, "message": error.text})
    return without_answer(error, NAME, COMES_BACK_IN)


def _number(content: Mapping[str, object]) -> int:
    number = content.get("code")
    return number if isinstance(number, int) and not isinstance(number, bool) else 0

"""Translate the errors of Slack and its SDK into ours. Pure.

The codes are from each method's own page (https://docs.slack.dev/reference/methods/chat.postMessage#errors and the
same for chat.update, reactions.add, reactions.get, conversations.history, conversations.replies, conversations.info).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from adapters.common.http import wait_asked, without_answer
from bot.errors import SCOPE_MISSING, AmbiguousError, PermanentError, PlatformError, TransientError

NAME = "slack"
COMES_BACK_IN = 2.0  # seconds to wait if Slack does not say how long
QUOTA_COMES_BACK_IN = 900.0  # seconds, for a workspace's message quota

# About the whole channel; from https://docs.slack.dev/reference/methods/chat.postMessage#errors unless noted.
CHANNEL: Mapping[str, str] = MappingProxyType(
    {
        "channel_not_found": "platform.channel_gone",
        "user_not_found": "platform.channel_gone",  # conversations.open
        "user_disabled": "platform.channel_gone",  # conversations.open
        "cannot_dm_bot": "platform.channel_gone",  # conversations.open
        "not_in_channel": "platform.not_member",
        "is_archived": "platform.archived",
        "restricted_action": "platform.forbidden",
        "restricted_action_read_only_channel": "platform.forbidden",
        "restricted_action_thread_only_channel": "platform.forbidden",
        "restricted_action_thread_locked": "platform.forbidden",
        "restricted_action_non_threadable_channel": "platform.forbidden",
        "messages_tab_disabled": "platform.forbidden",
        "ekm_access_denied": "platform.forbidden",
        "team_access_not_granted": "platform.forbidden",
        "no_permission": "platform.forbidden",
        "access_denied": "platform.forbidden",
        "invalid_auth": "platform.token",
        "not_authed": "platform.token",
        "not_allowed_token_type": "platform.token",
        "account_inactive": "platform.token",
        "token_revoked": "platform.token",
        "token_expired": "platform.token",
        "org_login_required": "platform.token",
    }
)
# About the app's own settings in the workspace, whatever the channel.
SCOPE = "missing_scope"
# About a single message.
MESSAGE: Mapping[str, str] = MappingProxyType(
    {
        "message_not_found": "platform.message_gone",  # chat.update, reactions.*
        "thread_not_found": "platform.message_gone",  # chat.postMessage, conversations.replies
        "cannot_reply_to_message": "platform.message_gone",
        "no_item_specified": "platform.message_gone",  # reactions.*
        "bad_timestamp": "platform.message_gone",  # reactions.*
        "cant_update_message": "platform.rejected",  # chat.update
        "edit_window_closed": "platform.rejected",  # chat.update
        "update_failed": "platform.rejected",  # chat.update
        "no_text": "platform.rejected",
        "msg_too_long": "platform.rejected",
        "msg_blocks_too_long": "platform.rejected",
        "invalid_blocks": "platform.rejected",
        "invalid_blocks_format": "platform.rejected",
        "invalid_arguments": "platform.rejected",
        "invalid_metadata_format": "platform.rejected",
        "invalid_metadata_schema": "platform.rejected",
        "metadata_too_large": "platform.rejected",
        "markdown_text_conflict": "platform.rejected",
        "too_many_emoji": "platform.rejected",  # reactions.add
        "too_many_reactions": "platform.rejected",  # reactions.add
        "invalid_name": "platform.rejected",  # reactions.add: an emoji that the workspace lacks
    }
)
# https://docs.slack.dev/apis/web-api/rate-limits: an HTTP 429 says `ratelimited`, some methods say `rate_limited`.
LIMITED = frozenset({"ratelimited", "rate_limited"})
QUOTA = frozenset({"message_limit_exceeded", "team_added_to_org"})  # passes without action, though not soon
UNAVAILABLE = frozenset({"service_unavailable"})  # says that nothing was taken
UNCERTAIN = frozenset({"internal_error", "fatal_error", "request_timeout"})  # "it's possible some aspect succeeded"
# A response_url that is past its time or its five messages.
USED_UP = frozenset({"used_url", "expired_url"})
_KNOWN = {SCOPE} | CHANNEL.keys() | MESSAGE.keys() | LIMITED | QUOTA | UNAVAILABLE | UNCERTAIN | USED_UP
_WORD = re.compile(r"[A-Za-z0-9_]+")
_SCOPE = re.compile(r"[a-z_.]+(?::[a-z_.]+)?")
_LONGEST_SCOPES = 100  # characters


def ours(error: BaseException) -> PlatformError:
    """Return the core's error for one of Slack's. Unless Slack certainly took nothing, the error is ambiguous."""
    match error:
        case PlatformError():
            return error
        case SlackApiError():
            return _of_answer(error)
    return without_answer(error, NAME, COMES_BACK_IN)


# What a call of Slack's SDK can raise, including for a malformed answer.
TROUBLE = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError, AttributeError)


def code_of(error: BaseException) -> str:
    """Return Slack's own error code, empty if there is none."""
    if not isinstance(error, SlackApiError):
        return ""
    return own_code(getattr(error.response, "data", None), _status(error))


def own_code(answer: object, status: int) -> str:
    """Return the code of a refusal in Slack's own form, empty for an answer that something on the way to Slack gave.

    Slack's form is an object with `ok` false and a word for an `error`, nearly always under status 200; under another
    status, a word that Slack is not known to use may as well be a proxy's.
    """
    if not isinstance(answer, Mapping) or answer.get("ok") is not False:
        return ""
    code = answer.get("error")
    if not isinstance(code, str) or not _WORD.fullmatch(code):
        return ""
    return code if status == 200 or code in _KNOWN else ""


def _of_answer(error: SlackApiError) -> PlatformError:
    status = _status(error)
    code = code_of(error)
    if status == 429 or code in LIMITED:
        return TransientError("platform.rate_limited", seconds=_seconds(error), platform=NAME)
    if status == 503 or code in UNAVAILABLE:
        return TransientError("platform.unavailable", seconds=_seconds(error), platform=NAME)
    if code in QUOTA:
        return TransientError("platform.rate_limited", seconds=QUOTA_COMES_BACK_IN, platform=NAME)
    if status >= 500 or code in UNCERTAIN or not code:
        return AmbiguousError("platform.lost_answer", platform=NAME)
    if code == SCOPE:
        return PermanentError(SCOPE_MISSING, platform=NAME, scope=_needed(error))
    if code in CHANNEL:
        return PermanentError(CHANNEL[code], platform=NAME)
    return PermanentError(MESSAGE.get(code, "platform.rejected"), whole_channel=False, platform=NAME)


def _needed(error: SlackApiError) -> str:
    """Return the scopes that Slack names as missing, any of which would do."""
    data = getattr(error.response, "data", None)
    needed = str(data.get("needed") or "") if isinstance(data, Mapping) else ""
    named = _SCOPE.findall(needed[:_LONGEST_SCOPES])
    return ", ".join(named) or SCOPE


def _status(error: SlackApiError) -> int:
    """Return the HTTP status. For a malformed answer, the SDK passes on aiohttp's own response."""
    status = getattr(error.response, "status_code", None) or getattr(error.response, "status", 200)
    return status if isinstance(status, int) else 200


def _seconds(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    named = {str(name).lower(): value for name, value in headers.items()}
    return wait_asked(named.get("retry-after"), COMES_BACK_IN)

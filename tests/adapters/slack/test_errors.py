"""Each of Slack's codes, and each way in which a call can fail, as one of our three errors."""

from __future__ import annotations

from typing import Any
from unittest.mock import sentinel

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.common.http import LONGEST_WAIT
from adapters.slack.errors import code_of, ours
from bot.errors import AmbiguousError, PermanentError, PlatformError, TransientError
from bot.words import words_for

# code of Slack -> ours, whether it concerns the whole channel
PERMANENT = [
    ("channel_not_found", "channel_gone", True),
    ("user_not_found", "channel_gone", True),
    ("user_disabled", "channel_gone", True),
    ("cannot_dm_bot", "channel_gone", True),
    ("not_in_channel", "not_member", True),
    ("is_archived", "archived", True),
    ("restricted_action", "forbidden", True),
    ("restricted_action_read_only_channel", "forbidden", True),
    ("restricted_action_thread_only_channel", "forbidden", True),
    ("restricted_action_thread_locked", "forbidden", True),
    ("restricted_action_non_threadable_channel", "forbidden", True),
    ("messages_tab_disabled", "forbidden", True),
    ("ekm_access_denied", "forbidden", True),
    ("team_access_not_granted", "forbidden", True),
    ("missing_scope", "scope", True),
    ("not_allowed_token_type", "token", True),
    ("no_permission", "forbidden", True),
    ("access_denied", "forbidden", True),
    ("invalid_auth", "token", True),
    ("not_authed", "token", True),
    ("account_inactive", "token", True),
    ("token_revoked", "token", True),
    ("token_expired", "token", True),
    ("org_login_required", "token", True),
    ("message_not_found", "message_gone", False),
    ("thread_not_found", "message_gone", False),
    ("cannot_reply_to_message", "message_gone", False),
    ("no_item_specified", "message_gone", False),
    ("bad_timestamp", "message_gone", False),
    ("cant_update_message", "rejected", False),
    ("edit_window_closed", "rejected", False),
    ("update_failed", "rejected", False),
    ("no_text", "rejected", False),
    ("msg_too_long", "rejected", False),
    ("msg_blocks_too_long", "rejected", False),
    ("invalid_blocks", "rejected", False),
    ("invalid_blocks_format", "rejected", False),
    ("invalid_arguments", "rejected", False),
    ("invalid_metadata_format", "rejected", False),
    ("invalid_metadata_schema", "rejected", False),
    ("metadata_too_large", "rejected", False),
    ("markdown_text_conflict", "rejected", False),
    ("too_many_emoji", "rejected", False),
    ("too_many_reactions", "rejected", False),
    ("invalid_name", "rejected", False),
    ("something_new", "rejected", False),  # in doubt it concerns this message alone
]


def refusal(code: object = None, status: int = 200, retry_after: str | None = None) -> SlackApiError:
    return answered({"ok": False, "error": code} if code else {}, status, retry_after)


def answered(body: Any, status: int = 200, retry_after: str | None = None) -> SlackApiError:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    answer = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="chat.postMessage",
        req_args={},
        data=body,
        headers=headers,
        status_code=status,
    )
    return SlackApiError("failed", answer)  # type: ignore[no-untyped-call]  # the SDK has no types there


@pytest.mark.parametrize(("code", "known", "whole"), PERMANENT)
def test_a_refusal_says_what_and_whom_it_concerns(code: str, known: str, whole: bool) -> None:
    error = ours(refusal(code))

    assert isinstance(error, PermanentError)
    assert (error.code, error.whole_channel) == (f"platform.{known}", whole)
    is_reported(error)


@pytest.mark.parametrize(
    ("error", "code", "seconds"),
    [
        (refusal("ratelimited", 429, "7"), "rate_limited", 7),
        (refusal("rate_limited", 200, "7"), "rate_limited", 7),
        (refusal("ratelimited"), "rate_limited", 2),
        (refusal(None, 429, "3"), "rate_limited", 3),
        (refusal(None, 429, "soon"), "rate_limited", 2),
        (refusal(None, 429, "-5"), "rate_limited", 2),
        (refusal(None, 429, "nan"), "rate_limited", 2),
        (refusal(None, 429, "31536000"), "rate_limited", LONGEST_WAIT),
        (refusal("message_limit_exceeded"), "rate_limited", 900),
        (refusal("service_unavailable"), "unavailable", 2),
        (refusal(None, 503), "unavailable", 2),
    ],
)
def test_what_was_certainly_not_taken_says_when_to_come_back(error: SlackApiError, code: str, seconds: float) -> None:
    found = ours(error)

    assert isinstance(found, TransientError)
    assert (found.code, found.seconds) == (f"platform.{code}", seconds)
    assert not found.everywhere
    is_reported(found)


@pytest.mark.parametrize(
    "error",
    [
        refusal("internal_error"),
        refusal("fatal_error"),
        refusal("request_timeout"),
        refusal("channel_not_found", 500),
        refusal(None, 500),
        refusal(None, 502),
        refusal(None, 200),
        SlackApiError("no answer at all", {}),  # type: ignore[no-untyped-call]  # as the SDK's own code calls it
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientPayloadError(),
        ConnectionResetError(),
        TimeoutError(),
        aiohttp.SocketTimeoutError(),
        ValueError("no JSON"),
    ],
    ids=repr,
)
def test_what_may_have_been_taken_is_ambiguous(error: Exception) -> None:
    found = ours(error)

    assert isinstance(found, AmbiguousError)
    is_reported(found)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 407, 408, 413, 421, 451])
@pytest.mark.parametrize(
    "body",
    [
        "<html>blocked</html>",
        {},
        {"error": "access_denied"},
        {"ok": True, "error": "access_denied"},
        {"ok": "false", "error": "access_denied"},
        {"ok": False},
        {"ok": False, "error": {"code": 403}},
        {"ok": False, "error": "Access denied by proxy"},
        {"ok": False, "error": "blocked"},
        {"message": "Unauthorized"},
        {"code": 403, "message": "invalid_auth"},
    ],
    ids=repr,
)
def test_nothing_that_an_edge_or_a_proxy_says_is_final(body: object, status: int) -> None:
    assert isinstance(ours(answered(body, status)), AmbiguousError)


@pytest.mark.parametrize("status", [200, 401, 403, 404])
def test_slacks_own_refusal_counts_whatever_its_status(status: int) -> None:
    found = ours(refusal("invalid_auth", status))

    assert isinstance(found, PermanentError)
    assert found.code == "platform.token"


def test_a_connection_that_never_was_took_nothing() -> None:
    found = ours(aiohttp.ClientConnectorError(sentinel.key, OSError("refused")))

    assert isinstance(found, TransientError)
    assert found.code == "platform.unreachable"


def test_an_error_of_ours_stays_as_it_is() -> None:
    error = PermanentError("platform.token", platform="slack")

    assert ours(error) is error


def test_slacks_own_code_can_be_read() -> None:
    assert code_of(refusal("already_reacted")) == "already_reacted"
    assert code_of(refusal()) == ""
    assert code_of(ValueError()) == ""


def is_reported(error: PlatformError) -> None:
    assert error.arguments["platform"] == "slack"
    assert f"error.{error.code}" in words_for("ja")

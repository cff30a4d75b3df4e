"""Discord's codes and discord.py's exceptions, one row each."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from adapters.discord.errors import PERMANENT, TRANSIENT, DiscordRefusal, from_answer, from_exception
from bot.errors import AmbiguousError, PermanentError, TransientError
from bot.words import words_for

CODES = [
    (404, 10003, "platform.channel_gone", True),
    (404, 10004, "platform.channel_gone", True),
    (404, 10008, "platform.message_gone", False),
    (404, 10013, "platform.channel_gone", True),
    (400, 10014, "platform.rejected", False),
    (400, 30010, "platform.rejected", False),
    (400, 30013, "platform.rejected", False),
    (401, 40001, "platform.token", True),
    (400, 40058, "platform.rejected", True),
    (400, 40067, "platform.rejected", False),
    (403, 50001, "platform.not_member", True),
    (403, 50003, "platform.rejected", False),
    (403, 50005, "platform.rejected", False),
    (400, 50006, "platform.rejected", False),
    (403, 50007, "platform.forbidden", True),
    (400, 50008, "platform.rejected", True),
    (403, 50013, "platform.forbidden", True),
    (401, 50014, "platform.token", True),
    (403, 50021, "platform.rejected", False),
    (400, 50024, "platform.rejected", False),
    (403, 50028, "platform.rejected", False),
    (400, 50033, "platform.rejected", False),
    (400, 50035, "platform.rejected", False),
    (400, 50083, "platform.archived", True),
    (400, 50109, "platform.rejected", False),
    (403, 90001, "platform.rejected", False),
    (400, 160004, "platform.rejected", False),
    (403, 160005, "platform.archived", True),
]
LATER = [
    (429, 20016, "platform.rate_limited", 5.0),
    (429, 20022, "platform.rate_limited", 5.0),
    (429, 20028, "platform.rate_limited", 5.0),
    (429, 20029, "platform.rate_limited", 5.0),
    (429, 40062, "platform.rate_limited", 5.0),
    (403, 40333, "platform.unavailable", 600.0),
    (503, 130000, "platform.unavailable", 5.0),
    (400, 160006, "platform.unavailable", 600.0),
]


@pytest.mark.parametrize(("status", "number", "code", "whole"), CODES)
def test_a_refusal_is_permanent(status: int, number: int, code: str, whole: bool) -> None:
    error = from_answer(status, {"code": number, "message": "no"})
    assert isinstance(error, DiscordRefusal)
    assert (error.code, error.whole_channel, error.number) == (code, whole, number)
    assert error.arguments["platform"] == "discord"


@pytest.mark.parametrize(("status", "number", "code", "seconds"), LATER)
def test_some_refusals_pass(status: int, number: int, code: str, seconds: float) -> None:
    error = from_answer(status, {"code": number, "message": "later"})
    assert isinstance(error, TransientError)
    assert (error.code, error.seconds, error.everywhere) == (code, seconds, False)


def test_every_code_has_its_row() -> None:
    assert {row[1] for row in CODES} == PERMANENT.keys()
    assert {row[1] for row in LATER} == TRANSIENT.keys()


@pytest.mark.parametrize(
    ("status", "body", "code", "whole"),
    [
        (401, {"message": "401: Unauthorized", "code": 0}, "platform.token", True),
        (403, {"message": "403: Forbidden", "code": 0}, "platform.forbidden", True),
        (403, {"message": "no", "code": 987654}, "platform.forbidden", True),
        (404, {"message": "404: Not Found", "code": 0}, "platform.rejected", False),
        (405, {"message": "405: Method Not Allowed", "code": 0}, "platform.rejected", False),
        (400, {"message": "no", "code": 987654}, "platform.rejected", False),
    ],
)
def test_an_unknown_refusal_of_discords_is_never_repeated(status: int, body: object, code: str, whole: bool) -> None:
    error = from_answer(status, body)
    assert isinstance(error, PermanentError)
    assert (error.code, error.whole_channel) == (code, whole)


ELSEWHERE = [400, 401, 403, 404, 407, 408, 413, 421, 451]
NOT_DISCORD: list[object] = [
    None,
    "",
    "<html>blocked</html>",
    {},
    [],
    {"code": True, "message": "403: Forbidden"},
    {"code": "50013", "message": "no"},
    {"code": 0, "message": "blocked"},
    {"code": 403, "message": "Forbidden"},
    {"code": 1010, "message": "Access denied"},
    {"code": 50013},
    {"code": 50013, "message": None},
    {"message": "Unauthorized"},
    {"success": False, "errors": [{"code": 10000, "message": "Authentication error"}]},
]


@pytest.mark.parametrize("status", ELSEWHERE)
@pytest.mark.parametrize("body", NOT_DISCORD, ids=repr)
def test_nothing_that_an_edge_or_a_proxy_says_is_final(status: int, body: object) -> None:
    assert isinstance(from_answer(status, body), AmbiguousError)


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [(401, "<html>sign in</html>", AmbiguousError), (401, {"message": "401: Unauthorized", "code": 0}, PermanentError)],
)
def test_a_page_is_no_wrong_token_for_discord_py_either(status: int, text: Any, kind: type[Exception]) -> None:
    failed = discord.LoginFailure("Improper token has been passed.")
    failed.__cause__ = discord.HTTPException(SimpleNamespace(status=status, reason="no"), text)  # type: ignore[arg-type]  # all that it reads
    assert isinstance(from_exception(failed), kind)


@pytest.mark.parametrize(
    ("body", "header", "seconds", "everywhere"),
    [
        ({"retry_after": 1.337, "global": False}, "2", 1.337, False),
        ({"retry_after": 0.25, "global": True}, "1", 0.25, True),
        ({"global": False}, "3", 3.0, False),
        ({}, "", 5.0, False),
        ({"retry_after": "soon"}, "", 5.0, False),
        ({"retry_after": -1}, "", 5.0, False),
        ({"retry_after": 1e12}, "", 3600.0, False),
        ({"retry_after": float("nan")}, "", 5.0, False),
        ("<html>error code: 1015</html>", "", 600.0, True),
        (None, "120", 120.0, True),
    ],
)
def test_too_many_requests_say_when_to_come_back(body: object, header: str, seconds: float, everywhere: bool) -> None:
    error = from_answer(429, body, header)
    assert isinstance(error, TransientError)
    assert (error.code, error.seconds, error.everywhere) == ("platform.rate_limited", seconds, everywhere)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 524])
def test_a_servers_error_may_have_taken_the_message(status: int) -> None:
    error = from_answer(status, "<html></html>")
    assert isinstance(error, AmbiguousError)
    assert error.code == "platform.lost_answer"


@pytest.mark.parametrize(
    ("raised", "kind", "code"),
    [
        (discord.LoginFailure("no"), PermanentError, "platform.token"),
        (discord.RateLimited(3.0), TransientError, "platform.rate_limited"),
        (aiohttp.ConnectionTimeoutError(), TransientError, "platform.unreachable"),
        (aiohttp.ServerDisconnectedError(), AmbiguousError, "platform.lost_answer"),
        (aiohttp.ClientPayloadError(), AmbiguousError, "platform.lost_answer"),
        (ConnectionResetError(), AmbiguousError, "platform.lost_answer"),
        (TimeoutError(), AmbiguousError, "platform.timeout"),
        (aiohttp.SocketTimeoutError(), AmbiguousError, "platform.timeout"),
        (KeyError("id"), AmbiguousError, "platform.lost_answer"),
    ],
)
def test_exceptions_are_ours_at_the_edge(raised: Exception, kind: type[Exception], code: str) -> None:
    error = from_exception(raised)
    assert isinstance(error, kind)
    assert error.code == code


def test_what_is_ours_already_stays() -> None:
    ours = TransientError("platform.unavailable", seconds=1.0, platform="discord")
    assert from_exception(ours) is ours


def test_every_code_has_a_sentence_in_both_languages() -> None:
    codes = {code for code, _ in PERMANENT.values()} | {code for code, _ in TRANSIENT.values()}
    for language in ("ja", "en"):
        words = words_for(language)
        assert [code for code in codes if f"error.{code}" not in words] == []

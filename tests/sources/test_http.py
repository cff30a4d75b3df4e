"""Asking a source: what is retried, for how long, and what every failure becomes."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from bot.errors import SourceError
from bot.models import SourceName
from bot.sources.http import Answer, Fetcher, Limits, Malformed, Manner, Pacing, Patience, parse_json, user_agent
from tests.support.source_fakes import BASE_URL, NOW, FakePace, Script, Waits, ok

BUSY = httpx.Response(503)
CROWDED = httpx.Response(429)
GONE = httpx.ConnectError("connection refused")


def fetcher(
    script: httpx.AsyncBaseTransport,
    waits: Waits | None = None,
    limits: Limits | None = None,
    key: tuple[str, str] | None = None,
    pace: FakePace | None = None,
) -> Fetcher:
    return Fetcher(
        SourceName.ARXIV,
        BASE_URL + "/",
        Manner(user_agent("1.2.3", None), limits or Limits(), script, waits or Waits()),
        key=key,
        pacing=Pacing(pace, 3.0) if pace else None,
    )


async def ask(script: httpx.AsyncBaseTransport, waits: Waits | None = None, limits: Limits | None = None) -> object:
    async with fetcher(script, waits, limits) as source:
        return await source.get("/api", {"q": "a b"}, parse_json)


async def failure(
    script: httpx.AsyncBaseTransport, waits: Waits | None = None, limits: Limits | None = None
) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await ask(script, waits, limits)
    assert caught.value.arguments["source"] == "arxiv"
    return caught.value


async def test_an_honest_request() -> None:
    script = Script(ok({"a": 1}))
    assert await ask(script) == {"a": 1}
    (request,) = script.requests
    assert str(request.url) == "http://sources.example/api?q=a+b"
    assert request.headers["User-Agent"] == "kawaraban/1.2.3 (+self-hosted)"
    assert "x-api-key" not in request.headers


def test_the_user_agent_says_where_to_complain() -> None:
    assert user_agent("1", "https://bot.example") == "kawaraban/1 (+https://bot.example)"


async def test_a_body_and_a_key_are_sent() -> None:
    script = Script(ok([]))
    async with fetcher(script, key=("x-api-key", " secret\n")) as source:
        await source.post("/api", {}, {"ids": ["a"]}, parse_json)
    assert script.requests[0].headers["x-api-key"] == "secret"
    assert script.requests[0].content == b'{"ids":["a"]}'


@pytest.mark.parametrize("trouble", [BUSY, CROWDED, httpx.Response(500), httpx.Response(408), GONE])
async def test_trouble_that_passes_is_waited_out(trouble: httpx.Response | Exception) -> None:
    script = Script(trouble, trouble, ok(1))
    assert await ask(script) == 1


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (BUSY, "source.status"),
        (CROWDED, "source.rate_limited"),
        (GONE, "source.unreachable"),
        (httpx.ReadError(""), "source.unreachable"),
        (httpx.RemoteProtocolError("cut"), "source.unreachable"),
        (httpx.ReadTimeout("slow"), "source.timeout"),
        (httpx.ConnectTimeout("slow"), "source.timeout"),
    ],
)
async def test_trouble_that_stays_ends_after_two_retries(trouble: httpx.Response | Exception, code: str) -> None:
    script, waits = Script(trouble), Waits()
    error = await failure(script, waits)
    assert error.code == code
    assert len(script.requests) == 3
    assert waits.seconds == ([2, 4] if code == "source.rate_limited" else [1, 2])
    assert isinstance(trouble, httpx.Response) or error.__cause__ is trouble


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 204, 304])
async def test_a_refusal_is_not_argued_with(status: int) -> None:
    script = Script(httpx.Response(status))
    error = await failure(script)
    assert (error.code, error.arguments["status"]) == ("source.status", status)
    assert len(script.requests) == 1


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("said", [{"message": "Forbidden"}, {"error": "Invalid API key", "code": "403"}])
async def test_a_refused_key_is_named(status: int, said: object) -> None:
    async with fetcher(Script(httpx.Response(status, json=said)), key=("x-api-key", "old")) as source:
        with pytest.raises(SourceError, match=r"source\.key"):
            await source.get("/api", {}, parse_json)


@pytest.mark.parametrize("status", [401, 403, 407, 451])
@pytest.mark.parametrize(
    "page", [b"", b"<html>Please sign in</html>", b'"Forbidden"', b'{"blocked": true}', b"[" * 9_999]
)
async def test_a_page_on_the_way_says_nothing_about_the_key(status: int, page: bytes) -> None:
    async with fetcher(Script(httpx.Response(status, content=page)), key=("x-api-key", "good")) as source:
        with pytest.raises(SourceError, match=rf"source\.status .*status={status}"):
            await source.get("/api", {}, parse_json)


async def test_expected_statuses_reach_the_parser() -> None:
    async with fetcher(Script(httpx.Response(404, content=b"no"))) as source:
        assert await source.get("/api", {}, lambda a: a, also=frozenset({404})) == Answer(404, b"no")


# --- waiting ----------------------------------------------------------------------------------


def in_future(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_in_seconds_is_obeyed(status: int) -> None:
    waits = Waits()
    await ask(Script(httpx.Response(status, headers={"Retry-After": "7"}), ok(1)), waits)
    assert waits.seconds == [7]


async def test_retry_after_as_a_date_is_obeyed() -> None:
    waits = Waits()
    await ask(Script(httpx.Response(429, headers={"Retry-After": in_future(9)}), ok(1)), waits)
    assert 7 <= waits.seconds[0] <= 9


@pytest.mark.parametrize("header", ["Thu, 05 Mar 2020 12:00:00 GMT", "0"])
async def test_retry_after_in_the_past_means_now(header: str) -> None:
    waits = Waits()
    await ask(Script(httpx.Response(429, headers={"Retry-After": header}), ok(1)), waits)
    assert waits.seconds == [0]


@pytest.mark.parametrize("header", ["", "soon", "-5", "1e3", "nan", "Mon, 99 Foo 2026", "٣"])
async def test_an_unreadable_retry_after_counts_as_none(header: str) -> None:
    waits = Waits()
    raw = {b"Retry-After": header.encode()}
    await ask(Script(httpx.Response(429, headers=raw), ok(1)), waits)
    assert waits.seconds == [2]


@pytest.mark.parametrize("header", ["31", "999999999", "Thu, 05 Mar 2099 12:00:00 GMT"])
@pytest.mark.parametrize("status", [429, 503])
async def test_a_retry_after_beyond_the_cap_is_not_waited_for(status: int, header: str) -> None:
    script, waits = Script(httpx.Response(status, headers={"Retry-After": header})), Waits()
    error = await failure(script, waits)
    assert error.code == "source.rate_limited"
    assert isinstance(error.arguments["seconds"], int)
    assert error.arguments["seconds"] > 30
    assert (len(script.requests), waits.seconds) == (1, [])


async def test_all_waits_together_are_bounded() -> None:
    waits = Waits()
    limits = Limits(retries=50, retries_in_all=50, lost_in_all=60)
    await failure(Script(httpx.Response(429, headers={"Retry-After": "25"})), waits, limits)
    assert waits.seconds == [25, 25]


async def test_requests_of_one_use_share_what_they_may_lose() -> None:
    script, waits = Script(BUSY), Waits()
    async with fetcher(script, waits) as source:
        patience = Patience(source.limits)
        for _ in range(5):
            with pytest.raises(SourceError):
                await source.get("/api", {}, parse_json, patience=patience)
    assert len(waits.seconds) == 4
    assert len(script.requests) == 5 + 4


# --- stalls and sizes -------------------------------------------------------------------------


class Stalling(httpx.AsyncBaseTransport):
    """Answers the headers at once and the body never."""

    def __init__(self) -> None:
        self.requests = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1

        async def body() -> AsyncIterator[bytes]:
            yield b"["
            await asyncio.sleep(60)

        return httpx.Response(200, content=body())


async def test_a_body_that_never_ends_is_a_timeout() -> None:
    stalling = Stalling()
    error = await failure(stalling, limits=Limits(timeout=0.05))
    assert error.code == "source.timeout"
    assert stalling.requests == 3


async def test_a_source_that_stalls_for_ever_ends_when_patience_does() -> None:
    stalling = Stalling()
    limits = Limits(timeout=0.2, retries=50, retries_in_all=50, lost_in_all=0.5, first_wait=0)
    assert (await failure(stalling, limits=limits)).code == "source.timeout"
    asked = stalling.requests
    assert asked <= 3  # 0.2 + 0.2 + the 0.1 that are left
    async with fetcher(stalling, limits=limits) as source:
        patience = Patience(limits)
        patience.seconds = 0
        with pytest.raises(SourceError, match=r"source\.timeout"):
            await source.get("/api", {}, parse_json, patience=patience)
    assert stalling.requests == asked


async def test_cancellation_is_not_swallowed() -> None:
    task = asyncio.create_task(ask(Stalling()))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_answer_too_large_is_refused_even_when_it_came_packed() -> None:
    packed = gzip.compress(b"[" + b" " * 100_000 + b"]")
    script = Script(lambda _: httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=packed))
    error = await failure(script, limits=Limits(largest=50_000))
    assert (error.code, len(script.requests)) == ("source.malformed", 1)


@pytest.mark.parametrize("coding", ["gzip, gzip", "deflate,gzip", "br", "zstd", "GZIP, identity", "x"])
async def test_a_packing_that_has_no_bound_is_not_unpacked(coding: str) -> None:
    bomb = gzip.compress(gzip.compress(b" " * 100_000))
    script = Script(lambda _: httpx.Response(200, headers={"Content-Encoding": coding}, stream=_Bytes(bomb)))
    assert (await failure(script)).code == "source.malformed"
    assert len(script.requests) == 1


async def test_a_packing_that_is_broken_is_malformed() -> None:
    script = Script(lambda _: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=_Bytes(b"not gzip")))
    assert (await failure(script)).code == "source.malformed"


class _Bytes(httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content


# --- answers that are not what they should be -------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>wait</html>", b'{"a": [1, ', b"\xff\xfe\x00", b"[" * 100_000, b"9" * 5000],
)
async def test_what_is_not_json_is_asked_for_once_more(body: bytes) -> None:
    script = Script(ok(body))
    assert (await failure(script)).code == "source.malformed"
    assert len(script.requests) == 2
    assert await ask(Script(ok(body), ok(1))) == 1


async def test_the_parser_s_reason_is_kept() -> None:
    def parse(_: Answer) -> None:
        raise Malformed("no list")

    async with fetcher(Script(ok(1))) as source:
        with pytest.raises(SourceError) as caught:
            await source.get("/api", {}, parse)
    assert isinstance(caught.value.__cause__, Malformed)


# --- turns and clocks -------------------------------------------------------------------------


async def test_every_attempt_has_its_own_turn_and_a_429_pauses_everybody() -> None:
    pace, waits = FakePace(), Waits()
    crowded = httpx.Response(429, headers={"Retry-After": "5"})
    async with fetcher(Script(crowded, BUSY, ok(1)), waits, pace=pace) as source:
        await source.get("/api", {}, parse_json)
    assert pace.turns == [("arxiv", 3.0)] * 3
    assert pace.pauses == [("arxiv", 5.0)]
    assert waits.seconds == [2]
    assert not pace.overlapped


async def test_the_server_s_clock_is_remembered() -> None:
    dated = httpx.Response(200, headers={"Date": "Thu, 05 Mar 2026 12:00:00 GMT"}, content=b"1")
    async with fetcher(Script(dated, httpx.Response(200, headers={"Date": "lately"}, content=b"1"))) as source:
        assert source.server_time is None
        for _ in range(2):
            await source.get("/api", {}, parse_json)
            assert source.server_time == NOW


async def test_redirects_are_followed_but_a_key_is_not_carried_along() -> None:
    elsewhere = httpx.Response(301, headers={"Location": "https://api.sources.example/"})
    assert await ask(Script(elsewhere, ok(1))) == 1
    script = Script(elsewhere, ok(1))
    async with fetcher(script, key=("x-api-key", "secret")) as source:
        with pytest.raises(SourceError, match=r"source\.status"):
            await source.get("/api", {}, parse_json)
    assert [request.url.host for request in script.requests] == ["sources.example"]


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/",
        "http://127.0.0.1:8080/readyz",
        "http://169.254.169.254/latest",
        "//other.example/api",
    ],
)
async def test_a_redirect_to_another_site_is_not_followed(target: str) -> None:
    script = Script(httpx.Response(302, headers={"Location": target}), ok(1))
    assert (await failure(script)).code == "source.status"
    assert [request.url.host for request in script.requests] == ["sources.example"]


async def test_a_circle_of_redirects_ends() -> None:
    around = httpx.Response(302, headers={"Location": "/api"})
    assert (await failure(Script(around))).code == "source.unreachable"


async def test_an_impossible_address_is_unreachable() -> None:
    async with Fetcher(SourceName.ARXIV, "http://[::1", Manner("x", transport=Script(ok(1)), sleep=Waits())) as source:
        with pytest.raises(SourceError, match=r"source\.unreachable"):
            await source.get("/api", {}, parse_json)

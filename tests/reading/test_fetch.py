"""Fetching from arXiv: its pace, its refusals, redirects, and limits of size and time."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.errors import ReadingError
from bot.reading.fetch import ArxivFiles, FetchLimits
from tests.support.source_fakes import FakePace, Reply, Script

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = httpx.Response(200, headers=HTML, content=b"<p>A lamp.</p>")


class Arxiv:
    """Files over scripted answers, with what was asked and how the pace was used."""

    def __init__(self, *replies: Reply, **limits: float) -> None:
        self.pace = FakePace()
        self.script = Script(*replies)
        self.files = ArxivFiles(
            "https://arxiv.org",
            "kawaraban/test",
            pace=self.pace,
            interval=3.0,
            limits=FetchLimits(**limits),  # type: ignore[arg-type]  # a number of bytes too
            transport=self.script,
        )

    async def get(self, path: str = "/html/2602.90001v1", kind: str = "text/html") -> bytes | None:
        try:
            return await self.files.get(path, kind)
        finally:
            await self.files.aclose()

    async def fails(self) -> ReadingError:
        with pytest.raises(ReadingError) as caught:
            await self.get()
        return caught.value

    @property
    def addresses(self) -> list[str]:
        return [str(request.url) for request in self.script.requests]


def redirect(target: str) -> httpx.Response:
    return httpx.Response(302, headers={"Location": target})


async def test_a_page_comes_in_its_turn_and_says_who_asks() -> None:
    arxiv = Arxiv(PAGE)

    assert await arxiv.get() == b"<p>A lamp.</p>"
    assert arxiv.addresses == ["https://arxiv.org/html/2602.90001v1"]
    assert arxiv.pace.turns == [("arxiv", 3.0)]
    assert arxiv.script.requests[0].headers["User-Agent"] == "kawaraban/test"


@pytest.mark.parametrize("status", [404, 410])
async def test_what_is_not_there_is_none(status: int) -> None:
    assert await Arxiv(httpx.Response(status, headers=HTML)).get() is None


@pytest.mark.parametrize(("status", "wait"), [(403, 3.0), (429, 90.0)])
async def test_a_refusal_is_told_and_followed_by_no_request(status: int, wait: float) -> None:
    headers = {"Retry-After": "90"} if status == 429 else {}
    arxiv = Arxiv(httpx.Response(status, headers=headers))

    error = await arxiv.fails()

    assert (error.code, error.arguments) == ("reading.refused", {"status": status})
    assert len(arxiv.script.requests) == 1
    assert arxiv.pace.pauses == [("arxiv", wait)]


@pytest.mark.parametrize("status", [500, 503, 401, 204])
async def test_another_status_is_told(status: int) -> None:
    error = await Arxiv(httpx.Response(status)).fails()

    assert (error.code, error.arguments) == ("reading.unavailable", {"status": status})


@pytest.mark.parametrize("failure", [httpx.ConnectError("refused"), httpx.RemoteProtocolError("cut off")])
async def test_a_broken_connection_is_tried_once_more(failure: Exception) -> None:
    arxiv = Arxiv(failure, PAGE)

    assert await arxiv.get() == b"<p>A lamp.</p>"
    assert len(arxiv.pace.turns) == 2
    error = await Arxiv(failure).fails()
    assert (error.code, error.arguments) == ("reading.unreachable", {"problem": str(failure)})


async def test_arxivs_own_redirects_are_followed() -> None:
    arxiv = Arxiv(redirect("/html/2602.90001v2"), redirect("https://export.arxiv.org/html/2602.90001v2"), PAGE)

    assert await arxiv.get() == b"<p>A lamp.</p>"
    assert arxiv.addresses[1:] == [
        "https://arxiv.org/html/2602.90001v2",
        "https://export.arxiv.org/html/2602.90001v2",
    ]


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("https://login.example/", "login.example"),
        ("http://169.254.169.254/secrets", "169.254.169.254"),
        ("http://export.arxiv.org/html/x", "export.arxiv.org"),  # not encrypted
        ("https://arxiv.org.evil.example/", "arxiv.org.evil.example"),
        ("https://notarxiv.org/", "notarxiv.org"),
        ("file:///etc/passwd", "?"),
    ],
)
async def test_a_redirect_to_a_foreign_host_is_not_followed(target: str, host: str) -> None:
    arxiv = Arxiv(redirect(target), PAGE)

    error = await arxiv.fails()

    assert (error.code, error.arguments) == ("reading.redirected", {"host": host})
    assert len(arxiv.script.requests) == 1


async def test_redirects_end() -> None:
    arxiv = Arxiv(redirect("/html/2602.90001v1"))

    assert (await arxiv.fails()).code == "reading.redirected"
    assert len(arxiv.script.requests) == 4


@pytest.mark.parametrize("kind", ["application/pdf", "application/json", ""])
async def test_another_type_of_file_is_not_taken(kind: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    error = await Arxiv(httpx.Response(200, headers=headers, content=b"x")).fails()

    assert (error.code, error.arguments) == ("reading.wrong_type", {"found": kind or "?"})


async def test_a_file_is_read_no_further_than_its_limit() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 1024

    response = httpx.Response(200, headers=HTML, content=endless())
    files = ArxivFiles(
        "https://arxiv.org",
        "kawaraban/test",
        pace=FakePace(),
        limits=FetchLimits(largest=2**20),
        transport=httpx.MockTransport(lambda _: response),
    )

    with pytest.raises(ReadingError) as caught:
        await files.get("/html/1", "text/html")

    assert (caught.value.code, caught.value.arguments) == ("reading.too_large", {"limit": 1})
    assert sent < 1_100
    await files.aclose()


async def test_a_slow_answer_ends() -> None:
    async def never(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    files = ArxivFiles(
        "https://arxiv.org",
        "kawaraban/test",
        pace=FakePace(),
        limits=FetchLimits(timeout=0.02),
        transport=httpx.MockTransport(never),
    )

    with pytest.raises(ReadingError, match=r"reading\.timeout"):
        await files.get("/html/1", "text/html")
    await files.aclose()


async def test_progress_is_told_in_kilobytes() -> None:
    told: list[tuple[int, int]] = []

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield b"x" * 1024

    response = httpx.Response(200, headers=HTML | {"Content-Length": "4096"}, content=parts())
    files = ArxivFiles(
        "https://arxiv.org", "kawaraban/test", pace=FakePace(), transport=httpx.MockTransport(lambda _: response)
    )

    await files.get("/html/1", "text/html", lambda done, total: told.append((done, total)))
    await files.aclose()

    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


async def test_a_page_that_is_packed_twice_is_not_unpacked() -> None:
    class Packed(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield gzip.compress(gzip.compress(b" " * 100_000))

    headers = HTML | {"Content-Encoding": "gzip, gzip"}
    arxiv = Arxiv(lambda _: httpx.Response(200, headers=headers, stream=Packed()))

    assert (await arxiv.fails()).code == "reading.unreachable"

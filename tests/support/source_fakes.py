"""Shared by the tests of the sources: a pace that never waits, scripted servers, and invented records."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
from hypothesis import strategies as st

from bot.models import Paper, PaperId, Signal, SignalKind, SourceName, Window

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
BASE_URL = "http://sources.example"

# Any JSON value, and the floats that Python reads and writes beyond JSON.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


def week_to(year: int, month: int, day: int) -> Window:
    """Return the seven days up to the end of a UTC date."""
    end = datetime(year, month, day, tzinfo=UTC) + timedelta(days=1)
    return Window(end - timedelta(days=7), end)


class FakePace:
    """A Pace that grants every turn at once, and records turns, pauses, and whether two turns overlapped."""

    def __init__(self) -> None:
        self.turns: list[tuple[str, float]] = []
        self.pauses: list[tuple[str, float]] = []
        self.overlapped = False
        self._held = False

    @asynccontextmanager
    async def turn(self, key: str, interval: float) -> AsyncIterator[None]:
        self.overlapped |= self._held
        self.turns.append((key, interval))
        self._held = True
        try:
            yield
        finally:
            self._held = False

    async def pause(self, key: str, seconds: float) -> None:
        self.pauses.append((key, seconds))


class Waits:
    """A `sleep` that returns at once and records the seconds."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Script(httpx.MockTransport):
    """A transport that answers with the replies in turn, repeating the last one, and records the requests."""

    def __init__(self, *replies: Reply) -> None:
        self.requests: list[httpx.Request] = []
        self._replies = list(replies)
        super().__init__(self._reply)

    def _reply(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, httpx.Response):
            # A response can only be read once.
            return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)
        return reply(request)

    @property
    def queries(self) -> list[dict[str, str]]:
        return [dict(request.url.params) for request in self.requests]


def ok(body: object) -> httpx.Response:
    return httpx.Response(200, content=body if isinstance(body, bytes) else json.dumps(body).encode())


def atom(entries: Iterable[str], total: int | None = None) -> bytes:
    """Return an arXiv answer with the entries."""
    listed = list(entries)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom"'
        ' xmlns="http://www.w3.org/2005/Atom"><title>query</title>'
        f"<opensearch:totalResults>{len(listed) if total is None else total}</opensearch:totalResults>"
        f"{''.join(listed)}</feed>"
    ).encode()


def entry(
    arxiv_id: str = "2602.00001v1",
    title: str = "Invented lanterns for small models",
    published: str = "2026-02-26T15:00:00Z",
    summary: str = "We invent\n  lanterns.",
    more: str = "",
) -> str:
    """Return one entry of an arXiv answer."""
    return (
        f"<entry><id>http://arxiv.org/abs/{arxiv_id}</id><title>{title}</title><updated>{published}</updated>"
        f"<summary>{summary}</summary><published>{published}</published>"
        '<category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>'
        f'<arxiv:primary_category term="cs.CL"/><author><name>Ada Lamp</name></author>{more}</entry>'
    )


def listed(source: SourceName, at: datetime = NOW) -> Signal:
    return Signal(source, SignalKind.LISTED, 1.0, at)


def paper(
    arxiv_id: str | None = "2602.00001",
    title: str = "Invented lanterns for small models",
    signals: tuple[Signal, ...] = (),
    doi: str | None = None,
) -> Paper:
    """Return an invented paper."""
    return Paper(
        id=PaperId.arxiv(arxiv_id) if arxiv_id else PaperId.title(title),
        title=title,
        abstract="We invent lanterns.",
        authors=("Ada Lamp", "Ben Wick"),
        published=datetime(2026, 2, 26, 15, tzinfo=UTC),
        url="https://papers.example/1",
        arxiv_id=arxiv_id,
        doi=doi,
        signals=signals,
    )

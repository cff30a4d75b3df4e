"""The three sources against the stand-in server: every fault, once and for ever, over real connections."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Protocol

import pytest

from bot.errors import SourceError
from bot.models import Batch, SignalKind, SourceName, Window
from bot.papers.merge import merge
from bot.ports import Pace
from bot.sources.arxiv import Arxiv
from bot.sources.http import Limits, Manner, user_agent
from bot.sources.huggingface import HuggingFace
from bot.sources.semantic_scholar import SemanticScholar
from tests.fakes import invented
from tests.support.source_fakes import FakePace, Waits, week_to
from tests.support.standins import Upstream

WINDOW = week_to(2026, 2, 23)  # small: two recorded days
DAY = date(2026, 2, 24)
TOPICS = ("cs.CL", "cs.AI", "cs.LG")
AGENT = user_agent("0", None)


class Source(Protocol):
    async def collect(self, window: Window, topics: Sequence[str]) -> Batch: ...

    async def aclose(self) -> None: ...


def now() -> datetime:
    return datetime(2026, 3, 5, 12, tzinfo=UTC)


def source(name: str, url: str, limits: Limits, pace: Pace | None = None) -> Source:
    manner = Manner(AGENT, limits, sleep=Waits())
    if name == "arxiv":
        return Arxiv(url, manner, pace=pace or FakePace(), interval=0)
    if name == "hf":
        return HuggingFace(url, manner, clock=now)
    return SemanticScholar(url, manner, clock=now, api_key="any")


async def collect(name: str, url: str, limits: Limits) -> Batch:
    asked = source(name, url, limits)
    try:
        return await asked.collect(WINDOW, TOPICS)
    finally:
        await asked.aclose()


NAMES = ("arxiv", "hf", "s2")
ONCE = ("500", "503", "429", "malformed", "html", "truncated", "cut", "slow=0.1")


@pytest.mark.parametrize("name", NAMES)
async def test_a_fault_that_passes_costs_nothing(name: str, upstream: Upstream) -> None:
    limits = Limits(timeout=120)
    whole = await collect(name, upstream.url, limits)
    assert len(whole.papers) > 10
    for fault in (*ONCE, *(("empty",) if name == "arxiv" else ())):
        upstream.reset()
        upstream.fault(f"{name}:{fault}:1")
        assert await collect(name, upstream.url, limits) == whole, fault


@pytest.mark.parametrize("name", NAMES)
async def test_a_stall_that_passes_costs_nothing(name: str, upstream: Upstream) -> None:
    upstream.fault(f"{name}:timeout:1")
    batch = await collect(name, upstream.url, Limits(timeout=8))
    assert len(batch.papers) > 10
    assert batch.problem is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("500", "source.status"),
        ("503", "source.status"),
        ("429", "source.rate_limited"),
        ("404", "source.status"),
        ("malformed", "source.malformed"),
        ("html", "source.malformed"),
        ("truncated", "source.malformed"),
        ("cut", "source.unreachable"),
        ("empty", "source.empty"),
    ],
)
async def test_a_fault_that_stays_is_named(name: str, fault: str, code: str, upstream: Upstream) -> None:
    upstream.fault(f"{name}:{fault}:always")
    with pytest.raises(SourceError) as caught:
        await collect(name, upstream.url, Limits(timeout=120))
    assert caught.value.code == code
    assert caught.value.arguments["source"] in tuple(SourceName)
    assert len(upstream.log()) <= 11


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", ["timeout", "slow=30"])
async def test_a_stall_that_stays_ends_soon(name: str, fault: str, upstream: Upstream) -> None:
    upstream.fault(f"{name}:{fault}:always")
    with pytest.raises(SourceError) as caught:
        await collect(name, upstream.url, Limits(timeout=0.3, lost_in_all=0.7))
    assert caught.value.code == "source.timeout"
    # Whatever it asks for in all, its patience is for three time-outs at most.
    assert len(upstream.log()) <= 3


async def test_nobody_listening_is_unreachable() -> None:
    with pytest.raises(SourceError) as caught:
        await collect("hf", "http://127.0.0.1:9", Limits())
    assert caught.value.code == "source.unreachable"
    assert caught.value.arguments["problem"]


async def test_one_lost_day_of_a_week(upstream: Upstream) -> None:
    whole = await collect("hf", upstream.url, Limits())
    upstream.fault("hf:404:1")
    batch = await collect("hf", upstream.url, Limits())
    assert (batch.papers, batch.problem) == (whole.papers, "source.status")  # the first day of the week is a Tuesday


class RealPace:
    """Turns one after the other, `interval` seconds apart."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._lock = asyncio.Lock()
        self._next = 0.0

    @asynccontextmanager
    async def turn(self, key: str, interval: float) -> AsyncIterator[None]:
        async with self._lock:
            await asyncio.sleep(self._next - time.monotonic())
            yield
            self._next = time.monotonic() + self._interval

    async def pause(self, key: str, seconds: float) -> None:
        raise AssertionError("arXiv was asked too hastily")


async def test_fault_2_every_paper_of_both_carries_signals_of_both_at_a_small_price(polite_upstream: Upstream) -> None:
    url = polite_upstream.url
    window = week_to(DAY.year, DAY.month, DAY.day)
    arxiv = Arxiv(url, Manner(AGENT), pace=RealPace(0.25), interval=0.25)
    hugging_face = HuggingFace(url, Manner(AGENT), clock=now)
    scholar = SemanticScholar(url, Manner(AGENT), clock=now, api_key="any")
    try:
        batches = await asyncio.gather(*(s.collect(window, TOPICS) for s in (arxiv, hugging_face, scholar)))
        known = merge([], [paper for batch in batches for paper in batch.papers])
        # Vectors of all papers would make a long answer, and tell no more.
        looked_up = [p for p in known if SourceName.HUGGINGFACE in p.sources]
        unrecorded = [p for p in known if p.arxiv_id and p.listings and SourceName.ARXIV not in p.sources]
        records, added = await asyncio.gather(
            arxiv.enrich(unrecorded, window.end), scholar.enrich(looked_up, window.end)
        )
    finally:
        for asked in (arxiv, hugging_face, scholar):
            await asked.aclose()
    papers = merge([], [*known, *records.papers, *added.papers])
    of_hugging_face = [p for p in papers if SourceName.HUGGINGFACE in p.sources]
    daily = invented.days().daily
    assert len(of_hugging_face) == sum(len(items) for day, items in daily.items() if window.start.date() <= day <= DAY)
    for paper in of_hugging_face:
        assert set(paper.sources) == set(SourceName)
        assert {SignalKind.UPVOTES, SignalKind.CITATIONS, SignalKind.LISTED} <= {s.kind for s in paper.signals}
    assert len({p.arxiv_id for p in papers}) == len(papers) == len(known)
    assert {p.id for p in of_hugging_face} == set(added.vectors)
    assert any(p.tldr for p in papers)

    log = polite_upstream.log()
    pages = math.ceil(len(batches[0].papers) / 500)
    assert [e["note"] for e in log if e["note"]] == []
    assert len(polite_upstream.log("arxiv")) <= 3 + pages
    assert len(polite_upstream.log("hf")) <= 8
    assert len(polite_upstream.log("s2")) <= 2
    assert {e["user_agent"] for e in log} == {"kawaraban/0 (+self-hosted)"}


async def test_a_day_of_the_past_does_not_change_with_the_day_it_is_made_on(upstream: Upstream) -> None:
    upstream.today("2026-02-23")
    then = await collect("hf", upstream.url, Limits())
    assert all(s.seen_at <= WINDOW.end for p in then.papers for s in p.signals)
    upstream.today("2026-02-27")
    assert await collect("hf", upstream.url, Limits()) == then

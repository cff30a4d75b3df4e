"""An invented paper with a summary that passes the check, and a scripted summarizer."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bot.models import Draft, Paper, StopReason, SummaryRequest, Usage
from bot.store.location import sqlite_url
from bot.store.store import Store
from tests.support import stores

FIRST, OTHER = "claude-haiku-5-5", "claude-sonnet-5-5"
COST = 0.01

HEADLINE = "PebbleSort：波に負けず小石を1.87倍速く並べるオートマトン"
TEXT = (
    "浜辺の小石の整列は、波が作業を元に戻すため時間がかかるという問題がある。"
    "著者らは、辛抱強いオートマトンが動かす小石を強化学習によって選ぶ手法PebbleSortを提案する。"
    "ShoreBenchベンチマークでは、従来手法より8%多くの小石を整列し、1.87倍高速に動作したと報告している。"
)


def paper(number: int = 1) -> Paper:
    return replace(
        stores.paper(number),
        title=f"PebbleSort: Sorting Pebbles with Patient Automata, part {number}",
        abstract=(
            "Sorting pebbles on a beach is slow, because the waves undo the work. We propose PebbleSort, a method in "
            "which patient automata choose by reinforcement learning which pebble to move. On the ShoreBench benchmark "
            "PebbleSort sorts 8% more pebbles than earlier methods and runs 1.87x faster."
        ),
    )


def papers(count: int) -> list[Paper]:
    return [paper(number) for number in range(1, count + 1)]


def database(folder: Path) -> Path:
    """Create a database with the papers 1 to 9, as a template for copies, because creating one is slow."""
    path = folder / "template.sqlite3"

    async def make() -> None:
        async with Store.open(sqlite_url(path)) as store:
            await store.papers.save(papers(9))

    asyncio.run(make())
    return path


@asynccontextmanager
async def opened(template: Path, folder: Path) -> AsyncIterator[Store]:
    """Open a store on a copy of the template."""
    path = shutil.copy(template, folder / "kawaraban.sqlite3")
    async with Store.open(sqlite_url(path)) as store:
        yield store


def good(request: SummaryRequest) -> Draft:
    return Draft(request.model, StopReason.COMPLETE, Usage(100, 200, usd=COST), HEADLINE, TEXT)


def invented(request: SummaryRequest) -> Draft:
    """Return a draft with a figure that is not in the paper."""
    return replace(good(request), text=TEXT.replace("8%", "47.3%"))


def refused(request: SummaryRequest) -> Draft:
    return Draft(request.model, StopReason.REFUSED, Usage(100, 1, usd=COST))


@dataclass
class Author:
    """A Summarizer that answers with `write` and records its requests."""

    write: Callable[[SummaryRequest], Draft] = good
    asked: list[SummaryRequest] = field(default_factory=list)
    pause: Callable[[SummaryRequest], Awaitable[object]] | None = None  # awaited before each answer
    at_once: int = 0
    most_at_once: int = 0

    async def summarize(self, request: SummaryRequest) -> Draft:
        self.asked.append(request)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.pause:
                await self.pause(request)
            return self.write(request)
        finally:
            self.at_once -= 1

    def estimate(self, request: SummaryRequest) -> float:
        return COST

    @property
    def models(self) -> list[str]:
        return [request.model for request in self.asked]


@dataclass
class Clock:
    """A wall clock that stands still until moved."""

    now: datetime = stores.NOW

    def __call__(self) -> datetime:
        return self.now

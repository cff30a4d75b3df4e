"""Measure the time and memory of a morning, and their growth with the number of papers.

    python -m bench.pipeline [--sizes 100,1000,10000] [--seed N] [--self-check]

For each size, a fresh process plays two mornings of one week with invented papers. The real sources read the answers of
an in-process stand-in; the real merge, store, ranking and renderers do the rest, in the order of `bot.papers.collect`
and `bot.digests.digest`. The second morning is measured, when most papers are stored already and have more upvotes. All
ranked papers are rendered, as a Hugo post and as JSON, not only those of a digest. Small sizes run several times, and
the fastest run of each stage counts.

Seconds are wall time; growth is of processor time, which other work on the machine disturbs less.

`--self-check` is a fast run that fails if a result is wrong or a stage grows too fast.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from adapters.hugo import render as hugo
from adapters.json import render as as_json
from bench.invented import PERIOD, Upstream
from bot.models import (
    ChannelKey,
    ChannelSettings,
    Choice,
    Digest,
    DigestStatus,
    Entry,
    Paper,
    SourceName,
    SourceReport,
    Style,
    Summary,
    Window,
)
from bot.papers.merge import merge
from bot.ranking.rank import rank
from bot.ranking.select import candidates, select
from bot.sources.arxiv import Arxiv
from bot.sources.http import Manner
from bot.sources.huggingface import HuggingFace
from bot.sources.semantic_scholar import SemanticScholar
from bot.store.location import sqlite_url
from bot.store.store import Store
from bot.words import words_for

ROOT = Path(__file__).resolve().parents[1]
SIZES = (100, 1_000, 10_000)
FAST_SIZES = (100, 1_000)
STAGES = ("collect", "look up", "merge", "save", "load", "rank", "select", "render")
STEEPEST = 1.2  # largest exponent of a stage's growth
# A busy machine may multiply times over one decade; only extreme growth is a fault there.
STEEPEST_OF_A_FAST_RUN = 1.8
TOO_SHORT_TO_JUDGE = 0.02  # seconds at the largest size; below that, growth is noise
RUNS_OF = 2_000  # total papers for the repeated runs of one size (at least one run, at most five)

DUE = datetime(2031, 5, 14, 23, 59, 59, tzinfo=UTC)
CHANNEL = ChannelKey("terminal", "bench")
SETTINGS = ChannelSettings(keywords=("agent", "retrieval"), muted_keywords=("blockchain",), authors=("Ada Example",))


@dataclass
class Watch:
    """Totals each stage's wall and processor seconds (all threads), excluding those of the stand-in."""

    upstream: Upstream
    wall: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))
    processor: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        making = self.upstream
        wall, processor = time.perf_counter() - making.wall, time.process_time() - making.processor
        yield
        self.wall[name] += time.perf_counter() - making.wall - wall
        self.processor[name] += time.process_time() - making.processor - processor


class Morning:
    """One morning's work on an open store, keeping its results for checks."""

    def __init__(self, store: Store, upstream: Upstream, due_at: datetime) -> None:
        self.upstream = upstream
        self.watch = Watch(upstream)
        self.window = Window(due_at - timedelta(days=7), due_at)
        self.ranked: Sequence[Choice] = ()
        self.chosen: tuple[Choice, ...] = ()
        self.post = ""
        self.document = ""
        self._store = store
        upstream.now = due_at

    async def run(self) -> None:
        stage = self.watch.stage
        await self._collect()
        with stage("load"):
            papers = await self._store.papers.listed(self.window)
        with stage("rank"):
            pool = candidates(papers, self.window, frozenset())
            self.ranked = ranked = rank(pool, SETTINGS, self.window.end, "bench", peers=papers)
        with stage("select"):
            self.chosen = select(ranked, SETTINGS.size, "bench")
        with stage("render"):
            digest = self._digest()
            self.post = hugo.render(digest, words_for(digest.language))
            self.document = as_json.digest(digest, words_for(digest.language))

    async def _collect(self) -> None:
        stage = self.watch.stage
        transport = httpx.MockTransport(self.upstream.answer)
        async with AsyncExitStack() as stack:
            manner = Manner("bench", transport=transport)
            arxiv = Arxiv("http://arxiv", manner, pace=self._store.pace, interval=0)
            hf = HuggingFace("http://hf", manner, clock=self._now)
            scholar = SemanticScholar("http://s2", manner, clock=self._now)
            for source in (arxiv, hf, scholar):
                stack.push_async_callback(source.aclose)
            with stage("collect"):
                batches = [await source.collect(self.window, SETTINGS.topics) for source in (arxiv, hf, scholar)]
                fresh = [paper for batch in batches for paper in batch.papers]
            with stage("look up"):
                found = await self._store.papers.matching({key for paper in fresh for key in paper.keys})
                stored = tuple({paper.id: paper for paper in found.values()}.values())
            with stage("merge"):
                known = merge(stored, fresh)
            with stage("collect"):
                records = await arxiv.enrich(_without_record(known), self.window.end)
                graph = await scholar.enrich(known, self.window.end)
        with stage("merge"):
            complete = merge(stored, [*known, *records.papers, *graph.papers])
        with stage("save"):
            await self._store.papers.save(complete, graph.vectors)
        self.problems = [batch.problem for batch in (*batches, records, graph) if batch.problem or batch.dropped]

    def _now(self) -> datetime:
        return self.window.end

    def _digest(self) -> Digest:
        entries = (Entry(n, c.paper, c.score, c.reasons, _summary(c.paper)) for n, c in enumerate(self.ranked, 1))
        reports = tuple(SourceReport(source, len(self.ranked)) for source in SourceName)
        status = DigestStatus(len(self.ranked), reports)
        return Digest(CHANNEL, self.window.end.date(), self.window.end, "ja", status, tuple(entries))

    def wrong(self) -> list[str]:
        """Return a sentence for each wrong result."""
        documented = json.loads(self.document)["entries"]
        on_both = [c for c in self.ranked if {SourceName.ARXIV, SourceName.HUGGINGFACE} <= {*c.paper.sources}]
        papers, both = self.upstream.distinct, self.upstream.on_both
        checks = {
            f"a source failed or dropped papers: {self.problems}": not self.problems,
            f"{len(self.ranked)} papers ranked, not {papers}": len(self.ranked) == papers,
            f"{len(on_both)} papers of both sources, not {both}": len(on_both) == both,
            "a paper of both sources without its upvotes": all("upvotes" in c.parts for c in on_both),
            "no velocity known": any("velocity" in c.parts for c in on_both),
            f"{len(self.chosen)} papers chosen": len(self.chosen) == min(SETTINGS.size, papers),
            f"{len(documented)} papers in the JSON": len(documented) == papers,
            "papers missing in the post": self.post.count("\n### ") == papers,
        }
        return [text for text, is_right in checks.items() if not is_right]


def _without_record(papers: Sequence[Paper]) -> list[Paper]:
    return [paper for paper in papers if paper.arxiv_id and SourceName.ARXIV not in paper.sources]


def _summary(paper: Paper) -> Summary:
    """Return a summary of typical length, made of the paper's own words."""
    return Summary("ja", Style.BRIEF, headline=paper.title[:60], text=paper.abstract[:400])


async def measure(size: int, seed: int, folder: Path) -> Morning:
    """Play two mornings and return the second."""
    upstream = Upstream(size, seed, Window(DUE - timedelta(days=7), DUE))
    async with Store.open(sqlite_url(folder / "bench.sqlite3")) as store:
        await Morning(store, upstream, DUE - timedelta(days=1)).run()
        morning = Morning(store, upstream, DUE)
        await morning.run()
    return morning


def run_size(size: int, seed: int) -> dict[str, object]:
    """Return one size's figures, as its process prints them."""
    at_start = _peak_bytes()
    mornings = []
    for _ in range(max(1, min(5, RUNS_OF // size))):
        with tempfile.TemporaryDirectory() as folder:
            mornings.append(asyncio.run(measure(size, seed, Path(folder))))
    peak = _peak_bytes()
    return {
        "wall": {stage: min(morning.watch.wall[stage] for morning in mornings) for stage in STAGES},
        "processor": {stage: min(morning.watch.processor[stage] for morning in mornings) for stage in STAGES},
        "wrong": mornings[-1].wrong(),
        "start": at_start,
        "peak": peak,
    }


def _peak_bytes() -> int:
    """Return this process's peak memory in bytes; Linux reports kibibytes, macOS bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def fresh_process(size: int, seed: int) -> dict[str, Any]:
    """Return the figures of a size from a new process, because a process's peak memory never falls."""
    command = [sys.executable, "-m", "bench.pipeline", "--sizes", str(size), "--seed", str(seed), "--here"]
    answer = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def order_of_growth(small: float, large: float, factor: float) -> float:
    """Return the x for which a `factor` times larger input costs factor**x as much."""
    return math.log(max(large, 1e-9) / max(small, 1e-9)) / math.log(factor)


def report(sizes: Sequence[int], figures: Sequence[dict[str, Any]], steepest: float = STEEPEST) -> list[str]:
    """Print the table. Return the stages that grow faster than n^`steepest`, and the wrong results."""
    faults = [f"{size:,} papers: {text}" for size, found in zip(sizes, figures, strict=True) for text in found["wrong"]]
    factor = sizes[-1] / sizes[0]
    compares = f"{sizes[0]:,} to {sizes[-1]:,}"
    print(f"{'papers':<14}" + "".join(f"{size:>11,}" for size in sizes) + f"   {compares}")
    for name in (*STAGES, "all"):
        stages = STAGES if name == "all" else (name,)
        wall, processor = (
            [sum(found[clock][stage] for stage in stages) for found in figures] for clock in ("wall", "processor")
        )
        order = order_of_growth(processor[0], processor[-1], factor) if factor > 1 else 0.0
        steep = order > steepest and processor[-1] >= TOO_SHORT_TO_JUDGE
        if steep:
            faults.append(f"{name} grows as n^{order:.2f}")
        cells = "".join(f"{seconds:>9.3f} s" for seconds in wall)
        growth = f"x {processor[-1] / max(processor[0], 1e-9):.1f}, n^{order:.2f}" if factor > 1 else ""
        print(f"{name:<14}{cells}   {growth}{f'   STEEPER THAN n^{steepest}' if steep else ''}")
    peaks = [found["peak"] / 2**20 for found in figures]
    added = [(found["peak"] - found["start"]) / 2**20 for found in figures]
    for name, mebibytes in (("peak memory", peaks), ("above start", added)):
        growth = f"x {mebibytes[-1] / max(mebibytes[0], 1e-9):.1f}" if factor > 1 else ""
        print(f"{name:<14}" + "".join(f"{value:>7.0f} MiB" for value in mebibytes) + f"   {growth}")
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", help=f"numbers of papers, rising (default: {','.join(map(str, SIZES))})")
    parser.add_argument("--seed", type=int, default=1, help="of the invented papers (default: 1)")
    parser.add_argument("--self-check", action="store_true", help="small sizes; fail where a figure is out of bounds")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # used by the process of one size
    options = parser.parse_args()
    sizes: tuple[int, ...] = FAST_SIZES if options.self_check else SIZES
    if options.sizes is not None:
        try:
            sizes = tuple(sorted(int(size) for size in options.sizes.split(",")))
        except ValueError:
            parser.error(f"--sizes takes whole numbers with commas between, not {options.sizes!r}")
        if sizes[0] < PERIOD:
            parser.error(f"a size is at least {PERIOD}, so that every kind of paper is there")
    if options.here:
        print(json.dumps(run_size(sizes[0], options.seed)))
        return 0
    steepest = STEEPEST_OF_A_FAST_RUN if options.self_check else STEEPEST
    faults = report(sizes, [fresh_process(size, options.seed) for size in sizes], steepest)
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults and options.self_check else 0


if __name__ == "__main__":
    sys.exit(main())

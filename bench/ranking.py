"""Measure the value of votes to the ranking, and its speed.

    python -m bench.ranking [--replay DIR] [--limit N] [--minilm FILE.npz ...] [--speed] [--self-check]

The replay is in the shared material (`bench/ranking` of the folder named by KAWARABAN_SHARED, or `../shared`). It plays
recorded decisions of readers to `bench.taste_ranker`, which wraps the unmodified ranking, to its own baseline (tf-idf
and a linear SVM) and to the ranking without votes. Every ranker gets the same voters, so the ratios are paired.
`--limit` is the number of channels of each kind. MiniLM's vectors are those stored beside the libraries, and files
given with `--minilm` (named `screening…npz`, with the arrays `ids` and `x`); without one, that part is skipped.

`--speed` measures only times. `--self-check` plays a small invented world and ignores times.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from bench.taste_ranker import DUE, SHOWN, Ranker, factory
from bot.digests.digest import Digests, Order
from bot.models import (
    Channel,
    ChannelKey,
    MessageRef,
    Paper,
    PaperId,
    Signal,
    SignalKind,
    SourceName,
    SourceReport,
    Window,
)
from bot.ports import Progress
from bot.store.location import sqlite_url
from bot.store.store import Store
from bot.store.votes import StoredVote
from bot.summaries.budget import Budget
from bot.summaries.summaries import Summaries
from bot.taste.embedding.word_vectors import WordVectors
from bot.taste.placement import Placement
from bot.taste.tastes import Tastes

NOISE, SEEDS = 0.07, 3
# Thresholds on the development halves, default install: ratio to the SVM's hits, and ratio of hits with votes to
# without.
BARS = {("libraries", "single"): 1.28, ("libraries", "multi"): 1.25, ("screening", "single"): 0.97}
# Set for the held-out halves (1.58, 1.65, 1.10) and converted to the development halves in proportion to the default
# install's: 1.28 there and here, 1.38 there and 1.25 here, 1.05 there and 0.97 here.
MINILM_BARS = {("libraries", "single"): 1.58, ("libraries", "multi"): 1.49, ("screening", "single"): 1.02}
VOTES_BARS = {"libraries": 1.2, "screening": 1.08}
SUBJECTS = (
    "cache eviction memory serving latency batch decoding throughput scheduler prefill bandwidth kernel",
    "folding residue sequence ligand binding structure enzyme docking backbone assay fold domain",
    "grasping arm torque gripper manipulation trajectory contact simulator locomotion joint wrench balance",
    "phoneme acoustic speaker recognition waveform prosody vocoder transcript accent tone pitch voice",
    "proof theorem lemma tactic formal prover induction axiom logic verification goal rewrite",
    "diffusion image texture pixel denoising style layout caption mask inpainting frame render",
)


@dataclass
class World:
    """A replay's papers."""

    text: Mapping[int, str]
    cache: dict[str, Any] = field(default_factory=dict)
    emb: tuple[NDArray[np.int64], NDArray[np.float32]] | None = None


class VotesIgnored(Ranker):
    """The ranking with only what its channel named at the start, ignoring votes."""

    def observe(self, shown: Sequence[int], votes: Mapping[int, tuple[int, int]]) -> None:
        if not self._opinions:
            super().observe(shown, votes)


def ignoring(papers: Any, seed: int) -> Ranker:
    factory(papers, seed)
    return VotesIgnored(papers.cache["kawaraban"], seed)


def replayed(folder: Path, limit: int, minilm: Sequence[Path]) -> bool:
    """Print the figures of both data sets. Return whether all thresholds are met."""
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True  # leave the shared material unchanged
    replay, baselines = import_module("replay"), import_module("baselines")
    met = True
    for name in ("libraries", "screening"):
        kinds = ("single", "multi") if name == "libraries" else ("single",)

        def run(make: Callable[..., Any], vectors: Path | None = None, name: str = name, kinds: Any = kinds) -> Any:
            play, papers = replay.load(folder / f"{name}_dev.json.gz", vectors)
            return replay.run(make, play, papers, kinds, NOISE, os.cpu_count() or 1, limit, SEEDS)

        svm, deaf, ours = run(baselines.sanity_svm), run(ignoring), run(factory)
        for kind in kinds:
            met &= judged(f"{name} {kind}, default", ours[kind], svm[kind], BARS[name, kind])
            met &= judged(f"{name} {kind}, votes to none", ours[kind], deaf[kind], VOTES_BARS[name])
            print(f"    P@5 by days 1-5, 6-10, 11-20, 21-40: {' '.join(f'{p:.3f}' for p in ours[kind]['p5'])}")
        beside = [*folder.glob(f"{name}_minilm*.npz"), *(file for file in minilm if file.name.startswith(name))]
        for file in beside[:1]:
            theirs = run(factory, file)
            for kind in kinds:
                met &= judged(f"{name} {kind}, MiniLM", theirs[kind], svm[kind], MINILM_BARS[name, kind])
    return met


def judged(what: str, ours: Mapping[str, Any], theirs: Mapping[str, Any], bar: float) -> bool:
    """Print the paired ratio with its standard error over channels. Return whether it reaches `bar`."""
    mine, others = np.array(ours["hits"], float), np.array(theirs["hits"], float)
    ratio = mine.sum() / others.sum()
    error = float(np.std(mine - ratio * others, ddof=1) / np.sqrt(len(mine)) / others.mean())
    print(
        f"{what:34} {mine.mean():6.2f} / {others.mean():6.2f} hits = {ratio:.3f} ± {error:.3f}"
        f"  (bar {bar:.2f}) {'' if ratio >= bar else 'BELOW'}",
        flush=True,
    )
    return bool(ratio >= bar)


def invented(count: int, seed: int = 1) -> dict[int, str]:
    """Return texts like abstracts, by number; the subject of number n is n modulo the number of subjects."""
    chance = Random(seed)
    common = [f"word{n}" for n in range(3_000)]
    texts = {}
    for number in range(count):
        words = chance.choices(SUBJECTS[number % len(SUBJECTS)].split(), k=40) + chance.choices(common, k=160)
        chance.shuffle(words)
        texts[number] = f"On {' '.join(words[:8])}. {' '.join(words[8:])}"
    return texts


def self_check() -> bool:
    """Check that a channel that likes one subject is mostly shown that subject with its votes, and not without."""
    world = World(invented(600))
    ranker, deaf, chance = factory(world, 1), factory(world, 1), Random(2)
    hits = without = 0
    numbers = list(world.text)
    chance.shuffle(numbers)
    for day in range(12):
        pool = numbers[50 * day : 50 * day + 50]
        shown = ranker.rank(pool)[:SHOWN]
        ranker.observe(shown, {n: (int(n % len(SUBJECTS) == 0), int(n % len(SUBJECTS) != 0)) for n in shown})
        if day >= 4:
            hits += sum(n % len(SUBJECTS) == 0 for n in shown)
            without += sum(n % len(SUBJECTS) == 0 for n in deaf.rank(pool)[:SHOWN])
    print(f"liked papers among 40 shown: {hits} with votes, {without} without")
    return hits >= 30 and without <= 15


def speed() -> None:
    """Print processor seconds, the best of several runs; set OPENBLAS_NUM_THREADS to use one core."""
    texts = list(invented(1_000).values())
    words = WordVectors()
    asyncio.run(words.embed(texts[:1]))
    print(f"embedding 1,000 abstracts: {best(1, lambda: asyncio.run(words.embed(texts))):.2f} s (bar 2)")
    world = World(invented(13_000))
    factory(world, 0)
    for candidates, votes, bar in ((200, 100, "10"), (2_000, 1_000, "50"), (2_000, 3_000, "-"), (2_000, 10_000, "-")):
        ranker = factory(world, 1)
        for start in range(0, votes, SHOWN):
            shown = range(start, start + SHOWN)
            ranker.observe(shown, {n: (1, 0) if n % 2 else (0, 1) for n in shown})
        pool = list(range(11_000, 11_000 + candidates))
        taken = 1000 * best(5, lambda ranker=ranker, pool=pool: ranker.rank(pool))  # type: ignore[misc]  # bound at once
        print(f"{candidates:,} candidates, {votes:,} votes: {taken:.1f} ms (bar {bar})")
    asyncio.run(from_the_store())


def best(runs: int, work: Callable[[], object]) -> float:
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


class Collected:
    """A collector that asks nobody, because everything is stored."""

    async def collect(
        self,
        window: Window,  # noqa: ARG002 (the port's)
        topics: Sequence[str],  # noqa: ARG002 (the port's)
        progress: Progress | None = None,  # noqa: ARG002 (the port's)
    ) -> tuple[SourceReport, ...]:
        return (SourceReport(SourceName.ARXIV, 1),)


async def from_the_store(papers: int = 10_000, channels: int = 400) -> None:
    """Time the digests of channels with their own votes, from papers of the last 30 days."""
    chance = Random(3)
    stored = [_stored(number, text, papers) for number, text in invented(papers).items()]
    with tempfile.TemporaryDirectory() as folder:
        async with Store.open(sqlite_url(Path(folder) / "bench.sqlite3")) as store:
            await store.papers.save(stored)
            for number in range(channels):
                key = ChannelKey("bench", str(number))
                told = chance.sample(stored, 100)
                await store.votes.put(
                    StoredVote(MessageRef("bench", f"{number}/{p.id.value}"), "v", "👍", key, p.id, True, DUE)
                    for p in told
                )
                await store.digests.mark_shown(key, [paper.id for paper in told], DUE)
            placement = Placement(store, WordVectors())
            while await placement.run():
                pass
            summaries = Summaries(
                store, None, Budget(store, None, ZoneInfo("UTC"), lambda: DUE), ("m", None), lambda: DUE
            )
            digests = Digests(store, Collected(), summaries, Tastes(store, placement))
            times = []
            for number in range(channels):
                start = time.process_time()
                channel = Channel(ChannelKey("bench", str(number)))
                await digests.make(Order(channel, DUE.date(), DUE + timedelta(hours=1), preview=True))
                times.append(time.process_time() - start)
            early, late = (sorted(some)[len(some) // 2] for some in (times[1:100], times[-100:]))
            print(f"first digest of a window out of {papers:,} stored papers: {1000 * times[0]:.0f} ms")
            print(f"another channel's: {1000 * early:.0f} ms (bar 150); after {channels} channels {1000 * late:.0f} ms")
            print(f"10,000 channels: {(sum(times) + (10_000 - channels) * late) / 60:.1f} min (bar 10)")


def _stored(number: int, text: str, papers: int) -> Paper:
    title, _, abstract = text.partition(". ")
    at = DUE - timedelta(days=30 * number / papers)
    paper = Paper(PaperId.arxiv(f"3105.{number:05d}"), title, abstract, ("Ada Example",), at, "https://example.org")
    signals = [Signal(SourceName.ARXIV, SignalKind.LISTED, 1, at)]
    if number % 10 == 0:
        signals += [
            Signal(SourceName.HUGGINGFACE, SignalKind.LISTED, 1, at),
            Signal(SourceName.HUGGINGFACE, SignalKind.UPVOTES, number % 97, DUE),
        ]
    return replace(paper, categories=("cs.CL",), signals=tuple(signals))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures. Return 1 if one is below its threshold."""
    parser = argparse.ArgumentParser(prog="python -m bench.ranking", description=(__doc__ or "").splitlines()[0])
    beside = Path(__file__).resolve().parents[2] / "shared"
    shared = Path(os.environ.get("KAWARABAN_SHARED", beside)) / "bench" / "ranking"
    parser.add_argument("--replay", type=Path, default=shared, help="the folder with replay.py and its data")
    parser.add_argument("--limit", type=int, default=0, help="channels of a kind; 0 for all")
    parser.add_argument("--minilm", type=Path, action="append", default=[], help="vectors of a data set")
    parser.add_argument("--speed", action="store_true", help="times alone")
    parser.add_argument("--self-check", action="store_true", help="a small invented world")
    options = parser.parse_args(arguments)
    if options.self_check:
        return 0 if self_check() else 1
    speed()
    if options.speed:
        return 0
    if not (options.replay / "replay.py").is_file():
        print(f"no replay in {options.replay}", file=sys.stderr)
        return 2
    return 0 if replayed(options.replay, options.limit, options.minilm) else 1


if __name__ == "__main__":
    sys.exit(main())

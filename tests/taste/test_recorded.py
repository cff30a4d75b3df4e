"""Votes on one day change the next one's digest, and say so; taken back, they never were."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.digests.digest import Digests, Order
from bot.models import (
    Channel,
    ChannelKey,
    ChannelSettings,
    Digest,
    MessageRef,
    Paper,
    PaperId,
    ReasonKind,
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
from bot.words import words_for
from bot.words.sentences import why
from tests.fakes import invented
from tests.fakes.sources_corpus import Corpus, load
from tests.ranking.test_recorded import add_day, midnight

HERE = ChannelKey("fake", "C1")
DAYS = [date(2026, 2, day) for day in (23, 24, 25)]
NEXT = date(2026, 2, 26)
DUE = datetime(2026, 2, 26, 23, 59, 59, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """Days with a field of research in them: papers of it that are liked, what marks one, and one of the next day."""

    corpus: Corpus
    liked: tuple[PaperId, ...]
    marks: re.Pattern[str]
    description: str
    keyword: str
    tomorrows: PaperId

    def is_of_the_field(self, paper: Paper) -> bool:
        """Whether it speaks of the field more than in passing."""
        return len(self.marks.findall(f"{paper.title} {paper.abstract}")) >= 3


def invented_world() -> World:
    """The field of canal locks."""
    corpus, theme = invented.days(), invented.LANDMARK.theme
    of_it = [record for day in DAYS for record in corpus.listing(day) if theme.task in record.abstract.lower()]
    return World(
        corpus,
        tuple(PaperId.arxiv(record.id) for record in of_it[:3]),
        re.compile(r"barge|canal|\block|queue|basin", re.IGNORECASE),
        "queues of barges, canal locks",
        invented.LANDMARK.method,
        PaperId.arxiv(invented.landmark().id),
    )


def real_world(shared: Path) -> World:
    """How to run models fast: a cache of keys and values, scheduling of prefill, context in parallel."""
    return World(
        load(shared / "recordings"),
        tuple(PaperId.arxiv(number) for number in ("2602.20732", "2602.16603", "2602.21196")),
        re.compile(
            r"latency|throughput|kv[- ]?cache|gpu|bandwidth|serving|inference|speedup|speed-up|decoding|efficien",
            re.IGNORECASE,
        ),
        "KV cache, agentic inference",
        "DualPath",
        PaperId.arxiv("2602.21548"),
    )


class Collected:
    """What was collected before."""

    async def collect(
        self, window: Window, topics: Sequence[str], progress: Progress | None = None
    ) -> tuple[SourceReport, ...]:
        return (SourceReport(SourceName.ARXIV, 100),)


@dataclass
class Morning:
    store: Store
    digests: Digests
    papers: dict[PaperId, Paper]
    world: World

    async def preview(self, **settings: object) -> Digest:
        channel = Channel(HERE, ChannelSettings(language="en", **settings))  # type: ignore[arg-type]  # by name
        return await self.digests.make(Order(channel, NEXT, DUE, preview=True))

    def of_the_field(self, digest: Digest) -> set[PaperId]:
        return {entry.paper.id for entry in digest.entries if self.world.is_of_the_field(entry.paper)}

    async def vote(self, ids: Sequence[PaperId], *, present: bool = True, voter: str = "ada") -> None:
        at = DUE - timedelta(hours=20) if present else DUE - timedelta(hours=1)
        await self.store.votes.put(
            [
                StoredVote(MessageRef("fake", f"C1/{n}"), voter, "👍", HERE, paper, present=present, at=at)
                for n, paper in enumerate(ids)
            ]
        )


@pytest.fixture(scope="module", params=["invented", pytest.param("real", marks=pytest.mark.needs("shared"))])
def world(request: pytest.FixtureRequest) -> World:
    return invented_world() if request.param == "invented" else real_world(request.getfixturevalue("shared"))


@pytest.fixture
async def morning(world: World, tmp_path: Path) -> AsyncIterator[Morning]:
    papers: dict[PaperId, Paper] = {}
    for day in (*DAYS, NEXT):
        add_day(papers, world.corpus, day, midnight(day) + timedelta(days=1, seconds=-1))
    async with Store.open(sqlite_url(tmp_path / "taste.sqlite3")) as store:
        await store.papers.save(papers.values())
        await store.digests.mark_shown(HERE, world.liked, DUE - timedelta(days=1))
        summaries = Summaries(store, None, Budget(store, None, ZoneInfo("UTC"), lambda: DUE), ("m", None), lambda: DUE)
        tastes = Tastes(store, Placement(store, WordVectors()))
        yield Morning(store, Digests(store, Collected(), summaries, tastes), papers, world)


async def test_likes_of_one_day_change_the_next_and_taking_them_back_restores_it(morning: Morning) -> None:
    liked = morning.world.liked
    before = await morning.preview()
    await morning.vote(liked)
    after = await morning.preview()

    assert all(morning.world.is_of_the_field(morning.papers[paper]) for paper in liked)
    assert len(morning.of_the_field(after)) >= len(morning.of_the_field(before)) + 2
    assert len(after.entries) == len(before.entries) == 5
    titles = {morning.papers[paper].title for paper in liked}
    said = [entry for entry in after.entries if entry.reasons[0].kind is ReasonKind.SIMILAR]
    assert len(said) >= 3
    for entry in said:
        assert entry.reasons[0].subject in titles
        assert "with a 👍 in this channel" in why(words_for("en"), entry.reasons)
        assert "👍が付いた論文に類似" in why(words_for("ja"), entry.reasons)

    await morning.vote(liked, present=False)
    assert await morning.preview() == before


async def test_a_saved_digest_is_not_touched_by_later_votes(morning: Morning) -> None:
    order = Order(Channel(HERE, ChannelSettings(language="en")), NEXT, DUE)
    made = await morning.digests.make(order)
    await morning.vote(morning.world.liked)
    assert await morning.digests.make(order) == made


async def test_named_papers_and_words_of_ones_own_do_the_same(morning: Morning) -> None:
    before = await morning.preview()
    named = await morning.preview(likes=morning.world.liked)
    described = await morning.preview(description=morning.world.description)

    assert len(morning.of_the_field(named)) > len(morning.of_the_field(before))
    assert any(reason.kind is ReasonKind.SEED for entry in named.entries for reason in entry.reasons)
    assert morning.world.tomorrows in morning.of_the_field(described)
    assert any(reason.kind is ReasonKind.DESCRIPTION for entry in described.entries for reason in entry.reasons)


async def test_any_paper_can_be_explained(morning: Morning) -> None:
    liked, tomorrows = morning.world.liked, morning.papers[morning.world.tomorrows]
    await morning.vote(liked)
    channel = Channel(HERE, ChannelSettings(language="en"))
    chosen = await morning.digests.explain(channel, tomorrows, DUE)
    assert chosen.choice
    assert chosen.choice.parts["taste"] > 0.5
    assert ReasonKind.SIMILAR in {reason.kind for reason in chosen.choice.reasons}
    assert (chosen.shown, chosen.muted) == (False, False)
    assert chosen.place
    assert chosen.place < 20 < chosen.among
    shown = await morning.digests.explain(channel, morning.papers[liked[0]], DUE)
    assert shown.shown
    assert shown.choice
    muting = Channel(HERE, ChannelSettings(muted_keywords=(morning.world.keyword,)))
    muted = await morning.digests.explain(muting, tomorrows, DUE)
    assert muted.muted
    assert muted.choice is None

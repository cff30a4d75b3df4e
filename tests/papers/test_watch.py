"""Watching papers: what one source says, daily, through restarts and failures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.errors import SourceError
from bot.models import Batch, ChannelKey, NewsKind, Paper, PaperEvent, PaperId, SourceName
from bot.papers.watch import AGAIN_AFTER, WATCHED, Watch
from bot.store.store import Store
from tests.support.clocks import StandingClock
from tests.support.stores import paper

HERE, THERE = ChannelKey("fake", "C1"), ChannelKey("fake", "C2")
ARXIV, HF, S2 = SourceName.ARXIV, SourceName.HUGGINGFACE, SourceName.SEMANTIC_SCHOLAR
CODE = "https://github.com/ada/lanterns"
DAY = timedelta(days=1)


@dataclass
class Records:
    """An enricher that has records of some papers, or fails."""

    name: SourceName
    papers: dict[PaperId, Paper] = field(default_factory=dict)
    error: SourceError | None = None
    problem: str | None = None
    asked: list[list[PaperId]] = field(default_factory=list)

    async def enrich(self, papers: Sequence[Paper], seen_at: datetime) -> Batch:
        self.asked.append([one.id for one in papers])
        if self.error:
            raise self.error
        known = tuple(self.papers[one.id] for one in papers if one.id in self.papers)
        return Batch(self.name, known, problem=self.problem)

    def has(self, record: Paper) -> None:
        self.papers[record.id] = record


@dataclass
class Desk:
    """A watch over the papers 1 and 2, which the channel was sent."""

    store: Store
    clock: StandingClock = field(default_factory=StandingClock)
    arxiv: Records = field(default_factory=lambda: Records(ARXIV))
    huggingface: Records = field(default_factory=lambda: Records(HF))
    scholar: Records = field(default_factory=lambda: Records(S2))

    async def begin(self) -> None:
        await self.store.papers.save([paper(1), paper(2), paper(3)])
        await self.store.digests.mark_shown(HERE, [paper(1).id, paper(2).id], self.clock())
        await self.store.digests.mark_shown(THERE, [paper(3).id], self.clock())
        for number in (1, 2, 3):
            self.arxiv.has(replace(paper(number), version=1))

    async def look(self, *channels: ChannelKey) -> int:
        """Look with a new watch, as after a restart."""
        watch = Watch(self.store, (self.arxiv, self.huggingface, self.scholar), self.clock)
        return await watch.run(channels or (HERE,))

    async def news(self) -> list[tuple[NewsKind, str, int, str]]:
        events = await self.store.news.untold()
        return [(one.kind, str(one.paper.value), one.version, one.address) for one in events]


@pytest.fixture
async def desk(store: Store) -> Desk:
    desk = Desk(store)
    await desk.begin()
    return desk


async def test_a_version_a_withdrawal_and_code_are_noticed_once(desk: Desk) -> None:
    assert await desk.look() == 0
    desk.clock.now += DAY
    desk.arxiv.has(replace(paper(1), version=2))
    desk.arxiv.has(replace(paper(2), version=2, withdrawn=True))
    desk.huggingface.has(replace(paper(1), code_url=CODE))
    assert await desk.look() == 3

    expected = [
        (NewsKind.CODE, "3105.00001", 0, CODE),
        (NewsKind.VERSION, "3105.00001", 2, ""),
        (NewsKind.WITHDRAWN, "3105.00002", 0, ""),
    ]
    assert sorted(await desk.news()) == expected
    for _ in range(3):
        desk.clock.now += DAY
        assert await desk.look() == 0
    assert sorted(await desk.news()) == expected
    stored = await desk.store.papers.get_many([paper(1).id, paper(2).id])
    assert (stored[paper(1).id].code_url, stored[paper(2).id].withdrawn) == (CODE, True)


async def test_each_paper_is_looked_at_once_a_day_while_it_is_watched(desk: Desk) -> None:
    for hours in (0, 1, 22, 1):
        desk.clock.now += timedelta(hours=hours)
        await desk.look()
    assert desk.arxiv.asked == [[paper(1).id, paper(2).id]] * 2
    desk.clock.now += WATCHED
    await desk.look()
    assert len(desk.arxiv.asked) == 2


async def test_a_paper_that_was_just_sent_is_looked_at_soon(desk: Desk) -> None:
    await desk.look()
    await desk.store.digests.mark_shown(HERE, [paper(3).id], desk.clock())
    await desk.look()
    assert desk.arxiv.asked[1:] == [[paper(3).id]]


async def test_a_failure_is_no_news_and_asked_again(desk: Desk) -> None:
    await desk.look()
    desk.clock.now += AGAIN_AFTER
    desk.arxiv.error = SourceError("source.down", source="arxiv")
    assert await desk.look() == 0
    desk.arxiv.error = None
    desk.arxiv.has(replace(paper(1), version=2))
    assert await desk.look() == 1


async def test_a_partial_answer_says_nothing_of_what_it_lacks(desk: Desk) -> None:
    desk.huggingface.problem = "source.timeout"
    desk.huggingface.has(replace(paper(2), code_url=""))
    await desk.look()
    desk.huggingface.problem = None
    desk.huggingface.has(replace(paper(1), code_url=CODE))
    assert await desk.look() == 0  # the first sight of paper 1
    desk.clock.now += DAY
    desk.huggingface.has(replace(paper(2), code_url=CODE))
    assert await desk.look() == 1


async def test_code_that_came_with_a_collection_is_news_too_and_needs_no_request(desk: Desk) -> None:
    await desk.look()
    await desk.store.papers.save([replace(paper(1), code_url=CODE)])
    before = len(desk.huggingface.asked)
    assert await desk.look() == 1
    assert len(desk.huggingface.asked) == before
    assert await desk.news() == [(NewsKind.CODE, "3105.00001", 0, CODE)]


async def test_only_papers_elsewhere_are_asked_of_semantic_scholar(desk: Desk) -> None:
    elsewhere = replace(paper(4), id=PaperId.doi("10.1000/x"), arxiv_id=None, doi="10.1000/x")
    await desk.store.papers.save([elsewhere])
    await desk.store.digests.mark_shown(HERE, [elsewhere.id], desk.clock())
    desk.scholar.has(elsewhere)
    await desk.look()
    assert desk.scholar.asked == [[elsewhere.id]]
    assert elsewhere.id not in desk.arxiv.asked[0]
    desk.clock.now += DAY
    desk.scholar.has(replace(elsewhere, withdrawn=True))
    assert await desk.look() == 1


async def test_papers_of_other_channels_are_left_alone(desk: Desk) -> None:
    assert await desk.look(ChannelKey("fake", "C9")) == 0
    assert desk.arxiv.asked == []
    await desk.look(HERE, THERE)
    assert desk.arxiv.asked == [[paper(1).id, paper(2).id, paper(3).id]]


async def test_what_was_noticed_moves_with_a_paper_that_turns_out_to_be_another(desk: Desk) -> None:
    graph = replace(paper(5), id=PaperId.doi("10.1000/y"), arxiv_id=None, doi="10.1000/y", title="Lanterns elsewhere")
    await desk.store.papers.save([graph])
    at = desk.clock()
    await desk.store.news.note(S2, {}, [PaperEvent(graph.id, NewsKind.WITHDRAWN, at)], at)
    assert await desk.news() == []  # nothing is noted of what nobody saw
    desk.scholar.has(graph)
    await desk.store.digests.mark_shown(HERE, [graph.id], at)
    await desk.look()
    desk.clock.now += DAY
    desk.scholar.has(replace(graph, withdrawn=True))
    await desk.look()
    await desk.store.papers.save([replace(paper(1), doi="10.1000/y")])
    assert await desk.news() == [(NewsKind.WITHDRAWN, "3105.00001", 0, "")]

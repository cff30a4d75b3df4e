"""The ranking on six days, each digest after the other, as a channel would have had them.

The days are invented, and once more the real ones, where the shared test material is at hand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.models import ChannelSettings, Choice, Paper, PaperId, ReasonKind, Signal, SignalKind, SourceName, Window
from bot.ranking.rank import Ranking, rank
from bot.ranking.select import candidates, select
from tests.fakes import invented
from tests.fakes.sources_corpus import Corpus, load

DAYS = [date(2026, 2, day) for day in (20, 23, 24, 25, 26, 27)]
SIZE = 5
SETTINGS = ChannelSettings(size=SIZE)


@dataclass(frozen=True)
class Day:
    date: date
    candidates: tuple[Paper, ...]
    ranked: Ranking
    chosen: tuple[Choice, ...]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def add_day(known: dict[PaperId, Paper], corpus: Corpus, day: date, due_at: datetime) -> None:
    """What the two sources listed on the day, merged by id."""
    announced = midnight(day) + timedelta(hours=1)
    for listed in corpus.listing(day):
        paper = Paper(
            PaperId.arxiv(listed.id),
            listed.title,
            listed.abstract,
            listed.authors,
            announced,
            f"https://arxiv.org/abs/{listed.id}",
            categories=listed.categories,
            signals=(Signal(SourceName.ARXIV, SignalKind.LISTED, 1, announced),),
        )
        if set(paper.categories) & set(SETTINGS.topics):
            known.setdefault(paper.id, paper)
    for item in corpus.daily[day]:
        record = item["paper"]
        at = datetime.fromisoformat(record["submittedOnDailyAt"])
        paper_id = PaperId.arxiv(record["id"])
        fresh = Paper(paper_id, record["title"], record["summary"], (), at, f"https://arxiv.org/abs/{record['id']}")
        signals = (
            Signal(SourceName.HUGGINGFACE, SignalKind.LISTED, 1, at),
            Signal(SourceName.HUGGINGFACE, SignalKind.UPVOTES, record["upvotes"], due_at),
        )
        before = known.get(paper_id, fresh)
        known[paper_id] = replace(before, signals=before.signals + signals)


@pytest.fixture(scope="module", params=["invented", pytest.param("real", marks=pytest.mark.needs("shared"))])
def days(request: pytest.FixtureRequest) -> list[Day]:
    corpus = invented.days() if request.param == "invented" else load(request.getfixturevalue("shared") / "recordings")
    known: dict[PaperId, Paper] = {}
    shown: set[PaperId] = set()
    found = []
    for day in DAYS:
        due_at = midnight(day) + timedelta(days=1, seconds=-1)
        add_day(known, corpus, day, due_at)
        window = Window(due_at - timedelta(days=7), due_at)
        pool = candidates(known.values(), window, shown)
        peers = [paper for paper in known.values() if paper.id in shown]
        ranked = rank(pool, SETTINGS, due_at, f"terminal:default:{day}", peers=peers)
        chosen = select(ranked, SIZE, f"terminal:default:{day}")
        shown |= {choice.paper.id for choice in chosen}
        found.append(Day(day, pool, ranked, chosen))
    return found


def is_on_hf(choice: Choice) -> bool:
    return SourceName.HUGGINGFACE in choice.paper.sources


def test_every_day_is_full_and_no_paper_comes_twice(days: list[Day]) -> None:
    assert [len(day.chosen) for day in days] == [SIZE] * len(DAYS)
    assert len({choice.paper.id for day in days for choice in day.chosen}) == SIZE * len(DAYS)


def test_every_day_explores_one_paper_that_hugging_face_does_not_have(days: list[Day]) -> None:
    for day in days:
        explored = [c for c in day.chosen if c.reasons[0].kind is ReasonKind.EXPLORE]
        assert [is_on_hf(choice) for choice in explored] == [False]
        assert explored[0].parts["topic"] >= 0.3  # of the channel's topics, not a mere cross-listing
    assert sum(not is_on_hf(choice) for day in days for choice in day.chosen) >= len(DAYS)


def test_a_days_best_voted_new_paper_is_in_the_digest(days: list[Day]) -> None:
    for day in days:
        new = [c for c in day.ranked if is_on_hf(c) and max(s.seen_at for s in c.paper.listings).date() == day.date]
        best = max(new, key=lambda c: c.parts["upvotes"])
        assert best.paper.id in {choice.paper.id for choice in day.chosen}


def test_papers_of_both_sources_keep_the_signals_of_both(days: list[Day]) -> None:
    both = [c for day in days for c in day.ranked if len(c.paper.sources) == 2]
    assert both
    for choice in both:
        assert {"upvotes", "sources"} <= choice.parts.keys()


def test_selection_costs_little_of_the_score(days: list[Day]) -> None:
    """Diversity chooses between papers that are about as good; it does not reach for the bottom of the list."""
    for day in days:
        places = [day.ranked.index(choice) for choice in day.chosen[:-1]]
        assert max(places) < 3 * SIZE

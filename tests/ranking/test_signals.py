"""What signals are worth beside each other."""

from __future__ import annotations

import math
from datetime import timedelta
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Paper, Signal, SignalKind
from bot.ranking.signals import (
    LARGEST_COUNT,
    Observed,
    Standing,
    citations,
    freshness,
    observe,
    standings,
    upvotes,
    velocity,
)
from tests.support.ranking_papers import ARXIV, DUE, HF, S2, ago, listed, paper, voted
from tests.support.ranking_papers import citations as cited
from tests.support.ranking_papers import upvotes as votes


def seen(*papers: Paper) -> list[Observed]:
    return [observe(p, DUE) for p in papers]


def percentiles(found: list[Standing | None]) -> list[float | None]:
    return [standing.percentile if standing else None for standing in found]


# --- what is known ----------------------------------------------------------------------------


def test_the_newest_count_is_the_one_that_is_known() -> None:
    observed = observe(paper("a", votes(9, hours=2), votes(3, hours=30), votes(4, hours=20)), DUE)
    assert observed.counts == {(HF, SignalKind.UPVOTES): 9}


def test_what_was_seen_after_the_instant_is_unknown() -> None:
    observed = observe(paper("a", listed(HF), listed(ARXIV, -1), votes(3), votes(99, hours=-0.001)), DUE)
    assert observed.counts == {(HF, SignalKind.UPVOTES): 3}
    assert list(observed.listed) == [HF]


def test_the_instant_itself_counts() -> None:
    assert observe(paper("a", listed(HF, 0), votes(3, hours=0)), DUE).counts == {(HF, SignalKind.UPVOTES): 3}


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (math.nan, None),
        (math.inf, None),
        (-math.inf, None),
        (-5.0, 0.0),
        (1e300, LARGEST_COUNT),
        (0.0, 0.0),
    ],
)
def test_hostile_counts_are_clipped_or_were_never_given(value: float, known: float | None) -> None:
    assert observe(paper("a", listed(HF), votes(value)), DUE).counts.get((HF, SignalKind.UPVOTES)) == known


def test_a_count_that_is_no_number_leaves_the_one_before() -> None:
    assert observe(paper("a", votes(7, hours=9), votes(math.nan)), DUE).counts == {(HF, SignalKind.UPVOTES): 7}


def test_of_two_counts_of_one_instant_the_larger_is_known_in_any_order() -> None:
    signals = [votes(3), votes(8), votes(5)]
    for order in permutations(signals):
        assert observe(paper("a", *order), DUE).counts == {(HF, SignalKind.UPVOTES): 8}


def test_the_newest_listing_is_the_papers_age() -> None:
    assert observe(paper("a", listed(ARXIV, 50), listed(HF, 3), listed(HF, 8)), DUE).age(DUE) == timedelta(hours=3)


# --- standings --------------------------------------------------------------------------------


def test_standings_by_hand() -> None:
    values = np.array([5.0, 1.0, 5.0, 9.0, 7.0, 0.0])
    groups = np.array([0, 0, 0, 0, 1, 2])
    below, percentile = standings(values, groups)
    assert below.tolist() == [0.25, 0.0, 0.25, 0.75, 0.0, 0.0]
    assert percentile.tolist() == [0.5, 0.125, 0.5, 0.875, 0.5, 0.5]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4).map(float)), min_size=1))
def test_standings_are_what_counting_gives(rows: list[tuple[int, float]]) -> None:
    below, percentile = standings(np.array([v for _, v in rows]), np.array([g for g, _ in rows]))
    for (group, value), share, middle in zip(rows, below, percentile, strict=True):
        mates = [v for g, v in rows if g == group]
        less, equal = sum(v < value for v in mates), sum(v == value for v in mates)
        assert share == pytest.approx(less / len(mates))
        assert middle == pytest.approx((less + equal / 2) / len(mates))


def test_upvotes_stand_within_their_day() -> None:
    found = upvotes(seen(voted("a", 10), voted("b", 20), voted("old", 500, hours=60), voted("older", 400, hours=60)))
    assert percentiles(found) == [0.25, 0.75, 0.75, 0.25]


def test_the_days_are_those_of_utc() -> None:
    late, early = paper("late", listed(HF, 24.1), votes(9)), paper("early", listed(HF, 23.9), votes(1))
    assert percentiles(upvotes(seen(late, early))) == [0.5, 0.5]


def test_equal_upvotes_share_the_middle_rank() -> None:
    assert percentiles(upvotes(seen(voted("a", 4), voted("b", 4), voted("c", 4), voted("d", 9)))) == [
        0.375,
        0.375,
        0.375,
        0.875,
    ]


def test_the_only_paper_of_its_day_stands_in_the_middle() -> None:
    assert upvotes(seen(voted("a", 149))) == [Standing(149, 0.0, 0.5)]


def test_no_upvotes_earn_nothing() -> None:
    assert percentiles(upvotes(seen(voted("a", 0), voted("b", 0)))) == [0.0, 0.0]


def test_a_paper_that_no_voting_source_knows_has_no_standing() -> None:
    assert upvotes(seen(paper("a", listed(ARXIV)), voted("b", 2))) == [None, Standing(2, 0.0, 0.5)]


def test_a_listing_without_a_count_is_a_listing_without_upvotes() -> None:
    found = upvotes(seen(paper("bare", listed(HF)), voted("b", 2)))
    assert found == [Standing(0, 0.0, 0.0), Standing(2, 0.5, 0.75)]


def test_a_count_without_a_listing_of_its_source_stands_on_the_papers_newest_day() -> None:
    looked_up = paper("a", listed(ARXIV, 5), votes(30))
    assert percentiles(upvotes(seen(looked_up, voted("b", 3), voted("old", 99, hours=60)))) == [0.75, 0.25, 0.5]


def test_fault_3_upvotes_and_citations_are_never_on_one_scale() -> None:
    """One citation more or less must not move a standing by upvotes, however many upvotes there are."""
    few, many = paper("few", listed(HF), votes(2), cited(900)), paper("many", listed(HF), votes(300), cited(1))
    assert percentiles(upvotes(seen(few, many))) == [0.25, 0.75]
    assert percentiles(citations(seen(few, many))) == [0.75, 0.25]


def test_without_citations_there_is_no_credit_however_many_share_it() -> None:
    papers = [paper(f"p{n}", listed(ARXIV), cited(0)) for n in range(9)]
    found = percentiles(citations(seen(*papers, paper("cited", listed(ARXIV), cited(2)))))
    assert found == [0.0] * 9 + [0.95]


def test_citations_of_a_source_that_lists_nothing_stand_on_the_papers_day() -> None:
    today, old = paper("today", listed(ARXIV, 5), cited(1)), paper("old", listed(ARXIV, 60), cited(50))
    assert percentiles(citations(seen(today, old))) == [0.5, 0.5]


# --- velocity and freshness -------------------------------------------------------------------


def rates(*signals: Signal) -> list[float]:
    return [rate.per_day for rate in observe(paper("a", listed(HF), *signals), DUE).upvote_rates]


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ((votes(5, 1),), []),
        ((votes(5, 25), votes(17, 1)), [12.0]),
        ((votes(5, 13), votes(17, 1)), [24.0]),
        ((votes(5, 2), votes(17, 1)), []),  # an hour says nothing of a day
        ((votes(5, 49), votes(11, 25), votes(17, 1)), [6.0]),
        ((votes(0, 150), votes(100, 49), votes(104, 1)), [2.0]),  # what it gained last week is over
        ((votes(50, 25), votes(20, 1)), [-30.0]),
        ((votes(-1e9, 25), votes(1e300, 1)), [LARGEST_COUNT]),
        ((votes(5, 100), votes(17, 1)), []),  # both are too far apart to speak of these days
    ],
)
def test_upvotes_gained_a_day(signals: tuple[Signal, ...], expected: list[float]) -> None:
    assert rates(*signals) == pytest.approx(expected)


def test_velocity_stands_among_all_days_and_a_loss_earns_nothing() -> None:
    fast = paper("fast", listed(HF, 60), votes(1, 25), votes(31, 1))
    slow = paper("slow", listed(HF, 30), votes(1, 25), votes(3, 1))
    falling = paper("falling", listed(HF, 30), votes(9, 25), votes(2, 1))
    still = paper("still", listed(HF, 30), votes(9, 25), votes(9, 1))
    found = velocity(seen(fast, slow, falling, still, voted("unknown", 7)))
    assert percentiles(found) == [0.875, 0.625, 0.0, 0.0, None]


@pytest.mark.parametrize(("days", "expected"), [(0, 1.0), (2, 0.5), (4, 0.25), (7, 0.0884)])
def test_freshness_halves_every_two_days(days: int, expected: float) -> None:
    assert freshness(timedelta(days=days)) == pytest.approx(expected, abs=1e-4)


def test_a_source_unknown_to_votes_does_not_become_one_by_citations() -> None:
    found = paper("a", Signal(S2, SignalKind.LISTED, 1, ago(4)), cited(3))
    assert upvotes(seen(found)) == [None]

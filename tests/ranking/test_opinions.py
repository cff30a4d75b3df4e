"""What a channel thinks, made of what its people said; and that nobody alone decides for many."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.models import PaperId
from bot.ranking.opinions import NEWEST, STRONGEST, Opinion, Rating, opinions
from tests.support.ranking_papers import DUE


def rating(paper: str, voter: str = "ada", value: float = 1.0, hours: float = 0) -> Rating:
    return Rating(PaperId("sample", paper), voter, value, DUE - timedelta(hours=hours))


def values(found: tuple[Opinion, ...]) -> dict[str, float]:
    return {one.paper.value: one.value for one in found}


def weight_of(found: tuple[Opinion, ...], prefix: str) -> float:
    return sum(abs(one.value) for one in found if one.paper.value.startswith(prefix))


def test_many_emoji_of_one_person_are_one_opinion() -> None:
    found = opinions(
        [rating("a"), rating("a", value=2), rating("a", value=2), rating("b", value=-1), rating("b", value=-2)]
    )
    assert values(found) == {"a": STRONGEST, "b": -STRONGEST}


def test_people_add_up() -> None:
    (found,) = opinions([rating("a"), rating("a", "bo", hours=2), rating("a", "cy", hours=1)])
    assert found == Opinion(PaperId("sample", "a"), 3.0, 3, DUE)


def test_two_who_disagree_on_everything_leave_no_opinion() -> None:
    ratings = [rating(str(n), voter, value) for n in range(50) for voter, value in (("ada", 1.0), ("bo", -1.0))]
    assert opinions(ratings) == ()


def test_one_or_two_people_are_their_channel() -> None:
    alone = [rating(f"a{n}", hours=n) for n in range(40)]
    assert weight_of(opinions(alone), "a") == 40
    assert weight_of(opinions([*alone, rating("b", "bo")]), "a") == 40


def test_one_voter_with_ten_thousand_votes_does_not_outweigh_five_others() -> None:
    flood = [rating(f"flood{n}", "flo", hours=n / 100) for n in range(10_000)]
    others = [rating(f"own{voter}{n}", voter, hours=500 + n) for voter in "abcde" for n in range(10)]
    found = opinions([*flood, *others])
    assert len(found) == NEWEST
    assert weight_of(found, "own") == 50
    assert 10 < weight_of(found, "flood") <= 20


def test_one_persons_dislike_does_not_undo_what_many_like() -> None:
    liked = [rating("a", voter) for voter in "bcdef"]
    (found,) = opinions([*liked, rating("a", "flo", -2.0)])
    assert found.value == 3


def test_a_busy_person_among_those_who_seldom_vote_is_heard_still() -> None:
    busy = [rating(f"busy{n}", "bo", hours=n) for n in range(100)]
    found = opinions([*busy, rating("x", "ada"), rating("y", "cy"), rating("z", "di")])
    assert weight_of(found, "busy") == pytest.approx(6)
    assert all(one.value > 0 for one in found)


def test_only_the_newest_count() -> None:
    found = opinions([rating(str(n), hours=n) for n in range(1000)])
    assert {one.paper.value for one in found} == {str(n) for n in range(NEWEST)}
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)


ratings_of_any_kind = st.lists(
    st.builds(
        rating,
        st.integers(0, 30).map(str),
        st.sampled_from("abcdef"),
        st.sampled_from([-2.0, -1.0, -0.5, 0.0, 0.1, 1.0, 2.0]),
        st.integers(0, 9),
    ),
    max_size=60,
)


@given(ratings_of_any_kind, st.randoms(use_true_random=False))
def test_the_order_in_which_ratings_come_makes_no_difference(ratings: list[Rating], chance: object) -> None:
    shuffled = list(ratings)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis gives a random.Random
    assert opinions(shuffled) == opinions(ratings)


@given(ratings_of_any_kind)
def test_no_opinion_is_larger_than_its_voters_could_make_it(ratings: list[Rating]) -> None:
    found = opinions(ratings)
    assert len({one.paper for one in found}) == len(found)
    for one in found:
        assert 0 < abs(one.value) <= STRONGEST * one.voters


@given(ratings_of_any_kind, st.integers(1, 400))
@example([rating("0", "a", -2.0), rating("0", "a", 2.0), rating("0", "b", -2.0)], 7)
def test_nobody_alone_outweighs_a_channel_of_many(ratings: list[Rating], flood: int) -> None:
    """Whatever the others said: as soon as two of them have opinions, a flood weighs at most twice the busier one's."""
    said: defaultdict[tuple[str, PaperId], float] = defaultdict(float)
    for one in ratings:
        said[one.voter, one.paper] += one.value
    # Who takes back with one emoji what another one said has no opinion.
    others = Counter(voter for (voter, _), value in said.items() if round(value, 9))
    if len(others) < 2:
        return
    found = opinions([*ratings, *(rating(f"flood{n}", "flo", hours=n) for n in range(flood))])
    assert weight_of(found, "flood") <= max(6.0, 2.0 * max(others.values())) + 1e-6

"""The bench of the ranking: its invented world, and how its figures are judged."""

from __future__ import annotations

import pytest

from bench.ranking import SUBJECTS, World, ignoring, invented, judged, main
from bench.taste_ranker import factory


def test_votes_turn_an_invented_channel_to_its_subject(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--self-check"]) == 0
    assert "with votes" in capsys.readouterr().out


def test_a_ranker_gives_back_every_candidate_once() -> None:
    ranker = factory(World(invented(60)), 3)
    ranker.observe([0, 1], {0: (2, 0), 1: (0, 0)})
    ranked = ranker.rank(list(range(2, 60)))
    assert sorted(ranked) == list(range(2, 60))
    assert sum(number % len(SUBJECTS) == 0 for number in ranked[:5]) >= 3


def test_ignored_votes_change_nothing() -> None:
    world = World(invented(60))
    deaf = ignoring(world, 3)
    deaf.observe([0], {0: (1, 0)})
    first = set(deaf.rank(list(range(10, 60)))[:3])
    deaf.observe([7], {7: (5, 0)})
    assert len(first & set(deaf.rank(list(range(10, 60)))[:5])) >= 2


def test_a_ratio_below_its_bar_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert judged("good", {"hits": [13, 12]}, {"hits": [10, 10]}, 1.2)
    assert not judged("bad", {"hits": [11, 10]}, {"hits": [10, 10]}, 1.2)
    assert "BELOW" in capsys.readouterr().out

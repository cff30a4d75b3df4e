"""Relevance of blocks: rare words, best sentences, neighbours; and what has nothing to compare."""

from __future__ import annotations

import numpy as np
import pytest

from bot.questions.relevance import best, bm25, relevance, standard


def test_rare_words_weigh_more_than_common_ones() -> None:
    scores = bm25([["model", "pebble"], ["model", "wave"], ["model", "model"]], ["model", "pebble"])
    assert scores.argmax() == 0


def test_a_word_in_a_short_text_weighs_more_than_in_a_long_one() -> None:
    scores = bm25([["pebble"], ["pebble", *["sand"] * 50], ["wave"]], ["pebble"])
    assert scores[0] > scores[1] > scores[2] == 0


def test_a_word_asked_twice_counts_once() -> None:
    texts = [["pebble"], ["wave"]]
    assert (bm25(texts, ["pebble", "pebble"]) == bm25(texts, ["pebble"])).all()


@pytest.mark.parametrize(("texts", "wanted"), [([["a"]], []), ([[]], ["a"]), ([[], []], [])])
def test_nothing_to_compare_scores_nothing(texts: list[list[str]], wanted: list[str]) -> None:
    assert (bm25(texts, wanted) == 0).all()


def test_a_block_has_the_value_of_its_best_sentence() -> None:
    assert best(np.array([0.1, 0.9, -0.5]), [0, 0, 2], 3).tolist() == [0.9, 0.0, -0.5]


def test_standard_scores_of_equal_values_are_zero() -> None:
    assert standard(np.full(4, 0.3)).tolist() == [0.0] * 4
    assert standard(np.array([0.0, 2.0])).tolist() == [-1.0, 1.0]


def test_the_neighbour_of_a_good_block_comes_before_a_lonely_one() -> None:
    blocks = [["pebble", "sort"], ["sand"], ["sand"], ["sand"]]
    scores = relevance(blocks, blocks, range(4), ["pebble", "sort"], np.zeros(4))
    assert scores.argmax() == 0
    assert scores[1] > scores[2]


def test_no_blocks_have_no_scores() -> None:
    assert relevance([], [], [], ["a"], np.zeros(0)).size == 0

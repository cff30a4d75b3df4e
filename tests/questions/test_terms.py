"""The words of a question: folded, without endings, and without those that only ask."""

from __future__ import annotations

import pytest

from bot.questions.glossary import in_english
from bot.questions.terms import folded, stem, terms, without_stop_words


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("datasets", "dataset"),
        ("training", "trained"),
        ("evaluations", "evaluation"),
        ("similarities", "similarity"),
        ("models", "model"),
        ("running", "run"),
        ("uses", "use"),
    ],
)
def test_forms_of_a_word_have_one_stem(word: str, other: str) -> None:
    assert stem(word) == stem(other)


@pytest.mark.parametrize("word", ["bert", "loss", "bus", "gas", "学習", "naïve", "1.87", "is"])
def test_other_words_stay(word: str) -> None:
    assert stem(word) == word


def test_numbers_keep_their_points_and_widths_do_not_matter() -> None:
    assert folded("Ｆ１ rose to 1.87 (GPT-4)") == ["f", "1", "rose", "to", "1.87", "gpt", "4"]


def test_unspaced_scripts_are_pairs_of_characters() -> None:
    assert folded("学習率と") == ["学習", "習率", "率と"]
    assert folded("率") == ["率"]


def test_words_of_asking_are_left_out() -> None:
    assert terms("What is the size of the dataset?") == [stem("size"), stem("dataset")]
    assert without_stop_words("What is the size?") == "size?"
    assert without_stop_words("What is it?") == "What is it?"


@pytest.mark.parametrize(
    ("question", "english"),
    [
        ("なぜGPT-4は1.87倍速いのか", ["GPT-4", "1.87"]),
        ("データセットの大きさは", ["dataset"]),
        ("トークナイザーのパラメーターは何個か", ["parameters"]),
        ("事前学習の学習率は?", ["pretraining", "learning", "rate"]),
        ("Was ist BERT?", ["Was", "ist", "BERT"]),
        ("이 논문의 방법은?", []),
        ("", []),
    ],
)
def test_what_another_language_has_in_common_with_english(question: str, english: list[str]) -> None:
    assert set(english) <= set(in_english(question).split())
    assert english or in_english(question) == ""


def test_the_longest_term_of_the_table_counts() -> None:
    assert "training" not in in_english("学習率").split()

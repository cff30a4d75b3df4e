"""Passages: what is always there, what is chosen, what stays together, and what is asked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import FullText
from bot.questions.passages import Passages, bounded, length, needs_phrases, outline, queries, select
from bot.taste.embedding.word_vectors import WordVectors
from tests.questions.texts import HashedWords, ids, text

FILLER = "We study the way in which lanterns hang on the lines and what the wind does to them in the night"


def paper(answer: str = "The glue dries in 1.87 hours after the paper is cut") -> FullText:
    """A paper of twenty paragraphs; the answer is the third of the second section."""
    sections = [("Abstract", ["We hang lanterns. They glow."])]
    for number, title in enumerate(("Introduction", "Materials", "Experiments", "Conclusion")):
        paragraphs = [f"{FILLER} {number}{n}" for n in range(5)]
        if title == "Materials":
            paragraphs[2] = answer
        sections.append((title, paragraphs))
    return text(*sections)


class Phrases:
    """Answers every question with these phrases, and remembers what it was asked."""

    def __init__(self, *phrases: str) -> None:
        self.phrases = phrases
        self.asked: list[tuple[str, str, tuple[str, ...]]] = []

    async def __call__(self, question: str, title: str, outline: Sequence[str]) -> tuple[str, ...]:
        self.asked.append((question, title, tuple(outline)))
        return self.phrases


async def test_a_text_that_fits_is_returned_whole_and_nothing_is_asked() -> None:
    embedder, phrases = HashedWords(), Phrases("glue")
    whole = paper()
    chosen = await Passages(embedder, phrases).choose(whole, "のりは何時間で乾くか", length(whole))
    assert (chosen.text, chosen.omitted, chosen.phrases) == (whole, 0, ())
    assert (embedder.embedded, phrases.asked) == ([], [])


async def test_the_answer_the_abstract_and_the_outline_are_there_in_reading_order() -> None:
    whole = paper()
    chosen = await Passages(HashedWords()).choose(whole, "How many hours does the glue take to dry?", 500)
    kept = ids(chosen.text)
    assert {"S0.p0", "S2.p2"} <= set(kept)
    assert kept == [one for one in ids(whole) if one in kept]
    assert outline(chosen.text) == outline(whole)
    assert length(chosen.text) <= 500
    assert chosen.omitted == len(ids(whole)) - len(kept) > 0


async def test_titles_lead_to_their_sections() -> None:
    whole = text(
        *((f"{name} of lanterns", [f"{FILLER} {n}" for n in range(4)]) for name in ("Colour", "Weight", "Price"))
    )
    chosen = await Passages(HashedWords()).choose(whole, "weight", 300)
    assert set(ids(chosen.text)) <= {f"S1.p{n}" for n in range(4)} != set()


async def test_phrases_stand_for_a_question_in_another_language() -> None:
    phrases = Phrases(" glue\ndries ", "hours", "glue dries", "")
    chosen = await Passages(WordVectors(), phrases).choose(paper(), "のりは何時間で乾くか", 400)
    assert "S2.p2" in ids(chosen.text)
    assert chosen.phrases == ("glue dries", "hours")
    (asked,) = phrases.asked
    assert asked == ("のりは何時間で乾くか", "Lanterns", outline(paper()))


async def test_no_phrases_are_asked_for_in_the_papers_own_language() -> None:
    phrases = Phrases("nonsense")
    await Passages(HashedWords(), phrases).choose(paper(), "What is the paper that the lanterns are cut of?", 400)
    assert phrases.asked == []


async def test_without_phrases_numbers_and_terms_still_lead_there() -> None:
    asked = "1.87という値は何か"
    for passages in (Passages(HashedWords()), Passages(HashedWords(), Phrases())):
        assert "S2.p2" in ids((await passages.choose(paper(), asked, 400)).text)
    chosen = await Passages(HashedWords()).choose(paper("The tokenizer has a learning rate"), "学習率は?", 400)
    assert "S2.p2" in ids(chosen.text)


@pytest.mark.parametrize(
    ("question", "foreign"),
    [
        ("What does the wind do to the lanterns?", False),
        ("Wie viele Stunden braucht der Kleber?", True),
        ("Combien d'heures faut-il à la colle ?", True),
        ("提灯は風でどうなるか", True),
        ("풀은 몇 시간 만에 마르나요?", True),
        ("", False),
        ("?!", False),
    ],
)
def test_a_questions_language_is_judged_by_the_papers_words(question: str, foreign: bool) -> None:
    assert needs_phrases(paper(), question) is foreign


def test_a_japanese_question_on_a_japanese_paper_needs_no_phrases() -> None:
    japanese = text(("概要", ["提灯を風の中に吊るす方法を調べた。のりは三時間で乾く。"]))
    assert not needs_phrases(japanese, "のりは三時間で乾くか")
    assert queries(japanese, "のりは三時間で乾くか") == ("のりは三時間で乾くか",)


def test_phrases_are_bounded() -> None:
    assert bounded(["a" * 500, "ｂ", "b", "…", *map(str, range(9))]) == ("a" * 200, "b", "0", "1", "2")


def test_a_table_stays_with_its_caption_and_a_formula_with_its_sentence() -> None:
    whole = text(
        ("Results", [FILLER, "caption|Table 1 lists glues", "row|rice 3 h", "row|flour 5 h", FILLER]),
        ("Theory", [FILLER, "The force is", "formula|F = m a", "where m is the mass", FILLER]),
    )
    for best, unit in ((2, {"S0.p1", "S0.p2", "S0.p3"}), (6, {"S1.p1", "S1.p2", "S1.p3"})):
        scores = np.zeros(10)
        scores[best] = 9
        assert set(ids(select(whole, scores, 80).text)) == unit


def test_a_table_larger_than_any_room_is_cut_between_rows() -> None:
    whole = text(("Results", ["caption|Table 1", *(f"row|{'x' * 900} {n}" for n in range(9))]))
    scores = np.arange(10.0)
    assert ids(select(whole, scores, 3_000).text) != []


def test_an_abstract_without_end_leaves_room_for_the_rest() -> None:
    whole = text(("Abstract", [FILLER for _ in range(50)]), ("Glue", ["Rice glue dries"]))
    scores = np.zeros(51)
    scores[50] = 9
    assert "S1.p0" in ids(select(whole, scores, 1_000).text)


def test_an_outline_without_end_leaves_room_for_the_rest() -> None:
    whole = text(*((f"{'t' * 250}{n}", [FILLER]) for n in range(200)), ("x" * 5_000, [FILLER]))
    chosen = select(whole, np.zeros(201), 2_000)
    assert length(chosen.text) <= 2_000
    assert ids(chosen.text) != []


BLOCKS = st.lists(st.text(max_size=60), max_size=5)


@given(
    st.lists(st.tuples(st.sampled_from(["", "Abstract", "Methods"]), BLOCKS), max_size=5),
    st.integers(0, 300),
    st.integers(0, 2**32 - 1),
)
def test_whatever_the_text_the_limit_holds_and_the_order_stays(
    sections: list[tuple[str, list[str]]], limit: int, seed: int
) -> None:
    whole = text(*((title, [one.replace("|", "") for one in blocks]) for title, blocks in sections))
    chosen = select(whole, np.random.default_rng(seed).normal(size=len(ids(whole))), limit)
    assert length(chosen.text) <= limit
    kept = ids(chosen.text)
    assert kept == [one for one in ids(whole) if one in kept]
    assert len(kept) + chosen.omitted == len(ids(whole))


async def test_hostile_texts_are_ranked_too() -> None:
    whole = text(("x" * 10_000, ["a" * 1_000_000, "\ud800 \x00", "formula|" + "∑" * 5_000]), ("", [""]))
    chosen = await Passages(WordVectors()).choose(whole, "why " * 5_000, 8_000)
    assert length(chosen.text) <= 8_000

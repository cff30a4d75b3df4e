"""Answers as Slack messages: what fits, what is cut, and where the rest is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.slack.claims import CANCEL, NEXT, QUOTATIONS, SHARE_ANSWER, answer, quotations
from adapters.slack.views import Origin
from adapters.slack.window import answer_view
from bot.models import Answer, AnswerKind, AnswerView, AskedState, Claim, PaperId, TextSource
from bot.words import words_for
from tests.conformance.slack_world import shown_texts
from tests.fakes.slack_blocks import MOST_CHARACTERS, block_problems, texts, view_problems
from tests.fakes.slack_methods_streams import MOST_APPENDED
from tests.support.digests import make_paper
from tests.support.scripted import claim, quotation

PAPER, OTHER = (
    replace(make_paper(name), id=PaperId.arxiv(name), arxiv_id=name, title=f"On {name}")
    for name in ("2602.00001", "2602.00002")
)
_ORIGIN = Origin("C1")
DONE = AnswerView("9f3c00112233aabb", "Why?", (PAPER,), "en", state=AskedState.DONE)


def of(*claims: Claim, **more: object) -> AnswerView:
    given = Answer(AnswerKind.ANSWERED, claims, sources=(TextSource.HTML,))
    return replace(DONE, answer=replace(given, **more))  # type: ignore[arg-type]  # fields of Answer


def said(view: AnswerView) -> str:
    return "\n".join(shown_texts(answer(view).whole.blocks))


@pytest.mark.parametrize("number", [1, 20, 60])
@pytest.mark.parametrize("size", [10, 400, 3_000])
@pytest.mark.parametrize("letter", ["a", "字", "𝕏"])
def test_every_answer_fits(number: int, size: int, letter: str) -> None:
    proved = (quotation(PAPER, letter * size), quotation(OTHER, letter * size))
    view = of(*(Claim(letter * size, proved) for _ in range(number)), next_questions=(letter * 200,) * 3, dropped=3)
    view = replace(view, question=letter * 1_000, papers=(PAPER, OTHER))
    shown = answer(view, share=True)
    for blocks in (shown.whole.blocks, quotations(view).blocks):
        assert block_problems(blocks) == []
        assert sum(map(len, texts(blocks))) <= MOST_CHARACTERS
    assert sum(map(len, texts([*shown.head, *shown.claims]))) <= MOST_APPENDED
    assert (
        view_problems(answer_view(words_for("en"), "window.quotations", _ORIGIN, quotations(view).blocks), ("modal",))
        == []
    )


def test_claims_are_numbered_across_what_stands_between_them() -> None:
    blocks = answer(of(claim(PAPER, "One."), Claim("In short:"), claim(PAPER, "Two."))).claims
    lists = [part for block in blocks for part in block["elements"] if part["type"] == "rich_text_list"]
    assert [one.get("offset", 0) + 1 for one in lists] == [1, 2]


def test_a_cut_quotation_ends_between_words_and_has_a_button_for_the_whole() -> None:
    long = "The press prints twice as fast because " + "both carriages move " * 20 + "at once."
    cut, whole = of(claim(PAPER, "One.", long)), of(claim(PAPER, "One.", "The press is fast."))
    assert QUOTATIONS in str(answer(cut).tail)
    assert QUOTATIONS not in str(answer(whole).tail)
    (shown,) = [text for text in shown_texts(answer(cut).tail) if "The press" in text]
    assert long.startswith(f"{shown.strip('“”…')} ")
    assert long in "\n".join(shown_texts(quotations(cut).blocks))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_state_says_what_it_is_and_offers_what_it_can(language: str) -> None:
    say = words_for(language).say
    complete = replace(of(claim(PAPER, "One."), next_questions=("And?",)), language=language)
    partial = replace(of(claim(PAPER, "One."), next_questions=("And?",), partial=True), language=language)
    for view, key, there in (
        (replace(complete, state=AskedState.READING, answer=None), "answer.reading", {CANCEL}),
        (replace(complete, state=AskedState.ANSWERING), "answer.answering", {CANCEL}),
        (replace(complete, state=AskedState.CANCELLED), "answer.cancelled", {NEXT}),
        (replace(complete, answer=Answer(AnswerKind.NOT_SAID)), "answer.not_said", {SHARE_ANSWER}),
        (partial, "answer.partial", {SHARE_ANSWER, NEXT}),
    ):
        blocks = str(answer(view, share=True).whole.blocks)
        assert say(key) in "\n".join(shown_texts(answer(view, share=True).whole.blocks))
        assert {one for one in (CANCEL, SHARE_ANSWER, NEXT) if one in blocks} == there


def test_two_papers_are_told_apart_in_claims_and_quotations() -> None:
    both = of(claim(PAPER, "One."), claim(OTHER, "Two."), sources=(TextSource.HTML, TextSource.PDF))
    shown = said(replace(both, papers=(PAPER, OTHER)))
    assert "[About 2602.00001]" in shown
    assert "[About 2602.00002]" in shown
    assert "2602.00002 · Section" in shown

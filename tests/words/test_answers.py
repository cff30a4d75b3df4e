"""What is shown of an answer, and that no renderer lets a paper's or a model's text become anything but text."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from adapters.json import render as as_json
from adapters.markdown import render as as_markdown
from adapters.terminal import render as in_terminal
from bot.models import (
    Answer,
    AnswerKind,
    AnswerView,
    AskedState,
    Claim,
    PaperId,
    Quotation,
    SentenceRef,
    TextSource,
)
from bot.words import words_for
from bot.words.answers import LONGEST_QUOTATION, answer_layout, answer_lines, asked_layout
from tests.support.commonmark import tokens
from tests.support.digests import hostile, make_paper

JA, EN = words_for("ja"), words_for("en")
PAPER = make_paper()
OTHER = replace(make_paper("Another"), id=PaperId.arxiv("2602.00002"), arxiv_id="2602.00002")
QUOTATION = Quotation(
    PAPER.id,
    SentenceRef("S3.p2", 1),
    "The gain is $1.87\\times$.",
    "3 Results",
    "https://arxiv.org/html/2602.00001v1#S3.p2",
)
GLUE, CLAIM = Claim("According to the paper:"), Claim("It is 1.87x faster.", (QUOTATION,))
ANSWER = Answer(
    AnswerKind.ANSWERED, (GLUE, CLAIM, replace(CLAIM, text="And small.")), dropped=2, next_questions=("Why?",)
)


def terminal(answer: Answer) -> str:
    console = Console(file=io.StringIO(), width=100, highlight=False)
    console.print(in_terminal.answer(answer, [PAPER], EN))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_claims_are_numbered_and_glue_is_not() -> None:
    layout = answer_layout(ANSWER, [PAPER], EN)

    assert [claim.number for claim in layout.claims] == [None, 1, 2]
    (quotation,) = layout.claims[1].quotations
    assert (quotation.text, quotation.where, quotation.paper) == ("The gain is 1.87×.", "Section “3 Results”", "")
    assert layout.notes == ("2 statements were left out because no sentence of the paper proves them.",)
    assert (layout.instead, layout.next_heading, layout.next_questions) == ("", "You could ask next:", ("Why?",))


@pytest.mark.parametrize(
    ("answer", "papers", "instead"),
    [
        (Answer(AnswerKind.NOT_SAID), 1, "論文には書かれていません。"),
        (Answer(AnswerKind.NOT_SAID), 2, "どちらの論文にも書かれていません。"),
        (Answer(AnswerKind.UNPROVED, dropped=3), 1, JA.say("answer.unproved")),
        (Answer(AnswerKind.UNPROVED, partial=True), 1, JA.say("answer.late")),
        (Answer(AnswerKind.REFUSED), 1, JA.say("answer.refused")),
    ],
)
def test_the_line_in_place_of_an_answer(answer: Answer, papers: int, instead: str) -> None:
    layout = answer_layout(answer, [PAPER, OTHER][:papers], JA)
    assert (layout.instead, layout.claims, layout.notes) == (instead, (), ())


def test_what_is_missing_is_said() -> None:
    notes = answer_layout(replace(ANSWER, dropped=0, partial=True, abstract_only=True, omitted=7), [PAPER], JA).notes
    assert notes == (
        "回答は途中までです（中断または時間切れ）。続きを見るには、もう一度質問してください。",
        "本文を読み取れなかったため、アブストラクトだけをもとにしています。",
        "長い論文のため、関係が薄いと判断した7段落は調べていません。",
    )


def test_of_two_papers_each_claim_names_its_own() -> None:
    both = Claim("Both are fast.", (QUOTATION, replace(QUOTATION, paper=OTHER.id)))
    layout = answer_layout(Answer(AnswerKind.ANSWERED, (CLAIM, both)), [PAPER, OTHER], EN)
    assert [claim.about for claim in layout.claims] == ["About 2602.00001", "About 2602.00001, 2602.00002"]
    assert [one.paper for one in layout.claims[1].quotations] == ["2602.00001", "2602.00002"]


def test_a_quotation_without_end_is_cut_and_says_so() -> None:
    row = replace(QUOTATION, text="1.87 " * 1_000)
    (quotation,) = (
        answer_layout(Answer(AnswerKind.ANSWERED, (replace(CLAIM, quotations=(row,)),)), [PAPER], EN)
        .claims[0]
        .quotations
    )
    assert len(quotation.text) <= LONGEST_QUOTATION + 1
    assert quotation.text.endswith("…")


VIEW = AnswerView("ab12", "Why?\n", (PAPER,), "en", replace(ANSWER, sources=(TextSource.PDF,)), AskedState.DONE, "U1")


def buttons(view: AnswerView, *, share: bool = False) -> list[tuple[str, int]]:
    assert {one.turn for one in asked_layout(view, EN, share=share).buttons} <= {"ab12"}
    return [(one.kind.value, one.number) for one in asked_layout(view, EN, share=share).buttons]


def test_a_question_is_laid_out_as_far_as_it_is_answered() -> None:
    reading = asked_layout(replace(VIEW, answer=None, state=AskedState.READING, papers=()), EN)
    assert (reading.question, reading.papers, reading.status) == ("Why?", (), "Reading the paper…")
    assert (reading.answer.claims, reading.answer.instead) == ((), "")
    answering = replace(VIEW, state=AskedState.ANSWERING)
    assert asked_layout(answering, EN).status == "Answering…"
    assert (asked_layout(answering, EN).answer.notes, buttons(answering, share=True)) == ((), [("cancel", 0)])

    done = asked_layout(VIEW, EN, share=True)
    assert (done.status, done.papers[0].read, done.papers[0].link) == ("", "read in full, from the PDF", PAPER.url)
    assert done.answer.notes == ("2 statements were left out because no sentence of the paper proves them.",)
    assert (buttons(VIEW), buttons(VIEW, share=True)) == ([("next", 0)], [("share_answer", 0), ("next", 0)])
    assert done.buttons[1].label == "Why?"

    cancelled = replace(VIEW, state=AskedState.CANCELLED)
    assert asked_layout(cancelled, EN).status == "Cancelled."
    assert (len(asked_layout(cancelled, EN).answer.claims), asked_layout(cancelled, EN).answer.instead) == (3, "")


def test_what_was_read_is_said_once_where_it_is_the_abstract() -> None:
    poor = replace(ANSWER, abstract_only=True, sources=(TextSource.ABSTRACT,))
    alone = asked_layout(replace(VIEW, answer=poor), EN)
    assert (alone.papers[0].read, alone.answer.notes[-1]) == ("", "Only the abstract could be read, not the full text.")
    both = replace(poor, sources=(TextSource.HTML, TextSource.ABSTRACT))
    compared = asked_layout(replace(VIEW, answer=both, papers=(PAPER, OTHER)), EN)
    assert [paper.read for paper in compared.papers] == ["read in full", "only the abstract could be read"]


def test_an_answer_in_lines() -> None:
    assert list(answer_lines(VIEW, EN)) == [
        "Why?",
        f"{PAPER.title} · 2602.00001 · read in full, from the PDF",
        "According to the paper:",
        "1. It is 1.87x faster.",
        "“The gain is 1.87×.” Section “3 Results” https://arxiv.org/html/2602.00001v1#S3.p2",
        "2. And small.",
        "“The gain is 1.87×.” Section “3 Results” https://arxiv.org/html/2602.00001v1#S3.p2",
        "2 statements were left out because no sentence of the paper proves them.",
        "You could ask next:",
        "Why?",
    ]


@given(hostile, hostile, hostile)
def test_every_text_of_a_question_is_one_line(question: str, title: str, text: str) -> None:
    answer = replace(ANSWER, claims=(Claim(text, (replace(QUOTATION, text=text, section=title),)),))
    view = replace(VIEW, question=question, papers=(replace(PAPER, title=title),), answer=answer)
    for words in (JA, EN):
        assert all(line.splitlines() == [line] for line in answer_lines(view, words) if line)


def test_in_the_terminal() -> None:
    assert terminal(ANSWER) == (
        "According to the paper:\n"
        "\n"
        "1. It is 1.87x faster.\n"
        "   “The gain is 1.87×.”\n"
        "   Section “3 Results”\n"
        "   https://arxiv.org/html/2602.00001v1#S3.p2\n"
        "\n"
        "2. And small.\n"
        "   “The gain is 1.87×.”\n"
        "   Section “3 Results”\n"
        "   https://arxiv.org/html/2602.00001v1#S3.p2\n"
        "\n"
        "2 statements were left out because no sentence of the paper proves them.\n"
        "\n"
        "You could ask next:\n"
        "   Why?\n"
    )


def test_in_markdown() -> None:
    assert as_markdown.answer(replace(ANSWER, claims=(CLAIM,), dropped=0), [PAPER], "Is it *fast*?", EN) == (
        "## Is it \\*fast\\*?\n"
        "\n"
        "**1\\. It is 1.87x faster.**\n"
        "\n"
        "> The gain is 1.87×.  \n"
        "> [Section “3 Results”](https://arxiv.org/html/2602.00001v1#S3.p2)\n"
        "\n"
        "You could ask next:\n"
        "\n"
        "- Why?\n"
    )


def of(text: str, section: str, url: str) -> Answer:
    quotation = replace(QUOTATION, text=text, section=section, url=url)
    return replace(ANSWER, claims=(Claim(text, (quotation,)),), next_questions=(text,))


@given(hostile, hostile, st.just("https://arxiv.org/html/2602.00001v1#S1") | hostile)
def test_hostile_text_stays_text(text: str, section: str, url: str) -> None:
    answer, plain = of(text, section, url), of("plain", "plain", "https://arxiv.org/html/2602.00001v1#S1")

    drawn = terminal(answer)
    markdown = as_markdown.answer(answer, [PAPER], text, EN)
    value = json.loads(as_json.answer(answer, [PAPER], text, language="en"))

    assert "\x1b" not in drawn
    kinds = {token.type for token in tokens(markdown)}
    assert kinds <= {token.type for token in tokens(as_markdown.answer(plain, [PAPER], "plain", EN))} | {"softbreak"}
    assert value["claims"][0]["text"] == text

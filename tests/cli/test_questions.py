"""`kawaraban paper REF QUESTION` against the stand-ins: answers with their proof, and what is said without one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli.arguments import ref_and_question
from tests.fakes import invented
from tests.support.cli import Result, hurry, kawaraban, online
from tests.support.standins import Claude, Upstream

PAPER = invented.landmark()
QUESTION = "How much does TwinLock raise accuracy over earlier methods on the BargeQueue benchmark?"
QUOTED = "On the BargeQueue benchmark, TwinLock raises accuracy by 38.2% over earlier methods and runs 1.87x faster."


@dataclass
class Desk:
    upstream: Upstream
    claude: Claude
    home: Path

    def ask(self, *arguments: str, stdin: str = "", key: bool = True) -> Result:
        environment = online(self.upstream, self.claude if key else None, self.home)
        return kawaraban("paper", *arguments, environment=environment, stdin=stdin)


@pytest.fixture
def desk(
    empty_sqlite: str, upstream: Upstream, claude: Claude, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.chdir(tmp_path)
    hurry(monkeypatch)
    return Desk(upstream, claude, tmp_path)


@pytest.mark.parametrize(
    ("words", "ref", "question"),
    [
        (["2602.21548"], "2602.21548", None),
        (["2602.21548", "なぜ1.87倍速いのか"], "2602.21548", "なぜ1.87倍速いのか"),
        (["2602.21548", "why", "is", "it", "fast?"], "2602.21548", "why is it fast?"),
        (["https://arxiv.org/abs/2602.21548v2", "Why?"], "https://arxiv.org/abs/2602.21548v2", "Why?"),
        (["attention", "is", "all", "you", "need"], "attention is all you need", None),
        (["Attention is all you need"], "Attention is all you need", None),
        (["Attention is all you need", "Why eight heads?"], "Attention is all you need", "Why eight heads?"),
        (["Attention is all you need", "なぜ？"], "Attention is all you need", "なぜ？"),
        (["arXiv:", "2602.21548"], "arXiv: 2602.21548", None),
        (["2602.21548", "2602.21549"], "2602.21548 2602.21549", None),
        (["2602.21548", "Is it faster than 2602.21549?"], "2602.21548", "Is it faster than 2602.21549?"),
    ],
)
def test_where_the_reference_ends_and_the_question_begins(words: list[str], ref: str, question: str | None) -> None:
    assert ref_and_question(words) == (ref, question)


def test_an_answer_with_its_proof(desk: Desk) -> None:
    result = desk.ask(PAPER.id, QUESTION)

    assert (result.status, result.err) == (0, "")
    lines = [line.strip() for line in result.out.splitlines()]
    assert lines[0] == f"1. According to the paper: {QUOTED}"
    assert f"“{QUOTED}”" in lines
    assert "Section “Abstract”" in lines
    assert f"https://arxiv.org/html/{PAPER.versioned}" in lines
    assert "Only the abstract could be read, not the full text." not in lines
    assert "You could ask next:" in lines


def test_only_the_abstract_could_be_read(desk: Desk) -> None:
    desk.upstream.pages("none")
    lines = [line.strip() for line in desk.ask(PAPER.id, QUESTION).out.splitlines()]

    assert f"https://arxiv.org/abs/{PAPER.id}" in lines
    assert "Only the abstract could be read, not the full text." in lines


def test_the_answer_is_in_the_questions_language_unless_another_is_asked_for(desk: Desk) -> None:
    japanese = desk.ask(PAPER.id, "TwinLockはBargeQueueで精度をどれだけ上げたのか？")
    other = desk.ask(PAPER.id, QUESTION, "--language", "ja", "--format", "json")

    assert japanese.out.startswith(
        "1. 論文によると、BargeQueueとTwinLockについては、38.2%と1.87xという値が示されている。"
    )
    assert f"「{QUOTED}」" in japanese.out
    assert json.loads(other.out)["language"] == "ja"


def test_other_formats(desk: Desk) -> None:
    as_json = json.loads(desk.ask(PAPER.id, QUESTION, "--format", "json").out)
    markdown = desk.ask(PAPER.id, QUESTION, "--format", "markdown").out

    (claim,) = as_json["claims"]
    assert (as_json["kind"], as_json["dropped"], as_json["abstract_only"]) == ("answered", 0, False)
    assert [one["text"] for one in claim["quotations"]] == [QUOTED]
    assert claim["quotations"][0]["sentence"] == "abstract.b/3"
    assert markdown.startswith(f"## {QUESTION}\n\n**1\\. ")
    assert f"> {QUOTED}" in markdown


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("answers_silent", "The paper does not say."),
        ("answers_invented", "No statement in the answer could be proved by a sentence of the paper"),
        ("answers_uncited", "No statement in the answer could be proved by a sentence of the paper"),
        ("refusal", "Claude declined to answer this question."),
    ],
)
def test_in_place_of_an_answer(desk: Desk, mode: str, says: str) -> None:
    desk.claude.mode(mode)

    result = desk.ask(PAPER.id, QUESTION)

    assert result.status == 0
    assert result.out.startswith(says)
    assert "%" not in result.out


def test_what_was_left_out_is_said(desk: Desk) -> None:
    desk.claude.mode("answers_mixed")

    assert "1 statement was left out because no sentence of the paper proves it." in desk.ask(PAPER.id, QUESTION).out


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("?" * 5, "The question is empty."),
        ("why " * 2_500, "The question is too long. Ask one thing, within 1000 characters."),
        ("print(open('x').read())", "This is code, not a question."),
        ("Is it better than 2602.99999?", "No source knows “2602.99999”."),
    ],
)
def test_what_cannot_be_asked_is_one_line_and_costs_nothing(desk: Desk, question: str, says: str) -> None:
    result = desk.ask(PAPER.id, question)

    assert (result.status, result.out) == (1, "")
    assert result.problem.startswith(says)
    assert desk.claude.log() == []


def test_without_a_key(desk: Desk) -> None:
    result = desk.ask(PAPER.id, QUESTION, key=False)

    assert result.status == 1
    assert result.err == "ANTHROPIC_API_KEY is not set, so questions cannot be answered. Set it in .env.\n"


@pytest.mark.parametrize(
    ("mode", "says"),
    [("auth", "Claude rejected the API key."), ("breaks_off", None), ("overloaded", "Claude is overloaded.")],
)
def test_a_model_that_fails(desk: Desk, mode: str, says: str | None) -> None:
    desk.claude.mode(mode)

    result = desk.ask(PAPER.id, QUESTION)

    if says:
        assert (result.status, result.out) == (1, "")
        assert result.problem.startswith(says)
    else:  # one claim was whole before the stream broke off
        assert result.status == 0
        assert "The answer is incomplete" in result.out


def test_two_papers_are_compared(desk: Desk) -> None:
    other = next(record for record in invented.days().listing(PAPER.listed) if record.id != PAPER.id)

    result = desk.ask(PAPER.id, f"{QUESTION} And {other.id}?", "--format", "json")

    answer = json.loads(result.out)
    assert [paper["id"] for paper in answer["papers"]] == [f"arxiv:{PAPER.id}", f"arxiv:{other.id}"]
    (document, second, _) = desk.claude.log()[0]["messages"][0]["content"]
    assert (document["title"], second["title"]) == (PAPER.title, other.title)


def test_questions_typed_one_after_the_other(desk: Desk) -> None:
    result = desk.ask(
        PAPER.id,
        "--ask",
        stdin=f"{QUESTION}\nprint(open('x').read())\nWhat is TwinLock built on, reinforcement learning?\n\nnever\n",
    )

    assert result.status == 0
    assert result.err.splitlines()[0] == f"Ask about “{PAPER.title}”. Enter an empty line to finish."
    assert result.problem.startswith("This is code")
    assert result.out.count("“We propose TwinLock, a method built on reinforcement learning.”") == 1
    answers = [
        entry for entry in desk.claude.log() if "stream" not in entry and entry["messages"][0]["content"][0] != "<"
    ]
    asked = [
        entry["messages"][0]["content"][-1]["text"]
        for entry in answers
        if isinstance(entry["messages"][0]["content"], list)
    ]
    assert len(asked) == 2
    assert QUOTED in asked[1]  # what was answered before


def test_the_command_without_a_question_does_what_it_did(desk: Desk) -> None:
    result = desk.ask(PAPER.id, "--language", "en")

    assert result.status == 0
    assert result.out.splitlines()[0] == PAPER.title
    assert all(isinstance(entry["messages"][0]["content"], str) for entry in desk.claude.log())

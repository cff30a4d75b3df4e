"""What people write about papers: a look-up, a question about which papers, or help."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.commands import Ask, Help, LookUp
from bot.chat.wording import parse_paper
from bot.papers.refs import LONGEST_TEXT
from tests.support.digests import hostile

LONG_TITLE = "A Title That Somebody Has Pasted beside the Address of Its Paper: With a Subtitle of Its Own"
FIRST, SECOND = "2602.21548", "2601.00001"


def refs(text: str, *, inside: bool = False) -> list[str]:
    command = parse_paper(text, inside=inside)
    assert isinstance(command, Ask), command
    return [ref.value for ref in command.papers if not hasattr(ref, "scheme")]


@pytest.mark.parametrize(
    ("text", "papers", "question"),
    [
        ("2602.21548 なぜ1.87倍速いのか", [FIRST], "なぜ1.87倍速いのか"),
        ("arXiv:2602.21548v2 training data", [FIRST], "training data"),
        ("https://arxiv.org/abs/2602.21548: why is it fast?", [FIRST], "why is it fast?"),
        ("<https://arxiv.org/abs/2602.21548|the paper> なぜ速いのか", [FIRST], "なぜ速いのか"),
        ("なぜ速いの？ https://arxiv.org/abs/2602.21548", [FIRST], "なぜ速いの?"),
        ("Which GPUs were used? (arXiv:2602.21548)", [FIRST], "Which GPUs were used?"),
        ("2602.21548はなぜ速いのか", [FIRST], "2602.21548はなぜ速いのか"),
        ("why is 2602.21548 so fast?", [FIRST], "why is 2602.21548 so fast?"),
        ("Wie schnell ist 2602.21548", [FIRST], "Wie schnell ist 2602.21548"),
        ("2602.21548 2601.00001 どちらが速い？", [FIRST, SECOND], "どちらが速い?"),
        ("2602.21548 and 2601.00001: which is faster?", [FIRST, SECOND], "which is faster?"),
        ("2602.21548と2601.00001を比較して", [FIRST, SECOND], "2602.21548と2601.00001を比較して"),
        ("10.1145/3458817.3476145 what speedup?", ["10.1145/3458817.3476145"], "what speedup?"),
        ('"Attention Is All You Need" why eight heads?', ["Attention Is All You Need"], "why eight heads?"),
        (
            "Why does “Attention Is All You Need” use eight heads?",
            ["Attention Is All You Need"],
            "Why does “Attention Is All You Need” use eight heads?",
        ),
        ("「拡散モデルの言語生成」はなぜ速い？", ["拡散モデルの言語生成"], "「拡散モデルの言語生成」はなぜ速い？"),
        ("学習データは何件ですか", [], "学習データは何件ですか"),
        ('what is "attention" here?', [], 'what is "attention" here?'),
    ],
)
def test_a_reference_and_a_question(text: str, papers: list[str], question: str) -> None:
    command = parse_paper(text)
    assert isinstance(command, Ask)
    assert (refs(text), command.question, command.beside) == (papers, question, False)


@pytest.mark.parametrize(
    "text",
    [
        "2602.21548",
        "<https://arxiv.org/abs/2602.21548>",
        "https://arxiv.org/abs/2602.21548 please summarise this paper",
        "2602.21548 summary?",
        "2602.21548 要約して",
        "2602.21548 を要約してください",
        "look at https://arxiv.org/abs/2602.21548, it's great!",
        "2602.21548 面白い論文です！",
        "2602.21548 2601.00001",
        f"https://arxiv.org/abs/2602.21548 {LONG_TITLE}",
        "Attention Is All You Need",
        '"Attention Is All You Need"',
        "hello",
        "ありがとう",
    ],
)
def test_a_reference_and_nothing_to_answer_is_looked_up(text: str) -> None:
    assert isinstance(parse_paper(text), LookUp)


@pytest.mark.parametrize("text", ["", "  \n", "help", "ヘルプ", "Help"])
@pytest.mark.parametrize("inside", [True, False])
def test_help(text: str, inside: bool) -> None:
    assert parse_paper(text, inside=inside) == Help()


def test_in_a_papers_thread_all_but_small_talk_is_a_question() -> None:
    for text in ("training data", "Attention Is All You Need", "“frozen” というのは", "and the second table"):
        assert parse_paper(text, inside=True) == Ask((), text, parse_text(text))
    for text in ("why?", "何ですか？"):
        assert isinstance(parse_paper(text, inside=True), Ask)
    for text in ("thanks!", "了解です", "👍"):
        assert isinstance(parse_paper(text, inside=True), LookUp)
    assert isinstance(parse_paper("2601.00001", inside=True), LookUp)


def parse_text(text: str) -> str:
    command = parse_paper(text, inside=True)
    assert isinstance(command, Ask)
    return command.text


@pytest.mark.parametrize(
    "text",
    ["How does it compare with 2601.00001?", "この論文は2601.00001とどう違いますか", "Is it faster than 2601.00001?"],
)
def test_a_comparison_with_what_was_talked_about(text: str) -> None:
    command = parse_paper(text)
    assert isinstance(command, Ask)
    assert (refs(text), command.beside) == ([SECOND], True)
    assert command == parse_paper(text, inside=True)


def test_a_reference_in_front_is_the_paper_meant_even_in_a_thread() -> None:
    command = parse_paper("2601.00001: is it faster than BERT?", inside=True)
    assert isinstance(command, Ask)
    assert not command.beside


@given(st.lists(st.one_of(hostile, st.sampled_from([FIRST, "“", "”", "why", "なぜ", "?"])), max_size=6).map(" ".join))
def test_every_text_is_some_command(text: str) -> None:
    for inside in (True, False):
        command = parse_paper(text, inside=inside)
        if isinstance(command, Ask):
            assert command.question.strip()
            assert len(command.question) <= LONGEST_TEXT + len(text)


def test_a_text_of_a_megabyte_is_read_at_once() -> None:
    assert isinstance(parse_paper("why " * 250_000), Ask)

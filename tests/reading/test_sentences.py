"""Sentences end where a reader ends them, and nothing but blanks is lost between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.sentences import LONGEST, split


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One lamp. Two lamps.", ["One lamp.", "Two lamps."]),
        ("As in Wick et al. (2024), it glows. We agree.", ["As in Wick et al. (2024), it glows.", "We agree."]),
        ("It follows Wick et al. We differ.", ["It follows Wick et al.", "We differ."]),
        ("See Fig. 3 and Eqs. (4) and Sec. $k$. Next.", ["See Fig. 3 and Eqs. (4) and Sec. $k$.", "Next."]),
        ("The answer is no. Nobody asked, see no. 5 there.", ["The answer is no.", "Nobody asked, see no. 5 there."]),
        ("Some lamps, e.g. Argand lamps, i.e. The old ones.", ["Some lamps, e.g. Argand lamps, i.e. The old ones."]),
        ("A. B. Lamp and J.-P. Wick wrote it.", ["A. B. Lamp and J.-P. Wick wrote it."]),
        ("We use vitamin C. The rest is oil.", ["We use vitamin C.", "The rest is oil."]),
        ("(see App. A). Then it ends.", ["(see App. A).", "Then it ends."]),
        ("It rose by 1.87 times. 3.5 is more.", ["It rose by 1.87 times.", "3.5 is more."]),
        ("Let $f. G$ be one. It is.", ["Let $f. G$ be one.", "It is."]),
        ("We set $x = 1.$ Then $y$ follows. $z$ does not.", ["We set $x = 1.$", "Then $y$ follows.", "$z$ does not."]),
        ("It costs $5. We pay $10 for it.", ["It costs $5.", "We pay $10 for it."]),
        ("1. We light it. 2. We watch.", ["1. We light it.", "2. We watch."]),
        ("“It glows.” Nobody moved! Why? (Fear.) So.", ["“It glows.”", "Nobody moved!", "Why?", "(Fear.)", "So."]),
        ("灯りをともす。「明るい。」と言った。次へ進む。", ["灯りをともす。", "「明るい。」と言った。", "次へ進む。"]),
        ("値は３．５である．次を見る．", ["値は３．５である．", "次を見る．"]),
        ("  ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert list(split(text)) == expected


def test_a_megabyte_of_one_word_is_cut() -> None:
    pieces = split("x" * 1_000_000)

    assert max(map(len, pieces)) <= LONGEST
    assert "".join(pieces) == "x" * 1_000_000


@given(st.text(alphabet=st.sampled_from("aB1 .!?$\\。「」)(\n\u3000éx")) | st.text())
def test_only_blanks_are_lost(text: str) -> None:
    pieces = split(text)

    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(piece == piece.strip() and piece for piece in pieces)
    assert pieces == split(text)


@given(st.lists(st.sampled_from(["We light it.", "Is it on?", "Let $a. B$ be."]), min_size=1, max_size=8))
def test_plain_sentences_come_apart(sentences: list[str]) -> None:
    assert list(split(" ".join(sentences))) == sentences

"""What emoji mean, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.taste.emoji import DEFAULT, LONGEST, STRONGEST, normalised, rank_of, value_of


@pytest.mark.parametrize(
    ("emoji", "value"),
    [
        ("👍", 1), ("👍🏽", 1), ("👎🏿", -1), ("❤️", 2), ("❤", 2), ("❤️‍🔥", 2), ("🙆‍♀️", 1), ("🙅🏻‍♂️", -1), (" 🎉 ", 2),
        ("🍣", 0), ("1️⃣", 0), (":shipit:", 0), ("", 0), ("\ufe0f", 0), ("🏽", 0), ("like", 0),
    ],
)  # fmt: skip
def test_what_emoji_count(emoji: str, value: float) -> None:
    assert value_of(emoji, {}) == value


def test_a_channel_has_values_of_its_own() -> None:
    own = {"🍣": 1.5, "👍": 0.0, ":shipit:": 2.0, "🔥": -9.0}

    assert [value_of(emoji, own) for emoji in ("🍣", "👍🏻", ":shipit:", "🔥", "🎉")] == [1.5, 0, 2, -STRONGEST, 2]


@pytest.mark.parametrize(
    ("emoji", "rank"),
    [
        ("1️⃣", 1), ("1⃣", 1), ("9️⃣", 9), ("🔟", 10), ("0️⃣", None), ("#️⃣", None), ("1", None), ("１", None), ("👍", None),
        ("", None), ("12⃣", None),
    ],
)  # fmt: skip
def test_numbers_pick_a_paper(emoji: str, rank: int | None) -> None:
    assert rank_of(emoji) == rank


def test_the_table_is_written_as_it_is_compared() -> None:
    assert [emoji for emoji in DEFAULT if normalised(emoji) != emoji] == []
    assert all(0 < abs(value) <= STRONGEST for value in DEFAULT.values())
    assert all(rank_of(emoji) is None for emoji in DEFAULT)


@given(st.text())
@example("0" * 63 + " 0")
@example("a \ufe0f")
def test_any_text_is_some_emoji(text: str) -> None:
    name = normalised(text)

    assert len(name) <= LONGEST
    assert normalised(name) == name
    assert abs(value_of(text, {})) <= STRONGEST

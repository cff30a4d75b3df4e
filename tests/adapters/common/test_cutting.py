"""A cut text fits, says that it was cut, and breaks nothing apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.common.cutting import CUT, cut, units

PIECES = st.lists(st.sampled_from(["a", "語", "😀", "\u200d", "\ufe0f", " ", "&amp;", "\\*", "\n"]), max_size=12)


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("abc", 3), ("瓦版", 2), ("👍", 2), ("👩‍👩‍👧", 8), ("a\u0301", 2)]
)
def test_units_are_those_of_utf16(text: str, length: int) -> None:
    assert units(text) == length == len(text.encode("utf-16-le")) // 2


@given(PIECES, st.integers(-1, 14), st.sampled_from([units, len]))
def test_as_many_whole_pieces_as_fit_are_kept(pieces: list[str], room: int, measure: type[int]) -> None:
    made = cut(pieces, room, measure)
    whole = "".join(pieces)

    assert measure(made) <= max(room, 0)
    if sum(map(measure, pieces)) <= max(room, 0):
        assert made == whole
    elif room > 0:
        assert made.endswith(CUT)
        assert made.removesuffix(CUT) in {"".join(pieces[:number]) for number in range(len(pieces))}
    else:
        assert made == ""


@pytest.mark.parametrize(
    ("pieces", "room", "made"),
    [
        (["a", "b", "c"], 3, "abc"),
        (["a", "b", "c"], 2, "a…"),
        (["a", "&amp;", "c"], 6, "a…"),
        (["👩", "\u200d", "👧"], 4, "👩…"),
        (["a", " ", " ", "b"], 3, "a…"),
        (["👍"], 1, "…"),
    ],
)
def test_the_cut_stands_where_nothing_breaks(pieces: list[str], room: int, made: str) -> None:
    assert cut(pieces, room) == made

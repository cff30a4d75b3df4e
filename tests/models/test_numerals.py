"""Numbers as somebody else wrote them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.numerals import LARGEST_WHOLE, finite, whole
from tests.support.strategies import numerals


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("0", 0),
        (" 12 ", 12),
        ("007", 7),
        ("１２", 12),  # full-width
        ("٣", 3),  # Arabic
        (12, 12),
        (str(LARGEST_WHOLE), LARGEST_WHOLE),
        (LARGEST_WHOLE + 1, None),
        ("9" * 19, None),
        ("9" * 5_000, None),
        ("²", None),
        ("①", None),
        ("一", None),
        ("-1", None),
        (-1, None),
        ("+1", None),
        ("1_0", None),
        ("1.0", None),
        (1.0, None),
        ("1e3", None),
        ("", None),
        (True, None),
        (None, None),
        ([1], None),
    ],
)
def test_whole_numbers(value: object, number: int | None) -> None:
    assert whole(value) == number


@pytest.mark.parametrize(("value", "most", "number"), [("20", 20, 20), ("21", 20, None), (21, 20, None), (0, 0, 0)])
def test_whole_numbers_up_to_a_bound(value: object, most: int, number: int | None) -> None:
    assert whole(value, most) == number


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("1.5", 1.5),
        (" -2 ", -2.0),
        ("+.5", 0.5),
        ("3.", 3.0),
        ("1e-3", 0.001),
        ("１.５", 1.5),
        (2, 2.0),
        ("1e400", None),
        ("9" * 400, None),
        (10**400, None),
        (f"{'9' * 400}e-399", 10.0),
        ("1e-999", 0.0),
        ("nan", None),
        ("-Infinity", None),
        (math.nan, None),
        (-math.inf, None),
        ("1_0", None),
        ("0x10", None),
        ("²", None),
        ("1e", None),
        (".", None),
        ("", None),
        (True, None),
        (None, None),
    ],
)
def test_finite_numbers(value: object, number: float | None) -> None:
    assert finite(value) == number


@pytest.mark.parametrize("value", ["-0", "-0.0", -0.0, "-1e-999", 0])
def test_zero_has_no_sign(value: object) -> None:
    found = finite(value)

    assert found is not None
    assert math.copysign(1.0, found) == 1.0


@given(numerals | st.integers() | st.floats() | st.none() | st.booleans() | st.lists(st.integers()))
def test_whatever_comes_is_a_number_within_bounds_or_none(value: object) -> None:
    count, number = whole(value), finite(value)

    assert count is None or 0 <= count <= LARGEST_WHOLE
    assert number is None or math.isfinite(number)
    assert count is None or number == float(count)

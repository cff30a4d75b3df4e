"""What an error quotes stays short."""

from __future__ import annotations

import pytest

from bot.errors import shortened


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("", 3, ""),
        ("abc", 3, "abc"),
        ("abcd", 3, "abc…"),
        ("ab cd", 3, "ab…"),  # no blank before the sign of the cut
        ("浮世絵版画", 3, "浮世絵…"),
    ],
)
def test_a_long_text_is_cut_and_says_so(text: str, limit: int, shown: str) -> None:
    assert shortened(text, limit) == shown

"""Letters that are none: TeX's symbol fonts, as PDFium reads them."""

from __future__ import annotations

import pytest

from bot.reading.pdf_symbols import meant


@pytest.mark.parametrize(
    ("char", "font", "expected"),
    [
        ("k", "ABCDEF+CMSY10", "‖"),
        ("6", "ABCDEF+CMSY8", ""),  # the slash of ≠
        ("L", "ABCDEF+CMSY10", "L"),  # calligraphic
        ("−", "ABCDEF+CMSY10", "−"),
        ("P", "CMEX10", "∑"),
        ("b", "XYZXYZ+CMEX10", ""),  # a wide hat
        ("∑", "XYZXYZ+CMEX10", "∑"),
        ("ǫ", "ABCDEF+CMMI10", "ϵ"),
        ("k", "ABCDEF+CMMI10", "k"),
        ("k", "ABCDEF+CMR10", "k"),
        ("6", "NimbusRomNo9L-Regu", "6"),
        ("k", "", "k"),
    ],
)
def test_what_is_drawn(char: str, font: str, expected: str) -> None:
    assert meant(char, font) == expected

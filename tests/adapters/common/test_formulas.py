"""Formulas kept as TeX in a document, and nothing else kept with them."""

from __future__ import annotations

import pytest
from hypothesis import given

from adapters.common.commonmark import text
from adapters.common.formulas import with_formulas
from tests.support.digests import hostile


def kept(raw: str) -> str:
    return with_formulas(raw, text, lambda formula: f"[[{formula}]]")


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        (r"A$^2$FM *at* 94.5\%", r"A[[^2]]FM \*at\* 94.5%"),
        (r"$\ell_1$ and \(x^2\), $p<0.05$", r"[[\ell_1]] and [[x^2]], [[p\lt 0.05]]"),
        ("costs $5 to $10", "costs $5 to $10"),
        (r"\emph{no} formula", "no formula"),
        ("\U000f0000 $x$", "[[x]]"),
    ],
)
def test_a_formula_stays_and_the_text_around_it_is_escaped(raw: str, written: str) -> None:
    assert kept(raw) == written


@pytest.mark.parametrize(
    "raw",
    [
        r"$\href{https://evil.example}{x}$",
        r"$\input{x}$",
        r"$x`y$",
        r"$x \& {{< details >}}$",
        r"$\text{a@b.example}$",
        r"$\unknowncommand$",
        "$a\nb$",
        "$[a](b)$",
    ],
)
def test_a_formula_that_does_more_is_read_as_text(raw: str) -> None:
    assert "[[" not in kept(raw)


@given(hostile)
def test_text_without_formulas_is_escaped_as_ever(raw: str) -> None:
    clean = raw.replace("\U000f0000", "")

    assert with_formulas(clean.replace("$", "").replace("\\", ""), text, str) == text(
        with_formulas(clean.replace("$", "").replace("\\", ""), str, str)
    )

"""Numbers and names of a source that has TeX, in a summary that has none."""

from __future__ import annotations

import pytest

from bot.checking.check import check
from bot.models import FindingKind

SOURCE = (
    r"We present A\textsuperscript{2}FM, which turns lanterns by 360$^\circ$ and reaches 94.5\% on LampBench, "
    r"1.87$\times$ faster than $\ell_1$ lanterns, with $10^{5}$ samples "
    r"and an error of $3.5\times10^{-4}$ at $\alpha=0.05$."
)


@pytest.mark.parametrize(
    "told",
    [
        "A²FM turns lanterns by 360° in a single step.",
        "A²FM reaches 94.5% on LampBench.",
        "A²FM is 1.87× faster than ℓ₁ lanterns.",
        "A²FM needs 10⁵ samples for lanterns.",
        "A²FM has an error of 3.5×10⁻⁴ at α=0.05.",
    ],
)
def test_what_tex_says_is_in_the_source(told: str) -> None:
    summary = f"{told} The lanterns of A²FM turn faster than earlier lanterns did on the benchmark of the authors."

    findings = check(title="A$^2$FM", source=SOURCE, summary=summary, language="en")

    assert [f for f in findings if f.kind in (FindingKind.NUMBER, FindingKind.NAME)] == []


def test_what_it_does_not_say_is_not() -> None:
    summary = "A²FM turns lanterns by 270° and reaches 97.5% on LampBench. The lanterns turn faster than earlier ones."

    findings = check(title="A$^2$FM", source=SOURCE, summary=summary, language="en")

    assert {"270", "97.5"} <= {"".join(c for c in f.text if c.isdigit() or c == ".") for f in findings}

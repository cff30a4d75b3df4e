"""TeX in titles and abstracts, read as text; what only looks like TeX stays."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.tex import Kind, readable, tokens

PIECES = [*"\\${}^_~`'\"-%&#[]() \nabA12.,", "\\frac", "\\textbf{", "\\cite{x}", "$x$", "\\'e", "\\\\", "é"]
TEX = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (r"A\textsuperscript{2}FM", "A²FM"),
        (r"A$^2$FM and B$^{2}$", "A²FM and B²"),
        (r"360$^\circ$ views", "360° views"),
        (r"94.5\% and 1.87$\times$ and 3\times 3", "94.5% and 1.87× and 3× 3"),
        (r"$\ell_1$, \(\ell_{1}\), \ell_1", "ℓ₁, ℓ₁, ℓ₁"),
        ("``x'' and ``y\" and `z'", "“x” and “y” and ‘z’"),
        (r"work~\cite{a,b}. See \citep[p.~2]{c} \ref{d}, too", "work. See, too"),
        (r"\emph{very \textbf{good}} {\bf bold} {\em it}", "very good bold it"),
        (
            r"Erd\H{o}s, G\"odel, \"{O}zg\"ur, {\L}ukasz, Stra\ss e, S\o ren",
            "Erdős, Gödel, Özgür, Łukasz, Straße, Søren",
        ),
        (r"Poincar\'e, \v Cech, na\"{\i}ve, Fran\c{c}ois, \AA ngstr\"om", "Poincaré, Čech, naïve, François, Ångström"),
        (r"$\mathbb{R}^n$, $\mathcal{L}$, $\mathbf{x}$, $\hat{y}$", "ℝⁿ, ℒ, x, ŷ"),
        (r"$x_{\text{base}}$, $x_{\max}$ and $T_B$", "x_(base), xₘₐₓ and T_B"),
        (r"$\frac{1}{2}$, $\frac{a+b}{c}$, $\sqrt{n}$, $\sqrt[3]{x}$", "1/2, (a+b)/c, √n, ³√x"),
        (r"$O(n\log n)$, $a \leq b$, $3\times 3$, $x \not\in S$", "O(n log n), a ≤ b, 3×3, x ∉ S"),
        (r"$10^{-3}$, 10^5, 10^{-3}, 2^{nd}, 5$^{th}$", "10⁻³, 10⁵, 10⁻³, 2nd, 5th"),
        (r"H\textsubscript{2}O and 61{,}573", "H₂O and 61,573"),
        (r"\href{https://a.example/x}{code} at \url{https://b.example/c_d}", "code at https://b.example/c_d"),
        (r"ASR$\rightarrow$LLM, Causality $\neq$ Invariance", "ASR→LLM, Causality ≠ Invariance"),
        (r"\ToolMath{} beats \textsc{Bert}s and {GPT}-4", "ToolMath beats Berts and GPT-4"),
        ("Fig.~2, 5~GB, Navier--Stokes, yes---no, 10--20", "Fig. 2, 5 GB, Navier–Stokes, yes—no, 10–20"),
        (r"$\sim$5k, $\pm$0.2, $+$0.031", "~5k, ±0.2, +0.031"),
        (r"a\_b \& c \# d \$5", "a_b & c # d $5"),
        (r"\begin{itemize}\item a \item b\end{itemize}", "• a • b"),
        (r"\textcolor{red}{hot} \footnote{cold}", "hot  (cold)"),
        (r"$p<0.05$ at 95% of $N$", "p<0.05 at 95% of N"),
    ],
)
def test_tex_reads_as_text(typed: str, read: str) -> None:
    assert readable(typed) == read


@pytest.mark.parametrize(
    "prose",
    [
        "costs $5 to $10",
        "from US$30k to A$7 million, $5/$10, $100K",
        "cost is 5$ and 10$ each, $5 or 3$ more",
        "Price ($) per unit ($)",
        "$PATH and $HOME",
        "~5% of the 10~20, x ~ 3",
        "https://a.example/~name/a_b?c=d",
        "snake_case and __init__ and x_t",
        "94.5% of 100 #tags & more",
        r"C:\Users\name and \d+\w",
        r"D:\data\input\text and and\/or",
        'a "\\"quoted\\" json"',
        "{a, b} and {key: 1} and {{x}}",
        "run --flag <!-- x --> a->b",
        "code `x` and it's",
        "Unbalanced {{{ and } and $ and \\",
        "日本語の題名、50%",
        "",
    ],
)
def test_what_only_looks_like_tex_stays(prose: str) -> None:
    assert readable(prose) == prose


@given(TEX)
@example("$$")
@example("\\(")
@example('``"')
def test_nothing_raises_and_nothing_is_lost(text: str) -> None:
    pieces = tokens(text)

    assert "".join(piece.raw for piece in pieces) == text
    assert "".join(piece.shown for piece in pieces) == readable(text)
    assert all(piece.raw == piece.shown == piece.tex for piece in pieces if piece.kind is Kind.PROSE)


@given(st.text(st.characters(exclude_characters="\\${}^_~`-'\""), max_size=80))
def test_text_without_signs_of_tex_is_itself(text: str) -> None:
    assert readable(text) == text


@pytest.mark.parametrize(
    "unit",
    [
        "{", "}", "{}", "$", "$x$ ", "$x", "\\", "\\(", "`", "``", "`a", "~", "a~b", "--", "^", "x^1", "x^{1}", "[",
        "\\textbf{", '\\"o', "\\cite{a}", "\\cite[", "\\foo{a}", "$\\alpha_1$ ", "{A}", "{\\bf ", "''", '"', "\\frac",
        "$\\$", "\\ell_1", "\\frac{1}{2}", "^{", "_{", "\\left", "\\begin{a}", "\\hat", "\\not", "$\\frac", "{,}",
    ],
)  # fmt: skip
def test_hostile_text_takes_no_longer_than_its_length(unit: str) -> None:
    """A title is at most 1,000 characters, and no abstract is longer than 20,000."""
    text = (unit * 20_000)[:19_000]
    started = time.process_time()

    shown = readable(text)

    assert time.process_time() - started < 1.5  # 0.02-0.2 on an idle machine
    assert len(shown) <= 2 * len(text)


def test_what_is_too_deep_or_too_long_stays_as_it_is() -> None:
    deep = "$" + "{" * 30 + "x" + "}" * 30 + "$"
    long = f"$a{'+x' * 500}$"

    assert readable(deep) == deep
    assert readable(long) == long
    assert readable("$x$" + " a" * 10_000) == "$x$" + " a" * 10_000

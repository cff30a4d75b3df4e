"""The measure of reading PDFs finds what is planted, and notices what is lost, leaks or is made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import reading_pdf
from bot.models import BlockKind, FullText, TextBlock, TextSection, TextSource
from tests.support.typeset import Look, paper

SENTENCES = [f"This is sentence number {name} of an invented paper." for name in ("one", "two", "three", "four")]
TEXT = FullText(
    None, TextSource.PDF, (TextSection("s1", "", 1, (TextBlock("b1", BlockKind.PARAGRAPH, tuple(SENTENCES)),)),)
)


async def test_everything_planted_is_found() -> None:
    figure = await reading_pdf.generated(Look(pages=2), 1)

    assert figure.planted > 20
    assert (figure.read, figure.quoted) == (figure.planted, figure.planted)
    assert (figure.altered, figure.leaked) == (0, 0)
    assert figure.pages >= 2


def test_what_is_lost_or_leaks_is_counted() -> None:
    wanted = [*SENTENCES, "This sentence stands nowhere in the paper at all."]
    figure = reading_pdf.measured(TEXT, wanted, 1, 1.0, ["sentence number two", "arXiv"])

    assert (figure.planted, figure.read, figure.quoted, figure.leaked) == (5, 4, 4, 1)


def test_every_altered_sentence_differs_in_one_word() -> None:
    altered = list(reading_pdf.altered(SENTENCES))

    assert len(altered) == len(SENTENCES)
    for one, other in zip(SENTENCES, altered, strict=True):
        assert sum(a != b for a, b in zip(one.split(), other.split(), strict=True)) == 1


def test_a_paper_beside_its_html_is_looked_up_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typeset = paper(31, Look(pages=2))
    said = "".join(f'<p class="ltx_p">{sentence}</p>' for sentence in typeset.sentences)
    page = (
        '<article class="ltx_document"><h1 class="ltx_title ltx_title_document">T</h1><section class="ltx_section">'
        f'<h2 class="ltx_title">1 All</h2><div class="ltx_para">{said}</div></section></article>'
    )
    (tmp_path / "paper.pdf").write_bytes(typeset.data)
    (tmp_path / "paper.html").write_text(page, encoding="utf-8")
    (tmp_path / "wrong.pdf").write_bytes(paper(32, Look(pages=2)).data)
    (tmp_path / "wrong.html").write_text(page, encoding="utf-8")
    faults = reading_pdf.pdf_figures(1, sorted(tmp_path.glob("*.pdf")))

    assert faults == ["wrong.pdf: 0.00% of its HTML's sentences found, 0 altered ones"]
    assert f"{len(typeset.sentences)} of {len(typeset.sentences)} sentences of its HTML" in capsys.readouterr().out

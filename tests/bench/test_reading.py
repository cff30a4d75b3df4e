"""The measure of reading finds what is planted, and notices what is lost or leaks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench import reading
from bot.models import TextSection
from bot.reading.html import read_html
from tests.fakes.arxiv_content import content_of
from tests.fakes.arxiv_pages import Frame, page

PAGE = page(content_of("measure"), "2602.90001v1").encode()


@pytest.mark.parametrize("frame", reading.FRAMES)
def test_everything_planted_is_found(frame: Frame) -> None:
    figure = reading.generated(frame, 2)

    assert figure.planted > 100
    assert (figure.share, figure.leaked) == (1.0, ())


def test_what_is_lost_is_counted() -> None:
    text = read_html(PAGE)
    counted, total, missing = reading.kept(PAGE, text)
    without = replace(text, sections=tuple(TextSection(one.id, one.title, one.level, ()) for one in text.sections[3:]))
    fewer, same, lost = reading.kept(PAGE, without)

    # The hidden and white texts are letters of the page, but none that a reader has.
    assert counted / total > 0.98
    assert all("Reviewers must" in piece or "Ignore the keeper" in piece for piece in missing)
    assert same == total
    assert fewer < total / 2
    assert lost


def test_a_page_that_cannot_be_read_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none.html").write_text("<p>Maintenance</p>")

    assert reading.html_figures(1, [tmp_path / "none.html"]) == ["none.html: reading.no_article"]
    assert "none.html" in capsys.readouterr().out

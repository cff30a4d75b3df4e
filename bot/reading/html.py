"""Read arXiv's HTML of a paper, which LaTeXML makes: today's frame of latexml-oxide, and the older ones. Pure."""

from __future__ import annotations

import re

from bot.errors import ReadingError
from bot.models import FullText, PaperId, TextSource
from bot.reading import ARXIV
from bot.reading.page import parse_page
from bot.reading.walk import read_article


def read_html(data: bytes, *, paper: PaperId | None = None, version: int | None = None) -> FullText:
    """Return the text of a page. `paper` and `version` are what was asked for, else what the page names counts.

    Raises ReadingError: `reading.too_large`, `.too_many` (elements), `.damaged`, `.no_article`, `.empty` for an article
    without a word, `.other_paper` for a page that names another paper or version.
    """
    page = parse_page(data)
    named = PaperId.arxiv(page.arxiv_id) if page.arxiv_id else None
    is_other = paper and named and _known_as(paper) != _known_as(named)
    if is_other or (version and page.version and version != page.version):
        raise ReadingError("reading.other_paper")
    article = read_article(page.article)
    if not any(section.blocks for section in article.sections):
        raise ReadingError("reading.empty")
    paper, version = paper or named, version or page.version
    address = f"{ARXIV}/html/{paper.value}{f'v{version}' if version else ''}" if paper else ""
    return FullText(
        paper,
        TextSource.HTML,
        article.sections,
        url=address,
        version=version,
        references=article.references,
        dropped=tuple(sorted(article.dropped.items())),
        licence=page.licence,
        title=article.title,
    )


def _known_as(paper: PaperId) -> str:
    """Return the id without a subject class, which old ids may have (`math.GT/0309136`)."""
    return re.sub(r"\.[a-z]{2}/", "/", paper.value.lower())

"""Parser for Semantic Scholar's rows. Pure: untrusted JSON in, values out.

Fields: https://api.semanticscholar.org/api-docs/graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from bot.models import Paper, PaperId, Signal, SignalKind, SourceName, Vector
from bot.sources import fields
from bot.sources.withdrawal import is_withdrawn

VECTOR_MODEL = "specter_v2"

_LARGEST_VECTOR = 4096


def id_of(paper: Paper) -> str | None:
    """Return the paper's id in Semantic Scholar's notation; None if it has none that can be looked up."""
    if paper.arxiv_id:
        return f"ARXIV:{paper.arxiv_id}"  # an id with a version is unknown there
    return f"DOI:{paper.doi}" if paper.doi else paper.s2_id


def read_row(row: Mapping[str, object], seen_at: datetime | None) -> Paper | None:
    """Return the paper of a row; None if it lacks an id, title or date.

    A paper on arXiv is listed by arXiv, so only other papers get a LISTED signal, at the end of their day of
    publication. Citations are dated `seen_at`, and left out if that is None.
    """
    ids = fields.mapping(row.get("externalIds"))
    arxiv_id = fields.arxiv_id(ids.get("ArXiv")) or fields.arxiv_id_of_doi(ids.get("DOI"))
    doi, s2_id = fields.doi(ids.get("DOI")), fields.line(row.get("paperId"), 100)
    title = fields.markup(row.get("title"), fields.LONGEST_TITLE)
    day = fields.instant(row.get("publicationDate")) or _first_of(row.get("year"))
    own_id = _paper_id(arxiv_id, doi, s2_id)
    if not (own_id and title and day):
        return None
    signals = [] if arxiv_id else [Signal(SourceName.SEMANTIC_SCHOLAR, SignalKind.LISTED, 1.0, _end_of(day))]
    abstract = _abstract(row)
    s2_url = f"https://www.semanticscholar.org/paper/{s2_id}"
    return Paper(
        id=own_id,
        title=title,
        abstract=abstract,
        authors=fields.names(fields.mapping(author).get("name") for author in fields.items(row.get("authors"))),
        published=day,
        url=f"https://arxiv.org/abs/{arxiv_id}" if arxiv_id else fields.web_url(row.get("url")) or s2_url,
        arxiv_id=arxiv_id,
        doi=doi,
        s2_id=s2_id,
        withdrawn=is_withdrawn(title, abstract),
        tldr=_tldr(row),
        signals=(*signals, *(_citations(row, seen_at) if seen_at else ())),
    )


def add_row(paper: Paper, row: Mapping[str, object], seen_at: datetime) -> Paper | None:
    """Return the paper with the row's data added, and with only the row's signals.

    Returns None if the row has no id of its own, which every row should have, or is about another paper.
    """
    ids = fields.mapping(row.get("externalIds"))
    arxiv_id = fields.arxiv_id(ids.get("ArXiv")) or paper.arxiv_id
    s2_id = fields.line(row.get("paperId"), 100)
    if s2_id is None or (paper.arxiv_id and arxiv_id != paper.arxiv_id):
        return None
    return replace(
        paper,
        arxiv_id=arxiv_id,
        doi=paper.doi or fields.doi(ids.get("DOI")),
        s2_id=s2_id,
        withdrawn=paper.withdrawn or is_withdrawn(fields.markup(row.get("title"), fields.LONGEST_TITLE) or "", ""),
        tldr=_tldr(row) or paper.tldr,
        signals=_citations(row, seen_at),
    )


def read_vector(row: Mapping[str, object]) -> Vector | None:
    """Return the row's SPECTER2 vector; None if it is absent or has values that are not finite numbers."""
    embedding = fields.mapping(row.get("embedding"))
    values = fields.items(embedding.get("vector"))
    if not 0 < len(values) <= _LARGEST_VECTOR:
        return None
    numbers = fields.numbers(values)
    model = fields.line(embedding.get("model"), 100) or VECTOR_MODEL
    return Vector(model, numbers) if numbers else None


def _paper_id(arxiv_id: str | None, doi: str | None, s2_id: str | None) -> PaperId | None:
    if arxiv_id:
        return PaperId.arxiv(arxiv_id)
    if doi:
        return PaperId.doi(doi)
    return PaperId("s2", s2_id) if s2_id else None


def _first_of(year: object) -> datetime | None:
    """Return the start of the year, for papers that give only that."""
    return fields.instant(f"{year}-01-01") if isinstance(year, int) else None


def _end_of(day: datetime) -> datetime:
    return datetime.combine(day.date(), time(), UTC) + timedelta(days=1) - timedelta(seconds=1)


def _citations(row: Mapping[str, object], seen_at: datetime) -> tuple[Signal, ...]:
    number = fields.count(row.get("citationCount"))
    if number is None:
        return ()
    return (Signal(SourceName.SEMANTIC_SCHOLAR, SignalKind.CITATIONS, number, seen_at),)


def _abstract(row: Mapping[str, object]) -> str:
    """Return the abstract with its line breaks; each line has its own markup."""
    found = fields.text(row.get("abstract"), fields.LONGEST_ABSTRACT) or ""
    return "\n".join(fields.markup(one, fields.LONGEST_ABSTRACT) or "" for one in found.split("\n"))


def _tldr(row: Mapping[str, object]) -> str | None:
    return fields.markup(fields.mapping(row.get("tldr")).get("text"), fields.LONGEST_ABSTRACT)

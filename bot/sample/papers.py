"""The bundled papers. All of them are invented: no such paper, person or result exists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files

from bot.models import PaperId, SourceName

NOTE = "An invented sample: this paper does not exist."


@dataclass(frozen=True, slots=True)
class SampleText:
    headline: str
    text: str


@dataclass(frozen=True, slots=True)
class SamplePaper:
    """One invented paper, with what each source reports about it.

    `listed_before` is how long before the sample's last instant it was listed; `upvotes_by_day` are its counts on the
    day of its listing, the day after, and so on.
    """

    slug: str
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    keywords: tuple[str, ...]
    sources: frozenset[SourceName]
    listed_before: timedelta
    upvotes_by_day: tuple[int, ...]
    comments: int
    stars: int
    citations: int
    tldr: str | None
    summaries: Mapping[str, SampleText]  # by language

    @property
    def id(self) -> PaperId:
        return PaperId("sample", self.slug)

    @property
    def url(self) -> str:
        """A URL that can never belong to a real paper (RFC 2606)."""
        return f"https://example.org/kawaraban-sample/{self.slug}"


@cache
def sample_papers() -> Mapping[PaperId, SamplePaper]:
    """Return all bundled papers by id, oldest first."""
    content = json.loads(files("bot.sample").joinpath("papers.json").read_text(encoding="utf-8"))
    papers = [
        SamplePaper(
            slug=item["slug"],
            title=item["title"],
            abstract=item["abstract"],
            authors=tuple(item["authors"]),
            categories=tuple(item["categories"]),
            keywords=tuple(item["keywords"]),
            sources=frozenset(SourceName(name) for name in item["sources"]),
            listed_before=timedelta(hours=item["listed_hours_before"]),
            upvotes_by_day=tuple(item.get("upvotes_by_day", ())),
            comments=item.get("comments", 0),
            stars=item.get("stars", 0),
            citations=item.get("citations", 0),
            tldr=item.get("tldr"),
            summaries={language: SampleText(**text) for language, text in item["summaries"].items()},
        )
        for item in content["papers"]
    ]
    return {paper.id: paper for paper in papers}

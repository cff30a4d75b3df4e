"""Semantic Scholar: papers that arXiv does not have, and citations, TLDRs and vectors for all papers.

API: https://api.semanticscholar.org/api-docs/graph and https://api.semanticscholar.org/api-docs/recommendations. With a
key it allows one request a second; without one, all users share a pool and refusals (429) are common.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import quote

from bot.errors import SourceError
from bot.models import Batch, Paper, PaperId, PaperRef, RefKind, SourceName, Vector, Window
from bot.models.categories import covers
from bot.ports import Pace
from bot.sources import fields
from bot.sources.http import Answer, Fetcher, Malformed, Manner, Pacing, Params, Patience, bounded, parse_json, says_why
from bot.sources.scholar_rows import VECTOR_MODEL, add_row, id_of, read_row, read_vector

INTERVAL = 1.0  # seconds between requests with a key, over all endpoints
IDS_A_REQUEST = 500
MOST_FOUND = 100  # results of one title search
MOST_PAGES = 3  # of one bulk search, 1000 papers each

_ESTIMATE = 0.9  # the share of the announced results that a complete answer has at least
_LONGEST_TOKEN = 2_000
_MOST_ROWS = 2_000  # of one answer; a page has 1,000

# The bulk search refuses requests for TLDRs and vectors (github.com/allenai/s2-folks/issues/161).
_LISTED_FIELDS = "title,abstract,externalIds,publicationDate,year,authors,url"
_FOUND_FIELDS = _LISTED_FIELDS + ",citationCount,tldr"
_ADDED_FIELDS = f"title,externalIds,citationCount,tldr,embedding.{VECTOR_MODEL}"

_NOT_FOUND: Final = frozenset({404})
_BAD_REQUEST: Final = frozenset({400})
_NONE_KNOWN = "No valid paper ids given"  # with status 400, if the batch look-up knows none of the ids

_POINTLESS = ("source.key", "source.rate_limited")  # the next request would fail the same way

# Search phrases for arXiv's categories, which Semantic Scholar does not have.
_ANY_TOPIC = ("language model", "machine learning")
_SEARCHES: Mapping[str, tuple[str, ...]] = {
    "cs.AI": ("artificial intelligence", "language model", "reasoning", "agent"),
    "cs.CL": ("language model", "natural language processing"),
    "cs.CR": ("privacy", "adversarial", "jailbreak"),
    "cs.CV": ("computer vision", "image generation", "video generation", "vision-language"),
    "cs.HC": ("human-AI interaction", "user study"),
    "cs.IR": ("information retrieval", "recommendation", "retrieval-augmented generation"),
    "cs.LG": ("machine learning", "deep learning", "reinforcement learning", "neural network"),
    "cs.MA": ("multi-agent",),
    "cs.NE": ("neural network", "evolutionary algorithm"),
    "cs.RO": ("robot learning", "robotics", "embodied"),
    "cs.SD": ("speech", "audio generation"),
    "cs.SE": ("code generation", "software engineering"),
    "eess.AS": ("speech recognition", "speech synthesis"),
    "stat.ML": ("machine learning", "statistical learning"),
}

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Page:
    """Rows of a search. `total` is Semantic Scholar's estimate of all results; `token` requests the next page."""

    rows: list[Row]
    total: int
    token: str

    @property
    def is_short(self) -> bool:
        """Whether rows are missing although there is no next page."""
        return not self.rows or (not self.token and len(self.rows) < self.total * _ESTIMATE)

    def followed_by(self, page: _Page) -> _Page:
        """Return both pages as one. A page without rows is the last."""
        return _Page([*self.rows, *page.rows], max(self.total, page.total), page.token if page.rows else "")


class SemanticScholar:
    """A PaperSource, an Enricher and a Recommender. `clock` returns the present as an aware instant."""

    name: Final = SourceName.SEMANTIC_SCHOLAR

    def __init__(
        self,
        base_url: str,
        manner: Manner,
        *,
        clock: Callable[[], datetime],
        api_key: str | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Set up a client. `base_url` serves `/graph/v1` and `/recommendations/v1`."""
        limits = manner.limits
        if not api_key:
            # Insisting only keeps the shared pool full.
            limits = replace(limits, retries=min(limits.retries, 1), retries_in_all=min(limits.retries_in_all, 1))
        self._limits = limits
        self._clock = clock
        self._fetcher = Fetcher(
            self.name,
            base_url,
            replace(manner, limits=limits),
            key=("x-api-key", api_key) if api_key else None,
            pacing=Pacing(pace, INTERVAL) if pace else None,
        )

    @property
    def server_time(self) -> datetime | None:
        """The server's clock at its last answer, in UTC; None before the first."""
        return self._fetcher.server_time

    async def aclose(self) -> None:
        await self._fetcher.aclose()

    async def collect(self, window: Window, topics: Sequence[str]) -> Batch:
        """Return the newest papers on the topics published in the window, at most `MOST_PAGES` thousand.

        Papers on arXiv come without a signal, since arXiv's announcement decides when they are new; others need an
        abstract. Citations are left to `enrich`. Raises SourceError if the first page fails, `source.empty` if it is
        empty twice. A later page that fails is reported as the batch's problem; papers beyond the last page, or left
        out of one, are counted as missing.
        """
        first, last = _dates(window)
        params: Params = {
            "query": _search(topics),
            "publicationDateOrYear": f"{first}:{last}",
            "fieldsOfStudy": "Computer Science",
            "fields": _LISTED_FIELDS,
            "sort": "publicationDate:desc",
        }
        page, problem = await self._listed(params, Patience(self._limits))
        if not page.rows:
            raise SourceError("source.empty", source=self.name.value)
        usable = [_usable(read_row(row, None)) for row in page.rows]
        papers = {p.id: p for p in usable if p and (p.arxiv_id or any(s.seen_at in window for s in p.listings))}
        missing = max(page.total - len(page.rows), 0) if page.token or page.is_short else 0
        return Batch(self.name, tuple(papers.values()), usable.count(None), problem, missing=missing)

    async def _listed(self, params: Params, patience: Patience) -> tuple[_Page, str | None]:
        """Return all pages of a bulk search as one, and the code of the error that cut them short.

        Asks once more for a first page that is empty, or shorter than its total although it names no next page.
        """

        async def ask(token: str) -> _Page:
            more: Params = {**params, **({"token": token} if token else {})}
            return await self._fetcher.get("/graph/v1/paper/search/bulk", more, _found_page, patience=patience)

        found = await ask("")
        problem = None
        try:
            if found.is_short:
                found = max(found, await ask(""), key=lambda page: len(page.rows))
            for _ in range(MOST_PAGES - 1):
                if not found.token:
                    break
                page = await ask(found.token)
                if page.token == found.token:
                    break  # it repeats itself
                found = found.followed_by(page)
        except SourceError as error:
            problem = error.code
        return found, problem

    async def find(self, ref: PaperRef) -> Paper | None:
        """Return the paper with an arXiv id, a DOI, or a Semantic Scholar id. Raises SourceError."""
        notation = {RefKind.ARXIV: "ARXIV:", RefKind.DOI: "DOI:", RefKind.SEMANTIC_SCHOLAR: ""}.get(ref.kind)
        if notation is None:
            return None
        row = (await self._rows([notation + ref.value], _FOUND_FIELDS, Patience(self._limits)))[0]
        return read_row(row, self._clock()) if row else None

    async def search(self, words: str, limit: int) -> Sequence[Paper]:
        """Return papers by relevance to the title words. Raises SourceError."""
        # The API finds nothing for hyphenated words.
        query = " ".join(words.replace("-", " ").split())
        if not query:
            return ()
        params: Params = {"query": query, "limit": min(limit, MOST_FOUND), "fields": _FOUND_FIELDS}
        page = await self._fetcher.get("/graph/v1/paper/search", params, _found_page)
        seen_at = self._clock()
        return tuple(paper for paper in (read_row(row, seen_at) for row in page.rows) if paper)

    async def recommend(self, paper: Paper, limit: int) -> Sequence[Paper]:
        """Return papers similar to one, by Semantic Scholar's vectors and among its recent papers, best first.

        Empty for a paper without an id, or unknown there. Raises SourceError.
        """
        name = id_of(paper)
        if not name:
            return ()
        path = f"/recommendations/v1/papers/forpaper/{quote(name, safe=':')}"
        params: Params = {"fields": _LISTED_FIELDS, "limit": min(limit, MOST_FOUND), "from": "recent"}
        rows = await self._fetcher.get(path, params, _recommended, also=_NOT_FOUND)
        return tuple(found for found in (read_row(row, None) for row in rows[:limit]) if found)

    async def enrich(self, papers: Sequence[Paper], seen_at: datetime) -> Batch:
        """Return the papers that Semantic Scholar knows, with citations, TLDRs, ids and vectors added.

        Other fields are left unchanged. Raises SourceError if no request succeeds; otherwise the first failure is the
        batch's problem.
        """
        identified = [paper for paper in papers if id_of(paper)]
        patience = Patience(self._limits)
        enriched: dict[PaperId, Paper] = {}
        vectors: dict[PaperId, Vector] = {}
        dropped = answers = 0
        failure: SourceError | None = None
        for start in range(0, len(identified), IDS_A_REQUEST):
            part = identified[start : start + IDS_A_REQUEST]
            try:
                rows = await self._rows([id_of(paper) or "" for paper in part], _ADDED_FIELDS, patience)
            except SourceError as error:
                failure = failure or error
                if error.code in _POINTLESS:
                    break
                continue
            answers += 1
            for paper, row in zip(part, rows, strict=True):
                if row is None:
                    continue
                more = add_row(paper, row, seen_at)
                if more is None:
                    dropped += 1
                    continue
                enriched[paper.id] = more
                vector = read_vector(row)
                if vector:
                    vectors[paper.id] = vector
        if failure and not answers:
            raise failure
        return Batch(self.name, tuple(enriched.values()), dropped, failure.code if failure else None, vectors)

    async def _rows(self, ids: Sequence[str], wanted: str, patience: Patience) -> list[Row | None]:
        """Return one row for each id, in order; None for an unknown id."""

        def read(answer: Answer) -> list[Row | None]:
            return _aligned_rows(answer, len(ids))

        return await self._fetcher.post(
            "/graph/v1/paper/batch", {"fields": wanted}, {"ids": ids}, read, patience=patience, also=_BAD_REQUEST
        )


def _dates(window: Window) -> tuple[date, date]:
    """Return the first and last UTC dates that overlap the window."""
    return window.start.astimezone(UTC).date(), (window.end - timedelta.resolution).astimezone(UTC).date()


def _search(topics: Sequence[str]) -> str:
    """Return a bulk search query for any of the topics' phrases."""
    phrases = dict.fromkeys(
        phrase for topic in topics for known in _SEARCHES if covers(topic, known) for phrase in _SEARCHES[known]
    )
    return " | ".join(f'"{phrase}"' for phrase in phrases or _ANY_TOPIC)


def _usable(paper: Paper | None) -> Paper | None:
    """Return the paper if it can be shown: abstracts of arXiv papers come from arXiv, others must have one."""
    return paper if paper and (paper.arxiv_id or paper.abstract) else None


def _found_page(answer: Answer) -> _Page:
    """Return a page of a search. A row that is not an object reads as an empty one, and so yields no paper."""
    body = parse_json(answer)
    rows = body.get("data") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(rows, list):
        raise Malformed("list of papers missing")
    token = fields.line(body.get("token"), _LONGEST_TOKEN) or ""
    return _Page(
        [fields.mapping(row) for row in bounded(rows, _MOST_ROWS)], int(fields.count(body.get("total")) or 0), token
    )


def _recommended(answer: Answer) -> list[Row]:
    """Return the recommended papers' rows; none for a paper that does not exist.

    Raises Malformed if something other than the API answered that there is no such page.
    """
    if answer.status == 404:
        if not says_why(answer.body):
            raise Malformed("not the API's refusal")
        return []
    rows = fields.mapping(parse_json(answer)).get("recommendedPapers")
    if not isinstance(rows, list):
        raise Malformed("list of papers missing")
    return [fields.mapping(row) for row in bounded(rows, _MOST_ROWS)]


def _aligned_rows(answer: Answer, count: int) -> list[Row | None]:
    body = parse_json(answer)
    if answer.status != 200:
        if isinstance(body, dict) and body.get("error") == _NONE_KNOWN:
            return [None] * count
        raise Malformed(f"refused: {answer.status}")
    if not isinstance(body, list) or len(body) != count:
        raise Malformed("not one row for each id")
    return [fields.mapping(row) if row is not None else None for row in body]

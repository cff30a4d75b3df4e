"""The arXiv API: announced papers, records by id, and search by title words.

API: https://info.arxiv.org/help/api/user-manual.html. Terms of use, one request in three seconds on one connection
across all of a user's machines: https://info.arxiv.org/help/api/tou.html.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.errors import SourceError
from bot.models import Batch, Paper, PaperRef, RefKind, SourceName, Window
from bot.models.categories import ARCHIVES, category
from bot.ports import Pace
from bot.sources import fields
from bot.sources.arxiv_feed import Feed, read_feed
from bot.sources.arxiv_paging import read_all
from bot.sources.calendar import submission_window
from bot.sources.http import Answer, Fetcher, Malformed, Manner, Pacing, Params, Patience

PAGE_SIZE = 500
IDS_A_REQUEST = 200  # keeps the URL below 4 KB

_PATH = "/api/query"
_BAD_REQUEST: Final = frozenset({400})
# Title words that carry no meaning; some are missing from arXiv's index.
_STOP_WORDS = frozenset(
    {"a", "an", "and", "are", "as", "at", "by", "for", "in", "is", "of", "on", "or", "the", "to", "with"}
)
_MOST_WORDS = 12


class Arxiv:
    """A PaperSource and an Enricher. Every attempt waits for its turn, shared by all processes."""

    name: Final = SourceName.ARXIV

    def __init__(
        self,
        base_url: str,
        manner: Manner,
        *,
        pace: Pace,
        interval: float = 3.0,
        page_size: int = PAGE_SIZE,
    ) -> None:
        """Set up a client. `base_url` serves `/api/query`; `interval` is in seconds; `page_size` is at most 2000."""
        # arXiv answers haste with longer refusals, so the first wait is no shorter than the interval.
        self._limits = replace(manner.limits, first_wait=max(manner.limits.first_wait, interval))
        self._page_size = page_size
        patient = replace(manner, limits=self._limits)
        self._fetcher = Fetcher(self.name, base_url, patient, pacing=Pacing(pace, interval))

    @property
    def server_time(self) -> datetime | None:
        """The server's clock at its last answer, in UTC; None before the first."""
        return self._fetcher.server_time

    async def aclose(self) -> None:
        await self._fetcher.aclose()

    async def collect(self, window: Window, topics: Sequence[str]) -> Batch:
        """Return the papers in these categories, cross-lists included, whose announcement falls in the window.

        Topics are categories or whole archives; others are ignored. Makes no request for a window without an
        announcement. Raises SourceError if the first page fails, and `source.empty` if arXiv seems to have no papers at
        all from that time (a small category may well have none). A later page that fails is reported as the batch's
        problem; whatever the pages leave out is counted as missing.
        """
        submitted = submission_window(window)
        categories = dict.fromkeys(_search_term(topic) for topic in topics)
        categories.pop("", None)
        if not submitted or not categories:
            return Batch(self.name, ())
        period = f"submittedDate:[{submitted.start:%Y%m%d%H%M} TO {submitted.end:%Y%m%d%H%M}]"
        query = f"({' OR '.join(categories)}) AND {period}"
        patience = Patience(self._limits)
        found = await read_all(lambda start: self._page(query, start, self._page_size, patience), self._page_size)
        if not found.read and (found.total or (await self._page(period, 0, 1, patience)).is_empty):
            raise SourceError("source.empty", source=self.name.value)
        # Drop papers announced just outside the window.
        papers = tuple(paper for paper in found.papers.values() if paper.listings[0].seen_at in window)
        return Batch(self.name, papers, found.dropped, found.problem, missing=found.missing)

    async def find(self, ref: PaperRef) -> Paper | None:
        """Return the paper with an arXiv id, or with a DOI issued by arXiv. Raises SourceError."""
        if ref.kind is RefKind.ARXIV:
            arxiv_id = fields.arxiv_id(ref.value)
        else:
            arxiv_id = fields.arxiv_id_of_doi(ref.value) if ref.kind is RefKind.DOI else None
        if not arxiv_id:
            return None
        feed = await self._by_ids([arxiv_id], Patience(self._limits))
        return next((paper for paper in feed.papers if paper.arxiv_id == arxiv_id), None)

    async def search(self, words: str, limit: int) -> Sequence[Paper]:
        """Return papers whose titles contain all the words, arXiv's best match first. Raises SourceError."""
        all_words = re.findall(r"\w+", words)
        telling = [word for word in all_words if word.lower() not in _STOP_WORDS] or all_words
        if not telling:
            return ()
        query = " AND ".join(f"ti:{word}" for word in telling[:_MOST_WORDS])
        params: Params = {"search_query": query, "start": 0, "max_results": limit, "sortBy": "relevance"}
        return (await self._query(params, Patience(self._limits))).papers

    async def enrich(self, papers: Sequence[Paper], seen_at: datetime) -> Batch:  # noqa: ARG002  # the port's
        """Return arXiv's own records of the papers that have an arXiv id. It has no counts, so `seen_at` is unused.

        Raises SourceError if no request succeeds; otherwise the first failure is the batch's problem.
        """
        ids = list(dict.fromkeys(filter(None, (fields.arxiv_id(paper.arxiv_id) for paper in papers))))
        patience = Patience(self._limits)
        feeds: list[Feed] = []
        failure: SourceError | None = None
        for start in range(0, len(ids), IDS_A_REQUEST):
            try:
                feeds.append(await self._by_ids(ids[start : start + IDS_A_REQUEST], patience))
            except SourceError as error:
                failure = failure or error
        if failure and not feeds:
            raise failure
        records = {paper.id: paper for feed in feeds for paper in feed.papers}
        dropped = sum(feed.dropped for feed in feeds)
        missing = sum(max(feed.total - feed.entries, 0) for feed in feeds)
        problem = failure.code if failure else None
        return Batch(self.name, tuple(records.values()), dropped, problem, missing=missing)

    async def _page(self, query: str, start: int, size: int, patience: Patience) -> Feed:
        """Return one page of a search, newest papers first."""
        params: Params = {
            "search_query": query,
            "start": start,
            "max_results": size,
            "sortBy": "submittedDate",
            "sortOrder": "descending",
        }
        return await self._query(params, patience)

    async def _by_ids(self, ids: Sequence[str], patience: Patience) -> Feed:
        """Return the records of well-formed ids; ids unknown to arXiv are left out.

        Asks once more if there are fewer records than the answer claims.
        """
        params: Params = {"id_list": ",".join(ids), "start": 0, "max_results": len(ids)}
        feed = await self._query(params, patience, also=_BAD_REQUEST)
        if feed.entries < min(feed.total, len(ids)):
            with suppress(SourceError):  # the first answer counts, and the rest is missing
                feed = feed.joined(await self._query(params, patience, also=_BAD_REQUEST))
        return feed

    async def _query(self, params: Params, patience: Patience, also: frozenset[int] = frozenset()) -> Feed:
        return await self._fetcher.get(_PATH, params, _read, patience=patience, also=also)


def _search_term(topic: str) -> str:
    """Return the topic in arXiv's search language, "" if it is not a category, so that nothing else enters a query."""
    known = category(topic)
    return "" if known is None else f"cat:{known}.*" if known in ARCHIVES else f"cat:{known}"


def _read(answer: Answer) -> Feed:
    """Parse the feed. Where a refusal (400) is expected, its error feed counts as one without papers."""
    feed = read_feed(answer.body)
    if feed.error is not None and answer.status == 200:
        raise Malformed(feed.error)
    return feed

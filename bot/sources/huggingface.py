"""Hugging Face's daily papers: curated lists with votes.

API: https://huggingface.co/docs/hub/api. The format of the answers is inferred from recorded ones; any field may be
missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from urllib.parse import quote

from bot.errors import SourceError
from bot.models import (
    Batch,
    Paper,
    PaperId,
    PaperRef,
    RefKind,
    Signal,
    SignalKind,
    SourceName,
    Window,
    normalised_title,
)
from bot.sources import fields
from bot.sources.http import Answer, Fetcher, Malformed, Manner, Params, Patience, bounded, parse_json, says_why
from bot.sources.withdrawal import is_withdrawn

MOST_A_PAGE = 100  # the API's largest page
MOST_PAGES = 5  # of one day's list

_MOST_ITEMS = 1_000  # of one answer; a server without pages gives a whole day
_DAY = timedelta(days=1)
_NOT_FOUND: Final = frozenset({404})


class HuggingFace:
    """A PaperSource without title search, and an Enricher. `clock` returns the present as an aware instant."""

    name: Final = SourceName.HUGGINGFACE

    def __init__(self, base_url: str, manner: Manner, *, clock: Callable[[], datetime]) -> None:
        """Set up a client. `base_url` serves `/api/daily_papers` and `/api/papers`."""
        self._limits = manner.limits
        self._clock = clock
        self._fetcher = Fetcher(self.name, base_url, manner)

    @property
    def server_time(self) -> datetime | None:
        """The server's clock at its last answer, in UTC; None before the first."""
        return self._fetcher.server_time

    async def aclose(self) -> None:
        await self._fetcher.aclose()

    async def collect(self, window: Window, topics: Sequence[str]) -> Batch:  # noqa: ARG002  # it has no categories
        """Return the papers listed in the window, dated by when they were submitted to the list.

        Votes, comments and stars are dated now, or the window's end if that has passed, so that a past day's digest
        does not depend on when it is made. A day that fails wholly or in part is reported as the batch's problem, and a
        list that must contain papers but is empty is asked for again. Raises SourceError if every day fails, and
        `source.empty` if all those lists stay empty.
        """
        now = self._clock()
        days = list(_days(window, now))
        patience = Patience(self._limits)
        seen_at = min(now, window.end)
        answers: dict[date, list[object]] = {}
        failure: SourceError | None = None
        for day in days:
            items, error = await self._day(day, patience)
            failure = failure or error
            if items or not error:
                answers[day] = items
            elif error.code == "source.timeout" and not answers:
                break  # it hangs, and would for every other day
        if failure and not answers:
            raise failure
        await self._ask_again(answers, [day for day in reversed(days) if _is_over(day, now)], patience)
        if not failure and not any(answers.values()) and any(_is_over(day, now) for day in days):
            raise SourceError("source.empty", source=self.name.value)
        listed = [_paper(item, day, seen_at) for day, items in answers.items() for item in items]
        papers = {paper.id: paper for paper in listed if paper and paper.listings[0].seen_at in window}
        return Batch(self.name, tuple(papers.values()), listed.count(None), failure.code if failure else None)

    async def _day(self, day: date, patience: Patience) -> tuple[list[object], SourceError | None]:
        """Return a day's list, read until a page is not full, and the error that cut it short."""
        found: list[object] = []
        for page in range(MOST_PAGES):
            params: Params = {"date": day.isoformat(), "limit": MOST_A_PAGE, **({"p": page} if page else {})}
            try:
                items = await self._fetcher.get("/api/daily_papers", params, _items, patience=patience)
            except SourceError as error:
                return found, error
            new = [item for item in items if item not in found]  # a server without pages repeats the first one
            found += new
            if len(items) < MOST_A_PAGE or not new:
                break
        return found, None

    async def _ask_again(self, answers: dict[date, list[object]], days: Sequence[date], patience: Patience) -> None:
        """Ask once more for these days' empty lists, and stop at the first one that is empty again."""
        for day in days:
            if answers.get(day) == []:
                answers[day], _ = await self._day(day, patience)
                if not answers[day]:
                    break

    async def find(self, ref: PaperRef) -> Paper | None:
        """Return the paper with an arXiv id, or with a DOI issued by arXiv. Raises SourceError."""
        if ref.kind is RefKind.ARXIV:
            arxiv_id = fields.arxiv_id(ref.value)
        else:
            arxiv_id = fields.arxiv_id_of_doi(ref.value) if ref.kind is RefKind.DOI else None
        if not arxiv_id:
            return None
        return await self._one(arxiv_id, self._clock(), Patience(self._limits))

    async def enrich(self, papers: Sequence[Paper], seen_at: datetime) -> Batch:
        """Return Hugging Face's own records of the papers that have an arXiv id and are listed there.

        It has no look-up of many papers, so each costs a request, one after the other. Raises SourceError if the first
        one fails; a later failure ends the look-up and is the batch's problem.
        """
        ids = list(dict.fromkeys(filter(None, (fields.arxiv_id(paper.arxiv_id) for paper in papers))))
        patience = Patience(self._limits)
        records: dict[PaperId, Paper] = {}
        for number, arxiv_id in enumerate(ids):
            try:
                record = await self._one(arxiv_id, seen_at, patience)
            except SourceError as error:
                if not number:
                    raise
                return Batch(self.name, tuple(records.values()), problem=error.code, missing=len(ids) - number)
            if record:
                records[record.id] = record
        return Batch(self.name, tuple(records.values()))

    async def _one(self, arxiv_id: str, seen_at: datetime, patience: Patience) -> Paper | None:
        path = f"/api/papers/{quote(arxiv_id, safe='')}"
        item = await self._fetcher.get(path, {}, _object, patience=patience, also=_NOT_FOUND)
        paper = _paper(item, None, seen_at) if item else None
        return paper if paper and paper.arxiv_id == arxiv_id else None

    async def search(self, words: str, limit: int) -> Sequence[Paper]:  # noqa: ARG002  # the port's
        """Return nothing: other sources search titles better."""
        return ()


def _days(window: Window, now: datetime) -> Iterator[date]:
    """Yield the UTC dates that overlap the window, except future ones, which the API refuses."""
    day = window.start.astimezone(UTC).date()
    last = min((window.end - timedelta.resolution).astimezone(UTC), now.astimezone(UTC)).date()
    while day <= last:
        yield day
        day += _DAY


def _is_over(day: date, now: datetime) -> bool:
    """Return whether the day's list must have papers by now: it is a past weekday."""
    return day.weekday() < 5 and day < now.astimezone(UTC).date()


def _items(answer: Answer) -> list[object]:
    value = parse_json(answer)
    if not isinstance(value, list):
        raise Malformed("not a list")
    return [*bounded(value, _MOST_ITEMS)]


def _object(answer: Answer) -> dict[str, object]:
    """Return the JSON object, empty for a paper that does not exist.

    Raises Malformed if something other than the API answered that there is no such page.
    """
    if answer.status == 404:
        if not says_why(answer.body):
            raise Malformed("not the API's refusal")
        return {}
    value = parse_json(answer)
    if not isinstance(value, dict):
        raise Malformed("not an object")
    return value


def _paper(item: object, day: date | None, seen_at: datetime) -> Paper | None:
    """Return the paper of a list's item, or of a bare paper; None if it has no usable title.

    A listed item without a time of its own is dated noon of the list's day.
    """
    outer = fields.mapping(item)
    inner = fields.mapping(outer.get("paper")) or outer
    title = fields.line(inner.get("title") or outer.get("title"), fields.LONGEST_TITLE)
    if not title:
        return None
    listed = fields.instant(inner.get("submittedOnDailyAt"))
    if listed is None and day is not None:
        listed = datetime.combine(day, time(12), UTC)
    published = fields.instant(inner.get("publishedAt")) or listed
    if published is None:
        return None
    own_id = fields.line(inner.get("id"), fields.LONGEST_NAME)
    arxiv_id = fields.arxiv_id(own_id)
    if not (arxiv_id or normalised_title(title)):
        return None
    abstract = fields.text(inner.get("summary") or outer.get("summary"), fields.LONGEST_ABSTRACT) or ""
    counts = {
        SignalKind.LISTED: (1.0, listed),
        SignalKind.UPVOTES: (fields.count(inner.get("upvotes")), seen_at),
        SignalKind.COMMENTS: (fields.count(outer.get("numComments")), seen_at),
        SignalKind.STARS: (fields.count(inner.get("githubStars")), seen_at),
    }
    return Paper(
        id=PaperId.arxiv(arxiv_id) if arxiv_id else PaperId.title(title),
        title=title,
        abstract=abstract,
        authors=_authors(inner.get("authors")),
        published=published,
        url=f"https://arxiv.org/abs/{arxiv_id}" if arxiv_id else f"https://huggingface.co/papers/{quote(own_id or '')}",
        arxiv_id=arxiv_id,
        withdrawn=is_withdrawn(title, abstract),
        keywords=fields.lines(fields.items(inner.get("ai_keywords"))),
        code_url=fields.web_url(inner.get("githubRepo")),
        project_url=fields.web_url(inner.get("projectPage")),
        signals=tuple(
            Signal(SourceName.HUGGINGFACE, kind, value, at)
            for kind, (value, at) in counts.items()
            if value is not None and at is not None
        ),
    )


def _authors(value: object) -> tuple[str, ...]:
    """Return the names only. Somebody who hides the link to their account is still an author."""
    return fields.names(fields.mapping(author).get("name") for author in fields.items(value))

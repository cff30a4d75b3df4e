"""Hugging Face's daily papers: hand-picked lists with votes.

API: https://huggingface.co/docs/hub/api; the form of the answers was read from recorded ones. Every field may be
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
from bot.sources.http import Answer, Fetcher, Malformed, Manner, Params, Patience, parse_json

MOST_A_DAY = 100  # the longest page that the API gives

_DAY = timedelta(days=1)
_NOT_FOUND: Final = frozenset({404})


class HuggingFace:
    """A PaperSource; it has no search by title. `clock` gives the present as an aware instant."""

    name: Final = SourceName.HUGGINGFACE

    def __init__(self, base_url: str, manner: Manner, *, clock: Callable[[], datetime]) -> None:
        """`base_url` serves `/api/daily_papers` and `/api/papers`."""
        self._limits = manner.limits
        self._clock = clock
        self._fetcher = Fetcher(self.name, base_url, manner)

    @property
    def server_time(self) -> datetime | None:
        """The server's clock at its last answer, in UTC; None before one."""
        return self._fetcher.server_time

    async def aclose(self) -> None:
        await self._fetcher.aclose()

    async def collect(self, window: Window, topics: Sequence[str]) -> Batch:  # noqa: ARG002  # it has no categories
        """The papers listed in the window, dated by the instant at which they were submitted to the list.

        Votes, comments and stars are as of now, or of the window's end where that is past, so that a digest of a past
        day does not change with the day on which it is made. A day that does not come is the batch's problem; raises
        SourceError when none comes, and `source.empty` when lists that must hold something hold nothing.
        """
        now = self._clock()
        days = list(_days(window, now))
        patience = Patience(self._limits)
        seen_at = min(now, window.end)
        answers: list[tuple[date, list[object]]] = []
        failure: SourceError | None = None
        for day in days:
            params: Params = {"date": day.isoformat(), "limit": MOST_A_DAY}
            try:
                answers.append((day, await self._fetcher.get("/api/daily_papers", params, _items, patience=patience)))
            except SourceError as error:
                failure = failure or error
                if error.code == "source.timeout" and not answers:
                    break  # it hangs: each further day would only take as long
        if failure and not answers:
            raise failure
        if not failure and not any(items for _, items in answers) and any(_is_over(day, now) for day in days):
            raise SourceError("source.empty", source=self.name.value)
        found = [_paper(item, day, seen_at) for day, items in answers for item in items]
        papers = {paper.id: paper for paper in found if paper and paper.listings[0].seen_at in window}
        return Batch(self.name, tuple(papers.values()), found.count(None), failure.code if failure else None)

    async def find(self, ref: PaperRef) -> Paper | None:
        """The paper of an arXiv id, or of a DOI that arXiv gave. Raises SourceError."""
        if ref.kind is RefKind.ARXIV:
            found = fields.arxiv_id(ref.value)
        else:
            found = fields.arxiv_id_of_doi(ref.value) if ref.kind is RefKind.DOI else None
        if not found:
            return None
        item = await self._fetcher.get(f"/api/papers/{quote(found, safe='')}", {}, _object, also=_NOT_FOUND)
        paper = _paper(item, None, self._clock()) if item else None
        return paper if paper and paper.arxiv_id == found else None

    async def search(self, words: str, limit: int) -> Sequence[Paper]:  # noqa: ARG002  # the port's
        """Nothing: other sources search titles better."""
        return ()


def _days(window: Window, now: datetime) -> Iterator[date]:
    """The UTC dates of which the window has a part, without those to come, which the API refuses."""
    day = window.start.astimezone(UTC).date()
    last = min((window.end - timedelta.resolution).astimezone(UTC), now.astimezone(UTC)).date()
    while day <= last:
        yield day
        day += _DAY


def _is_over(day: date, now: datetime) -> bool:
    """Whether the day's list must have papers by now: it is a weekday of the past."""
    return day.weekday() < 5 and day < now.astimezone(UTC).date()


def _items(answer: Answer) -> list[object]:
    found = parse_json(answer)
    if not isinstance(found, list):
        raise Malformed("not a list")
    return found


def _object(answer: Answer) -> dict[str, object]:
    """The JSON object; an empty one for a paper that is not there."""
    if answer.status == 404:
        return {}
    found = parse_json(answer)
    if not isinstance(found, dict):
        raise Malformed("not an object")
    return found


def _paper(item: object, day: date | None, seen_at: datetime) -> Paper | None:
    """The paper of an item of a list, or of the bare paper; None for one without a usable title.

    Without an instant of its own an item of a day's list is dated noon of that day.
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
    counts = {
        SignalKind.LISTED: (1.0, listed),
        SignalKind.UPVOTES: (fields.count(inner.get("upvotes")), seen_at),
        SignalKind.COMMENTS: (fields.count(outer.get("numComments")), seen_at),
        SignalKind.STARS: (fields.count(inner.get("githubStars")), seen_at),
    }
    return Paper(
        id=PaperId.arxiv(arxiv_id) if arxiv_id else PaperId.title(title),
        title=title,
        abstract=fields.text(inner.get("summary") or outer.get("summary"), fields.LONGEST_ABSTRACT) or "",
        authors=_authors(inner.get("authors")),
        published=published,
        url=f"https://arxiv.org/abs/{arxiv_id}" if arxiv_id else f"https://huggingface.co/papers/{quote(own_id or '')}",
        arxiv_id=arxiv_id,
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
    """Names alone; who hid the link to an account is an author all the same."""
    return fields.lines(fields.mapping(author).get("name") for author in fields.items(value))

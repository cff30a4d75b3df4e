"""Read a search of arXiv's page by page, and notice what did not come.

The API now and then gives a page with fewer entries than were asked for, an empty one, or a number of results that is
too low (github.com/lukasschwab/arxiv.py/issues/158). So a page that is short is asked for once more, reading goes on
behind a full page whatever the number says, and what is still missing in the end is counted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.errors import SourceError
from bot.models import Paper, PaperId
from bot.sources.arxiv_feed import Feed

MOST_RESULTS = 30_000  # of one query, says the manual
MOST_REQUESTS = 60  # for one search
SECOND_CHANCES = 3  # in one search: a server whose every page is short has its own idea of a page's size

Ask = Callable[[int], Awaitable[Feed]]


@dataclass(slots=True)
class Found:
    """What a search has brought so far.

    `total` is the highest number of results that was named, `read` counts the distinct entries that came, `dropped`
    those among them that make no paper. `problem` is the code of the error that ended the reading early.
    """

    papers: dict[PaperId, Paper] = field(default_factory=dict)
    total: int = 0
    read: int = 0
    dropped: int = 0
    problem: str | None = None

    @property
    def missing(self) -> int:
        """How many results there are, as far as is known, that did not come."""
        return max(self.total - self.read, 0)

    def add(self, page: Feed) -> int:
        """Add a page; return how many of its entries are new."""
        new = {paper.id: paper for paper in page.papers if paper.id not in self.papers}
        self.papers |= new
        self.total = max(self.total, page.total)
        self.dropped += page.dropped
        self.read += len(new) + page.dropped
        return len(new) + page.dropped


async def read_all(ask: Ask, size: int) -> Found:
    """Read every page of a search; `ask` gives the page that begins at an entry, of at most `size` entries.

    Raises SourceError if the first page does not come. A first page that is empty twice is an empty search.
    """
    found = Found()
    start, requests, chances = 0, MOST_REQUESTS, SECOND_CHANCES
    while start < MOST_RESULTS and requests > 0 and not found.problem:
        requests -= 1
        try:
            page = await ask(start)
        except SourceError as error:
            if start == 0:
                raise
            found.problem = error.code
            break
        if _is_short(page, start, size, found) and chances and requests:
            requests, chances = requests - 1, chances - 1
            try:
                page = page.joined(await ask(start))
            except SourceError as error:
                found.problem = error.code
        new = found.add(page)
        if page.is_empty and 0 < start < found.total:
            found.problem = found.problem or "source.empty"
        if not new or (page.entries < size and start + page.entries >= found.total):
            break
        start += min(page.entries, size)
    return found


def _is_short(page: Feed, start: int, size: int, found: Found) -> bool:
    """Return whether the page brings fewer new entries than it should, or more than it says there are in all."""
    new = page.dropped + sum(paper.id not in found.papers for paper in page.papers)
    expected = min(size, max(page.total, found.total) - start)
    contradicts = page.total < start + page.entries and 0 < page.entries < size
    return new < expected or contradicts or (start == 0 and page.is_empty)

"""A search read to its end, whatever its pages and its own count leave out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.models import PaperId
from bot.sources.arxiv_feed import Feed
from bot.sources.arxiv_paging import MOST_REQUESTS, MOST_RESULTS, SECOND_CHANCES, Ask, read_all
from tests.support.source_fakes import paper

PAPERS = [paper(f"2602.{n:05}") for n in range(300)]


def feed(numbers: range, total: int) -> Feed:
    return Feed(total, tuple(PAPERS[n] for n in numbers))


class Server:
    """Holds `held` papers and says that it has `said`; `cuts` are how many entries its answers leave out, in turn."""

    def __init__(self, held: int, said: int, cuts: list[int], size: int) -> None:
        self.held, self.said, self.cuts, self.size = held, said, cuts, size
        self.starts: list[int] = []

    async def __call__(self, start: int) -> Feed:
        self.starts.append(start)
        cut = self.cuts.pop(0) if self.cuts else 0
        return feed(range(start, max(start, min(start + self.size, self.held) - cut)), self.said)


def failing(after: Ask, start: int) -> Ask:
    """As `after`, but for the page that begins at `start`."""

    async def ask(wanted: int) -> Feed:
        if wanted == start:
            raise SourceError("source.timeout")
        return await after(wanted)

    return ask


@given(st.integers(0, 60), st.integers(2, 9), st.integers(0, 60))
async def test_an_honest_or_modest_count_loses_nothing(held: int, size: int, said: int) -> None:
    server = Server(held, min(said, held), [], size)
    found = await read_all(server, size)
    assert (len(found.papers), found.missing, found.problem) == (held, 0, None)


@given(st.integers(1, 60), st.integers(1, 9), st.lists(st.integers(0, 9), max_size=6))
async def test_what_does_not_come_is_named(held: int, size: int, cuts: list[int]) -> None:
    found = await read_all(Server(held, held, cuts, size), size)
    assert len(found.papers) + found.missing == held
    assert list(found.papers) == [PAPERS[n].id for n in range(held)][: len(found.papers)]


@pytest.mark.parametrize("cut", [1, 2, 3])
async def test_a_page_that_is_short_once_costs_nothing(cut: int) -> None:
    server = Server(10, 10, [0, cut], 4)
    found = await read_all(server, 4)
    assert (len(found.papers), found.missing, found.problem) == (10, 0, None)
    assert server.starts == [0, 4, 4, 8]


async def test_a_server_with_smaller_pages_is_followed() -> None:
    server = Server(20, 20, [2] * 100, 6)
    found = await read_all(server, 6)
    assert (len(found.papers), found.missing) == (18, 2)  # it cuts the last page too
    assert len(server.starts) <= 5 + SECOND_CHANCES + 1


async def test_a_count_that_is_too_high_is_named() -> None:
    found = await read_all(Server(5, 9, [], 3), 3)
    assert (len(found.papers), found.missing) == (5, 4)


async def test_a_count_that_is_too_low_ends_nothing_where_pages_are_full() -> None:
    server = Server(9, 3, [], 3)
    found = await read_all(server, 3)
    assert (len(found.papers), found.missing, found.problem) == (9, 0, None)
    assert server.starts == [0, 3, 6, 9]


async def test_a_later_failure_is_the_problem_and_the_first_one_an_error() -> None:
    found = await read_all(failing(Server(9, 9, [], 3), 3), 3)
    assert (len(found.papers), found.missing, found.problem) == (3, 6, "source.timeout")
    with pytest.raises(SourceError):
        await read_all(failing(Server(9, 9, [], 3), 0), 3)


async def test_a_second_chance_that_fails_keeps_what_came() -> None:
    asked = 0

    async def ask(start: int) -> Feed:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise SourceError("source.status")
        return feed(range(2), 9)

    found = await read_all(ask, 3)
    assert (len(found.papers), found.missing, found.problem) == (2, 7, "source.status")


async def test_no_more_than_arxiv_gives_is_asked_for() -> None:
    asked = []

    async def endless(start: int) -> Feed:
        asked.append(start)
        return Feed(10**9, (paper(f"2602.{len(asked):05}"),))

    found = await read_all(endless, 500)
    assert len(asked) <= MOST_REQUESTS
    assert found.papers.keys() >= {PaperId.arxiv("2602.00001")}
    asked.clear()

    async def full(start: int) -> Feed:
        asked.append(start)
        return Feed(10**9, (paper(f"2602.{len(asked):05}"),), dropped=1999)

    await read_all(full, 2000)
    assert asked == list(range(0, MOST_RESULTS, 2000))


async def test_an_empty_search_is_asked_for_twice() -> None:
    server = Server(0, 0, [], 3)
    found = await read_all(server, 3)
    assert (found.read, found.missing, found.problem, server.starts) == (0, 0, None, [0, 0])

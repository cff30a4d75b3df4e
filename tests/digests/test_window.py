"""Which papers a digest chooses from: none falls between two digests of a channel, whatever the clocks do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat.why import standing
from bot.digests.digest import Digests, Order
from bot.digests.schedule import due_date, next_due
from bot.digests.window import LONGEST, LOOK_BACK, OVERLAP, window
from bot.models import (
    Channel,
    ChannelKey,
    ChannelSettings,
    Paper,
    PaperId,
    Signal,
    SignalKind,
    SourceName,
    SourceReport,
    Weekday,
    Window,
)
from bot.ports import Progress
from bot.store.store import Store
from bot.summaries.budget import Budget
from bot.summaries.summaries import Summaries
from bot.taste.embedding.word_vectors import WordVectors
from bot.taste.placement import Placement
from bot.taste.tastes import Tastes

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
DUE = datetime(2026, 10, 25, 6, tzinfo=UTC)  # 07:00 in Berlin, on the day on which the clocks go back
SUNDAYS = ChannelSettings(time=time(7), timezone="Europe/Berlin", days=(Weekday.SUN,), topics=("cs.CL",))
HERE = ChannelKey("fake", "1")


# --- how far back ---------------------------------------------------------------------------------


@given(
    zone=st.sampled_from(sorted(available_timezones())),
    clock=st.times(),
    days=st.sets(st.sampled_from(Weekday), min_size=1),
    begin=st.datetimes(datetime(1995, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 (hypothesis adds the zone)
    missed=st.lists(st.integers(0, 3), min_size=1, max_size=12),
)
@example("Europe/Berlin", time(7), {Weekday.SUN}, datetime(2026, 10, 20, tzinfo=UTC), [0])
@example("Pacific/Apia", time(0), {Weekday.FRI}, datetime(2011, 12, 20, tzinfo=UTC), [0, 3])
def test_nothing_falls_between_two_digests(
    zone: str, clock: time, days: set[Weekday], begin: datetime, missed: list[int]
) -> None:
    """`missed` counts the digests in a row that were due while nobody was there."""
    settings = ChannelSettings(time=clock.replace(tzinfo=None), timezone=zone, days=tuple(days))
    last = next_due(begin, settings)
    for skipped in missed:
        due = last
        for _ in range(skipped + 1):
            due = next_due(due, settings)
        found = window(due, last)

        assert found.end == due
        assert due - LONGEST <= found.start <= due - LOOK_BACK
        assert found.start <= last or due - last > LONGEST
        last = due


def test_a_digest_that_follows_no_other_reaches_back_seven_days() -> None:
    assert window(DUE, None) == Window(DUE - WEEK, DUE)


@pytest.mark.parametrize("days", [1, 3, 6])
def test_daily_digests_reach_back_seven_days(days: int) -> None:
    assert window(DUE, DUE - days * DAY) == Window(DUE - WEEK, DUE)


def test_what_was_listed_just_before_the_last_digest_may_not_have_been_collected_then() -> None:
    assert window(DUE, DUE - WEEK - HOUR).start == DUE - WEEK - HOUR - OVERLAP


def test_after_a_long_absence_a_month_is_looked_back_on() -> None:
    assert window(DUE, DUE - 300 * DAY).start == DUE - LONGEST


# --- with what is stored --------------------------------------------------------------------------


class Collected:
    """Everything is in the store already; `windows` are those that were asked for."""

    def __init__(self) -> None:
        self.windows: list[Window] = []

    async def collect(
        self, window: Window, topics: Sequence[str], progress: Progress | None = None
    ) -> tuple[SourceReport, ...]:
        self.windows.append(window)
        return (SourceReport(SourceName.ARXIV, 1),)


def digests(store: Store, collected: Collected | None = None) -> Digests:
    budget = Budget(store, None, ZoneInfo("UTC"), lambda: DUE)
    summaries = Summaries(store, None, budget, ("m", None), lambda: DUE)
    return Digests(store, collected or Collected(), summaries, Tastes(store, Placement(store, WordVectors())))


async def listed(store: Store, number: int, at: datetime) -> Paper:
    paper = Paper(
        id=PaperId("sample", f"window-{number}"),
        title=f"An invented paper about subject number {number}",
        abstract=f"It measures subject {number}.",
        authors=("A. Author",),
        published=at,
        url="https://example.org",
        categories=("cs.CL",),
        signals=(Signal(SourceName.ARXIV, SignalKind.LISTED, 1, at),),
    )
    await store.papers.save([paper])
    return paper


def order(channel: Channel, due: datetime) -> Order:
    return Order(channel, due_date(due, channel.settings), due)


async def test_the_hour_that_comes_twice_is_in_no_gap_of_a_weekly_channel(sqlite_store: Store) -> None:
    channel = Channel(HERE, SUNDAYS, next_run_at=DUE)
    before = next_due(DUE - WEEK - DAY, SUNDAYS)
    assert DUE - before == WEEK + HOUR
    first = await listed(sqlite_store, 1, before - HOUR)
    made = await digests(sqlite_store).make(order(channel, before))
    between = await listed(sqlite_store, 2, before + HOUR / 2)

    following = await digests(sqlite_store).make(order(channel, DUE))

    assert [entry.paper.id for entry in made.entries] == [first.id]
    assert [entry.paper.id for entry in following.entries] == [between.id]


async def test_a_channel_that_was_off_for_weeks_gets_what_was_listed_meanwhile(sqlite_store: Store) -> None:
    channel = Channel(HERE, SUNDAYS, next_run_at=DUE)
    await listed(sqlite_store, 1, DUE - 3 * WEEK - HOUR)
    await digests(sqlite_store).make(order(channel, DUE - 3 * WEEK))
    meanwhile = await listed(sqlite_store, 2, DUE - 3 * WEEK + HOUR)
    collected = Collected()

    made = await digests(sqlite_store, collected).make(order(channel, DUE))

    assert [entry.paper.id for entry in made.entries] == [meanwhile.id]
    assert collected.windows == [Window(DUE - 3 * WEEK - OVERLAP, DUE)]


async def test_a_digest_without_papers_leaves_its_time_to_the_next_one(sqlite_store: Store) -> None:
    channel = Channel(HERE, SUNDAYS, next_run_at=DUE)
    await listed(sqlite_store, 1, DUE - 2 * WEEK - HOUR)
    await digests(sqlite_store).make(order(channel, DUE - 2 * WEEK))
    empty = await digests(sqlite_store).make(order(channel, DUE - WEEK))
    late = await listed(sqlite_store, 2, DUE - 2 * WEEK + HOUR)

    made = await digests(sqlite_store).make(order(channel, DUE))

    assert empty.empty
    assert [entry.paper.id for entry in made.entries] == [late.id]


async def test_the_command_line_and_its_dates_always_mean_seven_days(sqlite_store: Store) -> None:
    channel = Channel(HERE, SUNDAYS)
    await listed(sqlite_store, 1, DUE - 3 * WEEK - HOUR)
    await digests(sqlite_store).make(order(channel, DUE - 3 * WEEK))
    await listed(sqlite_store, 2, DUE - WEEK - HOUR)
    collected = Collected()

    made = await digests(sqlite_store, collected).make(Order(channel, date(2026, 10, 25), DUE))

    assert made.entries == ()
    assert collected.windows == [Window(DUE - WEEK, DUE)]


async def test_why_means_the_same_papers_as_the_next_digest(sqlite_store: Store) -> None:
    channel = Channel(HERE, replace(SUNDAYS, language="en"), next_run_at=DUE)
    await listed(sqlite_store, 1, DUE - 2 * WEEK - HOUR)
    await digests(sqlite_store).make(order(channel, DUE - 2 * WEEK))
    waiting = await listed(sqlite_store, 2, DUE - 10 * DAY)
    too_old = await listed(sqlite_store, 3, DUE - 20 * DAY)
    made = digests(sqlite_store)

    now, then = await made.explain(channel, waiting, DUE), await made.explain(channel, too_old, DUE)

    assert [sentence.key for sentence in standing(now, channel, DUE)][1] == "channels.why.first"
    old = standing(then, channel, DUE)[1]
    assert (old.key, dict(old.arguments)["n"]) == ("channels.why.old", 14)

"""When a digest is due, in zones whose clocks change; what a look at a channel gives; and the ticking."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.schedule import GRACE, HORIZON, due_date, due_on, late_after, next_due, plan
from bot.errors import StoreError
from bot.models import Channel, ChannelKey, ChannelSettings, Plan, PlannedRun, Weekday
from bot.operations.ticker import Job, tick

ZONES = (
    "Asia/Tokyo", "Europe/Berlin", "America/New_York", "America/Nuuk", "Africa/Cairo", "Australia/Lord_Howe",
    "America/St_Johns", "Pacific/Chatham",
)  # fmt: skip
WEEK = tuple(Weekday)
DAY = timedelta(days=1)


def settings(clock: time = time(7), zone: str = "Asia/Tokyo", days: tuple[Weekday, ...] = WEEK) -> ChannelSettings:
    return ChannelSettings(time=clock, timezone=zone, days=days)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES)
def test_every_local_day_of_a_year_is_due_once_at_any_half_hour(zone: str) -> None:
    year = [date(2026, 1, 1) + timedelta(n) for n in range(365)]
    for half_hour in range(48):
        asked = settings(time(half_hour // 2, half_hour % 2 * 30), zone)
        days: list[date] = []
        at = utc("2025-12-29T00:00")
        while not days or days[-1] <= year[-1]:
            later = next_due(at, asked)
            assert later > at
            at = later
            days.append(due_date(at, asked))

        assert [day for day in days if day.year == 2026] == year


@pytest.mark.parametrize(
    ("clock", "zone", "day", "at"),
    [
        (time(7), "Asia/Tokyo", date(2026, 2, 27), utc("2026-02-26T22:00")),
        # What the clocks skip is the first instant after the gap.
        (time(2, 30), "Europe/Berlin", date(2026, 3, 29), utc("2026-03-29T01:00")),
        (time(2), "Europe/Berlin", date(2026, 3, 29), utc("2026-03-29T01:00")),
        (time(3), "Europe/Berlin", date(2026, 3, 29), utc("2026-03-29T01:00")),
        (time(0), "Africa/Cairo", date(2026, 4, 24), utc("2026-04-23T22:00")),
        (time(2, 15), "Australia/Lord_Howe", date(2026, 10, 4), utc("2026-10-03T15:30")),
        # The gap ends the day: its instant is the next day's first.
        (time(23, 30), "America/Nuuk", date(2026, 3, 28), utc("2026-03-29T01:00")),
        # What they show twice is the first of the two.
        (time(2, 30), "Europe/Berlin", date(2026, 10, 25), utc("2026-10-25T00:30")),
        # A date that never was.
        (time(7), "Pacific/Apia", date(2011, 12, 30), None),
    ],
)
def test_where_the_clocks_change(clock: time, zone: str, day: date, at: datetime | None) -> None:
    assert due_on(day, settings(clock, zone)) == at


def test_a_time_in_a_gap_at_the_end_of_a_day_belongs_to_that_day() -> None:
    asked = settings(time(23, 30), "America/Nuuk")

    assert due_date(utc("2026-03-29T01:00"), asked) == date(2026, 3, 28)
    assert next_due(utc("2026-03-29T01:00"), asked) == utc("2026-03-30T00:30")


def test_only_wanted_weekdays_are_due() -> None:
    asked = settings(days=(Weekday.MON, Weekday.FRI))

    assert next_due(utc("2026-02-26T00:00"), asked) == utc("2026-02-26T22:00")  # Friday 7:00 in Tokyo
    assert next_due(utc("2026-02-26T22:00"), asked) == utc("2026-03-01T22:00")


def test_the_instant_itself_is_not_after_itself() -> None:
    at = utc("2026-02-26T22:00")

    assert next_due(at - timedelta(microseconds=1), settings()) == at
    assert next_due(at, settings()) == at + DAY


def test_other_offsets_mean_the_same_instant() -> None:
    after = datetime(2026, 2, 27, 6, 59, tzinfo=timezone(timedelta(hours=9)))

    assert next_due(after, settings()) == utc("2026-02-26T22:00")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", "Asia/Tokyo\0"])
def test_an_unknown_zone_is_an_error(zone: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        next_due(utc("2026-02-26T00:00"), settings(zone=zone))


def test_no_weekday_is_an_error() -> None:
    with pytest.raises(ValueError, match="no day"):
        next_due(utc("2026-02-26T00:00"), settings(days=()))


@given(
    after=st.integers(631_152_000, 2_145_916_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),  # to 2037
    clock=st.times(),
    zone=st.sampled_from(sorted(available_timezones())),
    days=st.sets(st.sampled_from(WEEK), min_size=1),
)
def test_a_due_instant_is_the_next_wanted_local_time(
    after: datetime, clock: time, zone: str, days: set[Weekday]
) -> None:
    asked = settings(clock.replace(microsecond=0, fold=0), zone, tuple(days))

    at = next_due(after, asked)

    day = due_date(at, asked)
    local = at.astimezone(ZoneInfo(zone))
    assert after < at <= after + HORIZON
    assert WEEK[day.weekday()] in days
    assert late_after(day, asked) > at
    assert not any(
        after < between < at
        for n in range(1, 9)
        if WEEK[(day - n * DAY).weekday()] in days and (between := due_on(day - n * DAY, asked))
    )
    if (local.date(), local.time()) != (day, asked.time):
        # Only a gap moves it, and then to the very end of the gap.
        assert (at - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).utcoffset() != local.utcoffset()
        assert local.replace(tzinfo=None) > datetime.combine(day, asked.time)


# --- what a look at a channel gives -----------------------------------------------------------

KEY = ChannelKey("fake", "C1")
NOW = utc("2026-02-27T03:00")  # noon in Tokyo


def channel(next_run_at: datetime | None, asked: ChannelSettings | None = None) -> Channel:
    return Channel(KEY, asked or settings(), next_run_at=next_run_at)


def run(day: int, *, skipped: bool = False) -> PlannedRun:
    due = datetime(2026, 2, day - 1, 22, tzinfo=UTC)
    return PlannedRun(date(2026, 2, day), due, datetime(2026, 2, day, 15, tzinfo=UTC), skipped)


def test_what_is_due_is_one_run() -> None:
    assert plan(channel(run(27).due_at), NOW) == Plan((run(27),), run(28).due_at)


def test_nothing_is_due_early() -> None:
    at = NOW + timedelta(seconds=1)

    assert plan(channel(at), NOW) == Plan((), at)


def test_days_that_are_over_are_skipped_and_today_is_made() -> None:
    runs = (run(25, skipped=True), run(26, skipped=True), run(27))

    assert plan(channel(run(25).due_at), NOW) == Plan(runs, run(28).due_at)


def test_of_a_long_absence_only_the_last_days_are_told() -> None:
    found = plan(channel(utc("2020-01-01T00:00")), NOW)

    assert [one.day for one in found.runs] == [date(2026, 2, 21) + timedelta(n) for n in range(7)]
    assert found.next_run_at == run(28).due_at


def test_a_digest_of_late_evening_has_some_time_beyond_midnight() -> None:
    asked = settings(time(23, 50))
    due = utc("2026-02-27T14:50")

    assert not plan(channel(due, asked), due + GRACE - DAY / 1440).runs[0].skipped
    assert plan(channel(due, asked), due + GRACE).runs[0].skipped


@pytest.mark.parametrize("written", [None, NOW + HORIZON + timedelta(seconds=1), NOW + timedelta(days=70_000)])
def test_an_instant_that_cannot_be_is_set_right(written: datetime | None) -> None:
    assert plan(channel(written), NOW) == Plan((), run(28).due_at)


@pytest.mark.parametrize("asked", [settings(zone="Mars/Olympus"), settings(days=())])
def test_settings_that_are_never_due_are_a_problem(asked: ChannelSettings) -> None:
    assert plan(channel(NOW, asked), NOW) == Plan((), None, "schedule.impossible")


def test_new_settings_count_from_now_on() -> None:
    """`next_run_at` was written for another time of day; that date's digest still is one run of that date."""
    later = replace(settings(), time=time(9))

    assert [one.day for one in plan(channel(run(27).due_at, later), NOW).runs] == [date(2026, 2, 27), date(2026, 2, 27)]


# --- the ticking ------------------------------------------------------------------------------


async def test_jobs_run_again_and_again_whatever_becomes_of_them(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    stop = asyncio.Event()
    calls = {"well": 0, "down": 0, "wrong": 0}

    async def well() -> None:
        calls["well"] += 1
        if min(calls.values()) >= 2:
            stop.set()

    async def down() -> None:
        calls["down"] += 1
        raise StoreError("store.locked", path="x")

    async def wrong() -> None:
        calls["wrong"] += 1
        raise ZeroDivisionError

    jobs = [Job("well", well, 0.05), Job("down", down, 0.05), Job("wrong", wrong, 0.05)]
    await asyncio.wait_for(tick(jobs, stop), 300)

    assert min(calls.values()) >= 2
    assert "down: store.locked (path=x)" in caplog.messages
    assert "wrong failed" in caplog.messages


async def test_a_job_never_runs_twice_at_a_time_and_is_ended_at_the_end() -> None:
    stop = asyncio.Event()
    begun, ended = [], []

    async def long() -> None:
        begun.append(1)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(1)

    async def end() -> None:
        stop.set()

    jobs = [Job("long", long, 0.02), Job("end", end, 0.3, at_start=False)]
    await asyncio.wait_for(tick(jobs, stop), 300)

    assert (begun, ended) == ([1], [1])

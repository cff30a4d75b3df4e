"""arXiv's calendar: cut-offs, weekends, holidays and daylight saving time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import EmptyReason, Window
from bot.sources.calendar import (
    EASTERN,
    Quiet,
    announced_at,
    announcements,
    holiday,
    quiet_day,
    submission_window,
)

instants = st.integers(0, 15 * 366 * 86_400).map(lambda n: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=n))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def eastern(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)


@pytest.mark.parametrize(
    ("submitted", "announced"),
    [
        # Winter: 14:00 and 20:00 in New York are 19:00 and 01:00 UTC.
        ("2026-02-23 18:59:59", "2026-02-24 01:00"),  # Monday, just in time
        ("2026-02-23 19:00:00", "2026-02-25 01:00"),  # Monday at the cut-off: Tuesday's
        ("2026-02-19 18:00:00", "2026-02-20 01:00"),  # Thursday
        ("2026-02-19 20:00:00", "2026-02-23 01:00"),  # Thursday evening: Sunday's
        ("2026-02-20 18:00:00", "2026-02-23 01:00"),  # Friday before the cut-off: Sunday's
        ("2026-02-20 20:00:00", "2026-02-24 01:00"),  # Friday evening: Monday's
        ("2026-02-21 12:00:00", "2026-02-24 01:00"),  # Saturday
        ("2026-02-22 12:00:00", "2026-02-24 01:00"),  # Sunday
        # Summer: 18:00 and 00:00 UTC.
        ("2026-07-14 17:59:00", "2026-07-15 00:00"),
        ("2026-07-14 18:00:00", "2026-07-16 00:00"),
        # Clocks go forward on Sunday 2026-03-08: Friday's cut-off is at 19:00 UTC, Sunday's announcement at 00:00.
        ("2026-03-06 18:59:00", "2026-03-09 00:00"),
        ("2026-03-06 19:00:00", "2026-03-10 00:00"),
        # ... and back on Sunday 2026-11-01.
        ("2026-10-30 17:59:00", "2026-11-02 01:00"),
        ("2026-10-30 18:00:00", "2026-11-03 01:00"),
        # Holidays: Thanksgiving's papers, from Wednesday 14:00 on, come on Sunday with Friday's.
        ("2026-11-25 18:00:00", "2026-11-26 01:00"),
        ("2026-11-25 20:00:00", "2026-11-30 01:00"),
        ("2026-11-26 12:00:00", "2026-11-30 01:00"),
        # Holidays on a Friday: Sunday's announcement falls out, and its papers come on Monday.
        ("2026-06-18 17:00:00", "2026-06-19 00:00"),  # Thursday: announced as ever
        ("2026-06-18 18:00:00", "2026-06-23 00:00"),
        ("2026-06-19 12:00:00", "2026-06-23 00:00"),
        ("2026-06-22 12:00:00", "2026-06-23 00:00"),
        ("2026-07-02 18:00:00", "2026-07-07 00:00"),
        ("2025-07-04 12:00:00", "2025-07-08 00:00"),
        ("2026-12-24 20:00:00", "2026-12-29 01:00"),
        ("2026-12-25 12:00:00", "2026-12-29 01:00"),
        # New Year's Eve on a Thursday, New Year's Day on the Friday: Monday follows.
        ("2026-12-31 12:00:00", "2027-01-05 01:00"),
        ("2026-12-28 20:00:00", "2026-12-31 01:00"),  # the 29th is a holiday, so Wednesday's
        ("2026-01-19 12:00:00", "2026-01-21 01:00"),  # Monday, Martin Luther King Jr. Day
    ],
)
def test_a_paper_is_announced_by_the_published_schedule(submitted: str, announced: str) -> None:
    assert announced_at(utc(submitted)) == utc(announced)


@given(instants)
def test_an_announcement_comes_after_at_least_six_hours_and_at_most_a_week(submitted: datetime) -> None:
    announced = announced_at(submitted)
    assert timedelta(hours=6) < announced - submitted < timedelta(days=8)
    local = announced.astimezone(EASTERN)
    assert (local.hour, local.minute) == (20, 0)
    assert local.weekday() not in (4, 5)
    assert not holiday(local.date())


@given(instants, instants)
def test_who_submits_earlier_is_never_announced_later(one: datetime, other: datetime) -> None:
    early, late = sorted([one, other])
    assert announced_at(early) <= announced_at(late)


@given(instants, st.integers(1, 20), instants)
def test_a_submission_window_holds_exactly_what_its_window_announces(
    end: datetime, days: int, submitted: datetime
) -> None:
    window = Window(end - timedelta(days=days), end)
    span = submission_window(window)
    if span is None:
        assert announcements(window) == ()
        assert announced_at(submitted) not in window
    else:
        assert (span.start <= submitted < span.end) == (announced_at(submitted) in window)


def test_a_week_has_five_announcements() -> None:
    window = Window(utc("2026-02-21"), utc("2026-02-28"))
    assert [at.astimezone(EASTERN).strftime("%a %d") for at in announcements(window)] == [
        "Sun 22",
        "Mon 23",
        "Tue 24",
        "Wed 25",
        "Thu 26",
    ]
    assert submission_window(window) == Window(utc("2026-02-19 19:00"), utc("2026-02-26 19:00"))


def test_a_window_begins_after_its_start_and_holds_its_end() -> None:
    at = utc("2026-02-24 01:00")
    assert announcements(Window(at, at + timedelta(hours=1))) == ()
    assert announcements(Window(at - timedelta(hours=1), at)) == (at,)


def test_a_weekend_has_no_submission_window() -> None:
    assert submission_window(Window(utc("2026-02-21 00:00") + timedelta(hours=2), utc("2026-02-22 00:00"))) is None


@pytest.mark.parametrize(
    ("due", "quiet"),
    [
        ("2026-02-21 00:00", None),  # the end of Friday in UTC: Thursday's announcement
        ("2026-02-22 00:00", Quiet(EmptyReason.WEEKEND)),  # the end of Saturday
        ("2026-02-23 00:00", Quiet(EmptyReason.WEEKEND)),  # the end of Sunday, an hour before Sunday's announcement
        ("2026-02-24 00:00", None),
        ("2026-02-27 22:00", None),  # Saturday, 07:00 in Tokyo: Thursday evening's papers are of this day
        ("2026-02-28 22:00", Quiet(EmptyReason.WEEKEND)),  # Sunday, 07:00 in Tokyo
        ("2026-03-01 22:00", Quiet(EmptyReason.WEEKEND)),  # Monday, 07:00 in Tokyo
        ("2026-03-02 22:00", None),
        ("2026-11-27 12:00", Quiet(EmptyReason.HOLIDAY, "Thanksgiving Day")),
        ("2026-12-30 12:00", Quiet(EmptyReason.HOLIDAY, "Winter break")),
        # Juneteenth is a Friday, quiet anyway; what it costs is Sunday's announcement.
        ("2026-06-20 12:00", Quiet(EmptyReason.WEEKEND)),
        ("2026-06-21 22:00", Quiet(EmptyReason.WEEKEND)),  # Monday, 07:00 in Tokyo: Saturday evening
        ("2026-06-22 12:00", Quiet(EmptyReason.HOLIDAY, "Juneteenth")),
        ("2026-06-22 22:00", Quiet(EmptyReason.HOLIDAY, "Juneteenth")),  # Tuesday, 07:00 in Tokyo
        ("2026-06-23 12:00", None),
        ("2026-07-06 12:00", Quiet(EmptyReason.HOLIDAY, "Independence Day")),
        ("2026-12-28 12:00", Quiet(EmptyReason.HOLIDAY, "Christmas Day")),
        # The evening before the clocks go back is 25 hours before the next one.
        ("2026-11-02 00:30", Quiet(EmptyReason.WEEKEND)),
        ("2026-11-02 01:00", None),
    ],
)
def test_a_day_without_announcement_says_why(due: str, quiet: Quiet | None) -> None:
    assert quiet_day(utc(due)) == quiet


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "New Year's Day"),
        (date(2026, 7, 3), "Independence Day"),
        (date(2026, 7, 4), ""),
        (date(2026, 12, 31), "New Year's Eve"),
        (date(2026, 5, 25), ""),  # Memorial Day is not among them
        (date(2024, 10, 8), "Day off"),
        # Years without a list of arXiv's.
        (date(2025, 7, 4), "Independence Day"),
        (date(2027, 6, 18), "Juneteenth"),  # the 19th is a Saturday
        (date(2027, 12, 24), "Christmas Day"),  # the 25th is a Saturday
        (date(2028, 1, 1), ""),  # a Saturday, kept on the day before
        (date(2027, 1, 18), "Martin Luther King Jr. Day"),
        (date(2027, 7, 5), "Independence Day"),  # the 4th is a Sunday
        (date(2020, 7, 3), "Independence Day"),  # the 4th is a Saturday
        (date(2027, 9, 6), "Labor Day"),
        (date(2027, 11, 25), "Thanksgiving Day"),
        (date(2027, 12, 31), "New Year's Day"),
        (date(2029, 12, 31), ""),
    ],
)
def test_holidays(day: date, name: str) -> None:
    assert holiday(day) == name


YEARS = range(2023, 2031)
DAYS = [date(year, 1, 1) + timedelta(days=n) for year in YEARS for n in range(365)]


@pytest.mark.parametrize(
    "friday", [day for day in DAYS if day.weekday() == 4 and holiday(day)], ids=lambda day: day.isoformat()
)
def test_a_holiday_on_a_friday_costs_sunday_s_announcement(friday: date) -> None:
    sunday = friday + timedelta(days=2)
    evening = datetime.combine(sunday, time(20), EASTERN)
    assert announcements(Window(evening - timedelta(hours=1), evening)) == ()
    quiet = quiet_day(evening.astimezone(UTC) + timedelta(hours=1))
    assert quiet is not None
    assert quiet.reason is EmptyReason.HOLIDAY
    assert quiet.name == (holiday(sunday) or holiday(friday))
    following = announced_at(datetime.combine(friday, time(12), EASTERN)).astimezone(EASTERN)
    assert following.date() > sunday
    assert following == announced_at(datetime.combine(sunday, time(12), EASTERN))


def test_every_year_has_holidays_on_fridays_but_few() -> None:
    fridays = {
        year: [day for day in DAYS if day.year == year and day.weekday() == 4 and holiday(day)] for year in YEARS
    }
    assert fridays[2026] == [date(2026, 6, 19), date(2026, 7, 3), date(2026, 12, 25)]
    assert fridays[2025] == [date(2025, 7, 4)]
    assert fridays[2027] == [date(2027, 1, 1), date(2027, 6, 18), date(2027, 12, 24), date(2027, 12, 31)]
    assert fridays[2024] == []


@pytest.mark.parametrize("year", YEARS)
def test_sundays_without_a_holiday_before_them_announce_on_both_sides_of_daylight_saving_time(year: int) -> None:
    sundays = [day for day in DAYS if day.year == year and day.weekday() == 6]
    hours = set()
    for sunday in sundays:
        if holiday(sunday) or holiday(sunday - timedelta(days=2)):
            continue
        at = announced_at(datetime.combine(sunday - timedelta(days=2), time(13, 59), EASTERN))
        assert at == datetime.combine(sunday, time(20), EASTERN)
        hours.add(at.hour)
    assert hours == {0, 1}


def test_any_zone_will_do() -> None:
    assert announced_at(eastern("2026-02-23 13:59:59")) == utc("2026-02-24 01:00")

"""What a date on the command line means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.app.dates import due
from bot.digests.schedule import due_on
from bot.errors import InputError
from bot.models import ChannelSettings

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 2, 26, 22, 30, tzinfo=UTC)


def test_no_date_is_today_in_the_zone_and_due_now() -> None:
    assert due(None, NOW, TOKYO) == (date(2026, 2, 27), NOW)


@pytest.mark.parametrize(
    ("text", "day", "due_at"),
    [
        ("2026-02-26", date(2026, 2, 26), datetime(2026, 2, 26, 23, 59, 59, tzinfo=UTC)),
        (" 20260226 ", date(2026, 2, 26), datetime(2026, 2, 26, 23, 59, 59, tzinfo=UTC)),
        ("2026-02-27", date(2026, 2, 27), datetime(2026, 2, 27, 23, 59, 59, tzinfo=UTC)),
        ("2026-02-26T07:00", date(2026, 2, 26), datetime(2026, 2, 25, 22, 0, tzinfo=UTC)),
        ("2026-02-26T07:00-05:00", date(2026, 2, 26), datetime(2026, 2, 26, 12, 0, tzinfo=UTC)),
        ("2026-02-26 07:00Z", date(2026, 2, 26), datetime(2026, 2, 26, 7, 0, tzinfo=UTC)),
        ("２０２６－０２－２６", date(2026, 2, 26), datetime(2026, 2, 26, 23, 59, 59, tzinfo=UTC)),
        ("２０２６年２月２６日", date(2026, 2, 26), datetime(2026, 2, 26, 23, 59, 59, tzinfo=UTC)),
        ("2026/2/26", date(2026, 2, 26), datetime(2026, 2, 26, 23, 59, 59, tzinfo=UTC)),
        ("2026ー02ー26", date(2026, 2, 26), datetime(2026, 2, 26, 23, 59, 59, tzinfo=UTC)),
        ("２０２６－０２－２６Ｔ０７：００", date(2026, 2, 26), datetime(2026, 2, 25, 22, 0, tzinfo=UTC)),
        # In Tokyo it is the 27th already.
        ("today", date(2026, 2, 27), datetime(2026, 2, 27, 23, 59, 59, tzinfo=UTC)),
        ("今日", date(2026, 2, 27), datetime(2026, 2, 27, 23, 59, 59, tzinfo=UTC)),
        (" Yesterday ", date(2026, 2, 26), datetime(2026, 2, 26, 23, 59, 59, tzinfo=UTC)),
        ("昨日", date(2026, 2, 26), datetime(2026, 2, 26, 23, 59, 59, tzinfo=UTC)),
        ("ｙｅｓｔｅｒｄａｙ", date(2026, 2, 26), datetime(2026, 2, 26, 23, 59, 59, tzinfo=UTC)),
        ("一昨日", date(2026, 2, 25), datetime(2026, 2, 25, 23, 59, 59, tzinfo=UTC)),
        ("おととい", date(2026, 2, 25), datetime(2026, 2, 25, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_dates_with_and_without_a_clock_time(text: str, day: date, due_at: datetime) -> None:
    assert due(text, NOW, TOKYO) == (day, due_at)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("tomorrow", "input.date"),
        ("明日", "input.date"),
        ("2026-02-261", "input.date"),
        ("2026-02-26 today", "input.date"),
        ("2026-02-30", "input.date"),
        ("", "input.date"),
        ("27/02/2026", "input.date"),
        ("2026-02-26T25:00", "input.date"),
        ("0001-01-01T00:00+14:00", "input.date"),
        ("2026-02-28", "input.future_date"),
        ("2036-01-01", "input.future_date"),
    ],
)
def test_what_is_no_date_or_has_not_begun(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        due(text, NOW, TOKYO)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "clock", "day", "due_at"),
    [
        ("2026-02-26", "07:00", date(2026, 2, 26), datetime(2026, 2, 25, 22, 0, tzinfo=UTC)),
        ("２０２６－０２－２６", "０７：００", date(2026, 2, 26), datetime(2026, 2, 25, 22, 0, tzinfo=UTC)),
        ("昨日", "午前7時半", date(2026, 2, 26), datetime(2026, 2, 25, 22, 30, tzinfo=UTC)),
        (None, "7:00", date(2026, 2, 27), datetime(2026, 2, 26, 22, 0, tzinfo=UTC)),
        ("today", "9pm", date(2026, 2, 27), datetime(2026, 2, 27, 12, 0, tzinfo=UTC)),
        ("today", "07:00 UTC", date(2026, 2, 26), datetime(2026, 2, 26, 7, 0, tzinfo=UTC)),
        # Where the clocks skip that time, the first instant after the gap; where they show it twice, the first one.
        ("2025-03-09", "02:30 America/New_York", date(2025, 3, 9), datetime(2025, 3, 9, 7, 0, tzinfo=UTC)),
        ("2025-11-02", "01:30 America/New_York", date(2025, 11, 2), datetime(2025, 11, 2, 5, 30, tzinfo=UTC)),
    ],
)
def test_a_time_makes_the_digest_of_a_channel_with_that_time(
    text: str | None, clock: str, day: date, due_at: datetime
) -> None:
    assert due(text, NOW, TOKYO, clock) == (day, due_at)
    settings = ChannelSettings(timezone="Asia/Tokyo")
    if "/" not in clock and "UTC" not in clock:
        at = due_at.astimezone(TOKYO).time()
        assert due_on(day, replace(settings, time=at)) == due_at


@pytest.mark.parametrize(
    ("text", "clock", "code"),
    [
        (None, "", "input.time"),
        (None, "25:00", "input.time"),
        (None, "soon", "input.time"),
        ("2026-02-26", "07:00 Mars/Phobos", "input.timezone"),
        ("2026-02-26T08:00", "07:00", "input.two_times"),
        ("2026-03-01", "07:00", "input.future_date"),
        ("2011-12-30", "07:00 Pacific/Apia", "input.date"),
    ],
)
def test_what_is_no_time_of_that_date(text: str | None, clock: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        due(text, NOW, TOKYO, clock)

    assert caught.value.code == code

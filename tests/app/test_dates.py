"""What a date on the command line means."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.app.dates import due
from bot.errors import InputError

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
    ],
)
def test_dates_with_and_without_a_clock_time(text: str, day: date, due_at: datetime) -> None:
    assert due(text, NOW, TOKYO) == (day, due_at)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("yesterday", "input.date"),
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

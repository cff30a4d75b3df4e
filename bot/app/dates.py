"""Read a date and a time from the command line as a local date and the instant up to which papers count."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.chat import arguments
from bot.chat.changes import time_zone
from bot.digests.schedule import due_on
from bot.errors import InputError
from bot.models import ChannelSettings, end_of_day

_FIRST = date(1991, 8, 14)  # arXiv's first day: https://info.arxiv.org/about/
_FURTHEST_AHEAD = timedelta(hours=14)  # the largest offset from UTC, where a new date begins first

_DAYS_AGO = {
    "today": 0, "今日": 0, "きょう": 0, "本日": 0,
    "yesterday": 1, "昨日": 1, "きのう": 1,
    "the day before yesterday": 2, "day before yesterday": 2, "一昨日": 2, "おととい": 2,
}  # fmt: skip
# The year first: 2026-02-27, 2026/2/27, 2026年2月27日, with any of the dashes that an input method writes.
_DATE = re.compile(r"(\d{4})\s?[-/.年‐‑‒–—−ー]\s?(\d{1,2})\s?[-/.月‐‑‒–—−ー]\s?(\d{1,2})日?(?!\d)")


def due(text: str | None, now: datetime, zone: ZoneInfo, clock: str | None = None) -> tuple[date, datetime]:
    """Return the local date, and the instant in UTC at which its digest is due.

    Without `text` and `clock`: today in the zone, due now. A date, or a word like `today` or `昨日`: that date, due at
    its end in UTC. A date with a time (`2026-02-27T07:00`, in the zone or with its own offset): due then. With `clock`,
    a time as in `/digest time`: due when a channel with that time gets the date's digest; the date defaults to today.

    Raises InputError `input.date`, `input.time`, `input.timezone`, `input.two_times` for a time in both texts,
    `input.future_date` for a date that has not begun anywhere, or `input.early_date` for one before arXiv.
    """
    if text is None and clock is None:
        return now.astimezone(zone).date(), now
    at = None if clock is None else arguments.time(arguments.plain(clock))
    if at and at.timezone:
        zone = ZoneInfo(time_zone(at.timezone))
    day, due_at = (now.astimezone(zone).date(), None) if text is None else _read(text, now, zone)
    if day > (now + _FURTHEST_AHEAD).date():
        raise InputError("input.future_date", text=text)
    if day < _FIRST:
        raise InputError("input.early_date", text=text, first=_FIRST.isoformat())
    if at and due_at:
        raise InputError("input.two_times", text=text)
    if at:
        due_at = due_on(day, ChannelSettings(time=at.time, timezone=zone.key))
        if due_at is None:  # the zone left this date out
            raise InputError("input.date", text=text)
    return day, due_at or end_of_day(day)


def _read(text: str, now: datetime, zone: ZoneInfo) -> tuple[date, datetime | None]:
    """Return the date and, if the text has a time, that instant in UTC. Raises InputError `input.date`."""
    plain = arguments.plain(text)
    if (days := _DAYS_AGO.get(plain.casefold())) is not None:
        return now.astimezone(zone).date() - timedelta(days=days), None
    if match := _DATE.match(plain):
        year, month, day = map(int, match.groups())
        plain = f"{year:04}-{month:02}-{day:02}{plain[match.end() :]}"
    try:
        return date.fromisoformat(plain), None
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(plain)
        local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return local.date(), local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError("input.date", text=text) from None


def utc_now() -> datetime:
    return datetime.now(UTC)

"""Read a date from the command line as a local date and the instant up to which papers count."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import InputError

_FIRST = date(1991, 8, 14)  # arXiv's first day: https://info.arxiv.org/about/
_FURTHEST_AHEAD = timedelta(hours=14)  # the largest offset from UTC, where a new date begins first


def due(text: str | None, now: datetime, zone: ZoneInfo) -> tuple[date, datetime]:
    """Return (local date, due instant in UTC).

    None is today in the zone, due now. `2026-02-27` is that date, due at its end in UTC. With a time of day
    (`2026-02-27T07:00`, in the zone, or with its own offset) it is due at that instant. Raises InputError `input.date`,
    `input.future_date` for a date that has not begun anywhere, or `input.early_date` for one before arXiv existed.
    """
    if text is None:
        return now.astimezone(zone).date(), now
    day, due_at = _read(text.strip(), zone)
    if day > (now + _FURTHEST_AHEAD).date():
        raise InputError("input.future_date", text=text)
    if day < _FIRST:
        raise InputError("input.early_date", text=text, first=_FIRST.isoformat())
    return day, due_at


def _read(text: str, zone: ZoneInfo) -> tuple[date, datetime]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        pass
    else:
        return day, datetime.combine(day, time(23, 59, 59), UTC)
    try:
        moment = datetime.fromisoformat(text)
        local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return local.date(), local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError("input.date", text=text) from None


def utc_now() -> datetime:
    return datetime.now(UTC)

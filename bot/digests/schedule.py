"""Decide when a channel's digest is due. Pure.

Due times follow the rule below rather than a scheduler's calendar, which skips or repeats days when the clocks change.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.models import Channel, ChannelSettings, Plan, PlannedRun, Weekday

# A digest due in the last minutes of a day may be sent this long after its due time.
GRACE = timedelta(hours=1)
# The next wanted weekday is never further away than this, even across a clock change.
HORIZON = timedelta(days=9)
# After a longer absence, only the last days are recorded as skipped.
_REMEMBERED = timedelta(days=7)
_DAY = timedelta(days=1)
_WEEK = tuple(Weekday)


def next_due(after: datetime, settings: ChannelSettings) -> datetime:
    """Return the first due instant after `after`, in UTC. Both are aware datetimes.

    There is one due instant per local date on a wanted weekday: the channel's time, the first of the two if the clocks
    show it twice, and the first instant after the gap if they skip it. Raises ValueError for settings without a
    weekday, and `zoneinfo.ZoneInfoNotFoundError` (a KeyError) or ValueError for an unknown time zone.
    """
    if not settings.days:
        raise ValueError("no day is wanted")
    # A gap before midnight moves a date's instant to the next date, so the search starts a day early.
    day = after.astimezone(ZoneInfo(settings.timezone)).date() - _DAY
    while True:
        at = due_on(day, settings)
        if at is not None and at > after and _WEEK[day.weekday()] in settings.days:
            return at
        day += _DAY


def due_on(day: date, settings: ChannelSettings) -> datetime | None:
    """Return the due instant of a local date, wanted or not; None for a date the zone skipped (Samoa, 2011-12-30)."""
    return _instant(day, settings.time, ZoneInfo(settings.timezone))


def due_date(at: datetime, settings: ChannelSettings) -> date:
    """Return the local date that a due instant belongs to."""
    day = at.astimezone(ZoneInfo(settings.timezone)).date()
    return day - _DAY if due_on(day - _DAY, settings) == at else day


def late_after(day: date, settings: ChannelSettings) -> datetime:
    """Return the instant after which a digest of that date is no longer sent: the end of the local day.

    A digest due shortly before that, or on a date that ends in a gap, may be late by `GRACE`.
    """
    zone = ZoneInfo(settings.timezone)
    end = _instant(day + _DAY, time(), zone) or _instant(day + 2 * _DAY, time(), zone)
    due = due_on(day, settings)
    ends = [instant for instant in (end, due and due + GRACE) if instant]
    return max(ends)


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime | None:
    wanted = datetime.combine(day, clock.replace(fold=0), zone)
    at = wanted.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wanted.replace(tzinfo=None):
        return at
    # The clocks skip that time. With fold=0 it is read with the offset before the gap, giving an instant after the gap;
    # with fold=1 it is the other way round.
    before, after = wanted.replace(fold=1).astimezone(UTC), at
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (before, middle) if middle.astimezone(zone).utcoffset() == offset else (middle, after)
    return after if day in (after.astimezone(zone).date(), before.astimezone(zone).date()) else None


def plan(channel: Channel, now: datetime) -> Plan:
    """Return the channel's due runs by `now`, one for each wanted date since `next_run_at`."""
    settings = channel.settings
    try:
        at = channel.next_run_at
        if at is None or at > now + HORIZON:  # written by a clock that was wrong
            return Plan((), next_due(now, settings))
        if at < now - _REMEMBERED:
            at = next_due(now - _REMEMBERED, settings)
        runs = []
        while at <= now:
            day = due_date(at, settings)
            end = late_after(day, settings)
            runs.append(PlannedRun(day, at, end, skipped=end <= now))
            at = next_due(at, settings)
    except (KeyError, ValueError, OverflowError):
        return Plan((), None, "schedule.impossible")
    return Plan(tuple(runs), at)

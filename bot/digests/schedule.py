"""When a channel's digest is due. Pure.

Due times come from the rule below and never from a scheduler's own calendar: those skip or double days where the
clocks change.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.models import Channel, ChannelSettings, Plan, PlannedRun, Weekday

# A digest for the last minutes of a day may still go out when the day is over.
GRACE = timedelta(hours=1)
# No wanted weekday is further away than this, whatever the clocks do.
HORIZON = timedelta(days=9)
# Of a longer absence only the last days are told as skipped.
_REMEMBERED = timedelta(days=7)
_DAY = timedelta(days=1)
_WEEK = tuple(Weekday)


def next_due(after: datetime, settings: ChannelSettings) -> datetime:
    """The first due instant after `after`, in UTC; both are aware.

    Once for each local date on a wanted weekday: at the channel's time, the first one where the clocks show it twice,
    the first instant after the gap where they skip it. Raises ValueError for settings without a weekday, and
    `zoneinfo.ZoneInfoNotFoundError` (a KeyError) or ValueError for a time zone that is not known here.
    """
    if not settings.days:
        raise ValueError("no day is wanted")
    # A gap before midnight puts the instant of one date on the next one, so the search begins a day early.
    day = after.astimezone(ZoneInfo(settings.timezone)).date() - _DAY
    while True:
        at = due_on(day, settings)
        if at is not None and at > after and _WEEK[day.weekday()] in settings.days:
            return at
        day += _DAY


def due_on(day: date, settings: ChannelSettings) -> datetime | None:
    """The instant of that local date, wanted or not; None for a date that a zone left out (Samoa, 2011-12-30)."""
    return _instant(day, settings.time, ZoneInfo(settings.timezone))


def due_date(at: datetime, settings: ChannelSettings) -> date:
    """The local date that a due instant is for."""
    day = at.astimezone(ZoneInfo(settings.timezone)).date()
    return day - _DAY if due_on(day - _DAY, settings) == at else day


def late_after(day: date, settings: ChannelSettings) -> datetime:
    """The instant from which on a digest of that date is not sent any more: the end of the local day.

    A digest that is due shortly before, or on a date that ends in a gap, has `GRACE`.
    """
    zone = ZoneInfo(settings.timezone)
    end = _instant(day + _DAY, time(), zone) or _instant(day + 2 * _DAY, time(), zone)
    due = due_on(day, settings)
    known = [instant for instant in (end, due and due + GRACE) if instant]
    return max(known)


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime | None:
    wanted = datetime.combine(day, clock.replace(fold=0), zone)
    at = wanted.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wanted.replace(tzinfo=None):
        return at
    # The clocks skip that time. With fold=0 it is read by the offset before the gap, which is an instant after it, and
    # with fold=1 the other way round.
    before, after = wanted.replace(fold=1).astimezone(UTC), at
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (before, middle) if middle.astimezone(zone).utcoffset() == offset else (middle, after)
    return after if day in (after.astimezone(zone).date(), before.astimezone(zone).date()) else None


def plan(channel: Channel, now: datetime) -> Plan:
    """What is due in the channel by `now`, one run for each wanted date since `next_run_at`."""
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

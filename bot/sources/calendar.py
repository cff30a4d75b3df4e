"""arXiv's announcement schedule: when it announces, and which submissions. Pure rules in US Eastern time.

Papers received by 14:00 on Monday to Thursday are announced at 20:00 the same day, those received by 14:00 on Friday at
20:00 on Sunday; there is no announcement on Friday and Saturday. On a holiday the announcement is skipped and its
papers come with the next one. Since arXiv does not process papers on a holiday, one on a Friday cancels Sunday's
announcement: for Independence Day of 2025, a Friday, arXiv listed "Sun 6 July". Source:
https://info.arxiv.org/help/availability.html, which also lists the year's holidays. A paper held back by moderation is
actually announced later than these rules say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from bot.models import EmptyReason, Window

EASTERN = ZoneInfo("America/New_York")
CUT_OFF = time(14, 0)
ANNOUNCEMENT = time(20, 0)

_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6
_DAY = timedelta(days=1)

# arXiv's own lists; the names are ours, since it gives only dates. Where arXiv lists the Sunday without announcement,
# the Friday stands here. Years without a list, or whose list ends before December, follow `_usual_holidays`.
_LISTED_HOLIDAYS = {
    2023: {
        date(2023, 1, 16): "Martin Luther King Jr. Day",
        date(2023, 6, 14): "Day off",
        date(2023, 6, 19): "Juneteenth",
        date(2023, 7, 4): "Independence Day",
        date(2023, 9, 4): "Labor Day",
        date(2023, 11, 23): "Thanksgiving Day",
        date(2023, 12, 25): "Christmas Day",
        date(2023, 12, 27): "Winter break",
    },
    2024: {
        date(2024, 1, 1): "New Year's Day",
        date(2024, 1, 15): "Martin Luther King Jr. Day",
        date(2024, 5, 22): "Day off",
        date(2024, 6, 19): "Juneteenth",
        date(2024, 7, 4): "Independence Day",
        date(2024, 9, 2): "Labor Day",
        date(2024, 10, 8): "Day off",
        date(2024, 11, 28): "Thanksgiving Day",
        date(2024, 12, 25): "Christmas Day",
        date(2024, 12, 26): "Winter break",
        date(2024, 12, 31): "New Year's Eve",
    },
    2026: {
        date(2026, 1, 1): "New Year's Day",
        date(2026, 1, 19): "Martin Luther King Jr. Day",
        date(2026, 6, 19): "Juneteenth",
        date(2026, 7, 3): "Independence Day",
        date(2026, 9, 7): "Labor Day",
        date(2026, 11, 26): "Thanksgiving Day",
        date(2026, 12, 25): "Christmas Day",
        date(2026, 12, 29): "Winter break",
        date(2026, 12, 31): "New Year's Eve",
    },
}


@dataclass(frozen=True, slots=True)
class Quiet:
    """Why an evening had no announcement: WEEKEND, or HOLIDAY with the day's English name."""

    reason: EmptyReason
    name: str = ""


def holiday(day: date) -> str:
    """Return the English name of the arXiv holiday on that day, "" if it is none."""
    return (_LISTED_HOLIDAYS.get(day.year) or _usual_holidays(day.year)).get(day, "")


def announced_at(submitted: datetime) -> datetime:
    """Return when a paper submitted at the aware instant was or will be announced, in UTC."""
    day = submitted.astimezone(EASTERN).date()
    while not (_announces(day) and submitted < _cut_off(day)):
        day += _DAY
    return _announcement(day)


def announcements(window: Window) -> tuple[datetime, ...]:
    """Return every announcement inside the window, in UTC, oldest first."""
    first, last = window.start.astimezone(EASTERN).date(), window.end.astimezone(EASTERN).date()
    days = (first + n * _DAY for n in range((last - first).days + 1))
    return tuple(at for at in (_announcement(day) for day in days if _announces(day)) if at in window)


def submission_window(window: Window) -> Window | None:
    """Return the submission times of papers announced in the window; None if there is no announcement in it.

    Here the start is inclusive and the end exclusive, like arXiv's cut-off.
    """
    evenings = announcements(window)
    if not evenings:
        return None
    before = evenings[0].astimezone(EASTERN).date() - _DAY
    while not _announces(before):
        before -= _DAY
    return Window(_cut_off(before), _cut_off(evenings[-1].astimezone(EASTERN).date()))


def quiet_day(due_at: datetime) -> Quiet | None:
    """Return why the last evening before the instant had no announcement; None if it had one."""
    local = due_at.astimezone(EASTERN)
    evening = local.date() if local.time() >= ANNOUNCEMENT else local.date() - _DAY
    if _announces(evening):
        return None
    name = "" if _is_weekend(evening) else _day_off(evening)
    return Quiet(EmptyReason.HOLIDAY, name) if name else Quiet(EmptyReason.WEEKEND)


def _announces(day: date) -> bool:
    return not _is_weekend(day) and not _day_off(day)


def _day_off(evening: date) -> str:
    """Return the holiday that cancels the evening's announcement, "" if none does. A Friday's cancels Sunday's."""
    return holiday(evening) or (holiday(evening - 2 * _DAY) if evening.weekday() == _SUNDAY else "")


def _is_weekend(evening: date) -> bool:
    return evening.weekday() in (_FRIDAY, _SATURDAY)


def _announcement(day: date) -> datetime:
    return datetime.combine(day, ANNOUNCEMENT, EASTERN).astimezone(UTC)


def _cut_off(evening: date) -> datetime:
    """Return the submission deadline of the evening's announcement."""
    day = evening - 2 * _DAY if evening.weekday() == _SUNDAY else evening
    return datetime.combine(day, CUT_OFF, EASTERN).astimezone(UTC)


@cache
def _usual_holidays(year: int) -> dict[date, str]:
    """Return the holidays that are on arXiv's list every year; other days off in late December vary."""
    fixed = {
        date(year, 1, 1): "New Year's Day",
        date(year, 6, 19): "Juneteenth",
        date(year, 7, 4): "Independence Day",
        date(year, 12, 25): "Christmas Day",
        date(year + 1, 1, 1): "New Year's Day",
    }
    observed = {_observed(day): name for day, name in fixed.items()}
    return {
        **{day: name for day, name in observed.items() if day.year == year},
        _nth_weekday(year, 1, 0, 3): "Martin Luther King Jr. Day",
        _nth_weekday(year, 9, 0, 1): "Labor Day",
        _nth_weekday(year, 11, 3, 4): "Thanksgiving Day",
    }


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _observed(day: date) -> date:
    """Return the day a holiday is observed: Friday for a Saturday, Monday for a Sunday."""
    return day + {_SATURDAY: -_DAY, _SUNDAY: _DAY}.get(day.weekday(), timedelta())

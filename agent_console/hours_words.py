"""Hours of partners, agreements and people as people say them: 周一至周五 18:00–22:00. And spans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext

from agent_console.translation import gettext
from hotline.domain.opening_hours import HoursUnreadable, read_window

WEEKDAYS = (
    lazy_gettext("周一"),
    lazy_gettext("周二"),
    lazy_gettext("周三"),
    lazy_gettext("周四"),
    lazy_gettext("周五"),
    lazy_gettext("周六"),
    lazy_gettext("周日"),
)
"""Monday first."""
DAY_MINUTES = 24 * 60


def hours_words(windows: Sequence[str]) -> str:
    """Each window in words; one that can't be read stands as it is. Nothing for no window."""
    return gettext("；").join(map(_one, windows))


def days_words(days: Iterable[int]) -> str:
    """Monday is 1. Three days in a row or more are told by the first and the last."""
    wanted = sorted(set(days))
    if len(wanted) > 2 and wanted[-1] - wanted[0] == len(wanted) - 1:
        return gettext("%(first)s至%(last)s", first=_name(wanted[0]), last=_name(wanted[-1]))
    return gettext("、").join(map(_name, wanted))


def span_words(seconds: float) -> str:
    """How long something has waited or lacks, whole minutes: a bare 20:00 would read as a time of day."""
    hours, minutes = divmod(int(seconds) // 60, 60)
    return gettext("%(h)s 小时 %(m)s 分", h=hours, m=minutes) if hours else gettext("%(n)s 分钟", n=minutes)


def _one(text: str) -> str:
    try:
        window = read_window(text)
    except HoursUnreadable:
        return text
    begins, ends = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (window.start, _end(window.end)))
    days = "" if len(window.days) == len(WEEKDAYS) else f"{days_words(window.days)} "
    return f"{days}{begins}–{ends}"


def _end(minutes: int) -> int:
    return minutes if minutes <= DAY_MINUTES else minutes - DAY_MINUTES


def _name(day: int) -> str:
    return str(WEEKDAYS[day - 1])

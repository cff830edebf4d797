"""Reports are drafted when their period is over: the clock asks once, the worker writes."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from analytics.days import day_of
from analytics.papers.calendar import Period, ended_on
from analytics.papers.plan import plan_of
from models.outbox import OutboxRow, Progress
from models.places import Organisation
from models.unit_of_work import Clock, Work

LOOK_BACK_DAYS = 7
"""A clock that stood still for so long asks for what it missed."""
HISTORY = "demonstration"
NOTES_CLOSE = timedelta(minutes=20)
"""After midnight: notes of the last calls are finished, the count of the day is settled."""


class ReportClock:
    def __init__(self, work: Work, clock: Clock) -> None:
        self._work = work
        self._clock = clock
        self._asked: date | None = None

    def ask_if_due(self) -> None:
        """One row for each place and period that ended: asked again, it is the same row."""
        today = day_of(self._clock() - NOTES_CLOSE)
        if today == self._asked:
            return
        with self._work() as unit:
            unit.only_read()
            organisation = unit.session.scalars(select(Organisation)).first()
            progress = unit.session.get(Progress, HISTORY)
        if organisation is None:
            return
        if organisation.is_demonstration and (progress is None or progress.finished_at is None):
            # A day of the history that is not written yet would stand in its report as empty.
            return
        begun = day_of(organisation.created_at)
        with self._work() as unit:
            days = [today - timedelta(days=back) for back in range(LOOK_BACK_DAYS, 0, -1)]
            periods = [
                p for day in days for p in ended_on(day) if organisation.is_demonstration or p.last >= begun
            ]
            known = set(unit.session.scalars(select(OutboxRow.key).where(OutboxRow.kind == "write_paper")))
            wanted = {
                f"write_paper:{planned.place_code}:{period.key}": {
                    "kind": str(period.kind.value),
                    "place": planned.place_code,
                    "first": period.first.isoformat(),
                }
                for planned in plan_of(unit.session)
                for period in _in_order(periods)
                if period.kind in planned.kinds
            }
            fresh = {key: payload for key, payload in wanted.items() if key not in known}
            if fresh:
                unit.ask_anew("write_paper", "bulk", fresh)
        self._asked = today


def _in_order(periods: list[Period]) -> list[Period]:
    """Longer periods first: what may be told of a month is not spent on its days."""
    return sorted(periods, key=lambda p: (-p.days, p.first))

"""60 days of synthetic contacts, day by day through the real pipeline. Killed, it goes on where it was.

The last moment of the history is when the organisation was made, so that a second start plans the same
contacts; each has a key, and a day that stands is not written again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import select

from analytics.days import HOTLINE_ZONE, bounds_of, day_of
from analytics.demonstration.contacts import staff_by_city, write_contacts
from analytics.demonstration.decisions import Decisions
from analytics.demonstration.past import Past
from analytics.demonstration.plan import DAYS, OLD_RISE, PlannedContact, plan
from analytics.demonstration.reports import PastReports
from analytics.demonstration.texts import words_of
from analytics.papers.reception import Ledgers
from analytics.pipeline import Pipeline
from models.crypto import NumberHasher
from models.events import ProgressMoved
from models.outbox import Progress
from models.places import Organisation
from models.recordings import Transcript
from models.unit_of_work import Work
from models.vocabulary import AnalysisState

KEY = "demonstration"
Tell = Callable[[int, int], None]
"""Told the days done and the days there are."""


class NoDemonstration(Exception):
    """`seed_organisation` comes first."""


def seed_history(
    work: Work,
    pipeline: Pipeline,
    hasher: NumberHasher,
    audit_key: bytes,
    books: Ledgers,
    tell: Tell | None = None,
    *,
    zone: tzinfo = HOTLINE_ZONE,
    length_days: int = DAYS,
) -> None:
    """Write what is not written yet. `Progress` row and event `demonstration` move with every day.

    Raises NoDemonstration when there is no demonstration organisation.
    """
    with work() as unit:
        organisation = unit.session.scalars(
            select(Organisation).where(Organisation.is_demonstration.is_(True))
        ).first()
        if organisation is None:
            raise NoDemonstration
        anchor, number = organisation.created_at, organisation.number
    days = plan(anchor, zone, length_days)
    past = Past(work, anchor)
    history = _History(past, pipeline.with_work(past), hasher, number, anchor, zone)
    wages = {c.key for day in days for c in day if c.topic is OLD_RISE.topic}
    decisions = Decisions(work, pipeline, audit_key, anchor, wages)
    first_day = day_of(anchor, zone) - timedelta(days=len(days) - 1)
    reports = PastReports(work, pipeline, audit_key, books, first_day, day_of(anchor, zone), zone)
    done = _move(work, None, len(days))
    for index, contacts in enumerate(days):
        if index < done:
            continue
        evening = history.live(contacts, len(days) - 1 - index)
        decisions.decide(evening)
        reports.write(first_day + timedelta(days=index))
        _move(work, index + 1, len(days))
        if tell is not None:
            tell(index + 1, len(days))


class _History:
    def __init__(
        self,
        past: Past,
        pipeline: Pipeline,
        hasher: NumberHasher,
        number: str,
        anchor: datetime,
        zone: tzinfo,
    ) -> None:
        self._past = past
        self._pipeline = pipeline
        self._hasher = hasher
        self._number = number
        self._anchor = anchor
        self._zone = zone

    def live(self, contacts: list[PlannedContact], back: int) -> datetime:
        """One day: its calls, then its analysis. Gives the moment at which it ended."""
        day = day_of(self._anchor, self._zone) - timedelta(days=back)
        evening = min(bounds_of(day, self._zone)[1] - timedelta(seconds=1), self._anchor)
        self._past.moment = evening
        heard = {c.key: self._pipeline.transcribe.read(w) for c in contacts if (w := words_of(c)) is not None}
        with self._past() as unit:
            staff = staff_by_city(unit.session)
            if not staff:
                # It was cleared while it was being written.
                raise NoDemonstration
            call_ids = write_contacts(unit.session, contacts, staff, self._hasher, self._number, self._anchor)
            spoken = set(
                unit.session.scalars(
                    select(Transcript.call_id).where(Transcript.call_id.in_(call_ids.values()))
                )
            )
            for contact in contacts:
                call_id = call_ids[contact.key]
                if contact.key not in heard or call_id in spoken:
                    continue
                transcript = Transcript(
                    call_id=call_id,
                    state=AnalysisState.DONE,
                    created_at=contact.arrived_at,
                    finished_at=contact.arrived_at + timedelta(minutes=40),
                    is_demonstration=True,
                )
                unit.session.add(transcript)
                unit.session.flush()
                heard[contact.key].write(unit, transcript, "transcript")
        answered = [call_ids[c.key] for c in contacts if c.answered]
        self._pipeline.run_day(day, answered)
        return evening


def _move(work: Work, done: int | None, total: int) -> int:
    """Move the progress on (None: only look). Gives the days done."""
    with work() as unit:
        row = unit.session.get(Progress, KEY)
        if row is None:
            row = Progress(key=KEY, done=0, total=total, step="contacts", moved_at=unit.now)
            unit.session.add(row)
        if done is not None:
            row.done = done
        row.total = total
        row.moved_at = unit.now
        if row.done >= total and row.finished_at is None:
            row.finished_at = unit.now
            row.step = "finished"
        unit.tell(ProgressMoved(KEY))
        return row.done

"""A centre with people to roster, and its use cases on one clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.domain.roster_cover import Span
from hotline.domain.roster_pattern import at_wall
from hotline.workforce.drafts import Drafts, WantedShift
from hotline.workforce.duty_contacts import DutyContacts
from hotline.workforce.exits import Exits
from hotline.workforce.leaves import Leaves
from hotline.workforce.open_shifts import OpenShifts
from hotline.workforce.patterns import PatternFile, Patterns
from hotline.workforce.publishing import Publishing
from hotline.workforce.roster_facts import in_force, uncovered_of
from hotline.workforce.roster_policy import DEFAULTS, SWITCHES, decide_roster_policy, zone_of
from hotline.workforce.shifts import Shifts
from hotline.workforce.swaps import Swaps
from models.audit import AuditLine
from models.roster import RosterDraft
from models.unit_of_work import UnitOfWork
from models.vocabulary import Role, ShiftKind
from models.workforce import Shift
from tests.factories import NOW, a_centre, a_person, a_province, an_organisation
from tests.fakes import Bulletin, StoppedClock

KEY = b"audit key of the tests"
MONDAY = date(2026, 11, 23)
"""The day after the tests' present (Sunday 23:51 in China)."""


class Rostering:
    """Two centres; the first has five operators and a supervisor."""

    def __init__(self, engine: Engine, zone: str | None = None, monday: date = MONDAY) -> None:
        self.engine = engine
        self.monday = monday
        self.clock = StoppedClock(NOW + (monday - MONDAY))
        self.bulletin = Bulletin()
        with Session(engine) as session, session.begin():
            a_province(session)
            an_organisation(session)
            centre, other = a_centre(session), a_centre(session, "990200", "石门中心")
            self.centre_id, self.other_id = centre.id, other.id
            self.people = [a_person(session, centre=centre, name=name).id for name in "甲乙丙丁戊"]
            self.elsewhere = [a_person(session, centre=other, name=name).id for name in "己庚"]
            self.supervisor = a_person(session, Role.SUPERVISOR, centre=centre, name="沈知").id
        self.drafts = Drafts(self.work, KEY)
        self.publishing = Publishing(self.work, KEY)
        self.patterns = Patterns(self.work, KEY)
        self.exits = Exits(self.work, KEY)
        self.leaves = Leaves(self.work, KEY)
        self.swaps = Swaps(self.work, KEY)
        self.open_shifts = OpenShifts(self.work, KEY)
        self.shifts = Shifts(self.work, KEY)
        self.contacts = DutyContacts(self.work, KEY)
        if zone is not None:
            self.policy(time_zone=zone)

    def work(self) -> UnitOfWork:
        return UnitOfWork(self.engine, self.clock, self.bulletin.publish)

    def policy(self, *, time_zone: str | None = None, centre_id: int | None = None, **numbers: int) -> None:
        switches = {name: bool(numbers.pop(name, value)) for name, value in SWITCHES.items()}
        decide_roster_policy(
            self.work,
            KEY,
            centre_id=self.centre_id if centre_id is None else centre_id,
            numbers={**DEFAULTS, **numbers},
            switches=switches,
            time_zone=time_zone,
            person_id=self.supervisor,
        )

    def at(self, day: int, hour: float, centre_id: int | None = None) -> datetime:
        """A moment of the centre's wall clock, `day` days after its Monday."""
        with Session(self.engine) as session:
            zone = zone_of(session, centre_id or self.centre_id)
        return at_wall(self.monday + timedelta(days=day), time(), zone, minutes=round(60 * hour))

    def wanted(
        self, person_id: int | None, day: int, begin: float, end: float, kind: ShiftKind = ShiftKind.SEAT
    ) -> WantedShift:
        return WantedShift(person_id, kind, self.at(day, begin), self.at(day, end))

    def a_draft(self, days: int, *wanted: WantedShift, centre_id: int | None = None) -> int:
        last = self.monday + timedelta(days=days - 1)
        draft_id = self.drafts.begin(centre_id or self.centre_id, self.monday, last, by_id=self.supervisor)
        for one in wanted:
            self.drafts.add(draft_id, one)
        return draft_id

    def publish(self, draft_id: int, reason: str = "小组商定") -> int:
        with Session(self.engine) as session:
            revision = session.get_one(RosterDraft, draft_id).revision
        return self.publishing.publish(draft_id, revision, by_id=self.supervisor, reason=reason)

    def a_covered_week(self, days: int = 7) -> int:
        """Three pieces of every day, one person each in turn: published, nobody twice within a day."""
        wanted = [
            self.wanted(self.people[(3 * day + piece) % 5], day, 8 * piece, 8 * piece + 8)
            for day in range(days)
            for piece in range(3)
        ]
        return self.publish(self.a_draft(days, *wanted))

    def a_pattern(self, **changes: object) -> int:
        values: dict[str, object] = {
            "centre_id": self.centre_id,
            "name": "夜班",
            "person_id": self.people[0],
            "kind": ShiftKind.SEAT,
            "rule": "FREQ=DAILY",
            "starts": "00:00",
            "minutes": 1440,
            "first_day": self.monday,
        }
        return self.patterns.save(None, PatternFile(**{**values, **changes}), by_id=self.supervisor)  # type: ignore[arg-type]

    def all_shifts(self) -> list[Shift]:
        with Session(self.engine) as session:
            return list(session.scalars(select(Shift).order_by(Shift.starts_at, Shift.id)))

    def empty(self, begin: datetime, end: datetime, centre_id: int | None = None) -> list[Span]:
        """What the product itself counts as uncovered in force."""
        window = Span(begin, end)
        with Session(self.engine) as session:
            rows = in_force(session, window)
            return uncovered_of(session, centre_id or self.centre_id, window, rows)

    def audited(self) -> list[str]:
        with Session(self.engine) as session:
            return list(session.scalars(select(AuditLine.action).order_by(AuditLine.id)))

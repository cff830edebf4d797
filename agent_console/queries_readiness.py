"""Who is ready, as pages show it: what stands against a person, the year's trainings, leave, papers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from hotline.domain.opening_hours import is_open
from hotline.domain.readiness import YearDue, lacks
from hotline.routing.admission import papers_of
from hotline.workforce.admissions import ASK_HOLDS
from hotline.workforce.rest_offers import recent_offers
from hotline.workforce.training import years_of
from models.people import Person
from models.readiness import (
    Admission,
    Availability,
    Qualification,
    RestOffer,
    SupervisionRecord,
    TrainingRecord,
)
from models.skills import PersonSkill
from models.vocabulary import Role
from models.vocabulary_network import SKILLS
from models.vocabulary_readiness import AdmissionState, QualificationKind, TrainingKind

ANSWERING = (Role.OPERATOR, Role.SUPERVISOR)
LEAVES_COUNTED = timedelta(days=30)
LEDGER_SHOWN = 200
MOST_RESTS = 6


@dataclass(frozen=True)
class Ready:
    """One person who answers. `lacks`: codes of `domain.readiness`, whatever leave was given."""

    person: Person
    lacks: tuple[str, ...]
    admitted_until: datetime | None
    """Leave that holds now."""
    year: tuple[YearDue, ...]
    leaves: int
    """Given within 30 days."""

    @property
    def is_behind(self) -> bool:
        return any(one.behind for one in self.year)

    @property
    def is_refused(self) -> bool:
        return bool(self.lacks) and self.admitted_until is None


@dataclass(frozen=True)
class Talent:
    person: Person
    qualifications: tuple[Qualification, ...]
    skills: tuple[PersonSkill, ...]
    availability: Availability | None
    is_ready: bool
    last_assessment: TrainingRecord | None


@dataclass(frozen=True)
class Wanted:
    """What the talent register is searched for; None or empty: whatever."""

    text: str = ""
    skill: str = ""
    kind: QualificationKind | None = None
    centre_id: int | None = None
    ready: bool = False
    at: datetime | None = None
    """A local moment at which they can be asked."""


@dataclass(frozen=True)
class AskedFor:
    """For the board: who asks for leave, and whose shift was much."""

    asks: Sequence[Admission]
    rests: Sequence[RestOffer]


def people_who_answer(session: Session, centre_id: int | None = None) -> Sequence[Person]:
    query = select(Person).where(Person.active.is_(True), Person.role.in_(ANSWERING))
    if centre_id is not None:
        query = query.where(Person.centre_id == centre_id)
    return session.scalars(
        query.options(joinedload(Person.centre)).order_by(Person.centre_id, Person.name, Person.id)
    ).all()


def readiness_of(session: Session, people: Iterable[Person], now: datetime) -> tuple[Ready, ...]:
    listed = list(people)
    years = years_of(session, listed, now)
    given: Counter[int] = Counter()
    held: dict[int, datetime] = {}
    rows = session.execute(
        select(Admission.person_id, Admission.until).where(
            Admission.state == AdmissionState.GRANTED, Admission.decided_at > now - LEAVES_COUNTED
        )
    )
    for person_id, until in rows:
        given[person_id] += 1
        if until is not None and until > now:
            held[person_id] = max(until, held.get(person_id, until))
    return tuple(
        Ready(
            person=one,
            lacks=lacks(papers_of(session, one), now) if not _complete(one, now) else (),
            admitted_until=held.get(one.id),
            year=years[one.id],
            leaves=given[one.id],
        )
        for one in listed
    )


def _complete(person: Person, now: datetime) -> bool:
    """The usual case asks no further question."""
    dates = (person.trained_at, person.confidentiality_signed_at)
    return person.active and all(at is not None and at <= now for at in dates)


def open_ask(session: Session, person_id: int, now: datetime) -> Admission | None:
    asked = select(Admission).where(Admission.person_id == person_id, *_still_asked(now))
    return session.scalars(asked.limit(1)).first()


def open_asks(session: Session, now: datetime) -> Sequence[Admission]:
    return session.scalars(
        select(Admission)
        .where(*_still_asked(now))
        .options(joinedload(Admission.person).joinedload(Person.centre))
        .order_by(Admission.asked_at)
    ).all()


def _still_asked(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """A request lapses with the shift that it was for."""
    return Admission.state == AdmissionState.ASKED, Admission.asked_at > now - ASK_HOLDS


def asked_for(session: Session, now: datetime) -> AskedFor:
    return AskedFor(open_asks(session, now), recent_offers(session, now)[:MOST_RESTS])


def admissions_of(session: Session, person_id: int) -> Sequence[Admission]:
    return session.scalars(
        select(Admission)
        .where(Admission.person_id == person_id)
        .options(joinedload(Admission.decided_by))
        .order_by(Admission.id.desc())
        .limit(20)
    ).all()


def trainings_of(session: Session, person_id: int) -> Sequence[TrainingRecord]:
    return session.scalars(
        select(TrainingRecord)
        .where(TrainingRecord.person_id == person_id)
        .order_by(TrainingRecord.held_at.desc(), TrainingRecord.id.desc())
    ).all()


def ledger(session: Session, kind: TrainingKind | None) -> Sequence[TrainingRecord]:
    """The newest lines of everybody."""
    query = select(TrainingRecord).options(joinedload(TrainingRecord.person))
    if kind is not None:
        query = query.where(TrainingRecord.kind == kind)
    newest = query.order_by(TrainingRecord.held_at.desc(), TrainingRecord.id.desc())
    return session.scalars(newest.limit(LEDGER_SHOWN)).all()


def qualifications_of(session: Session, person_id: int) -> Sequence[Qualification]:
    return session.scalars(
        select(Qualification).where(Qualification.person_id == person_id).order_by(Qualification.id)
    ).all()


def skills_in_words(session: Session, person_ids: Iterable[int]) -> Mapping[int, list[PersonSkill]]:
    found: dict[int, list[PersonSkill]] = defaultdict(list)
    rows = select(PersonSkill).where(PersonSkill.person_id.in_(list(person_ids)))
    for row in session.scalars(rows.order_by(PersonSkill.level.desc(), PersonSkill.skill)):
        if row.skill in SKILLS:
            found[row.person_id].append(row)
    return found


def supervisions_of(
    session: Session, *, person_id: int | None = None, centre_id: int | None = None
) -> Sequence[SupervisionRecord]:
    """Of one person, or of the people of a centre (None: of all)."""
    query = (
        select(SupervisionRecord)
        .join(Person, Person.id == SupervisionRecord.person_id)
        .options(joinedload(SupervisionRecord.person), joinedload(SupervisionRecord.supervisor))
    )
    if person_id is not None:
        query = query.where(SupervisionRecord.person_id == person_id)
    if centre_id is not None:
        query = query.where(Person.centre_id == centre_id)
    newest = query.order_by(SupervisionRecord.held_at.desc(), SupervisionRecord.id.desc())
    return session.scalars(newest.limit(LEDGER_SHOWN)).all()


def talent(session: Session, wanted: Wanted, now: datetime) -> tuple[Talent, ...]:
    """The register: everybody who answers, as far as they fit."""
    people = people_who_answer(session, wanted.centre_id)
    ids = [one.id for one in people]
    papers: dict[int, list[Qualification]] = defaultdict(list)
    for row in session.scalars(select(Qualification).where(Qualification.person_id.in_(ids))):
        papers[row.person_id].append(row)
    skills = skills_in_words(session, ids)
    said = select(Availability).where(Availability.person_id.in_(ids))
    availability = {row.person_id: row for row in session.scalars(said)}
    newest = (
        select(func.max(TrainingRecord.id))
        .where(TrainingRecord.kind == TrainingKind.ASSESSMENT, TrainingRecord.voided_at.is_(None))
        .group_by(TrainingRecord.person_id)
    )
    assessed = session.scalars(select(TrainingRecord).where(TrainingRecord.id.in_(newest)))
    assessments = {row.person_id: row for row in assessed}
    rows = (
        Talent(
            person=one,
            qualifications=tuple(papers[one.id]),
            skills=tuple(skills[one.id]),
            availability=availability.get(one.id),
            is_ready=_complete(one, now),
            last_assessment=assessments.get(one.id),
        )
        for one in people
    )
    return tuple(row for row in rows if _fits(row, wanted))


def _fits(row: Talent, wanted: Wanted) -> bool:
    titles = [one.title for one in row.qualifications]
    if wanted.text and not any(wanted.text in text for text in (row.person.name, row.person.login, *titles)):
        return False
    if wanted.skill and not any(one.skill == wanted.skill for one in row.skills):
        return False
    if wanted.kind is not None and all(one.kind is not wanted.kind for one in row.qualifications):
        return False
    if wanted.ready and not row.is_ready:
        return False
    if wanted.at is not None:
        hours = row.availability.hours if row.availability else []
        return bool(hours) and is_open(hours, wanted.at)
    return True

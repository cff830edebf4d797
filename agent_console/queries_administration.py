"""What administrators see: accounts, centres and seats, addresses, the audit chain. No caller's data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.audit import AuditLine, broken_audit_line
from models.people import Person
from models.places import Centre, Mechanism, Organisation, Place
from models.seats import Seat
from models.vocabulary import PlaceLevel, Role, SeatState
from models.vocabulary_alerting import BodyKind


@dataclass(frozen=True)
class PersonRow:
    person_id: int
    login: str
    name: str
    role: Role
    active: bool
    centre_id: int | None
    centre_zh: str | None
    centre_en: str | None
    place_code: str | None
    place_zh: str | None
    place_en: str | None
    trained_at: datetime | None
    confidentiality_signed_at: datetime | None
    created_at: datetime
    is_demonstration: bool

    @property
    def may_answer(self) -> bool:
        """What the queue asks of an operator before it admits them."""
        return self.active and self.trained_at is not None and self.confidentiality_signed_at is not None


@dataclass(frozen=True)
class SeatRow:
    seat_id: int
    label: str
    state: SeatState
    person: str | None
    retired_at: datetime | None


@dataclass(frozen=True)
class CentreCard:
    centre_id: int
    name_zh: str
    name_en: str
    place_code: str
    place_zh: str
    place_en: str
    minimum_seats: int
    has_standby_phone: bool
    seats: tuple[SeatRow, ...]


@dataclass(frozen=True)
class MechanismRow:
    mechanism_id: int
    place_code: str
    place_zh: str
    place_en: str
    name_zh: str
    name_en: str
    email: str | None
    webhook_url: str | None
    has_secret: bool
    kind: BodyKind
    department: str | None
    main_name: str | None
    main_phone: str | None
    deputy_name: str | None
    deputy_phone: str | None
    duty_phone: str | None
    duty_hours: str
    file_drop: bool
    has_feed: bool
    active: bool


@dataclass(frozen=True)
class AuditRow:
    line_id: int
    at: datetime
    person: str | None
    action: str
    subject: str
    reason: str | None


@dataclass(frozen=True)
class AuditPage:
    lines: tuple[AuditRow, ...]
    checked: bool
    broken_line_id: int | None


@dataclass(frozen=True)
class PlaceChoice:
    code: str
    name_zh: str
    name_en: str
    level: PlaceLevel
    depth: int


def people(session: Session, role: Role | None = None, search: str = "") -> tuple[PersonRow, ...]:
    """Active people first, by role and name; `search` looks in name and login."""
    query = select(Person).options(joinedload(Person.centre), joinedload(Person.place))
    if role is not None:
        query = query.where(Person.role == role)
    if search:
        query = query.where(
            Person.name.contains(search, autoescape=True) | Person.login.contains(search, autoescape=True)
        )
    order = tuple(Role)
    found = [_person(person) for person in session.scalars(query)]
    return tuple(sorted(found, key=lambda row: (not row.active, order.index(row.role), row.name)))


def person(session: Session, person_id: int) -> PersonRow | None:
    found = session.get(Person, person_id)
    return None if found is None else _person(found)


def _person(person: Person) -> PersonRow:
    return PersonRow(
        person_id=person.id,
        login=person.login,
        name=person.name,
        role=person.role,
        active=person.active,
        centre_id=person.centre_id,
        centre_zh=person.centre.name_zh if person.centre else None,
        centre_en=person.centre.name_en if person.centre else None,
        place_code=person.place_code,
        place_zh=person.place.name_zh if person.place else None,
        place_en=person.place.name_en if person.place else None,
        trained_at=person.trained_at,
        confidentiality_signed_at=person.confidentiality_signed_at,
        created_at=person.created_at,
        is_demonstration=person.is_demonstration,
    )


def centres(session: Session) -> tuple[CentreCard, ...]:
    seats = session.scalars(select(Seat).options(joinedload(Seat.person)).order_by(Seat.label)).all()
    return tuple(
        CentreCard(
            centre_id=centre.id,
            name_zh=centre.name_zh,
            name_en=centre.name_en,
            place_code=centre.place_code,
            place_zh=centre.place.name_zh,
            place_en=centre.place.name_en,
            minimum_seats=centre.minimum_seats,
            has_standby_phone=centre.standby_phone is not None,
            seats=tuple(
                SeatRow(
                    seat.id,
                    seat.label,
                    seat.state,
                    seat.person.name if seat.person else None,
                    seat.retired_at,
                )
                for seat in seats
                if seat.centre_id == centre.id
            ),
        )
        for centre in session.scalars(select(Centre).options(joinedload(Centre.place)).order_by(Centre.id))
    )


def mechanisms(session: Session) -> tuple[MechanismRow, ...]:
    """The address book. A secret is never read back, only that there is one."""
    rows = session.scalars(
        select(Mechanism).options(joinedload(Mechanism.place)).order_by(Mechanism.place_code, Mechanism.id)
    )
    return tuple(
        MechanismRow(
            mechanism_id=row.id,
            place_code=row.place_code,
            place_zh=row.place.name_zh,
            place_en=row.place.name_en,
            name_zh=row.name_zh,
            name_en=row.name_en,
            email=row.email,
            webhook_url=row.webhook_url,
            has_secret=row.webhook_secret is not None,
            kind=row.kind,
            department=row.department,
            main_name=row.main_name,
            main_phone=row.main_phone,
            deputy_name=row.deputy_name,
            deputy_phone=row.deputy_phone,
            duty_phone=row.duty_phone,
            duty_hours=row.duty_hours,
            file_drop=row.file_drop,
            has_feed=row.feed_token_hash is not None,
            active=row.active,
        )
        for row in rows
    )


def audit_lines(
    session: Session,
    *,
    action: str = "",
    person_id: int | None = None,
    subject: str = "",
    before_id: int | None = None,
    limit: int = 100,
) -> tuple[AuditRow, ...]:
    """The newest lines first."""
    query = (
        select(AuditLine, Person.name)
        .outerjoin(Person, Person.id == AuditLine.person_id)
        .order_by(AuditLine.id.desc())
        .limit(limit)
    )
    if action:
        query = query.where(AuditLine.action.startswith(action, autoescape=True))
    if subject:
        query = query.where(AuditLine.subject == subject)
    if person_id is not None:
        query = query.where(AuditLine.person_id == person_id)
    if before_id is not None:
        query = query.where(AuditLine.id < before_id)
    return tuple(
        AuditRow(line.id, line.at, name, line.action, line.subject, line.reason)
        for line, name in session.execute(query)
    )


def chain_fault(session: Session, key: bytes) -> int | None:
    """The first line that does not fit the chain, or None when every line does."""
    return broken_audit_line(session, key)


def place_choices(session: Session) -> tuple[PlaceChoice, ...]:
    """The tree in reading order: each place under its parent."""
    rows = session.scalars(select(Place).order_by(Place.code)).all()
    children: dict[str | None, list[Place]] = {}
    codes = {place.code for place in rows}
    for place in rows:
        parent = place.parent_code if place.parent_code in codes else None
        children.setdefault(parent, []).append(place)
    ordered: list[PlaceChoice] = []

    def walk(parent: str | None, depth: int) -> None:
        for place in children.get(parent, []):
            ordered.append(PlaceChoice(place.code, place.name_zh, place.name_en, place.level, depth))
            walk(place.code, depth + 1)

    walk(None, 0)
    return tuple(ordered)


def organisation(session: Session) -> Organisation | None:
    return session.scalars(select(Organisation).order_by(Organisation.id)).first()

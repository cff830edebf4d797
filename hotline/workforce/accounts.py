"""People who may sign in: made, changed, closed. Each change is audited with what stood before and after."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.workforce.errors import FieldWrong, LastAdministrator, LoginTaken, NotFound, PersonInCall
from hotline.workforce.leaves import free_all
from models.audit import Auditor
from models.people import Person
from models.places import Centre, Place
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import Role, SeatState

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")
LETTERS_TO_READ_ALOUD = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PASSWORD_LENGTH = 16
IN_CALL = (SeatState.OFFERED, SeatState.TALKING)


@dataclass(frozen=True)
class PersonalFile:
    """All that an administrator sets of a person."""

    name: str
    role: Role
    centre_id: int | None
    place_code: str | None
    trained_at: datetime | None
    confidentiality_signed_at: datetime | None


def new_password() -> str:
    """About 92 bits, without letters that look alike when read aloud or written down."""
    return "".join(secrets.choice(LETTERS_TO_READ_ALOUD) for _ in range(PASSWORD_LENGTH))


class Accounts:
    def __init__(self, work: Work, audit_key: bytes, hash_password: Callable[[str], str]) -> None:
        self._work = work
        self._audit_line = Auditor(audit_key)
        self._hash_password = hash_password

    def create(self, login: str, file: PersonalFile, *, by_id: int) -> tuple[int, str]:
        """Id and first password, shown once and kept nowhere. Raises FieldWrong, LoginTaken."""
        login = login.strip().lower()
        if not LOGIN.fullmatch(login):
            raise FieldWrong("login", "login_form")
        password = new_password()
        with self._work() as unit:
            _check(unit.session, file)
            if unit.session.scalar(select(Person.id).where(Person.login == login)) is not None:
                raise LoginTaken()
            person = Person(
                login=login,
                password_hash=self._hash_password(password),
                created_at=unit.now,
                **_values(file),
            )
            unit.session.add(person)
            unit.session.flush()
            self._audit(
                unit, by_id, "person.create", person, {"login": [None, login], **_changes(None, file)}
            )
            return person.id, password

    def change(self, person_id: int, file: PersonalFile, *, by_id: int) -> None:
        """Raises NotFound, FieldWrong, LastAdministrator. A new role or place ends the person's sessions."""
        with self._work() as unit:
            person = _get(unit.session, person_id)
            _check(unit.session, file)
            if person.role is Role.ADMINISTRATOR and file.role is not Role.ADMINISTRATOR:
                _keep_an_administrator(unit.session, person)
            before = PersonalFile(**{f.name: getattr(person, f.name) for f in fields(PersonalFile)})
            changes = _changes(before, file)
            if not changes:
                return
            if {"role", "place_code"} & set(changes):
                person.session_epoch += 1
            for name, value in _values(file).items():
                setattr(person, name, value)
            self._audit(unit, by_id, "person.change", person, changes)

    def deactivate(self, person_id: int, *, by_id: int) -> None:
        """Ends every session at once. Raises NotFound, LastAdministrator, PersonInCall."""
        with self._work() as unit:
            person = _get(unit.session, person_id)
            if not person.active:
                return
            if person.role is Role.ADMINISTRATOR:
                _keep_an_administrator(unit.session, person)
            busy = select(Seat.id).where(Seat.person_id == person_id, Seat.state.in_(IN_CALL))
            if unit.session.scalar(busy) is not None:
                raise PersonInCall(person_id=person_id)
            person.active = False
            person.session_epoch += 1
            self._audit(unit, by_id, "person.deactivate", person, {"active": [True, False]})
            free_all(unit, person_id)

    def activate(self, person_id: int, *, by_id: int) -> None:
        with self._work() as unit:
            person = _get(unit.session, person_id)
            if person.active:
                return
            person.active = True
            self._audit(unit, by_id, "person.activate", person, {"active": [False, True]})

    def reset_password(self, person_id: int, *, by_id: int) -> str:
        """The new password, shown once; every session of the person ends."""
        password = new_password()
        with self._work() as unit:
            person = _get(unit.session, person_id)
            person.password_hash = self._hash_password(password)
            person.session_epoch += 1
            self._audit(unit, by_id, "person.reset_password", person, {})
        return password

    def _audit(
        self, unit: UnitOfWork, by_id: int, action: str, person: Person, changes: dict[str, list[Any]]
    ) -> None:
        self._audit_line(
            unit,
            by_id,
            action,
            f"person:{person.id}",
            json.dumps(changes, ensure_ascii=False) if changes else None,
        )


def _get(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound(person_id=person_id)
    return person


def _values(file: PersonalFile) -> dict[str, Any]:
    return {f.name: getattr(file, f.name) for f in fields(file)}


def _changes(before: PersonalFile | None, after: PersonalFile) -> dict[str, list[Any]]:
    changes = {}
    for name, value in _values(after).items():
        old = getattr(before, name) if before else None
        if old != value:
            changes[name] = [_plain(old), _plain(value)]
    return changes


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Role) else value


def _check(session: Session, file: PersonalFile) -> None:
    if not 1 <= len(file.name.strip()) <= 60:
        raise FieldWrong("name", "name_missing")
    if file.role is Role.OPERATOR and file.centre_id is None:
        raise FieldWrong("centre_id", "centre_missing")
    if file.role is Role.OFFICIAL and file.place_code is None:
        raise FieldWrong("place_code", "place_missing")
    if file.centre_id is not None and session.get(Centre, file.centre_id) is None:
        raise FieldWrong("centre_id", "unknown")
    if file.place_code is not None and session.get(Place, file.place_code) is None:
        raise FieldWrong("place_code", "unknown")


def _keep_an_administrator(session: Session, leaving: Person) -> None:
    others = select(Person.id).where(
        Person.role == Role.ADMINISTRATOR, Person.active.is_(True), Person.id != leaving.id
    )
    if session.scalar(others.limit(1)) is None:
        raise LastAdministrator(person_id=leaving.id)

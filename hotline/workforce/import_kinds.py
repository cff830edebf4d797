"""The tables that a city brings: places, people, partner lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime

from sqlalchemy import select

from hotline.domain.emergency_number import is_emergency_number
from hotline.domain.local_day import midnight
from hotline.domain.opening_hours import HoursUnreadable, read_window
from hotline.workforce.accounts import LOGIN, new_password
from hotline.workforce.network import NUMBER
from hotline.workforce.places import CODE, MOST_LETTERS, level_of, parent_of
from models.audit import Written, written
from models.crypto import normalise_number
from models.network import PartnerLine
from models.people import Person
from models.places import Centre, Place
from models.unit_of_work import UnitOfWork
from models.vocabulary import Role
from models.vocabulary_network import Group, PartnerKind

Wrong = Sequence[tuple[str, str]]
Rows = Sequence[Mapping[str, str]]


def _name_faults(row: Mapping[str, str], *columns: str) -> list[tuple[str, str]]:
    return [(name, "name_missing") for name in columns if not 1 <= len(row[name]) <= MOST_LETTERS]


class PlaceTable:
    """New places, or new names of known ones; the parent follows from the code."""

    columns = ("code", "name_zh", "name_en")

    def prepare(self, rows: Rows) -> None:
        return

    def begin(self, unit: UnitOfWork) -> None:
        self._known = set(unit.session.scalars(select(Place.code)))
        self._seen: set[str] = set()

    def check(self, row: Mapping[str, str]) -> Wrong:
        code, wrong = row["code"], _name_faults(row, "name_zh", "name_en")
        if not CODE.fullmatch(code):
            return [("code", "code_form"), *wrong]
        if code in self._seen:
            wrong.append(("code", "code_twice"))
        parent = parent_of(code)
        if parent is not None and parent not in self._known:
            wrong.append(("code", "parent_missing"))
        self._seen.add(code)
        self._known.add(code)
        return wrong

    def keep(self, unit: UnitOfWork, row: Mapping[str, str]) -> Written:
        place = unit.session.get(Place, row["code"])
        if place is None:
            place = Place(
                code=row["code"],
                level=level_of(row["code"]),
                parent_code=parent_of(row["code"]),
                valid_from=unit.now,
            )
            unit.session.add(place)
            before = None
        else:
            before = {"name_zh": place.name_zh, "name_en": place.name_en}
        place.name_zh, place.name_en = row["name_zh"], row["name_en"]
        return written(f"place:{row['code']}", row, ("name_zh", "name_en"), before)

    def secrets(self) -> Sequence[tuple[str, str]]:
        return ()


class PeopleTable:
    """New accounts. Dates as 2026-11-22; `centre` by its Chinese name, `place_code` for officials."""

    columns = ("login", "name", "role", "centre", "place_code", "trained", "confidentiality_signed")

    def __init__(self, hash_password: Callable[[str], str]) -> None:
        self._hash = hash_password
        self._passwords: dict[str, str] = {}
        self._hashes: dict[str, str] = {}

    def prepare(self, rows: Rows) -> None:
        """A password's hash takes long on purpose."""
        for row in rows:
            login = row["login"].lower()
            self._passwords[login] = new_password()
            self._hashes[login] = self._hash(self._passwords[login])

    def begin(self, unit: UnitOfWork) -> None:
        self._logins = set(unit.session.scalars(select(Person.login)))
        self._centres = {row.name_zh: row.id for row in unit.session.scalars(select(Centre))}
        self._places = set(unit.session.scalars(select(Place.code).where(Place.valid_to.is_(None))))

    def check(self, row: Mapping[str, str]) -> Wrong:
        wrong = _name_faults(row, "name")
        login = row["login"].lower()
        if not LOGIN.fullmatch(login):
            wrong.append(("login", "login_form"))
        elif login in self._logins:
            wrong.append(("login", "login_taken"))
        self._logins.add(login)
        role = _role(row["role"])
        if role is None:
            wrong.append(("role", "unknown"))
        if row["centre"] and row["centre"] not in self._centres:
            wrong.append(("centre", "unknown"))
        elif role is Role.OPERATOR and not row["centre"]:
            wrong.append(("centre", "centre_missing"))
        if row["place_code"] and row["place_code"] not in self._places:
            wrong.append(("place_code", "unknown"))
        elif role is Role.OFFICIAL and not row["place_code"]:
            wrong.append(("place_code", "place_missing"))
        for column in ("trained", "confidentiality_signed"):
            if row[column] and _day(row[column]) is None:
                wrong.append((column, "date_form"))
        return wrong

    def keep(self, unit: UnitOfWork, row: Mapping[str, str]) -> Written:
        login = row["login"].lower()
        role = _role(row["role"])
        assert role is not None
        person = Person(
            login=login,
            name=row["name"],
            role=role,
            password_hash=self._hashes[login],
            centre_id=self._centres.get(row["centre"]),
            place_code=row["place_code"] or None,
            trained_at=_day(row["trained"]),
            confidentiality_signed_at=_day(row["confidentiality_signed"]),
            created_at=unit.now,
        )
        unit.session.add(person)
        unit.session.flush()
        return written(f"person:{person.id}", row, self.columns)

    def secrets(self) -> Sequence[tuple[str, str]]:
        return list(self._passwords.items())


class PartnerTable:
    """The directory of other services. `hours` and `groups` with semicolons; `takes_overflow` yes or no."""

    columns = ("name_zh", "name_en", "kind", "number", "place_code", "hours", "groups", "takes_overflow")

    def prepare(self, rows: Rows) -> None:
        return

    def begin(self, unit: UnitOfWork) -> None:
        self._places = set(unit.session.scalars(select(Place.code).where(Place.valid_to.is_(None))))
        self._seen = {(row.name_zh, row.place_code) for row in unit.session.scalars(select(PartnerLine))}

    def check(self, row: Mapping[str, str]) -> Wrong:
        wrong = _name_faults(row, "name_zh", "name_en")
        kind = _partner_kind(row["kind"])
        if kind is None:
            wrong.append(("kind", "unknown"))
        if not NUMBER.fullmatch(row["number"]):
            wrong.append(("number", "number_form"))
        if row["place_code"] and row["place_code"] not in self._places:
            wrong.append(("place_code", "unknown"))
        if any(code not in set(Group) for code in _several(row["groups"])):
            wrong.append(("groups", "unknown"))
        if not all(map(_readable, _several(row["hours"]))):
            wrong.append(("hours", "hours_form"))
        if row["takes_overflow"].lower() not in ("", "yes", "no"):
            wrong.append(("takes_overflow", "yes_or_no"))
        elif row["takes_overflow"].lower() == "yes" and (
            (kind is not None and kind.is_emergency) or is_emergency_number(row["number"])
        ):
            wrong.append(("takes_overflow", "emergency_overflow"))
        key = (row["name_zh"], row["place_code"] or None)
        if key in self._seen:
            wrong.append(("name_zh", "partner_taken"))
        self._seen.add(key)
        return wrong

    def keep(self, unit: UnitOfWork, row: Mapping[str, str]) -> Written:
        kind = _partner_kind(row["kind"])
        assert kind is not None
        partner = PartnerLine(
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            kind=kind,
            number=normalise_number(row["number"]),
            place_code=row["place_code"] or None,
            hours=_several(row["hours"]),
            groups=_several(row["groups"]),
            takes_overflow=row["takes_overflow"].lower() == "yes",
            active=True,
        )
        unit.session.add(partner)
        unit.session.flush()
        return written(f"partner:{partner.id}", row, [name for name in self.columns if name != "number"])

    def secrets(self) -> Sequence[tuple[str, str]]:
        return ()


def _role(text: str) -> Role | None:
    """By its code or its Chinese name."""
    return next((role for role in Role if text in (str(role), role.zh)), None)


def _partner_kind(text: str) -> PartnerKind | None:
    return next((kind for kind in PartnerKind if text in (str(kind), kind.zh)), None)


def _day(text: str) -> datetime | None:
    try:
        return midnight(date.fromisoformat(text)).astimezone(UTC) if text else None
    except ValueError:
        return None


def _several(text: str) -> list[str]:
    return [part.strip() for part in re.split("[;；]", text) if part.strip()]


def _readable(window: str) -> bool:
    try:
        read_window(window)
    except HoursUnreadable:
        return False
    return True

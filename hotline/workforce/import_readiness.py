"""The tables that a training office brings: trainings with their results, and certificates; by login."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TypeVar

from sqlalchemy import select

from hotline.domain.local_day import midnight
from hotline.workforce.talent import Certificate, certificate_faults, keep_certificate
from hotline.workforce.training import Entry, faults_of, is_on_file, keep
from models.audit import Written, written
from models.people import Person
from models.unit_of_work import UnitOfWork
from models.vocabulary import Code
from models.vocabulary_readiness import QualificationKind, TrainingKind, TrainingResult

Wrong = Sequence[tuple[str, str]]
Rows = Sequence[Mapping[str, str]]
Found = TypeVar("Found", bound=Code)


class _OfPeople:
    """Rows that name a person by login; no secrets, nothing that takes long."""

    def prepare(self, rows: Rows) -> None:
        return

    def begin(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._people = {row.login: row for row in unit.session.scalars(select(Person))}
        self._seen: set[tuple[object, ...]] = set()

    def secrets(self) -> Sequence[tuple[str, str]]:
        return ()

    def _person(self, row: Mapping[str, str]) -> Person | None:
        return self._people.get(row["login"].lower())


class TrainingTable(_OfPeople):
    """Lines of the ledger. `kind` and `result` by code or Chinese name; `hours` and `score` may be empty."""

    columns = ("login", "kind", "title", "held_on", "hours", "result", "score", "trainer")

    def __init__(self, by_id: int) -> None:
        self._by_id = by_id

    def check(self, row: Mapping[str, str]) -> Wrong:
        wrong: list[tuple[str, str]] = []
        person = self._person(row)
        if person is None:
            wrong.append(("login", "login_unknown"))
        kind, result = _code(TrainingKind, row["kind"]), _code(TrainingResult, row["result"])
        if kind is None:
            wrong.append(("kind", "unknown"))
        if result is None:
            wrong.append(("result", "unknown"))
        held_at = _day(row["held_on"])
        if held_at is None:
            wrong.append(("held_on", "date_form"))
        elif held_at > self._unit.now:
            wrong.append(("held_on", "in_the_future"))
        for column in ("hours", "score"):
            if row[column] and _number(row[column]) is None:
                wrong.append((column, "number_wanted"))
        if wrong or person is None:
            return wrong
        entry = _entry(row)
        wrong += faults_of(entry, self._unit.now)
        key = (person.id, entry.kind, entry.title, entry.held_at)
        if key in self._seen or is_on_file(self._unit.session, person.id, entry):
            wrong.append(("title", "on_file"))
        self._seen.add(key)
        return wrong

    def keep(self, unit: UnitOfWork, row: Mapping[str, str]) -> Written:
        person = self._person(row)
        assert person is not None
        return written(f"training:{keep(unit, person, _entry(row), self._by_id).id}", row, self.columns)


class QualificationTable(_OfPeople):
    """Certificates. `kind` by code or Chinese name; dates may be empty."""

    columns = ("login", "kind", "title", "issued_on", "expires_on")

    def check(self, row: Mapping[str, str]) -> Wrong:
        wrong: list[tuple[str, str]] = []
        if self._person(row) is None:
            wrong.append(("login", "login_unknown"))
        if _code(QualificationKind, row["kind"]) is None:
            wrong.append(("kind", "unknown"))
        for column in ("issued_on", "expires_on"):
            if row[column] and _day(row[column]) is None:
                wrong.append((column, "date_form"))
        key = (row["login"].lower(), row["kind"], row["title"])
        if key in self._seen:
            wrong.append(("title", "on_file"))
        self._seen.add(key)
        return wrong or certificate_faults(_certificate(row))

    def keep(self, unit: UnitOfWork, row: Mapping[str, str]) -> Written:
        person = self._person(row)
        assert person is not None
        kept = keep_certificate(unit, person.id, _certificate(row))
        return written(f"qualification:{kept.id}", row, self.columns)


def _entry(row: Mapping[str, str]) -> Entry:
    """Of a row whose codes, dates and numbers were checked."""
    kind, result = _code(TrainingKind, row["kind"]), _code(TrainingResult, row["result"])
    held_at = _day(row["held_on"])
    assert kind is not None
    assert result is not None
    assert held_at is not None
    return Entry(
        kind=kind,
        title=row["title"],
        held_at=held_at,
        hours=_number(row["hours"]) or 0.0,
        result=result,
        score=_number(row["score"]),
        trainer=row["trainer"],
    )


def _certificate(row: Mapping[str, str]) -> Certificate:
    kind = _code(QualificationKind, row["kind"])
    assert kind is not None
    return Certificate(kind, row["title"], _day(row["issued_on"]), _day(row["expires_on"]))


def _code(kind: type[Found], text: str) -> Found | None:
    """By its code or its Chinese name."""
    return next((code for code in kind if text in (str(code), code.zh)), None)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e6 else None


def _day(text: str) -> datetime | None:
    try:
        return midnight(date.fromisoformat(text)).astimezone(UTC) if text else None
    except ValueError:
        return None

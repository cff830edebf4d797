"""Lines that people dial, agreements between centres, the directory of partner lines; changed with audit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import TypeVar

from sqlalchemy import select

from hotline.domain.emergency_number import is_emergency_number
from hotline.domain.opening_hours import HoursUnreadable, read_window
from hotline.workforce.changes import apply, audit, gone
from hotline.workforce.errors import FieldWrong, NotFound
from hotline.workforce.exits import agreement_relied_on, relied_on
from models.crypto import normalise_number
from models.network import OverflowAgreement, PartnerLine, PhoneLine
from models.places import Centre, Place
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_network import Group, Language, PartnerKind

NUMBER = re.compile(r"\+?[0-9 -]{3,24}")
LONGEST_WAIT_SECONDS = 900


@dataclass(frozen=True)
class LineFile:
    number: str
    name_zh: str
    name_en: str
    centre_id: int | None
    language: str
    active: bool


@dataclass(frozen=True)
class AgreementFile:
    from_centre_id: int
    to_centre_id: int
    after_seconds: int
    hours: list[str]
    active: bool


@dataclass(frozen=True)
class PartnerFile:
    """`number` empty keeps the one on file."""

    name_zh: str
    name_en: str
    kind: PartnerKind
    number: str = field(repr=False)
    place_code: str | None
    hours: list[str]
    groups: list[str]
    takes_overflow: bool
    active: bool


class Network:
    """Every method raises NotFound for an id that is none, FieldWrong for what can't be kept."""

    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def save_line(self, line_id: int | None, file: LineFile, *, by_id: int) -> int:
        number = _number(file.number)
        _names(file.name_zh, file.name_en)
        if file.language not in set(Language):
            raise FieldWrong("language", "unknown")
        with self._work() as unit:
            _known_centre(unit, "centre_id", file.centre_id)
            same = select(PhoneLine.id).where(PhoneLine.number == number, PhoneLine.id != (line_id or 0))
            if unit.session.scalar(same) is not None:
                raise FieldWrong("number", "number_taken")
            line = PhoneLine(number="", name_zh="", name_en="")
            if line_id is not None:
                line = _found(unit.session.get(PhoneLine, line_id, with_for_update=True), line_id=line_id)
            changes = apply(line, {**asdict(file), "number": number})
            unit.session.add(line)
            unit.session.flush()
            self._audit(unit, by_id, "line.save", f"line:{line.id}", changes)
            return line.id

    def save_agreement(self, agreement_id: int | None, file: AgreementFile, *, by_id: int) -> int:
        if file.from_centre_id == file.to_centre_id:
            raise FieldWrong("to_centre_id", "same_centre")
        if not 0 <= file.after_seconds <= LONGEST_WAIT_SECONDS:
            raise FieldWrong("after_seconds", "out_of_range")
        _hours(file.hours)
        with self._work() as unit:
            _known_centre(unit, "from_centre_id", file.from_centre_id)
            _known_centre(unit, "to_centre_id", file.to_centre_id)
            same = select(OverflowAgreement.id).where(
                OverflowAgreement.from_centre_id == file.from_centre_id,
                OverflowAgreement.to_centre_id == file.to_centre_id,
                OverflowAgreement.id != (agreement_id or 0),
            )
            if unit.session.scalar(same) is not None:
                raise FieldWrong("to_centre_id", "agreement_taken")
            agreement = OverflowAgreement()
            if agreement_id is not None:
                agreement = _found(
                    unit.session.get(OverflowAgreement, agreement_id, with_for_update=True),
                    agreement_id=agreement_id,
                )
            weaker = not file.active or agreement.hours != file.hours
            if agreement_id is not None and weaker and agreement_relied_on(unit.session, unit.now, agreement):
                raise FieldWrong("active", "exit_relied")
            changes = apply(agreement, asdict(file))
            unit.session.add(agreement)
            unit.session.flush()
            self._audit(unit, by_id, "agreement.save", f"agreement:{agreement.id}", changes)
            return agreement.id

    def remove_agreement(self, agreement_id: int, *, by_id: int) -> None:
        with self._work() as unit:
            found = _found(unit.session.get(OverflowAgreement, agreement_id), agreement_id=agreement_id)
            if agreement_relied_on(unit.session, unit.now, found):
                raise FieldWrong("active", "exit_relied")
            changes = gone(found, [each.name for each in fields(AgreementFile)])
            unit.session.delete(found)
            subject = f"agreement:{agreement_id}"
            self._audit(unit, by_id, "agreement.remove", subject, changes)

    def save_partner(self, partner_id: int | None, file: PartnerFile, *, by_id: int) -> int:
        _names(file.name_zh, file.name_en)
        _hours(file.hours)
        if any(code not in set(Group) for code in file.groups):
            raise FieldWrong("groups", "unknown")
        if file.takes_overflow and (file.kind.is_emergency or is_emergency_number(file.number)):
            raise FieldWrong("takes_overflow", "emergency_overflow")
        with self._work() as unit:
            if file.place_code is not None and unit.session.get(Place, file.place_code) is None:
                raise FieldWrong("place_code", "unknown")
            partner = PartnerLine(name_zh="", name_en="", number="")
            if partner_id is not None:
                partner = _found(
                    unit.session.get(PartnerLine, partner_id, with_for_update=True), partner_id=partner_id
                )
            values = asdict(file)
            values["number"] = (
                _number(file.number) if file.number.strip() or not partner.number else partner.number
            )
            weaker = not file.active or not file.takes_overflow or partner.hours != file.hours
            if partner_id is not None and weaker and relied_on(unit.session, unit.now, partner_id=partner_id):
                raise FieldWrong("active", "exit_relied")
            changes = apply(partner, values, sealed=frozenset({"number"}))
            unit.session.add(partner)
            unit.session.flush()
            self._audit(unit, by_id, "partner.save", f"partner:{partner.id}", changes)
            return partner.id

    def remove_partner(self, partner_id: int, *, by_id: int) -> None:
        """Transfers that went there keep its id; the line itself is gone."""
        with self._work() as unit:
            found = _found(unit.session.get(PartnerLine, partner_id), partner_id=partner_id)
            if relied_on(unit.session, unit.now, partner_id=partner_id):
                raise FieldWrong("active", "exit_relied")
            changes = gone(found, [each.name for each in fields(PartnerFile)], sealed=frozenset({"number"}))
            unit.session.delete(found)
            self._audit(unit, by_id, "partner.remove", f"partner:{partner_id}", changes)

    def _audit(
        self, unit: UnitOfWork, by_id: int, action: str, subject: str, changes: dict[str, list[object]]
    ) -> None:
        audit(unit, self._audit_key, by_id=by_id, action=action, subject=subject, changes=changes)


Record = TypeVar("Record")


def _found(record: Record | None, **ids: int) -> Record:
    if record is None:
        raise NotFound(**ids)
    return record


def _known_centre(unit: UnitOfWork, name: str, centre_id: int | None) -> None:
    if centre_id is not None and unit.session.get(Centre, centre_id) is None:
        raise FieldWrong(name, "unknown")


def _names(zh: str, en: str) -> None:
    for name, text in (("name_zh", zh), ("name_en", en)):
        if not 1 <= len(text) <= 60:
            raise FieldWrong(name, "name_missing")


def _number(text: str) -> str:
    digits = normalise_number(text)
    if not NUMBER.fullmatch(text.strip()) or not 3 <= len(digits) <= 20:
        raise FieldWrong("number", "number_form")
    return digits


def _hours(windows: Sequence[str]) -> None:
    for text in windows:
        try:
            read_window(text)
        except HoursUnreadable:
            raise FieldWrong("hours", "hours_form") from None

"""Centres, seats, and the address book of joint prevention mechanisms, changed; each change audited."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hotline.domain.emergency_number import is_emergency_number
from hotline.workforce.errors import FieldWrong, NotFound, SeatHasHistory, SeatInUse, SeatRostered
from hotline.workforce.exits import relied_on
from models.audit import Auditor
from models.places import Centre, Mechanism, Place
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import SeatState
from models.vocabulary_alerting import BodyKind
from models.workforce import Shift

EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
PHONE = re.compile(r"\+?[0-9 -]{3,20}")
SEAT_LABEL = re.compile(r"[0-9A-Za-z-]{1,20}")
SECRET_LEAST = 16
FEED_TOKEN_LEAST = 24
HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)")
PLAIN = (
    "place_code",
    "name_zh",
    "name_en",
    "email",
    "webhook_url",
    "kind",
    "department",
    "main_name",
    "deputy_name",
    "duty_hours",
    "file_drop",
    "active",
)
SEALED = ("main_phone", "deputy_phone", "duty_phone")
MOST_SEATS = 50


@dataclass(frozen=True)
class Address:
    """One entry of the address book. `secret` None keeps the one on file."""

    place_code: str
    name_zh: str
    name_en: str
    email: str | None
    webhook_url: str | None
    secret: str | None
    kind: BodyKind = BodyKind.MECHANISM
    department: str | None = None
    main_name: str | None = None
    main_phone: str | None = None
    deputy_name: str | None = None
    deputy_phone: str | None = None
    duty_phone: str | None = None
    duty_hours: str = "00:00-24:00"
    file_drop: bool = False
    active: bool = True
    feed_token: str | None = None
    """A new token for this body's feed; None keeps the one on file."""


class Directory:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_line = Auditor(audit_key)

    def change_centre(
        self,
        centre_id: int,
        *,
        by_id: int,
        minimum_seats: int,
        standby_phone: str | None,
        keep_phone: bool = True,
    ) -> None:
        """`keep_phone`: an empty phone keeps the one on file. Raises NotFound, FieldWrong."""
        if not 1 <= minimum_seats <= MOST_SEATS:
            raise FieldWrong("minimum_seats", "out_of_range")
        phone = (standby_phone or "").strip() or None
        if phone is not None and not PHONE.fullmatch(phone):
            raise FieldWrong("standby_phone", "phone_form")
        if phone is not None and is_emergency_number(phone):
            raise FieldWrong("standby_phone", "emergency_overflow")
        with self._work() as unit:
            centre = unit.session.get(Centre, centre_id, with_for_update=True)
            if centre is None:
                raise NotFound(centre_id=centre_id)
            changes: dict[str, list[Any]] = {}
            if centre.minimum_seats != minimum_seats:
                changes["minimum_seats"] = [centre.minimum_seats, minimum_seats]
                centre.minimum_seats = minimum_seats
            if phone != centre.standby_phone and not (phone is None and keep_phone):
                if phone is None and relied_on(unit.session, unit.now, phone_of=centre_id):
                    raise FieldWrong("standby_phone", "exit_relied")
                changes["standby_phone"] = ["…" if centre.standby_phone else None, "…" if phone else None]
                centre.standby_phone = phone
            if changes:
                self._audit(unit, by_id, "centre.change", f"centre:{centre_id}", changes)

    def add_seat(self, centre_id: int, label: str, *, by_id: int) -> int:
        """Raises NotFound, FieldWrong (a label stands once in a centre)."""
        label = label.strip()
        if not SEAT_LABEL.fullmatch(label):
            raise FieldWrong("label", "label_form")
        with self._work() as unit:
            if unit.session.get(Centre, centre_id, with_for_update=True) is None:
                raise NotFound(centre_id=centre_id)
            same = select(Seat.id).where(Seat.centre_id == centre_id, Seat.label == label)
            if unit.session.scalar(same) is not None:
                raise FieldWrong("label", "label_taken")
            seat = Seat(
                label=label,
                centre_id=centre_id,
                state=SeatState.OFFLINE,
                state_since=unit.now,
                status_since=unit.now,
            )
            unit.session.add(seat)
            unit.session.flush()
            self._audit(unit, by_id, "seat.add", f"seat:{seat.id}", {"label": [None, label]})
            return seat.id

    def remove_seat(self, seat_id: int, *, by_id: int) -> None:
        """Only a seat that nobody ever used: what has a history stays. Raises NotFound, SeatHasHistory."""
        with self._work() as unit:
            seat = unit.session.get(Seat, seat_id, with_for_update=True)
            if seat is None:
                raise NotFound(seat_id=seat_id)
            if seat.state is not SeatState.OFFLINE or seat.person_id is not None:
                raise SeatHasHistory(seat_id=seat_id)
            subject, label = f"seat:{seat_id}", seat.label
            try:
                with unit.session.begin_nested():
                    unit.session.delete(seat)
            except IntegrityError:
                # Calls, offers, shifts or its log point to it.
                raise SeatHasHistory(seat_id=seat_id) from None
            self._audit(unit, by_id, "seat.remove", subject, {"label": [label, None]})

    def retire_seat(self, seat_id: int, *, by_id: int) -> None:
        """Out of use, with its history: nobody signs on there and nothing is offered to it.

        Raises NotFound, SeatInUse, SeatRostered. Retiring a retired one changes nothing.
        """
        with self._work() as unit:
            seat = unit.session.get(Seat, seat_id, with_for_update=True)
            if seat is None:
                raise NotFound(seat_id=seat_id)
            if seat.retired_at is not None:
                return
            if seat.state is not SeatState.OFFLINE or seat.person_id is not None:
                raise SeatInUse(seat_id=seat_id)
            ahead = select(Shift.id).where(Shift.seat_id == seat_id, Shift.ends_at > unit.now)
            if unit.session.scalar(ahead.limit(1)) is not None:
                raise SeatRostered(seat_id=seat_id)
            seat.retired_at = unit.now
            self._audit(unit, by_id, "seat.retire", f"seat:{seat_id}", {"retired": [False, True]})

    def bring_back_seat(self, seat_id: int, *, by_id: int) -> None:
        """In use again. Raises NotFound. One that is in use stays so."""
        with self._work() as unit:
            seat = unit.session.get(Seat, seat_id, with_for_update=True)
            if seat is None:
                raise NotFound(seat_id=seat_id)
            if seat.retired_at is not None:
                seat.retired_at = None
                self._audit(unit, by_id, "seat.bring_back", f"seat:{seat_id}", {"retired": [True, False]})

    def save_address(self, mechanism_id: int | None, address: Address, *, by_id: int) -> int:
        """A new entry, or a changed one. Raises NotFound, FieldWrong."""
        _check(address)
        with self._work() as unit:
            if unit.session.get(Place, address.place_code) is None:
                raise FieldWrong("place_code", "unknown")
            if mechanism_id is None:
                entry = Mechanism(place_code=address.place_code, name_zh="", name_en="")
                unit.session.add(entry)
            else:
                found = unit.session.get(Mechanism, mechanism_id, with_for_update=True)
                if found is None:
                    raise NotFound(mechanism_id=mechanism_id)
                entry = found
            if address.webhook_url and not (address.secret or entry.webhook_secret):
                raise FieldWrong("secret", "secret_missing")
            changes: dict[str, list[Any]] = {}
            for name in PLAIN + SEALED:
                value = getattr(address, name)
                if getattr(entry, name) != value:
                    before = getattr(entry, name)
                    # The chain of the audit is no place for a number of somebody's own telephone.
                    told = ["…" if before else None, "…" if value else None]
                    changes[name] = told if name in SEALED else [_told(before), _told(value)]
                    setattr(entry, name, value)
            if address.feed_token:
                changes["feed_token"] = ["…" if entry.feed_token_hash else None, "…"]
                entry.feed_token_hash = hashlib.sha256(address.feed_token.encode()).hexdigest()
            if address.secret:
                changes["webhook_secret"] = ["…" if entry.webhook_secret else None, "…"]
                entry.webhook_secret = address.secret
            unit.session.flush()
            if changes:
                self._audit(unit, by_id, "mechanism.save", f"mechanism:{entry.id}", changes)
            return entry.id

    def _audit(
        self, unit: UnitOfWork, by_id: int, action: str, subject: str, changes: dict[str, list[Any]]
    ) -> None:
        self._audit_line(unit, by_id, action, subject, json.dumps(changes, ensure_ascii=False))


def _told(value: object) -> object:
    return str(value) if isinstance(value, BodyKind) else value if value != "" else None


def _check(address: Address) -> None:
    phones = [getattr(address, name) for name in SEALED]
    for name, phone in zip(SEALED, phones, strict=True):
        if phone is not None and not PHONE.fullmatch(phone):
            raise FieldWrong(name, "phone_form")
    if not HOURS.fullmatch(address.duty_hours):
        raise FieldWrong("duty_hours", "time_form")
    if address.feed_token is not None and len(address.feed_token) < FEED_TOKEN_LEAST:
        raise FieldWrong("feed_token", "secret_short")
    if address.kind is BodyKind.DEPARTMENT and not address.department:
        raise FieldWrong("department", "name_missing")
    if not 1 <= len(address.name_zh) <= 120:
        raise FieldWrong("name_zh", "name_missing")
    if not 1 <= len(address.name_en) <= 120:
        raise FieldWrong("name_en", "name_missing")
    if not any((address.email, address.webhook_url, address.file_drop, address.feed_token)):
        raise FieldWrong("email", "address_missing")
    if address.email and not (len(address.email) <= 200 and EMAIL.fullmatch(address.email)):
        raise FieldWrong("email", "email_form")
    if address.webhook_url and not is_safe_url(address.webhook_url):
        raise FieldWrong("webhook_url", "url_form")
    if address.secret is not None and len(address.secret) < SECRET_LEAST:
        raise FieldWrong("secret", "secret_short")


def is_safe_url(url: str) -> bool:
    """https anywhere; plain http to this machine alone (a receiver beside the hotline)."""
    parts = urlsplit(url)
    if len(url) > 400 or not parts.hostname or parts.username or parts.password:
        return False
    if parts.scheme == "https":
        return True
    try:
        local = ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        local = parts.hostname == "localhost"
    return parts.scheme == "http" and local

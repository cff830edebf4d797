"""Contacts that rang nowhere: a visit, a web contact, an outbound one, a paper form of a night without power.

Each becomes a contact with a note of the same form as any call; it stands on the day when it happened.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from hotline.care.errors import NoSuchCall
from hotline.care.errors_after import FormAlreadyEntered, RecordIncomplete
from models.audit import Auditor
from models.call_back_words import CallDirection
from models.calls import Call
from models.crypto import NumberHasher
from models.entries import ContactEntry
from models.people import Person
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallOutcome, CallState
from models.vocabulary_record import Channel

BY_HAND = (
    Channel.WALK_IN,
    Channel.WEB_TEXT,
    Channel.APP,
    Channel.VIDEO,
    Channel.OUTBOUND,
    Channel.PHONE,
)
"""A telephone call is entered by hand only from a paper form: every other one is on file already."""
LONGEST_MINUTES = 480
OLDEST = timedelta(days=366)


@dataclass(frozen=True)
class Entered:
    """`number`: the person's own telephone, if known. `beside`: another contact of the same person."""

    channel: Channel
    happened_at: datetime
    minutes: int
    form_number: str = ""
    number: str = ""
    beside: int | None = None

    @property
    def late(self) -> bool:
        return bool(self.form_number)


def faults_of(entered: Entered, now: datetime) -> list[str]:
    faults = []
    if entered.channel not in BY_HAND:
        faults.append("channel")
    if not now - OLDEST <= entered.happened_at <= now:
        faults.append("happened_at")
    if not 1 <= entered.minutes <= LONGEST_MINUTES:
        faults.append("minutes")
    if entered.channel is Channel.PHONE and not entered.form_number:
        faults.append("form_number")
    digits = sum(sign.isdigit() for sign in entered.number)
    if entered.number and not (5 <= digits <= 15 and len(entered.number) <= 20):
        faults.append("number")
    return faults


class Entries:
    def __init__(self, work: Work, hasher: NumberHasher, audit_key: bytes) -> None:
        self._work = work
        self._hasher = hasher
        self._audit = Auditor(audit_key)

    def enter(self, person_id: int, entered: Entered) -> int:
        """The id of the contact; its note is written as any other.

        Raises RecordIncomplete(faults), NoSuchCall (`beside`), FormAlreadyEntered.
        """
        with self._work() as unit:
            faults = faults_of(entered, unit.now)
            if faults:
                raise RecordIncomplete(faults)
            if entered.late:
                known = select(ContactEntry.call_id).where(ContactEntry.form_number == entered.form_number)
                before = unit.session.scalars(known).first()
                if before is not None:
                    raise FormAlreadyEntered(call_id=before)
            call = self._call(unit, person_id, entered)
            unit.session.add(call)
            unit.session.flush()
            unit.session.add(
                ContactEntry(
                    call_id=call.id,
                    entered_at=unit.now,
                    entered_by_id=person_id,
                    form_number=entered.form_number or None,
                    late=entered.late,
                )
            )
            self._audit(
                unit,
                person_id,
                "contact.entered_late" if entered.late else "contact.entered",
                f"call:{call.id}",
            )
            return call.id

    def _call(self, unit: UnitOfWork, person_id: int, entered: Entered) -> Call:
        person = unit.session.get_one(Person, person_id)
        number = entered.number or None
        # Who left no number is a person of their own until somebody links them.
        caller_hash = self._hasher(number or f"entry:{secrets.token_hex(16)}")
        if entered.beside is not None:
            other = unit.session.get(Call, entered.beside)
            if other is None:
                raise NoSuchCall(call_id=entered.beside)
            if number is None:
                number, caller_hash = other.caller_number, other.caller_hash
        ended_at = min(unit.now, entered.happened_at + timedelta(minutes=entered.minutes))
        return Call(
            direction=CallDirection.ENTERED,
            channel=entered.channel,
            number_dialled="",
            caller_number=number,
            caller_hash=caller_hash,
            centre_id=person.centre_id,
            state=CallState.ENDED,
            state_since=unit.now,
            arrived_at=entered.happened_at,
            answered_at=entered.happened_at,
            ended_at=ended_at,
            outcome=CallOutcome.ANSWERED,
            ended_by="operator",
            person_id=person_id,
            is_demonstration=person.is_demonstration,
        )

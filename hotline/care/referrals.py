"""转介: shown exactly before it goes, sent on a ground, followed until an answer ends it."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.care.duties import facts_of
from hotline.care.errors import NoSuchCall
from hotline.care.errors_after import NotOpen, PreviewChanged, RecordIncomplete
from hotline.domain import referral as rules
from hotline.domain.referral import REQUEST, Intended, answer_due, is_urgent
from models.audit import write_audit
from models.calls import Call
from models.events import DutyChanged
from models.notes import Note
from models.places import Place
from models.referrals import Referral, ReferralStep, SharingConsent
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import ConsentState, RiskLevel
from models.vocabulary_after import ItemKind, ReferralState, ReferralTarget, SentBy

CONSENT_TEXT = "sharing-2026-11"
"""Version of the sentence by which the person is asked; it stands on the page."""


@dataclass(frozen=True)
class Preview:
    """`sent`: field code -> value, exactly as it would go out. `seal` recognises it again."""

    sent: dict[str, str]
    faults: list[str]
    seal: str


class Referrals:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def consent(self, call_id: int, target: ReferralTarget, state: ConsentState, person_id: int) -> None:
        """What the person said about this target. Raises NoSuchCall.

        A refusal after a consent is a withdrawal: when it was given stays on file.
        """
        with self._work() as unit:
            if unit.session.get(Call, call_id) is None:
                raise NoSuchCall(call_id=call_id)
            found = _consent(unit.session, call_id, target)
            if found is None:
                found = SharingConsent(call_id=call_id, target=target, text_version=CONSENT_TEXT)
                found.state, found.at, found.asked_by_id = state, unit.now, person_id
                unit.session.add(found)
            elif found.state is ConsentState.GRANTED and state is not ConsentState.GRANTED:
                found.state, found.withdrawn_at = ConsentState.WITHDRAWN, unit.now
            else:
                found.state, found.at, found.withdrawn_at = state, unit.now, None
                found.text_version, found.asked_by_id = CONSENT_TEXT, person_id
            self._audit(unit, call_id, person_id, f"sharing.{found.state}")

    def preview(self, call_id: int, intended: Intended) -> Preview:
        """Raises NoSuchCall."""
        with self._work() as unit:
            unit.only_read()
            return self._preview(unit.session, call_id, intended)

    def send(self, call_id: int, person_id: int, intended: Intended, how: SentBy, seal: str) -> int:
        """Write down that it went out as shown; returns its id.

        Raises NoSuchCall, RecordIncomplete(faults), PreviewChanged when a field changed after it was shown.
        """
        with self._work() as unit:
            preview = self._preview(unit.session, call_id, intended)
            if preview.faults:
                raise RecordIncomplete(preview.faults)
            if not hmac.compare_digest(preview.seal, seal):
                raise PreviewChanged(call_id=call_id)
            call, level, _ = _known(unit.session, call_id)
            urgent = is_urgent(level, call.danger)
            due = answer_due(ReferralState.SENT, urgent)
            referral = Referral(
                call_id=call_id,
                target=intended.target,
                unit_name=intended.unit_name,
                ground=intended.ground,
                ground_reason=intended.ground_reason or None,
                sent=preview.sent,
                sent_how=how,
                sent_at=unit.now,
                sent_by_id=person_id,
                urgent=urgent,
                due_at=None if due is None else unit.now + due,
                steps=[ReferralStep(state=ReferralState.SENT, at=unit.now, person_id=person_id)],
            )
            unit.session.add(referral)
            unit.session.flush()
            self._changed(unit, referral, person_id)
            return referral.id

    def answered(self, referral_id: int, person_id: int, state: ReferralState, reply: str) -> None:
        """The unit said something. Accepting, refusing and finishing need its reply in words.

        Raises NotOpen when it is over or this cannot follow, RecordIncomplete without a reply.
        """
        with self._work() as unit:
            referral = unit.session.get(Referral, referral_id, with_for_update=True)
            if referral is None or state not in rules.FOLLOWING[referral.state]:
                raise NotOpen(referral_id=referral_id)
            if state is not ReferralState.RECEIVED and not reply.strip():
                raise RecordIncomplete(["reply"])
            due = answer_due(state, referral.urgent)
            referral.state = state
            referral.due_at = None if due is None else unit.now + due
            referral.escalated_at = None
            step = ReferralStep(state=state, at=unit.now, person_id=person_id, reply=reply.strip() or None)
            referral.steps.append(step)
            self._changed(unit, referral, person_id)

    def _preview(self, session: Session, call_id: int, intended: Intended) -> Preview:
        call, level, note = _known(session, call_id)
        consent = _consent(session, call_id, intended.target)
        faults = rules.faults_of(
            intended,
            consent=consent.state if consent else ConsentState.UNASKED,
            level=level,
            danger=call.danger,
            minor=note is not None and facts_of(note).is_minor,
        )
        allowed = [code for code in rules.MAY_LEARN[intended.target] if code in intended.fields]
        sent = {code: _value(session, code, call, note) for code in allowed}
        sent[REQUEST] = intended.request
        whole = json.dumps([str(intended.target), intended.unit_name, sent], ensure_ascii=False)
        seal = hmac.new(self._audit_key, whole.encode(), hashlib.sha256).hexdigest()
        return Preview(sent, faults, seal)

    def _changed(self, unit: UnitOfWork, referral: Referral, person_id: int) -> None:
        self._audit(unit, referral.call_id, person_id, f"referral.{referral.state}")
        unit.tell(DutyChanged(referral.call_id, str(ItemKind.REFERRAL), referral.id))

    def _audit(self, unit: UnitOfWork, call_id: int, person_id: int, action: str) -> None:
        write_audit(
            unit.session,
            self._audit_key,
            at=unit.now,
            person_id=person_id,
            action=action,
            subject=f"call:{call_id}",
        )


def _known(session: Session, call_id: int) -> tuple[Call, RiskLevel | None, Note | None]:
    call = session.get(Call, call_id)
    if call is None:
        raise NoSuchCall(call_id=call_id)
    note = session.scalars(select(Note).where(Note.call_id == call_id)).first()
    level = max((note.risk_level or 0, note.risk_floor)) if note is not None else None
    return call, None if level is None else RiskLevel(level), note


def _consent(session: Session, call_id: int, target: ReferralTarget) -> SharingConsent | None:
    return session.scalars(
        select(SharingConsent).where(SharingConsent.call_id == call_id, SharingConsent.target == target)
    ).first()


def _value(session: Session, code: str, call: Call, note: Note | None) -> str:
    """The stored value; codes stay codes, and a page or a sheet says them in words."""
    if code == "contact":
        number = call.caller_number or ""
        return "" if ":" in number else number
    if code == "place":
        place = session.get(Place, note.place_code) if note is not None and note.place_code else None
        return place.code if place is not None else ""
    if note is None:
        return ""
    if code in ("problem", "risk_level"):
        value = getattr(note, code)
        return "" if value is None else str(value)
    return str((note.fields or {}).get(code) or "")

"""Two decisions belong to people: a named supervisor verifies a signal, and a second one signs the alert.

Everything else (draft, addressee, delivery) follows by itself.

    NEW or WATCHED --watch--> WATCHED, --reject--> REJECTED, --verify--> VERIFIED (alert drafted)
    AWAITING_SIGNATURE --sign--> ISSUED (deliveries written), --return_draft--> RETURNED (signal WATCHED)
"""

from __future__ import annotations

from datetime import date, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.days import HOTLINE_ZONE, day_of
from analytics.report.addressees import mechanism_for
from analytics.report.bulletin import compose, title_of
from analytics.report.delivery import write_deliveries
from analytics.report.errors import (
    AlertNotAwaitingSignature,
    NobodyToTell,
    NotFound,
    NotPermitted,
    ReasonMissing,
    SignalAlreadyDecided,
    SignerIsVerifier,
)
from analytics.report.figures import load_facts
from models.audit import write_audit
from models.events import AlertDrafted, AlertIssued, SignalReviewed
from models.people import Person
from models.places import Organisation
from models.surveillance import Alert, Signal, SignalReview
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import Role
from models.vocabulary_surveillance import AlertLevel, AlertState, SignalState

OPEN_STATES = (SignalState.NEW, SignalState.WATCHED)


class Review:
    def __init__(self, work: Work, audit_key: bytes, *, zone: tzinfo = HOTLINE_ZONE) -> None:
        self._work = work
        self._audit_key = audit_key
        self._zone = zone

    def watch(self, signal_id: int, person_id: int, reason: str) -> None:
        """Keep an eye on it. Raises NotFound, NotPermitted, ReasonMissing, SignalAlreadyDecided."""
        with self._work() as unit:
            self._decide(unit, signal_id, person_id, SignalState.WATCHED, reason)

    def reject(self, signal_id: int, person_id: int, reason: str) -> None:
        """It is nothing, and why. Raises as `watch`."""
        with self._work() as unit:
            self._decide(unit, signal_id, person_id, SignalState.REJECTED, reason)

    def verify(self, signal_id: int, person_id: int, level: AlertLevel, reason: str) -> int:
        """It is so: drafts the alert (or a new version of the returned one) and gives its id.

        Raises as `watch`, and NobodyToTell when no mechanism stands for the place.
        """
        level = AlertLevel(level)
        with self._work() as unit:
            signal = self._decide(unit, signal_id, person_id, SignalState.VERIFIED, reason)
            if mechanism_for(unit.session, signal.place_code) is None:
                raise NobodyToTell(place_code=signal.place_code)
            facts = load_facts(unit.session, signal)
            alert = unit.session.scalars(
                select(Alert).where(Alert.signal_id == signal_id, Alert.state == AlertState.RETURNED)
            ).first()
            if alert is None:
                alert = Alert(signal_id=signal.id, kind=signal.kind, place_code=signal.place_code, version=0)
            alert.version += 1
            alert.level = level
            alert.state = AlertState.AWAITING_SIGNATURE
            alert.title = title_of(facts)
            alert.content = compose(facts, level)
            alert.verified_by_id = person_id
            alert.verified_at = unit.now
            alert.is_demonstration = signal.is_demonstration
            unit.session.add(alert)
            unit.session.flush()
            unit.tell(AlertDrafted(alert.id))
            return alert.id

    def sign(self, alert_id: int, person_id: int) -> None:
        """Number, issue and send it. Raises SignerIsVerifier, AlertNotAwaitingSignature, NotFound,
        NotPermitted, NobodyToTell."""
        with self._work() as unit:
            _require_supervisor(unit.session, person_id)
            alert = unit.session.get(Alert, alert_id, with_for_update=True)
            if alert is None:
                raise NotFound(alert_id=alert_id)
            if alert.state is not AlertState.AWAITING_SIGNATURE:
                raise AlertNotAwaitingSignature(alert_id=alert_id, state=str(alert.state.value))
            if alert.verified_by_id == person_id:
                raise SignerIsVerifier(alert_id=alert_id)
            alert.number = next_number(unit.session, day_of(unit.now, self._zone))
            alert.state = AlertState.ISSUED
            alert.signed_by_id = person_id
            alert.signed_at = alert.issued_at = unit.now
            write_deliveries(unit, alert)
            self._audit(unit, person_id, "alert.sign", f"alert:{alert_id}")
            unit.tell(AlertIssued(alert.id, alert.place_code))

    def return_draft(self, alert_id: int, person_id: int, reason: str) -> None:
        """The second person does not sign: the signal goes back to those who check."""
        with self._work() as unit:
            _require_supervisor(unit.session, person_id)
            if not reason.strip():
                raise ReasonMissing(alert_id=alert_id)
            alert = unit.session.get(Alert, alert_id, with_for_update=True)
            if alert is None:
                raise NotFound(alert_id=alert_id)
            if alert.state is not AlertState.AWAITING_SIGNATURE:
                raise AlertNotAwaitingSignature(alert_id=alert_id, state=str(alert.state.value))
            alert.state = AlertState.RETURNED
            signal = alert.signal
            signal.state = SignalState.WATCHED
            unit.session.add(
                SignalReview(
                    signal_id=signal.id,
                    person_id=person_id,
                    decision=SignalState.WATCHED,
                    reason=reason.strip(),
                    at=unit.now,
                )
            )
            self._audit(unit, person_id, "alert.return", f"alert:{alert_id}", reason)
            unit.tell(SignalReviewed(signal.id, str(signal.state.value)))

    def _decide(
        self, unit: UnitOfWork, signal_id: int, person_id: int, decision: SignalState, reason: str
    ) -> Signal:
        _require_supervisor(unit.session, person_id)
        if not reason.strip():
            raise ReasonMissing(signal_id=signal_id)
        signal = unit.session.get(Signal, signal_id, with_for_update=True)
        if signal is None:
            raise NotFound(signal_id=signal_id)
        if signal.state not in OPEN_STATES:
            raise SignalAlreadyDecided(signal_id=signal_id, state=str(signal.state.value))
        signal.state = decision
        unit.session.add(
            SignalReview(
                signal_id=signal_id,
                person_id=person_id,
                decision=decision,
                reason=reason.strip(),
                at=unit.now,
            )
        )
        self._audit(unit, person_id, f"signal.{decision.value}", f"signal:{signal_id}", reason)
        unit.tell(SignalReviewed(signal_id, str(decision.value)))
        return signal

    def _audit(
        self, unit: UnitOfWork, person_id: int, action: str, subject: str, reason: str | None = None
    ) -> None:
        write_audit(
            unit.session,
            self._audit_key,
            at=unit.now,
            person_id=person_id,
            action=action,
            subject=subject,
            reason=reason,
        )


def next_number(session: Session, day: date) -> str:
    """〔2026〕31号: the next free number of the year; numbers given are never used again."""
    # One signer at a time: two must not read the same highest number.
    session.scalars(select(Organisation).with_for_update()).first()
    prefix = f"〔{day.year}〕"
    given = session.scalars(select(Alert.number).where(Alert.number.startswith(prefix))).all()
    highest = max((int(n.removeprefix(prefix).removesuffix("号")) for n in given if n), default=0)
    return f"{prefix}{highest + 1}号"


def _require_supervisor(session: Session, person_id: int) -> None:
    person = session.get(Person, person_id)
    if person is None or not person.active or person.role is not Role.SUPERVISOR:
        raise NotPermitted(person_id=person_id)

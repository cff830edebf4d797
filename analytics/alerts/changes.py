"""An issued alert is never rewritten: an update or a cancel is a message of its own, with references.

    ISSUED, ACKNOWLEDGED --propose_update, propose_cancel--> a drafted message --sign--> sent, --drop--> gone

The same two-person rule as for the first message. An update asks for a receipt anew. An exercise is an alert
from its first draft to its end, marked as one everywhere, and counts nobody.
"""

from __future__ import annotations

from datetime import timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.alerts.exercise_text import exercise_content, exercise_title
from analytics.alerts.issuing import send
from analytics.alerts.watch import ask_draft_clock
from analytics.days import HOTLINE_ZONE, day_of
from analytics.report.addressees import addressing_of
from analytics.report.errors import (
    AlertNotIssued,
    ChangeAlreadyDrafted,
    MessageAlreadyDecided,
    NobodyToTell,
    NotFound,
    ReasonMissing,
    SignerIsVerifier,
)
from analytics.report.review import require_supervisor
from analytics.report.writing import withdraw, written
from analytics.series import EXERCISE
from models.alerting import AlertMessage
from models.audit import Auditor
from models.events import AlertDrafted, SignalReviewed
from models.places import Place
from models.surveillance import Alert, Signal
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_alerting import MessageKind
from models.vocabulary_surveillance import AlertLevel, AlertState, SignalKind, SignalState

OUT = (AlertState.ISSUED, AlertState.ACKNOWLEDGED)


class Changes:
    def __init__(self, work: Work, audit_key: bytes, *, zone: tzinfo = HOTLINE_ZONE) -> None:
        self._work = work
        self._audit = Auditor(audit_key)
        self._zone = zone

    def propose_update(self, alert_id: int, person_id: int, level: AlertLevel, reason: str) -> int:
        """Figures and words of today at a level of today; gives the message's id.

        Raises NotFound, NotPermitted, ReasonMissing, AlertNotIssued, ChangeAlreadyDrafted.
        """
        return self._propose(alert_id, person_id, MessageKind.UPDATE, AlertLevel(level), reason)

    def propose_cancel(self, alert_id: int, person_id: int, reason: str) -> int:
        """It was not so, or is over without anybody's doing. Raises as `propose_update`."""
        return self._propose(alert_id, person_id, MessageKind.CANCEL, None, reason)

    def sign(self, message_id: int, person_id: int) -> None:
        """A second person sends it. Raises SignerIsVerifier, MessageAlreadyDecided, NotFound."""
        with self._work() as unit:
            message, alert = self._drafted(unit.session, message_id, person_id)
            if message.drafted_by_id == person_id:
                raise SignerIsVerifier(message_id=message_id)
            _apply(alert, message)
            send(unit, alert, message, person_id, zone=self._zone)
            self._audit(unit, person_id, f"alert.{message.kind.value.lower()}", f"alert:{alert.id}")
            if message.kind is MessageKind.CANCEL:
                unit.tell(SignalReviewed(alert.signal_id, str(SignalState.CLOSED.value)))

    def drop(self, message_id: int, person_id: int, reason: str) -> None:
        """It is not sent. Raises ReasonMissing and as `sign`."""
        with self._work() as unit:
            message, alert = self._drafted(unit.session, message_id, person_id)
            if not reason.strip():
                raise ReasonMissing(message_id=message_id)
            message.dropped_at = unit.now
            withdraw(unit.session, alert, message.version)
            self._audit(unit, person_id, "alert.change_dropped", f"alert:{alert.id}", reason)
            unit.tell(AlertDrafted(alert.id))

    def start_exercise(
        self, place_code: str, kind: SignalKind, level: AlertLevel, person_id: int, task: str
    ) -> int:
        """A drill for the bodies of a place; a second person signs it like any alert. Gives the alert's id.

        Raises NotPermitted, ReasonMissing (nothing to practise), NotFound (place), NobodyToTell.
        """
        with self._work() as unit:
            require_supervisor(unit.session, person_id)
            if not task.strip():
                raise ReasonMissing(place_code=place_code)
            place = unit.session.get(Place, place_code)
            if place is None:
                raise NotFound(place_code=place_code)
            if addressing_of(unit.session, place_code, level) is None:
                raise NobodyToTell(place_code=place_code)
            signal = _signal_of_exercise(unit, place_code, kind, self._zone)
            alert = Alert(
                signal_id=signal.id,
                kind=kind,
                level=level,
                place_code=place_code,
                state=AlertState.AWAITING_SIGNATURE,
                title=exercise_title(place.name_zh, kind),
                content=exercise_content(place, kind, level, task.strip(), day_of(unit.now, self._zone)),
                verified_by_id=person_id,
                verified_at=unit.now,
                is_exercise=True,
                version=1,
            )
            unit.session.add(alert)
            unit.session.flush()
            ask_draft_clock(unit, alert)
            self._audit(unit, person_id, "alert.exercise", f"alert:{alert.id}")
            unit.tell(AlertDrafted(alert.id))
            return alert.id

    def _propose(
        self, alert_id: int, person_id: int, kind: MessageKind, level: AlertLevel | None, reason: str
    ) -> int:
        with self._work() as unit:
            require_supervisor(unit.session, person_id)
            if not reason.strip():
                raise ReasonMissing(alert_id=alert_id)
            alert = unit.session.get(Alert, alert_id, with_for_update=True)
            if alert is None:
                raise NotFound(alert_id=alert_id)
            if alert.state not in OUT:
                raise AlertNotIssued(alert_id=alert_id)
            if open_change(unit.session, alert_id) is not None:
                raise ChangeAlreadyDrafted(alert_id=alert_id)
            message = _message(unit, alert, kind, person_id, reason, level or alert.level)
            if kind is MessageKind.UPDATE and not alert.is_exercise:
                as_written = Alert(
                    id=alert.id, version=message.version, place_code=alert.place_code, kind=alert.kind
                )
                message.title, message.content = written(unit, alert.signal, as_written, message.level)
            unit.session.flush()
            self._audit(unit, person_id, f"alert.propose_{kind.value.lower()}", f"alert:{alert_id}", reason)
            unit.tell(AlertDrafted(alert_id))
            return message.id

    def _drafted(self, session: Session, message_id: int, person_id: int) -> tuple[AlertMessage, Alert]:
        require_supervisor(session, person_id)
        message = session.get(AlertMessage, message_id, with_for_update=True)
        if message is None:
            raise NotFound(message_id=message_id)
        if message.signed_at is not None or message.dropped_at is not None:
            raise MessageAlreadyDecided(message_id=message_id)
        return message, session.get_one(Alert, message.alert_id, with_for_update=True)


def open_change(session: Session, alert_id: int) -> AlertMessage | None:
    """The change that waits for its second person."""
    return session.scalars(
        select(AlertMessage).where(
            AlertMessage.alert_id == alert_id,
            AlertMessage.signed_at.is_(None),
            AlertMessage.dropped_at.is_(None),
        )
    ).first()


def cancel_now(unit: UnitOfWork, alert: Alert, person_id: int, reason: str, zone: tzinfo) -> None:
    """Cancelled by the second person of an alert that one person sent alone."""
    message = _message(unit, alert, MessageKind.CANCEL, person_id, reason, alert.level)
    _apply(alert, message)
    send(unit, alert, message, person_id, zone=zone)
    unit.tell(SignalReviewed(alert.signal_id, str(SignalState.CLOSED.value)))


def _message(
    unit: UnitOfWork, alert: Alert, kind: MessageKind, person_id: int, reason: str, level: AlertLevel
) -> AlertMessage:
    versions = unit.session.scalars(
        select(AlertMessage.version).where(AlertMessage.alert_id == alert.id)
    ).all()
    message = AlertMessage(
        alert_id=alert.id,
        version=max((alert.version, *versions)) + 1,
        kind=kind,
        level=level,
        title=alert.title,
        content=alert.content,
        reason=reason.strip(),
        drafted_by_id=person_id,
        drafted_at=unit.now,
    )
    unit.session.add(message)
    unit.session.flush()
    return message


def _apply(alert: Alert, message: AlertMessage) -> None:
    alert.version = message.version
    if message.kind is MessageKind.CANCEL:
        alert.state = AlertState.CANCELLED
        alert.signal.state = SignalState.CLOSED
        return
    alert.level, alert.title, alert.content = message.level, message.title, message.content
    alert.state = AlertState.ISSUED
    alert.acknowledged_at = None


def _signal_of_exercise(unit: UnitOfWork, place_code: str, kind: SignalKind, zone: tzinfo) -> Signal:
    today = day_of(unit.now, zone)
    signal = Signal(
        kind=kind,
        series=EXERCISE,
        place_code=place_code,
        state=SignalState.VERIFIED,
        onset_day=today,
        last_day=today,
        observed=0,
        expected=0.0,
        upper=0.0,
        p_value=1.0,
        q_value=1.0,
        history_days=0,
        method=EXERCISE,
        method_version="1",
        raised_at=unit.now,
        due_at=unit.now + timedelta(hours=2 if kind is SignalKind.STRESS_EVENT else 24),
    )
    unit.session.add(signal)
    unit.session.flush()
    return signal

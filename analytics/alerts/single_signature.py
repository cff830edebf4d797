"""单人签发，待补签: nobody else answered in time, so one named person sends; another signs or cancels after.

For a possible stress event alone, and only after the second signer kept silent for half an hour.
"""

from __future__ import annotations

from datetime import datetime, tzinfo

from sqlalchemy.orm import Session

from analytics.alerts.changes import cancel_now
from analytics.alerts.clocks import SINGLE_AFTER
from analytics.alerts.issuing import issue
from analytics.days import HOTLINE_ZONE
from analytics.report.errors import (
    NotFound,
    NotPermitted,
    NotSignedAlone,
    ReasonMissing,
    SignerIsVerifier,
    TooEarlyToSignAlone,
)
from analytics.report.review import draft_to_sign, require_supervisor
from models.audit import Auditor
from models.events import AlertDrafted
from models.surveillance import Alert
from models.unit_of_work import Work
from models.vocabulary_surveillance import AlertState, SignalKind


class SingleSignature:
    def __init__(self, work: Work, audit_key: bytes, *, zone: tzinfo = HOTLINE_ZONE) -> None:
        self._work = work
        self._audit = Auditor(audit_key)
        self._zone = zone

    def send_alone(self, alert_id: int, person_id: int, reason: str) -> None:
        """The verifier sends it. Anybody else is a second person, and signs as usual.

        Raises TooEarlyToSignAlone, ReasonMissing, AlertNotAwaitingSignature, NotFound, NotPermitted.
        """
        with self._work() as unit:
            require_supervisor(unit.session, person_id)
            alert = draft_to_sign(unit.session, alert_id)
            if not reason.strip():
                raise ReasonMissing(alert_id=alert_id)
            if alert.verified_by_id != person_id:
                raise NotPermitted(alert_id=alert_id)
            if not may_send_alone(alert, unit.now):
                raise TooEarlyToSignAlone(alert_id=alert_id)
            alert.single_signed_at = unit.now
            issue(unit, alert, person_id, zone=self._zone)
            self._audit(unit, person_id, "alert.sign_alone", f"alert:{alert_id}", reason)
            unit.tell(AlertDrafted(alert_id))

    def countersign(self, alert_id: int, person_id: int) -> None:
        """The second person stands by it. Raises NotSignedAlone, SignerIsVerifier and as `send_alone`."""
        with self._work() as unit:
            alert = self._open(unit.session, alert_id, person_id)
            alert.countersigned_by_id = person_id
            alert.countersigned_at = unit.now
            self._audit(unit, person_id, "alert.countersign", f"alert:{alert_id}")
            unit.tell(AlertDrafted(alert_id))

    def cancel(self, alert_id: int, person_id: int, reason: str) -> None:
        """The second person takes it back; everybody who was told is told so. Raises as `countersign`."""
        with self._work() as unit:
            alert = self._open(unit.session, alert_id, person_id)
            if not reason.strip():
                raise ReasonMissing(alert_id=alert_id)
            alert.countersigned_by_id = person_id
            alert.countersigned_at = unit.now
            cancel_now(unit, alert, person_id, reason, self._zone)
            self._audit(unit, person_id, "alert.cancel", f"alert:{alert_id}", reason)

    def _open(self, session: Session, alert_id: int, person_id: int) -> Alert:
        require_supervisor(session, person_id)
        alert = session.get(Alert, alert_id, with_for_update=True)
        if alert is None:
            raise NotFound(alert_id=alert_id)
        if not awaits_countersignature(alert) or alert.state is AlertState.CANCELLED:
            raise NotSignedAlone(alert_id=alert_id)
        if alert.signed_by_id == person_id:
            raise SignerIsVerifier(alert_id=alert_id)
        return alert


def may_send_alone(alert: Alert, now: datetime) -> bool:
    return (
        alert.kind is SignalKind.STRESS_EVENT
        and alert.state is AlertState.AWAITING_SIGNATURE
        and now >= alert.verified_at + SINGLE_AFTER
    )


def awaits_countersignature(alert: Alert) -> bool:
    return alert.single_signed_at is not None and alert.countersigned_at is None

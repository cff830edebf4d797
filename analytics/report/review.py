"""Two decisions belong to people: a named supervisor verifies a signal, and a second one signs the alert.

Everything else (draft, addressee, delivery) follows by itself.

    NEW or WATCHED --watch--> WATCHED, --reject--> REJECTED, --merge--> MERGED, --verify--> VERIFIED (drafted)
    AWAITING_SIGNATURE --sign--> ISSUED (deliveries written), --return_draft--> RETURNED (signal WATCHED)
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.alerts.addressing import Addressing, allows_restricted
from analytics.alerts.issuing import issue
from analytics.alerts.thresholds import propose
from analytics.alerts.watch import ask_draft_clock
from analytics.days import HOTLINE_ZONE
from analytics.place_tree import PlaceTree
from analytics.report.addressees import addressing_of
from analytics.report.errors import (
    AlertNotAwaitingSignature,
    BodyNotAllowed,
    NobodyToTell,
    NotFound,
    NotPermitted,
    ReasonMissing,
    SignalAlreadyDecided,
    SignalsDoNotMatch,
    SignerIsVerifier,
)
from analytics.report.writing import named_place, withdraw, written
from models.audit import Auditor
from models.events import AlertDrafted, SignalReviewed
from models.people import Person
from models.surveillance import Alert, Signal, SignalReview
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import Role
from models.vocabulary_alerting import RejectionCause
from models.vocabulary_surveillance import AlertLevel, AlertState, SignalState

OPEN_STATES = (SignalState.NEW, SignalState.WATCHED)


class Review:
    def __init__(self, work: Work, audit_key: bytes, *, zone: tzinfo = HOTLINE_ZONE) -> None:
        self._work = work
        self._audit = Auditor(audit_key)
        self._zone = zone

    def watch(self, signal_id: int, person_id: int, reason: str) -> None:
        """Keep an eye on it. Raises NotFound, NotPermitted, ReasonMissing, SignalAlreadyDecided."""
        with self._work() as unit:
            self._decide(unit, signal_id, person_id, SignalState.WATCHED, reason)

    def reject(
        self, signal_id: int, person_id: int, reason: str, cause: RejectionCause | None = None
    ) -> None:
        """It is nothing, and why; natural variation may propose a threshold. Raises as `watch`."""
        with self._work() as unit:
            signal = self._decide(unit, signal_id, person_id, SignalState.REJECTED, reason, cause)
            propose(unit, signal)

    def merge(self, signal_id: int, into_id: int, person_id: int, reason: str) -> None:
        """It is the event of another signal, which goes on alone. Raises SignalsDoNotMatch, as `watch`."""
        with self._work() as unit:
            into = unit.session.get(Signal, into_id)
            if into is None or into_id == signal_id or into.state is SignalState.MERGED:
                raise SignalsDoNotMatch(signal_id=signal_id, into_id=into_id)
            if not self._may_be_one(unit.session, signal_id, into):
                raise SignalsDoNotMatch(signal_id=signal_id, into_id=into_id)
            signal = self._decide(unit, signal_id, person_id, SignalState.MERGED, reason)
            signal.merged_into_id = into_id

    def verify(self, signal_id: int, person_id: int, level: AlertLevel, reason: str) -> int:
        """It is so: drafts the alert (or a new version of the returned one) and gives its id.

        Raises as `watch`, NobodyToTell when no body stands for the place, and OnePersonIsNoAlert.
        """
        level = AlertLevel(level)
        with self._work() as unit:
            signal = self._decide(unit, signal_id, person_id, SignalState.VERIFIED, reason)
            place_code = named_place(unit.session, signal)
            if addressing_of(unit.session, place_code, level) is None:
                raise NobodyToTell(place_code=place_code)
            alert = unit.session.scalars(
                select(Alert).where(Alert.signal_id == signal_id, Alert.state == AlertState.RETURNED)
            ).first()
            if alert is None:
                alert = Alert(signal_id=signal.id, kind=signal.kind, place_code=place_code, version=0)
            alert.version += 1
            alert.level = level
            alert.state = AlertState.AWAITING_SIGNATURE
            alert.title, alert.content = "", {}
            alert.verified_by_id = person_id
            alert.verified_at = unit.now
            alert.is_demonstration = signal.is_demonstration
            unit.session.add(alert)
            unit.session.flush()
            alert.title, alert.content = written(unit, signal, alert, level)
            ask_draft_clock(unit, alert)
            unit.tell(AlertDrafted(alert.id))
            return alert.id

    def sign(
        self,
        alert_id: int,
        person_id: int,
        copies: Collection[int] = (),
        copies_reason: str = "",
        harm_to_others: bool = False,
    ) -> None:
        """Number, issue and send it. `copies`: bodies beside the addressee, of `choices`.

        Raises SignerIsVerifier, AlertNotAwaitingSignature, NotFound, NotPermitted, NobodyToTell, and
        BodyNotAllowed or ReasonMissing for copies.
        """
        with self._work() as unit:
            require_supervisor(unit.session, person_id)
            alert = draft_to_sign(unit.session, alert_id)
            if alert.verified_by_id == person_id:
                raise SignerIsVerifier(alert_id=alert_id)
            check_copies(unit.session, alert, copies, copies_reason, harm_to_others)
            issue(unit, alert, person_id, copies=copies, zone=self._zone)
            self._audit(unit, person_id, "alert.sign", f"alert:{alert_id}", copies_reason or None)

    def return_draft(self, alert_id: int, person_id: int, reason: str) -> None:
        """The second person does not sign: the signal goes back to those who check."""
        with self._work() as unit:
            require_supervisor(unit.session, person_id)
            if not reason.strip():
                raise ReasonMissing(alert_id=alert_id)
            alert = draft_to_sign(unit.session, alert_id)
            alert.state = AlertState.RETURNED
            withdraw(unit.session, alert)
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
        self,
        unit: UnitOfWork,
        signal_id: int,
        person_id: int,
        decision: SignalState,
        reason: str,
        cause: RejectionCause | None = None,
    ) -> Signal:
        require_supervisor(unit.session, person_id)
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
                cause=cause,
                reason=reason.strip(),
                at=unit.now,
            )
        )
        unit.session.flush()
        self._audit(unit, person_id, f"signal.{decision.value}", f"signal:{signal_id}", reason)
        unit.tell(SignalReviewed(signal_id, str(decision.value)))
        return signal

    @staticmethod
    def _may_be_one(session: Session, signal_id: int, into: Signal) -> bool:
        """Places in one line; what the two speak of is for the person to say."""
        signal = session.get(Signal, signal_id)
        tree = PlaceTree.load(session)
        return signal is not None and (
            tree.covers(signal.place_code, into.place_code) or tree.covers(into.place_code, signal.place_code)
        )


def draft_to_sign(session: Session, alert_id: int) -> Alert:
    """Locked for this transaction. Raises NotFound, AlertNotAwaitingSignature."""
    alert = session.get(Alert, alert_id, with_for_update=True)
    if alert is None:
        raise NotFound(alert_id=alert_id)
    if alert.state is not AlertState.AWAITING_SIGNATURE:
        raise AlertNotAwaitingSignature(alert_id=alert_id, state=str(alert.state.value))
    return alert


def check_copies(
    session: Session, alert: Alert, copies: Collection[int], reason: str, harm_to_others: bool
) -> None:
    """Raises BodyNotAllowed for a body that may not be told, ReasonMissing for one unexplained."""
    if not copies:
        return
    choices = choices_for(session, alert)
    restricted = {body.mechanism_id for body in choices.restricted}
    known = restricted | {body.mechanism_id for body in choices.suggested}
    if not set(copies) <= known:
        raise BodyNotAllowed(alert_id=alert.id)
    if restricted & set(copies):
        if not allows_restricted(alert.kind, harm_to_others):
            raise BodyNotAllowed(alert_id=alert.id)
        if not reason.strip():
            raise ReasonMissing(alert_id=alert.id)


def choices_for(session: Session, alert: Alert) -> Addressing:
    """Addressee, copies by rule, and whom the signer may add. Raises NobodyToTell."""
    units = {item["unit"] for section in alert.content.get("sections", []) for item in section["items"]}
    found = addressing_of(session, alert.place_code, alert.level, units)
    if found is None:
        raise NobodyToTell(place_code=alert.place_code)
    return found


def require_supervisor(session: Session, person_id: int) -> None:
    person = session.get(Person, person_id)
    if person is None or not person.active or person.role is not Role.SUPERVISOR:
        raise NotPermitted(person_id=person_id)

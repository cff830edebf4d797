"""What officials do with an alert of their place, and what they ask the hotline.

ISSUED --acknowledge--> ACKNOWLEDGED (receipt on the deliveries) --own, act--> --close--> CLOSED
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.place_tree import PlaceTree
from analytics.report.errors import (
    AlertAlreadyClosed,
    AlertNotAcknowledged,
    AlertNotIssued,
    NotFound,
    NothingAsked,
    NotPermitted,
    TextMissing,
)
from models.events import AlertAnswered, SignalReviewed
from models.people import Person
from models.places import UNKNOWN_PLACE, Organisation
from models.surveillance import Alert, AlertAction, Delivery
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import Role
from models.vocabulary_surveillance import AlertActionKind, AlertState, DeliveryState, SignalState

PUBLISHED = (AlertState.ISSUED, AlertState.ACKNOWLEDGED, AlertState.CLOSED, AlertState.CANCELLED)
AWAITS_RECEIPT = (DeliveryState.DUE, DeliveryState.SENT, DeliveryState.FAILED)


class Answers:
    def __init__(self, work: Work) -> None:
        self._work = work

    def acknowledge(self, alert_id: int, person_id: int) -> None:
        """Receipt; a second one changes nothing. Raises NotFound, NotPermitted, AlertNotIssued."""
        with self._work() as unit:
            alert = _alert_for_official(unit.session, alert_id, person_id)
            if alert.state is not AlertState.ISSUED:
                if alert.acknowledged_at is None:
                    raise AlertNotIssued(alert_id=alert_id)
                return
            alert.state = AlertState.ACKNOWLEDGED
            alert.acknowledged_at = unit.now
            for delivery in _answered_for(unit.session, alert, person_id):
                delivery.state = DeliveryState.RECEIVED
                delivery.received_at = unit.now
            _record(unit, alert, person_id, AlertActionKind.ACKNOWLEDGE, None)

    def own(self, alert_id: int, person_id: int) -> None:
        """Take it over. Raises AlertNotAcknowledged, AlertAlreadyClosed and as `acknowledge`."""
        with self._work() as unit:
            alert = _open_alert(unit.session, alert_id, person_id)
            _record(unit, alert, person_id, AlertActionKind.OWN, None)

    def act(self, alert_id: int, person_id: int, text: str) -> None:
        """What was done, with its result. Raises TextMissing and as `own`."""
        with self._work() as unit:
            alert = _open_alert(unit.session, alert_id, person_id)
            _record(unit, alert, person_id, AlertActionKind.ACT, _required(text, alert_id))

    def ask(self, alert_id: int, person_id: int, text: str) -> None:
        """Ask the hotline; possible before the receipt too. No question leads to an identity."""
        with self._work() as unit:
            alert = _alert_for_official(unit.session, alert_id, person_id)
            _record(unit, alert, person_id, AlertActionKind.ASK, _required(text, alert_id))

    def answer(self, alert_id: int, person_id: int, text: str) -> None:
        """A supervisor answers what was asked. Raises NothingAsked."""
        with self._work() as unit:
            person = unit.session.get(Person, person_id)
            if person is None or not person.active or person.role is not Role.SUPERVISOR:
                raise NotPermitted(person_id=person_id)
            alert = unit.session.get(Alert, alert_id, with_for_update=True)
            if alert is None:
                raise NotFound(alert_id=alert_id)
            if not any(action.kind is AlertActionKind.ASK for action in alert.actions):
                raise NothingAsked(alert_id=alert_id)
            _record(unit, alert, person_id, AlertActionKind.ANSWER, _required(text, alert_id))

    def close(self, alert_id: int, person_id: int, text: str) -> None:
        """Done, with the result. Closes the signal too."""
        with self._work() as unit:
            alert = _open_alert(unit.session, alert_id, person_id)
            _record(unit, alert, person_id, AlertActionKind.CLOSE, _required(text, alert_id))
            alert.state = AlertState.CLOSED
            alert.closed_at = unit.now
            alert.signal.state = SignalState.CLOSED
            unit.tell(SignalReviewed(alert.signal_id, str(SignalState.CLOSED.value)))


def sees(session: Session, person: Person, place_code: str) -> bool:
    """An official sees the own place and what lies below it; the unknown place is seen at the hotline's own
    level."""
    if person.place_code is None:
        return False
    if place_code == UNKNOWN_PLACE:
        organisation = session.scalars(select(Organisation)).first()
        if organisation is None:
            return False
        place_code = organisation.place_code
    return PlaceTree.load(session).covers(person.place_code, place_code)


def _alert_for_official(session: Session, alert_id: int, person_id: int) -> Alert:
    person = session.get(Person, person_id)
    if person is None or not person.active or person.role is not Role.OFFICIAL:
        raise NotPermitted(person_id=person_id)
    alert = session.get(Alert, alert_id, with_for_update=True)
    # An alert of another place is answered as one that does not exist.
    if alert is None or not sees(session, person, alert.place_code):
        raise NotFound(alert_id=alert_id)
    if alert.state not in PUBLISHED:
        raise NotFound(alert_id=alert_id)
    return alert


def _answered_for(session: Session, alert: Alert, person_id: int) -> list[Delivery]:
    """Deliveries to bodies of the person's own place; where none is, to those below it. A place that kept
    silent has no receipt because the one above it gave theirs. What was held back never left."""
    place_code = session.get_one(Person, person_id).place_code
    waiting = [d for d in alert.deliveries if d.state in AWAITS_RECEIPT and d.alert_version <= alert.version]
    own = [d for d in waiting if d.mechanism.place_code == place_code]
    if own or place_code is None:
        return own
    tree = PlaceTree.load(session)
    return [d for d in waiting if tree.covers(place_code, d.mechanism.place_code)]


def _open_alert(session: Session, alert_id: int, person_id: int) -> Alert:
    alert = _alert_for_official(session, alert_id, person_id)
    if alert.state is AlertState.ISSUED:
        raise AlertNotAcknowledged(alert_id=alert_id)
    if alert.state is not AlertState.ACKNOWLEDGED:
        raise AlertAlreadyClosed(alert_id=alert_id)
    return alert


def _required(text: str, alert_id: int) -> str:
    if not text.strip():
        raise TextMissing(alert_id=alert_id)
    return text.strip()


def _record(unit: UnitOfWork, alert: Alert, person_id: int, kind: AlertActionKind, text: str | None) -> None:
    alert.actions.append(AlertAction(person_id=person_id, kind=kind, text=text, at=unit.now))
    unit.tell(AlertAnswered(alert.id, str(kind.value)))

"""The clocks of signals, drafts and issued alerts: the job `clock {subject, id, version, number}`.

Each turn asks for the next one in its own transaction, so that no turn is lost with a process; a `ClockFact`
is written with what it tells, so that it is told once. A clock whose subject was decided meanwhile ends.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from analytics.alerts.clocks import OF_DRAFT, OF_SIGNAL, Steps, receipt_within, step_of
from analytics.alerts.notices import ask_deputy_of_body, ask_signers
from analytics.report.addressees import next_above
from analytics.report.delivery import deliver_to
from models.alerting import ClockFact
from models.events import ClockRang
from models.places import Mechanism
from models.surveillance import Alert, Delivery, Signal
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_alerting import ClockStep, DeliveryRole
from models.vocabulary_surveillance import AlertState, SignalState

CARRIES_ON = (DeliveryRole.MAIN, DeliveryRole.ESCALATION)


def ask_signal_clock(unit: UnitOfWork, signal: Signal) -> None:
    _ask(unit, "signal", signal.id, 1, 0, unit.now)


def ask_draft_clock(unit: UnitOfWork, alert: Alert) -> None:
    _ask(unit, "draft", alert.id, alert.version, 0, unit.now)


def _ask(unit: UnitOfWork, subject: str, subject_id: int, version: int, number: int, due: datetime) -> None:
    unit.ask(
        "clock",
        "urgent",
        f"clock:{subject}:{subject_id}:{version}:{number}",
        {"subject": subject, "id": subject_id, "version": version, "number": number},
        due_at=due,
    )


class Watch:
    """The job `clock`. Run twice, or after its time, it does the same."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, payload: dict[str, Any]) -> None:
        subject, subject_id = str(payload["subject"]), int(payload["id"])
        version, number = int(payload["version"]), int(payload["number"])
        with self._work() as unit:
            if subject == "signal":
                signal = unit.session.get(Signal, subject_id, with_for_update=True)
                if signal is not None and signal.state is SignalState.NEW:
                    self._step(
                        unit, subject, subject_id, version, number, OF_SIGNAL[signal.kind], signal.raised_at
                    )
                return
            alert = unit.session.get(Alert, subject_id, with_for_update=True)
            if alert is None or alert.version != version:
                return
            if subject == "draft" and alert.state is AlertState.AWAITING_SIGNATURE:
                self._step(
                    unit, subject, subject_id, version, number, OF_DRAFT[alert.kind], alert.verified_at
                )
            elif subject == "alert" and alert.state is AlertState.ISSUED:
                self._escalate(unit, alert, number)

    def _step(
        self,
        unit: UnitOfWork,
        subject: str,
        subject_id: int,
        version: int,
        number: int,
        steps: Steps,
        since: datetime,
    ) -> None:
        step = step_of(steps, number)
        if step is None:
            return
        if _once(unit, subject, subject_id, version, step[1]):
            ask_signers(unit, subject, subject_id, version, step[1])
        following = step_of(steps, number + 1)
        if following is not None:
            _ask(unit, subject, subject_id, version, number + 1, since + following[0])

    def _escalate(self, unit: UnitOfWork, alert: Alert, number: int) -> None:
        """0: half the time is over; 1 and more: the place and then each level above kept silent."""
        within = receipt_within(alert.level, alert.kind)
        carried = unit.session.scalars(
            select(Delivery).where(
                Delivery.alert_id == alert.id,
                Delivery.alert_version == alert.version,
                Delivery.role.in_(CARRIES_ON),
            )
        ).all()
        bodies = {delivery.mechanism_id: delivery.mechanism for delivery in carried}
        if number == 0:
            reminded = [ask_deputy_of_body(unit, alert, body) for body in bodies.values()]
            if any(reminded):
                _once(unit, "alert", alert.id, alert.version, ClockStep.DEPUTY_REMINDED)
            _ask(unit, "alert", alert.id, alert.version, 1, unit.now + within / 2)
            return
        told = {body.place_code for body in bodies.values()}
        upper = next_above(unit.session, alert.place_code, alert.level, told)
        if upper is None:
            if _once(unit, "alert", alert.id, alert.version, ClockStep.NOBODY_ABOVE):
                ask_signers(unit, "alert", alert.id, alert.version, ClockStep.NOBODY_ABOVE)
            return
        if _once(unit, "alert", alert.id, alert.version, ClockStep.ESCALATED, number, upper.place_code):
            body = unit.session.get_one(Mechanism, upper.mechanism_id)
            deliver_to(unit, alert, body, DeliveryRole.ESCALATION)
        _ask(unit, "alert", alert.id, alert.version, number + 1, unit.now + within)


def _once(
    unit: UnitOfWork,
    subject: str,
    subject_id: int,
    version: int,
    step: ClockStep,
    stage: int = 0,
    place_code: str | None = None,
) -> bool:
    known = unit.session.scalars(
        select(ClockFact.id).where(
            ClockFact.subject == subject,
            ClockFact.subject_id == subject_id,
            ClockFact.version == version,
            ClockFact.step == step,
            ClockFact.stage == stage,
        )
    ).first()
    if known is not None:
        return False
    unit.session.add(
        ClockFact(
            subject=subject,
            subject_id=subject_id,
            version=version,
            step=step,
            stage=stage,
            place_code=place_code,
            at=unit.now,
        )
    )
    unit.session.flush()
    unit.tell(ClockRang(subject, subject_id, str(step)))
    return True

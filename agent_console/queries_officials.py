"""What officials see: issued alerts of their place and below, and of those only what was written to go out.

Every figure comes from `Alert.content`, where small cells are suppressed already. Nothing here touches
calls, notes, contacts or counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from agent_console.charts import Point
from analytics.report.answers import PUBLISHED, sees
from models.people import Person
from models.surveillance import Alert, AlertAction
from models.vocabulary import Role
from models.vocabulary_alerting import DeliveryRole
from models.vocabulary_surveillance import AlertActionKind, AlertLevel, AlertState, DeliveryState, SignalKind

LEVEL_ORDER = (AlertLevel.RED, AlertLevel.ORANGE, AlertLevel.YELLOW, AlertLevel.BLUE)


@dataclass(frozen=True)
class AlertRow:
    alert_id: int
    number: str | None
    title: str
    kind: SignalKind
    level: AlertLevel
    state: AlertState
    place_code: str
    place_zh: str
    place_en: str
    issued_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    closed_at: datetime | None
    last_action: str | None
    owned: bool
    question_open: bool
    persons: str
    expected: str
    points: tuple[Point, ...]
    is_demonstration: bool
    is_exercise: bool
    signed_alone: bool
    """One person sent it, and another has not signed yet."""


@dataclass(frozen=True)
class ActionRow:
    kind: AlertActionKind
    person: str
    text: str | None
    at: datetime
    by_hotline: bool


@dataclass(frozen=True)
class DeliveryRow:
    mechanism_zh: str
    mechanism_en: str
    channel: Any
    role: DeliveryRole
    state: DeliveryState
    attempts: int
    sent_at: datetime | None
    received_at: datetime | None


@dataclass(frozen=True)
class AlertPage:
    row: AlertRow
    version: int
    content: Mapping[str, Any]
    verified_by: str
    verified_at: datetime
    signed_by: str | None
    signed_at: datetime | None
    raised_at: datetime
    actions: tuple[ActionRow, ...]
    deliveries: tuple[DeliveryRow, ...]

    @property
    def figures(self) -> Mapping[str, str]:
        found = self.content.get("figures")
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True)
class Inbox:
    alerts: tuple[AlertRow, ...]
    waiting: int
    handling: int
    closed: int
    mean_days_to_close: float | None


_LOADS = (
    joinedload(Alert.place),
    selectinload(Alert.actions).joinedload(AlertAction.person),
)


def inbox(session: Session, person_id: int) -> Inbox:
    """Alerts of the official's place and below: waiting first, then by level, then the newest."""
    person = session.get(Person, person_id)
    if person is None or person.role is not Role.OFFICIAL:
        return Inbox((), 0, 0, 0, None)
    alerts = [
        alert
        for alert in session.scalars(select(Alert).where(Alert.state.in_(PUBLISHED)).options(*_LOADS))
        if sees(session, person, alert.place_code)
    ]
    rows = sorted((_row(alert) for alert in alerts), key=_order)
    spans = [
        (alert.closed_at - alert.issued_at).total_seconds() / 86400
        for alert in alerts
        if alert.closed_at and alert.issued_at
    ]
    return Inbox(
        alerts=tuple(rows),
        waiting=sum(row.state is AlertState.ISSUED for row in rows),
        handling=sum(row.state is AlertState.ACKNOWLEDGED for row in rows),
        closed=sum(row.state is AlertState.CLOSED for row in rows),
        mean_days_to_close=sum(spans) / len(spans) if spans else None,
    )


def _order(row: AlertRow) -> tuple[int, int, float]:
    stage = {AlertState.ISSUED: 0, AlertState.ACKNOWLEDGED: 1}.get(row.state, 2)
    issued = row.issued_at.timestamp() if row.issued_at else 0.0
    return (stage, LEVEL_ORDER.index(row.level) if stage < 2 else 0, -issued)


def alert_for_official(session: Session, alert_id: int, person_id: int) -> AlertPage | None:
    """None where it does not exist, is not issued, or belongs to another place: one answer for all."""
    person = session.get(Person, person_id)
    alert = session.get(Alert, alert_id, options=_LOADS)
    if person is None or person.role is not Role.OFFICIAL or alert is None:
        return None
    if alert.state not in PUBLISHED or not sees(session, person, alert.place_code):
        return None
    return alert_page(alert)


def alert_for_hotline(session: Session, alert_id: int) -> AlertPage | None:
    """The same page for those who verify and sign, drafts too."""
    alert = session.get(Alert, alert_id, options=_LOADS)
    return None if alert is None else alert_page(alert)


def alert_page(alert: Alert) -> AlertPage:
    return AlertPage(
        row=_row(alert),
        version=alert.version,
        content=alert.content,
        verified_by=alert.verified_by.name,
        verified_at=alert.verified_at,
        signed_by=alert.signed_by.name if alert.signed_by else None,
        signed_at=alert.signed_at,
        raised_at=alert.signal.raised_at,
        actions=tuple(
            ActionRow(
                action.kind,
                action.person.name,
                action.text,
                action.at,
                by_hotline=action.person.role is not Role.OFFICIAL,
            )
            for action in alert.actions
        ),
        deliveries=tuple(
            DeliveryRow(
                mechanism_zh=delivery.mechanism.name_zh,
                mechanism_en=delivery.mechanism.name_en,
                channel=delivery.channel,
                role=delivery.role,
                state=delivery.state,
                attempts=delivery.attempts,
                sent_at=delivery.sent_at,
                received_at=delivery.received_at,
            )
            for delivery in sorted(alert.deliveries, key=lambda delivery: delivery.id)
            if delivery.alert_version == alert.version
        ),
    )


def _row(alert: Alert) -> AlertRow:
    acknowledged = next((a for a in alert.actions if a.kind is AlertActionKind.ACKNOWLEDGE), None)
    written = [a for a in alert.actions if a.text]
    kinds = [a.kind for a in alert.actions]
    figures = alert.content.get("figures") or {}
    return AlertRow(
        alert_id=alert.id,
        number=alert.number,
        title=alert.title,
        kind=alert.kind,
        level=alert.level,
        state=alert.state,
        place_code=alert.place_code,
        place_zh=alert.place.name_zh,
        place_en=alert.place.name_en,
        issued_at=alert.issued_at,
        acknowledged_at=alert.acknowledged_at,
        acknowledged_by=acknowledged.person.name if acknowledged else None,
        closed_at=alert.closed_at,
        last_action=written[-1].text if written else None,
        owned=AlertActionKind.OWN in kinds,
        question_open=kinds.count(AlertActionKind.ASK) > kinds.count(AlertActionKind.ANSWER),
        persons=str(figures.get("persons", "")),
        expected=str(figures.get("expected", "")),
        points=chart_points(alert.content),
        is_demonstration=alert.is_demonstration,
        is_exercise=alert.is_exercise,
        signed_alone=alert.single_signed_at is not None and alert.countersigned_at is None,
    )


def chart_points(content: Mapping[str, Any]) -> tuple[Point, ...]:
    """The published 7-day sums; a hidden one breaks the line."""
    chart = content.get("chart")
    if not isinstance(chart, Mapping):
        return ()
    points: Sequence[Mapping[str, Any]] = chart.get("points") or []
    return tuple(
        Point(
            date.fromisoformat(str(point["to"])),
            None if point.get("persons") is None else float(point["persons"]),
            chart.get("expected"),
            chart.get("upper"),
        )
        for point in points
    )


def open_questions(session: Session) -> tuple[tuple[int, str | None, str, str, str, datetime], ...]:
    """Questions of officials that the hotline has not answered: alert, number, title, who, text, at."""
    found = []
    alerts = session.scalars(
        select(Alert).where(Alert.state.in_(PUBLISHED)).options(*_LOADS).order_by(Alert.id)
    )
    for alert in alerts:
        open_ones = []
        for action in alert.actions:
            if action.kind is AlertActionKind.ASK:
                open_ones.append(action)
            elif action.kind is AlertActionKind.ANSWER and open_ones:
                open_ones.pop(0)
        found += [(alert.id, alert.number, alert.title, a.person.name, a.text or "", a.at) for a in open_ones]
    return tuple(found)

"""What waits for a signer: drafts, changes, what one person sent alone, proposals; and who is on duty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from agent_console.places import names_of
from analytics.alerts.addressing import Body
from analytics.alerts.changes import open_change
from analytics.alerts.clocks import SINGLE_AFTER
from analytics.alerts.indicators import Indicators, indicators
from analytics.alerts.notices import duties_at
from analytics.alerts.single_signature import awaits_countersignature, may_send_alone
from analytics.report.review import choices_for
from models.alerting import AlertMessage, ClockFact, SigningDuty, ThresholdProposal
from models.people import Person
from models.places import Mechanism
from models.surveillance import Alert, Signal
from models.vocabulary import Role
from models.vocabulary_alerting import ProposalState
from models.vocabulary_surveillance import AlertState, SignalKind

RATES_OVER = timedelta(days=28)
SHOWN_ALERTS = 20


@dataclass(frozen=True)
class Waiting:
    """One thing that a signer may do. `mine`: this person verified or drafted it, so another must sign."""

    alert_id: int
    number: str | None
    title: str
    level: object
    place_zh: str
    place_en: str
    what: str
    """draft | alone | change | out"""
    since: datetime
    due_at: datetime | None
    by: str
    mine: bool
    is_exercise: bool


@dataclass(frozen=True)
class Choice:
    mechanism_id: int
    name_zh: str
    name_en: str
    kind: object
    phone: str | None
    person: str | None


@dataclass(frozen=True)
class ToSign:
    alert: Alert
    main: Choice | None
    copies: tuple[Choice, ...]
    suggested: tuple[Choice, ...]
    restricted: tuple[Choice, ...]
    change: AlertMessage | None
    messages: tuple[AlertMessage, ...]
    clocks: tuple[ClockFact, ...]
    may_send_alone: bool
    alone_from: datetime | None
    awaits_countersignature: bool


def waiting_for_signers(session: Session, person_id: int) -> tuple[Waiting, ...]:
    alerts = session.scalars(
        select(Alert)
        .where(
            or_(
                Alert.state.in_((AlertState.AWAITING_SIGNATURE, AlertState.ISSUED, AlertState.ACKNOWLEDGED)),
                Alert.single_signed_at.is_not(None) & Alert.countersigned_at.is_(None),
            )
        )
        .options(joinedload(Alert.place), joinedload(Alert.verified_by), joinedload(Alert.signal))
        .order_by(Alert.id.desc())
        .limit(200)
    ).all()
    rows = [
        _waiting(session, alert, person_id) for alert in alerts if alert.state is not AlertState.CANCELLED
    ]
    order = {"alone": 0, "draft": 1, "change": 2, "out": 3}
    rows.sort(key=lambda row: (order[row.what], row.due_at or row.since))
    out = [row for row in rows if row.what == "out"][:SHOWN_ALERTS]
    return (*(row for row in rows if row.what != "out"), *out)


def _waiting(session: Session, alert: Alert, person_id: int) -> Waiting:
    change = open_change(session, alert.id)
    if awaits_countersignature(alert):
        what, since, by_id, by = "alone", alert.single_signed_at, alert.signed_by_id, alert.verified_by.name
    elif alert.state is AlertState.AWAITING_SIGNATURE:
        what, since, by_id, by = "draft", alert.verified_at, alert.verified_by_id, alert.verified_by.name
    elif change is not None:
        what, since, by_id, by = "change", change.drafted_at, change.drafted_by_id, change.drafted_by.name
    else:
        what, since, by_id, by = "out", alert.issued_at, None, alert.verified_by.name
    return Waiting(
        alert.id,
        alert.number,
        alert.title,
        alert.level,
        alert.place.name_zh,
        alert.place.name_en,
        what,
        since or alert.verified_at,
        alert.signal.due_at if what == "draft" else None,
        by,
        by_id == person_id,
        alert.is_exercise,
    )


def to_sign(session: Session, alert_id: int, now: datetime) -> ToSign | None:
    alert = session.get(
        Alert,
        alert_id,
        options=[joinedload(Alert.place), joinedload(Alert.verified_by), joinedload(Alert.signal)],
    )
    if alert is None:
        return None
    waits = alert.state is AlertState.AWAITING_SIGNATURE
    found = choices_for(session, alert) if waits else None
    return ToSign(
        alert=alert,
        main=_choice(session, found.main) if found else None,
        copies=tuple(_choice(session, b) for b in found.copies) if found else (),
        suggested=tuple(_choice(session, b) for b in found.suggested) if found else (),
        restricted=tuple(_choice(session, b) for b in found.restricted) if found else (),
        change=open_change(session, alert_id),
        messages=tuple(
            session.scalars(
                select(AlertMessage)
                .where(AlertMessage.alert_id == alert_id, AlertMessage.signed_at.is_not(None))
                .options(joinedload(AlertMessage.signed_by))
                .order_by(AlertMessage.version)
            )
        ),
        clocks=tuple(
            session.scalars(
                select(ClockFact)
                .where(
                    or_(
                        (ClockFact.subject == "signal") & (ClockFact.subject_id == alert.signal_id),
                        (ClockFact.subject != "signal") & (ClockFact.subject_id == alert_id),
                    )
                )
                .order_by(ClockFact.at, ClockFact.id)
            )
        ),
        may_send_alone=may_send_alone(alert, now),
        alone_from=alert.verified_at + SINGLE_AFTER
        if waits and alert.kind is SignalKind.STRESS_EVENT
        else None,
        awaits_countersignature=awaits_countersignature(alert) and alert.state is not AlertState.CANCELLED,
    )


def _choice(session: Session, body: Body) -> Choice:
    entry = session.get_one(Mechanism, body.mechanism_id)
    return Choice(entry.id, entry.name_zh, entry.name_en, entry.kind, entry.duty_phone, entry.main_name)


def duties_ahead(session: Session, now: datetime) -> tuple[SigningDuty, ...]:
    return tuple(
        session.scalars(
            select(SigningDuty)
            .where(SigningDuty.ends_at > now)
            .options(joinedload(SigningDuty.person), joinedload(SigningDuty.deputy))
            .order_by(SigningDuty.starts_at)
            .limit(30)
        )
    )


def duties_now(session: Session, now: datetime) -> tuple[SigningDuty, ...]:
    return tuple(duties_at(session, now))


def signers(session: Session) -> tuple[Person, ...]:
    return tuple(
        session.scalars(
            select(Person)
            .where(Person.role == Role.SUPERVISOR, Person.active.is_(True))
            .order_by(Person.name)
        )
    )


def rates(session: Session, now: datetime) -> Indicators:
    return indicators(session, now - RATES_OVER, now)


@dataclass(frozen=True)
class ProposalRow:
    proposal: ThresholdProposal
    place_zh: str
    place_en: str
    topic: Signal | None


def proposals(session: Session) -> tuple[ProposalRow, ...]:
    rows = session.scalars(
        select(ThresholdProposal).order_by(
            ThresholdProposal.state != ProposalState.PROPOSED, ThresholdProposal.id.desc()
        )
    ).all()
    names = names_of(session, [row.place_code for row in rows])
    return tuple(
        ProposalRow(
            row,
            *names.get(row.place_code, (row.place_code, row.place_code)),
            session.get(Signal, row.signal_ids[-1]) if row.signal_ids else None,
        )
        for row in rows
    )

"""From texts to issues, counts, signals, alerts, deliveries and receipts: each a row a person can open."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.calls import Call
from models.crypto import EncryptedBytes, EncryptedText
from models.papers import Paper
from models.people import Person
from models.places import Mechanism, Place
from models.vocabulary import AnalysisState
from models.vocabulary_alerting import DeliveryRole, RejectionCause
from models.vocabulary_surveillance import (
    AlertActionKind,
    AlertLevel,
    AlertState,
    DeliveryChannel,
    DeliveryState,
    SignalKind,
    SignalState,
)


class Issue(Base):
    """A group of like contacts. Its id is never used again; a merge leaves an alias."""

    __tablename__ = "issue"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    """Frozen at birth from redacted phrases; a person may rename."""
    keywords: Mapped[list[str]] = mapped_column(default=list)
    centroid: Mapped[bytes | None] = mapped_column(EncryptedBytes("issue.centroid"))
    """float32 of `embedder`: direction of its recent members, the centre taken off. None: nobody is left."""
    embedder: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(10), default="zh")
    size: Mapped[int] = mapped_column(default=0)
    alias_of_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"))
    muted: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    first_day: Mapped[date]
    last_day: Mapped[date]
    is_demonstration: Mapped[bool] = mapped_column(default=False)


class IssueNumber(Base):
    """The highest number that an issue ever had, in one row: it outlives the issues of a demonstration."""

    __tablename__ = "issue_number"

    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class IssueRegistry(Base):
    """The issues of one embedder: its row is the lock under which issues are born and grow."""

    __tablename__ = "issue_registry"

    embedder: Mapped[str] = mapped_column(String(60), primary_key=True)
    dimension: Mapped[int]
    centre: Mapped[bytes | None] = mapped_column(EncryptedBytes("issue_registry.centre"))
    """float32: the mean at founding, taken off before comparing. None: not founded yet."""
    founded_at: Mapped[datetime | None]


class NoteWeights(Base):
    """How rare each word of an embedder's vocabulary is in this hotline's notes; the newest row holds."""

    __tablename__ = "note_weights"

    id: Mapped[int] = mapped_column(primary_key=True)
    embedder: Mapped[str] = mapped_column(String(60), index=True)
    """Key without weights."""
    fitted_at: Mapped[datetime]
    notes: Mapped[int]
    weights: Mapped[bytes] = mapped_column(EncryptedBytes("note_weights.weights"))
    """float16, one for each token."""


class IssueEvent(Base):
    """History of an issue: born, named, renamed, split, merged, muted."""

    __tablename__ = "issue_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Contact(Base):
    """What analytics knows of one call: redacted text, vector, issue, and the codes that are counted.

    One row a call. It exists only with the caller's consent to analysis and goes when that is withdrawn.
    """

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_issue_id_day", "issue_id", "day"),
        Index("ix_contact_state_day", "state", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    state: Mapped[AnalysisState] = mapped_column(default=AnalysisState.PENDING)
    day: Mapped[date] = mapped_column(index=True)
    """In the hotline's time zone."""
    person_hash: Mapped[str] = mapped_column(String(64))
    place_code: Mapped[str] = mapped_column(String(12), index=True)
    """Place.UNKNOWN_PLACE is a stratum of its own, never guessed into a county."""
    problem: Mapped[str | None] = mapped_column(String(2))
    population: Mapped[str | None] = mapped_column(String(4))
    risk_level: Mapped[int | None]
    text_source: Mapped[str | None] = mapped_column(String(12))
    """summary | transcript | both."""
    text: Mapped[str | None] = mapped_column(EncryptedText("contact.text"))
    """Redacted."""
    content_hash: Mapped[str | None] = mapped_column(String(64))
    embedder: Mapped[str | None] = mapped_column(String(60))
    vector: Mapped[bytes | None] = mapped_column(EncryptedBytes("contact.vector"))
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"))
    grouped_at: Mapped[datetime | None]
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    call: Mapped[Call] = relationship()
    issue: Mapped[Issue | None] = relationship()


class DayCount(Base):
    """Persons and calls of a series at a place on a day, made anew from the contacts whenever one changes.

    A series is `issue:<id>`, `problem:<code>` or `problem:<code>:<population>`.
    """

    __tablename__ = "day_count"
    __table_args__ = (UniqueConstraint("series", "place_code", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String(40))
    place_code: Mapped[str] = mapped_column(String(12))
    day: Mapped[date] = mapped_column(index=True)
    persons: Mapped[int]
    """Distinct persons heard on this day and not on the six days before: once in any seven days."""
    calls: Mapped[int]


class CountedDay(Base):
    """A mark that is another one each time the day's counts are made anew: who keeps counts knows by it what
    to read again."""

    __tablename__ = "counted_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(12))


class Signal(Base):
    """A count above what is expected: unverified until a named person checked it. Never called an alert."""

    __tablename__ = "signal"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[SignalKind]
    series: Mapped[str] = mapped_column(String(40), index=True)
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"))
    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    state: Mapped[SignalState] = mapped_column(default=SignalState.NEW, index=True)
    onset_day: Mapped[date]
    last_day: Mapped[date]
    window_days: Mapped[int] = mapped_column(default=7)
    observed: Mapped[int]
    """Distinct persons in the window."""
    calls: Mapped[int] = mapped_column(default=0, server_default="0")
    """Calls of the window, shown beside."""
    expected: Mapped[float]
    upper: Mapped[float]
    p_value: Mapped[float]
    q_value: Mapped[float]
    history_days: Mapped[int]
    method: Mapped[str] = mapped_column(String(40))
    method_version: Mapped[str] = mapped_column(String(20))
    area: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    """Places below `place_code` that carry the rise: `place`, `observed`, `expected`. Never published."""
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    """Alarms that this signal explains: `series`, `place`, `observed`, `expected`, `q` each."""
    possible_causes: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """Codes of `PossibleCause`: what changed at the hotline itself."""
    raised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """Verified and sent by then: 2 h for a possible stress event, 24 h for a prominent issue."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("signal.id"))
    """The signal of the same event that goes on in its stead."""
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    issue: Mapped[Issue | None] = relationship()
    place: Mapped[Place] = relationship()
    reviews: Mapped[list[SignalReview]] = relationship(order_by="SignalReview.id")


class SignalReview(Base):
    """A named person's decision on a signal."""

    __tablename__ = "signal_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    signal_id: Mapped[int] = mapped_column(ForeignKey("signal.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[SignalState]
    cause: Mapped[RejectionCause | None]
    reason: Mapped[str | None] = mapped_column(EncryptedText("signal_review.reason"))
    at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class Alert(Base):
    """提示: what a verified signal became, signed by a second person and issued."""

    __tablename__ = "alert"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    """〔2026〕31号, given at signature."""
    signal_id: Mapped[int] = mapped_column(ForeignKey("signal.id"), index=True)
    kind: Mapped[SignalKind]
    level: Mapped[AlertLevel]
    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    state: Mapped[AlertState] = mapped_column(default=AlertState.AWAITING_SIGNATURE, index=True)
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(160))
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Aggregates only, small cells already suppressed: sections, figures, chart, method, limits."""
    verified_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    verified_at: Mapped[datetime]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime | None]
    issued_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    single_signed_at: Mapped[datetime | None]
    """One person verified and sent it alone; until `countersigned_at` it is 单人签发，待补签."""
    countersigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    countersigned_at: Mapped[datetime | None]
    is_exercise: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    signal: Mapped[Signal] = relationship()
    place: Mapped[Place] = relationship()
    verified_by: Mapped[Person] = relationship(foreign_keys=[verified_by_id])
    signed_by: Mapped[Person | None] = relationship(foreign_keys=[signed_by_id])
    countersigned_by: Mapped[Person | None] = relationship(foreign_keys=[countersigned_by_id])
    deliveries: Mapped[list[Delivery]] = relationship(back_populates="alert")
    actions: Mapped[list[AlertAction]] = relationship(back_populates="alert", order_by="AlertAction.id")


class Delivery(Base):
    """An alert or a signed report on its way to one address by one channel: number, level or kind, and
    link."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("alert_id", "mechanism_id", "channel", "alert_version"),
        UniqueConstraint("paper_id", "mechanism_id", "channel"),
        CheckConstraint("(alert_id IS NULL) <> (paper_id IS NULL)", name="ck_delivery_one_thing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id"), index=True)
    alert_version: Mapped[int] = mapped_column(default=1)
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"), index=True)
    """Of the two, one is set."""
    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    channel: Mapped[DeliveryChannel]
    role: Mapped[DeliveryRole] = mapped_column(default=DeliveryRole.MAIN, server_default="main")
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.DUE, index=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """Idempotency key at the receiver."""
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    """An official of the body's place first read the report."""
    received_at: Mapped[datetime | None]

    alert: Mapped[Alert | None] = relationship(back_populates="deliveries")
    paper: Mapped[Paper | None] = relationship(back_populates="deliveries")
    mechanism: Mapped[Mechanism] = relationship()
    tries: Mapped[list[DeliveryAttempt]] = relationship(order_by="DeliveryAttempt.id")


class DeliveryAttempt(Base):
    __tablename__ = "delivery_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), index=True)
    at: Mapped[datetime]
    ok: Mapped[bool]
    detail: Mapped[str] = mapped_column(String(120))
    """Status code or kind of failure."""


class AlertAction(Base):
    """What an official did with an alert, or asked, and the hotline's answer."""

    __tablename__ = "alert_action"

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[AlertActionKind]
    text: Mapped[str | None] = mapped_column(EncryptedText("alert_action.text"))
    at: Mapped[datetime]

    alert: Mapped[Alert] = relationship(back_populates="actions")
    person: Mapped[Person] = relationship()

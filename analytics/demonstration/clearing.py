"""Take the demonstration away: everything but the audit chain and one administrator, who can begin for real.

The chain names people by id, so that those it names stay as rows without a name, a password or a door.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from analytics.demonstration.geography import PLACES
from analytics.demonstration.history import KEY
from analytics.demonstration.network import clear_network
from analytics.demonstration.people_records import clear_people_records
from analytics.demonstration.readiness import clear_readiness
from analytics.demonstration.roster_records import clear_roster
from models.alerting import (
    AlertMessage,
    ClockFact,
    PublishedFigure,
    SigningDuty,
    Subscription,
    ThresholdProposal,
)
from models.assessments import Assessment, Consultation, ScaleConsent
from models.audit import AuditLine, write_audit
from models.base import Base
from models.calls import Call, Callback, CallbackTry, CallEvent, Consent, Offer
from models.care import Danger, FollowUp, HelpRequest
from models.demand import QuarterCount
from models.duties import Appointment, Duty, Handover
from models.entries import ContactEntry
from models.forced_reports import ForcedReport
from models.linkage import Linkage
from models.notes import Note, NoteRevision, RiskChange
from models.outbox import OutboxRow, Progress
from models.papers import EvaluationExport, Paper, PaperAction, PaperPlan, StandingSignature
from models.participation import Participation, Transfer
from models.people import Person
from models.places import Centre, Mechanism, Organisation, Place
from models.recordings import Recording, RiskMark, Transcript
from models.referrals import Referral, ReferralStep, SharingConsent
from models.retention import RecordHold
from models.seats import Seat, SeatEvent
from models.surveillance import (
    Alert,
    AlertAction,
    Contact,
    CountedDay,
    DayCount,
    Delivery,
    DeliveryAttempt,
    Issue,
    IssueEvent,
    IssueRegistry,
    Signal,
    SignalReview,
)
from models.unit_of_work import Work
from models.vocabulary import Role

NO_PASSWORD = "!"  # noqa: S105 - what no hash of a password looks like

_OF_A_CALL = (
    Consultation,
    Assessment,
    ScaleConsent,
    ForcedReport,
    Contact,
    RiskMark,
    Transcript,
    Recording,
    Handover,
    Duty,
    Appointment,
    Referral,
    SharingConsent,
    ContactEntry,
    RecordHold,
    FollowUp,
    HelpRequest,
    Linkage,
    Participation,
    Transfer,
    Danger,
    CallbackTry,
    Callback,
    Offer,
    CallEvent,
    Consent,
)


def clear_demonstration(
    work: Work, audit_key: bytes, recordings_dir: Path, mail_dir: Path | None = None
) -> bool:
    """Remove it in one transaction, then its files. False when there is none. Real rows stay."""
    with work() as unit:
        session = unit.session
        if (
            session.scalars(select(Organisation).where(Organisation.is_demonstration.is_(True))).first()
            is None
        ):
            return False
        files = _files(session, recordings_dir, mail_dir)
        _clear_papers(session)
        _clear_alerts(session)
        _clear_calls(session)
        _clear_issues(session)
        _clear_house(session)
        write_audit(
            session,
            audit_key,
            at=unit.now,
            person_id=None,
            action="demonstration.cleared",
            subject="organisation",
        )
    for file in files:
        file.unlink(missing_ok=True)
    return True


def _files(session: Session, recordings_dir: Path, mail_dir: Path | None) -> list[Path]:
    names = session.scalars(
        select(Recording.file_name)
        .join(Call, Call.id == Recording.call_id)
        .where(Call.is_demonstration.is_(True), Recording.file_name.is_not(None))
    )
    files = [recordings_dir / Path(name).name for name in names if name]
    if mail_dir is not None:
        keys = session.scalars(
            select(Delivery.key)
            .outerjoin(Alert, Alert.id == Delivery.alert_id)
            .outerjoin(Paper, Paper.id == Delivery.paper_id)
            .where(Alert.is_demonstration.is_(True) | Paper.is_demonstration.is_(True))
        )
        files += [mail_dir / f"{key}.eml" for key in keys]
    return files


def _clear_papers(session: Session) -> None:
    papers = select(Paper.id).where(Paper.is_demonstration.is_(True))
    _clear_deliveries(session, Delivery.paper_id.in_(papers))
    _delete(session, PaperAction, PaperAction.paper_id, papers)
    for kind in (Paper, PaperPlan, StandingSignature, EvaluationExport):
        session.execute(delete(kind).where(kind.is_demonstration.is_(True)))
    # Asked for again once there is a real hotline.
    session.execute(delete(OutboxRow).where(OutboxRow.kind == "write_paper"))


def _clear_deliveries(session: Session, of: ColumnElement[bool]) -> None:
    mechanisms = select(Mechanism.id).where(Mechanism.is_demonstration.is_(True))
    deliveries = select(Delivery.id).where(of | Delivery.mechanism_id.in_(mechanisms))
    gone = {str(delivery_id) for delivery_id in session.scalars(deliveries)}
    asked = session.execute(select(OutboxRow.id, OutboxRow.key).where(OutboxRow.kind == "deliver")).all()
    rows = [row.id for row in asked if row.key.split(":")[1] in gone]
    session.execute(delete(OutboxRow).where(OutboxRow.id.in_(rows)))
    _delete(session, DeliveryAttempt, DeliveryAttempt.delivery_id, deliveries)
    _delete(session, Delivery, Delivery.id, deliveries)


def _clear_alerts(session: Session) -> None:
    signals = select(Signal.id).where(Signal.is_demonstration.is_(True))
    alerts = select(Alert.id).where(Alert.signal_id.in_(signals))
    _delete(session, AlertMessage, AlertMessage.alert_id, alerts)
    session.execute(delete(ClockFact).where(ClockFact.subject == "signal", ClockFact.subject_id.in_(signals)))
    session.execute(delete(ClockFact).where(ClockFact.subject != "signal", ClockFact.subject_id.in_(alerts)))
    for kind in (PublishedFigure, ThresholdProposal):
        session.execute(delete(kind).where(kind.is_demonstration.is_(True)))
    session.execute(update(Signal).where(Signal.merged_into_id.in_(signals)).values(merged_into_id=None))
    _clear_deliveries(session, Delivery.alert_id.in_(alerts))
    _delete(session, AlertAction, AlertAction.alert_id, alerts)
    _delete(session, Alert, Alert.id, alerts)
    _delete(session, SignalReview, SignalReview.signal_id, signals)
    _delete(session, Signal, Signal.id, signals)


def _clear_calls(session: Session) -> None:
    calls = select(Call.id).where(Call.is_demonstration.is_(True))
    notes = select(Note.id).where(Note.call_id.in_(calls))
    clear_people_records(session, calls)
    _delete(session, RiskChange, RiskChange.note_id, notes)
    _delete(session, NoteRevision, NoteRevision.note_id, notes)
    _delete(session, Note, Note.call_id, calls)
    referrals = select(Referral.id).where(Referral.call_id.in_(calls))
    _delete(session, ReferralStep, ReferralStep.referral_id, referrals)
    for kind in _OF_A_CALL:
        _delete(session, kind, kind.call_id, calls)
    session.execute(update(Call).where(Call.resumes_call_id.in_(calls)).values(resumes_call_id=None))
    _delete(session, Call, Call.id, calls)


def _clear_issues(session: Session) -> None:
    """What real contacts were in a demonstration's issue go back to the pool."""
    issues = select(Issue.id).where(Issue.is_demonstration.is_(True))
    session.execute(update(Contact).where(Contact.issue_id.in_(issues)).values(issue_id=None))
    session.execute(update(Issue).where(Issue.alias_of_id.in_(issues)).values(alias_of_id=None))
    session.execute(update(Signal).where(Signal.issue_id.in_(issues)).values(issue_id=None))
    _delete(session, IssueEvent, IssueEvent.issue_id, issues)
    _delete(session, Issue, Issue.id, issues)
    if not session.scalar(select(func.count()).select_from(Issue)):
        session.execute(delete(IssueRegistry))
    session.execute(delete(DayCount))
    session.execute(delete(CountedDay))


def _clear_house(session: Session) -> None:
    seats = select(Seat.id).where(Seat.is_demonstration.is_(True))
    centres = select(Centre.id).where(Centre.is_demonstration.is_(True))
    session.execute(update(Call).where(Call.seat_id.in_(seats)).values(seat_id=None))
    session.execute(update(Call).where(Call.centre_id.in_(centres)).values(centre_id=None))
    clear_network(session)
    clear_readiness(session)
    # Made from the calls: the next count fills it again from those that stay.
    session.execute(delete(QuarterCount))
    clear_roster(session)
    _delete(session, SeatEvent, SeatEvent.seat_id, seats)
    _delete(session, Seat, Seat.id, seats)
    _clear_people(session)
    _delete(session, Centre, Centre.id, centres)
    session.execute(delete(Mechanism).where(Mechanism.is_demonstration.is_(True)))
    session.execute(delete(Organisation).where(Organisation.is_demonstration.is_(True)))
    codes = [place.code for place in reversed(PLACES)]
    used = set(session.scalars(select(Person.place_code).where(Person.place_code.in_(codes))))
    used |= set(session.scalars(select(Call.place_code).where(Call.place_code.in_(codes))))
    used |= set(session.scalars(select(Note.place_code).where(Note.place_code.in_(codes))))
    if not used:
        for code in codes:
            session.execute(delete(Place).where(Place.code == code))
    session.execute(delete(Progress).where(Progress.key == KEY))


def _clear_people(session: Session) -> None:
    made_up = select(Person.id).where(Person.is_demonstration.is_(True))
    _delete(session, Subscription, Subscription.person_id, made_up)
    _delete(session, SigningDuty, SigningDuty.person_id, made_up)
    session.execute(update(SigningDuty).where(SigningDuty.deputy_id.in_(made_up)).values(deputy_id=None))
    kept = session.scalars(
        select(Person)
        .where(Person.role == Role.ADMINISTRATOR, Person.active.is_(True))
        .order_by(Person.is_demonstration, Person.id)
    ).first()
    named = set(
        session.scalars(select(AuditLine.person_id).where(AuditLine.person_id.is_not(None)).distinct())
    )
    named |= set(session.scalars(select(Note.person_id).where(Note.person_id.is_not(None)).distinct()))
    named |= set(session.scalars(select(Call.person_id).where(Call.person_id.is_not(None)).distinct()))
    named |= set(session.scalars(select(Handover.to_id))) | set(
        session.scalars(select(Appointment.worker_id))
    )
    for person in session.scalars(select(Person).where(Person.is_demonstration.is_(True))):
        if kept is not None and person.id == kept.id:
            person.is_demonstration = False
            person.centre_id = person.place_code = None
        elif person.id in named:
            person.login = f"cleared-{person.id}"
            person.name = "（演示账号，已清除）"
            person.password_hash = NO_PASSWORD
            person.active = False
            person.session_epoch += 1
            person.centre_id = person.place_code = None
        else:
            session.delete(person)
    session.flush()


def _delete(session: Session, kind: type[Base], column: InstrumentedAttribute[int], ids: Select[Any]) -> None:
    session.execute(delete(kind).where(column.in_(ids)), execution_options={"synchronize_session": False})

"""A hotline in the middle of a night, on the real review and answers: for boards, signals, officials."""

from __future__ import annotations

import dataclasses
import random
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from agent_console.local_time import local_day
from agent_console.parts import ConsoleParts
from analytics.report.answers import Answers
from analytics.report.review import Review
from hotline.workforce.coverage import coverage_now
from models.calls import Call, Callback, CallEvent, Consent, Offer
from models.care import Danger, FollowUp, HelpRequest
from models.crypto import Keyring
from models.notes import Note, NoteRevision, RiskChange
from models.outbox import OutboxRow
from models.people import Person
from models.places import Centre, Mechanism
from models.recordings import Recording, RiskMark, Transcript
from models.seats import Seat
from models.surveillance import Contact, DayCount, Issue, IssueEvent, IssueRegistry, Signal
from models.unit_of_work import Clock
from models.vocabulary import (
    AgentStatus,
    AnalysisState,
    CallbackKind,
    CallOutcome,
    CallState,
    ConsentKind,
    ConsentState,
    NoteState,
    OfferState,
    RecordingKind,
    RecordingState,
    Role,
    SeatState,
)
from models.vocabulary_record import CallType, Disposition, Population, Problem
from models.vocabulary_surveillance import SignalKind, SignalState
from models.workforce import Shift
from tests import factories
from tests.console_kit import AUDIT_KEY, Console, build_console

NOW = factories.NOW
TODAY = local_day(NOW)
SECRET_WORDS = "我妈住在幸福小区三号楼"
"""Said by a caller; it may stand on no page of an official and on no page unopened."""
CALLER_NUMBER = "13800002716"


@dataclass
class People:
    supervisor: Person
    second: Person
    official: Person
    """Of 云州市."""
    other_official: Person
    """Of 石门市."""
    administrator: Person
    operator: Person


@dataclass
class Night:
    people: People
    centres: tuple[Centre, Centre]
    seats: list[Seat]
    issue: Issue
    signal: Signal
    told_call: Call
    """The ended call with note, transcript, recording, contact."""
    danger: Danger
    help: HelpRequest


def build_real_console(
    engine: Engine,
    clock: Clock,
    keyring: Keyring,
    *,
    recordings_dir: Path | None = None,
    models_dir: Path | None = None,
) -> Console:
    """The console with the real review, answers and coverage; the telephone is played."""

    def with_real(parts: ConsoleParts) -> ConsoleParts:
        return dataclasses.replace(
            parts,
            settings=dataclasses.replace(
                parts.settings, recordings_dir=recordings_dir, models_dir=models_dir
            ),
            review=Review(parts.work, AUDIT_KEY),
            answers=Answers(parts.work),
            coverage=coverage_now,
        )

    return build_console(engine, clock, keyring, change=with_real)


def a_night(session: Session) -> Night:
    """The places and the organisation must stand already."""
    centres = (
        factories.a_centre(session, "990100", "云州中心"),
        factories.a_centre(session, "990200", "石门中心"),
    )
    centres[1].name_en = "Shimen Centre"
    people = _people(session, centres)
    seats = _seats(session, centres)
    _shifts(session, centres, seats)
    _waiting(session, centres)
    talk = factories.a_talk(session, seats[0], talked_seconds=842, number="13900001234")
    talk.centre_id, talk.danger = centres[0].id, True
    _note(session, talk, risk_level=4, state=NoteState.DRAFT)
    danger = Danger(call_id=talk.id, source="desk", raised_at=NOW - timedelta(seconds=6))
    other_talk = factories.a_talk(session, seats[1], talked_seconds=1591, number="13900005678")
    other_talk.centre_id = centres[0].id
    _note(session, other_talk, risk_level=3, state=NoteState.DRAFT)
    help_request = HelpRequest(
        call_id=other_talk.id, seat_id=seats[1].id, asked_at=NOW - timedelta(seconds=70)
    )
    session.add_all([danger, help_request])
    for call in (talk, other_talk):
        _log(session, call)
    _today(session, centres, seats)
    told_call = _told_call(session, centres[0], seats[2], people.operator)
    issue, signal = _issue_and_signal(session, told_call)
    _duties(session, told_call)
    for code, name, email in (("990100", "云州市", "yunzhou"), ("990200", "石门市", "shimen")):
        session.add(
            Mechanism(
                place_code=code,
                name_zh=f"{name}联防联控机制办公室",
                name_en=f"Joint prevention office of {email.title()}",
                email=f"duty@{email}.example",
            )
        )
    session.flush()
    return Night(people, centres, seats, issue, signal, told_call, danger, help_request)


def _people(session: Session, centres: tuple[Centre, Centre]) -> People:
    make = factories.a_person
    return People(
        supervisor=make(session, Role.SUPERVISOR, login="shen", name="沈知", centre=centres[0]),
        second=make(session, Role.SUPERVISOR, login="qin", name="秦立", centre=centres[0]),
        official=make(session, Role.OFFICIAL, login="gu", name="顾明远", place_code="990100"),
        other_official=make(session, Role.OFFICIAL, login="bai", name="白川", place_code="990200"),
        administrator=make(session, Role.ADMINISTRATOR, login="admin", name="管理员"),
        operator=make(session, Role.OPERATOR, login="fang", name="方宜", centre=centres[0]),
    )


def _seats(session: Session, centres: tuple[Centre, Centre]) -> list[Seat]:
    names = ("林晓", "何帆", "苏禾", "罗明", "梁安")
    seats = []
    for n, name in enumerate(names):
        person = factories.a_person(session, name=name, centre=centres[0])
        seats.append(factories.a_seat(session, centres[0], person, SeatState.AVAILABLE, label=f"{n + 1:02}"))
    seats[3].state, seats[3].wrap_up_until = SeatState.WRAP_UP, NOW + timedelta(minutes=2)
    seats[4].state, seats[4].status = SeatState.PAUSED, AgentStatus.AFTER_HARD_CALL
    lone = factories.a_person(session, name="周宁", centre=centres[1])
    seats.append(factories.a_seat(session, centres[1], lone, SeatState.AVAILABLE, label="11"))
    seats.append(factories.a_seat(session, centres[1], label="12"))
    for seat in seats:
        seat.state_since = NOW - timedelta(minutes=3)
    session.flush()
    return seats


def _shifts(session: Session, centres: tuple[Centre, Centre], seats: list[Seat]) -> None:
    for seat in seats[:5]:
        session.add(
            Shift(
                centre_id=centres[0].id,
                person_id=seat.person_id,
                seat_id=seat.id,
                starts_at=NOW - timedelta(hours=4),
                ends_at=NOW + timedelta(hours=4),
            )
        )
    session.add(
        Shift(
            centre_id=centres[1].id,
            person_id=seats[5].person_id,
            seat_id=seats[5].id,
            starts_at=NOW - timedelta(hours=4),
            ends_at=NOW + timedelta(hours=8),
        )
    )


def _waiting(session: Session, centres: tuple[Centre, Centre]) -> None:
    for waited, danger, number, place in (
        (161, False, "13711113375", "990103"),
        (6, True, "13722226120", "990102"),
        (48, False, "0101234567", "990102"),
        (31, False, "13744444466", "990202"),
    ):
        call = factories.a_waiting_call(
            session,
            number=number,
            waited_seconds=waited,
            danger=danger,
            place_code=place,
            centre=centres[0] if place != "990202" else centres[1],
        )
        if danger:
            call.queue_key = (call.queue_key or 0) - 3600
        _log(session, call)


def _log(session: Session, call: Call) -> None:
    """What the routing writes of such a call."""

    def write(at: object, kind: str) -> None:
        session.add(CallEvent(call_id=call.id, at=at, kind=kind))

    write(call.arrived_at, "arrived")
    if call.state is not CallState.GREETING:
        write(call.arrived_at, "queued")
    if call.answered_at is not None:
        write(call.answered_at, "talking")
    if call.outcome in (CallOutcome.MESSAGE, CallOutcome.CALLBACK) and call.ended_at is not None:
        kind = CallbackKind.MESSAGE if call.outcome is CallOutcome.MESSAGE else CallbackKind.WISH
        owed = CallEvent(call_id=call.id, at=call.ended_at, kind="callback_owed")
        owed.data = {"callback_kind": str(kind)}
        session.add(owed)
    if call.ended_at is not None:
        write(call.ended_at, "ended")


def _today(session: Session, centres: tuple[Centre, Centre], seats: list[Seat]) -> None:
    """Calls of this day: answered soon and late, abandoned, short, a message, a wish."""
    chance = random.Random(7)
    plans = (
        [(CallOutcome.ANSWERED, chance.randint(2, 14)) for _ in range(17)]
        + [(CallOutcome.ANSWERED, 40), (CallOutcome.ANSWERED, 95)]
        + [(CallOutcome.ABANDONED, 70), (CallOutcome.ABANDONED, 33), (CallOutcome.ABANDONED, 4)]
        + [(CallOutcome.MESSAGE, 120), (CallOutcome.CALLBACK, 80)]
    )
    for n, (outcome, waited) in enumerate(plans):
        arrived = NOW - timedelta(hours=1, minutes=10 * n)
        answered = arrived + timedelta(seconds=waited) if outcome is CallOutcome.ANSWERED else None
        number = f"1360000{n:04}"
        call = Call(
            number_dialled="12356",
            caller_number=number,
            caller_hash=factories.number_hash(number),
            place_code="990102",
            centre_id=centres[n % 2].id,
            state=CallState.ENDED,
            state_since=arrived,
            arrived_at=arrived,
            answered_at=answered,
            ended_at=(answered or arrived) + timedelta(seconds=600 if answered else waited),
            outcome=outcome,
            ended_by="caller",
            seat_id=seats[n % 3].id if answered else None,
            person_id=seats[n % 3].person_id if answered else None,
        )
        session.add(call)
        session.flush()
        _log(session, call)


def _note(
    session: Session,
    call: Call,
    *,
    risk_level: int,
    state: NoteState = NoteState.CLOSED,
    summary: str | None = None,
) -> Note:
    note = Note(
        call_id=call.id,
        person_id=call.person_id,
        revision=2,
        state=state,
        call_type=CallType.SUPPORT,
        population=Population.PUBLIC,
        problem=Problem.WORK,
        place_code=call.place_code,
        risk_level=risk_level,
        disposition=Disposition.WATCH,
        summary=summary,
        created_at=NOW - timedelta(minutes=30),
        saved_at=NOW - timedelta(minutes=5),
        closed_at=NOW if state is NoteState.CLOSED else None,
    )
    session.add(note)
    session.flush()
    session.add(
        NoteRevision(
            note_id=note.id, revision=2, person_id=call.person_id, saved_at=note.saved_at, content={}
        )
    )
    session.add(
        RiskChange(
            note_id=note.id, from_level=1, to_level=risk_level, person_id=call.person_id, reason=None, at=NOW
        )
    )
    return note


def _told_call(session: Session, centre: Centre, seat: Seat, operator: Person) -> Call:
    """One call that went the whole way: recording, transcript, mark, jobs."""
    arrived = NOW - timedelta(hours=2)
    call = Call(
        number_dialled="12356",
        caller_number=CALLER_NUMBER,
        caller_hash=factories.number_hash(CALLER_NUMBER),
        place_code="990102",
        place_source="caller",
        centre_id=centre.id,
        state=CallState.ENDED,
        state_since=arrived,
        arrived_at=arrived,
        answered_at=arrived + timedelta(seconds=9),
        ended_at=arrived + timedelta(minutes=20),
        outcome=CallOutcome.ANSWERED,
        ended_by="caller",
        seat_id=seat.id,
        person_id=operator.id,
    )
    session.add(call)
    session.flush()
    _log(session, call)
    session.add(
        Offer(
            call_id=call.id,
            seat_id=seat.id,
            person_id=operator.id,
            state=OfferState.ACCEPTED,
            made_at=arrived + timedelta(seconds=2),
            deadline_at=arrived + timedelta(seconds=22),
        )
    )
    for kind in (ConsentKind.NOTE, ConsentKind.RECORDING, ConsentKind.ANALYSIS):
        session.add(
            Consent(
                call_id=call.id,
                kind=kind,
                state=ConsentState.GRANTED,
                how="notice",
                text_version="1",
                at=arrived,
            )
        )
    _note(session, call, risk_level=2, summary="单位裁员，拖欠补偿，夜里睡不着。")
    recording = Recording(
        call_id=call.id,
        kind=RecordingKind.TALK,
        state=RecordingState.STORED,
        file_name="told.wav.sealed",
        duration_seconds=1191.0,
        channels=2,
        started_at=arrived,
        stored_at=arrived + timedelta(minutes=21),
    )
    session.add(recording)
    session.flush()
    spoken = [
        ("operator", 1.0, "您好，这里是心理援助热线，有什么可以帮您？"),
        ("caller", 4.2, f"单位裁了一批人，补偿一直拖着。{SECRET_WORDS}，我不敢跟家里讲。"),
        ("operator", 12.0, "听起来这段时间您一个人扛了很多。"),
    ]
    session.add(
        Transcript(
            call_id=call.id,
            recording_id=recording.id,
            state=AnalysisState.DONE,
            model="vosk-model-cn",
            language="zh",
            utterances=[
                {"speaker": who, "start_seconds": at, "end_seconds": at + 3, "text": text, "words": []}
                for who, at, text in spoken
            ],
            redacted=[
                {
                    "speaker": who,
                    "start_seconds": at,
                    "end_seconds": at + 3,
                    "text": text.replace(SECRET_WORDS, "我妈住在〔地址〕"),
                    "spans": [],
                }
                for who, at, text in spoken
            ],
            created_at=arrived + timedelta(minutes=21),
            finished_at=arrived + timedelta(minutes=22),
        )
    )
    session.add(
        RiskMark(
            call_id=call.id,
            source="transcript",
            level=2,
            reason="hopeless",
            evidence="不敢跟家里讲",
            at_seconds=6.0,
            marked_at=arrived + timedelta(minutes=22),
        )
    )
    for kind, key in (
        ("transcribe", f"transcribe:{recording.id}"),
        ("understand", f"understand:{call.id}:2"),
    ):
        session.add(
            OutboxRow(
                kind=kind,
                queue="work",
                key=key,
                payload={},
                state="done",
                attempts=1,
                due_at=arrived,
                created_at=arrived,
                done_at=arrived + timedelta(minutes=22),
            )
        )
    session.add(
        OutboxRow(
            kind="group",
            queue="work",
            key=f"group:{call.id}",
            payload={},
            due_at=NOW - timedelta(minutes=20),
            created_at=arrived,
        )
    )
    session.flush()
    return call


def _issue_and_signal(session: Session, told_call: Call) -> tuple[Issue, Signal]:
    """An issue that grew in the last days in 云州市: 42 days of calls, over 40 persons in the last week."""
    session.add(IssueRegistry(embedder="lexical-1", dimension=8, founded_at=NOW))
    other = Issue(
        name="校园考试压力",
        keywords=["考试", "志愿"],
        centroid=_toward(0),
        embedder="lexical-1",
        created_at=NOW - timedelta(days=60),
        first_day=TODAY - timedelta(days=60),
        last_day=TODAY - timedelta(days=20),
    )
    session.add(other)
    issue = Issue(
        name="欠薪失业",
        centroid=_toward(0),
        keywords=["裁员补偿", "拖欠工资", "房租"],
        embedder="lexical-1",
        created_at=NOW - timedelta(days=41),
        first_day=TODAY - timedelta(days=41),
        last_day=TODAY,
    )
    session.add(issue)
    session.flush()
    session.add(IssueEvent(issue_id=issue.id, at=issue.created_at, kind="born"))
    chance = random.Random(11)
    populations = (Population.PUBLIC, Population.PUBLIC, Population.STUDENT, Population.PATIENT_FAMILY)
    texts = (
        "裁员补偿一直拖着，拖欠工资两个月，房租也交不上。",
        "裁员补偿没有下文，家里不知道，拖欠工资，夜里睡不着。",
        "拖欠工资，房租催了三回，不知道劳动仲裁怎么走，裁员补偿没谈。",
    )
    number = 0
    for back in range(41, -1, -1):
        day = TODAY - timedelta(days=back)
        for _ in range(chance.choice((1, 2, 3)) if back > 4 else 8 + chance.randint(0, 2)):
            number += 1
            arrived = NOW - timedelta(days=back, hours=3 + number % 9, minutes=number % 50)
            call = Call(
                number_dialled="12356",
                caller_hash=f"{number:064x}",
                place_code="990102" if number % 3 else "990103",
                place_source="caller" if number % 5 else "mobile",
                state=CallState.ENDED,
                state_since=arrived,
                arrived_at=arrived,
                answered_at=arrived,
                ended_at=arrived,
                outcome=CallOutcome.ANSWERED,
            )
            session.add(call)
            session.flush()
            _log(session, call)
            session.add(
                Contact(
                    call_id=call.id,
                    state=AnalysisState.DONE,
                    day=day,
                    person_hash=call.caller_hash,
                    place_code=call.place_code,
                    problem=str(Problem.WORK),
                    population=str(populations[number % 4]),
                    risk_level=2 if number % 6 == 0 else 1,
                    text_source="summary",
                    text=texts[number % 3],
                    vector=_toward(number % 3),
                    embedder=issue.embedder,
                    issue_id=issue.id,
                    grouped_at=arrived,
                )
            )
    session.add(
        Contact(
            call_id=told_call.id,
            state=AnalysisState.DONE,
            day=local_day(told_call.arrived_at),
            person_hash=told_call.caller_hash,
            place_code="990102",
            problem=str(Problem.WORK),
            population=str(Population.PUBLIC),
            risk_level=2,
            text_source="both",
            text="单位裁了一批人，补偿一直拖着。",
            issue_id=issue.id,
            grouped_at=told_call.ended_at,
        )
    )
    issue.size = number + 1
    for back in range(42):
        session.add(
            DayCount(
                series=f"issue:{issue.id}",
                place_code="990100",
                day=TODAY - timedelta(days=back),
                persons=2,
                calls=2,
            )
        )
    session.flush()
    observed = len(
        {
            row.person_hash
            for row in session.query(Contact).filter(
                Contact.issue_id == issue.id, Contact.day > TODAY - timedelta(days=7)
            )
        }
    )
    common = {
        "issue_id": issue.id,
        "onset_day": TODAY - timedelta(days=4),
        "last_day": TODAY,
        "p_value": 0.00021,
        "q_value": 0.004,
        "history_days": 364,
        "method": "quasi-poisson-nb",
        "method_version": "1",
        "due_at": NOW + timedelta(hours=5),
    }
    signal = Signal(
        kind=SignalKind.PROMINENT_ISSUE,
        series=f"issue:{issue.id}",
        place_code="990100",
        observed=observed,
        expected=17.2,
        upper=28.4,
        raised_at=NOW - timedelta(hours=19),
        **common,
    )
    event = Signal(
        kind=SignalKind.STRESS_EVENT,
        series="stress",
        place_code="990202",
        observed=9,
        expected=0.3,
        upper=2.0,
        raised_at=NOW - timedelta(minutes=40),
        **{**common, "issue_id": None, "due_at": NOW + timedelta(minutes=80), "onset_day": TODAY},
    )
    watched = Signal(
        kind=SignalKind.PROMINENT_ISSUE,
        series="problem:D",
        place_code="990200",
        state=SignalState.WATCHED,
        observed=22,
        expected=15.1,
        upper=21.0,
        raised_at=NOW - timedelta(days=1),
        **{**common, "issue_id": None},
    )
    session.add_all([signal, event, watched])
    session.flush()
    return issue, signal


def _toward(axis: int) -> bytes:
    """A vector of the kind that the calls' texts would have: three directions in a common one."""
    vector = np.full(8, 0.5, np.float32)
    vector[axis] += 1
    return np.asarray(vector / np.linalg.norm(vector), np.float32).tobytes()


def _duties(session: Session, call: Call) -> None:
    session.add_all(
        [
            Callback(
                call_id=call.id,
                kind=CallbackKind.WISH,
                asked_at=NOW - timedelta(hours=1),
                due_at=NOW - timedelta(minutes=45),
            ),
            Callback(
                call_id=call.id, kind=CallbackKind.MESSAGE, asked_at=NOW, due_at=NOW + timedelta(minutes=15)
            ),
            FollowUp(call_id=call.id, rule="R3-D1", due_at=NOW - timedelta(hours=2)),
            FollowUp(call_id=call.id, rule="R2-D7", due_at=NOW - timedelta(hours=2)),
        ]
    )

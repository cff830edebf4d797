"""Follow-ups, forced tasks, referrals, appointments and entries: what is kept, refused, and told to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.care.appointments import Agreed, Appointments
from hotline.care.duties import Duties
from hotline.care.entries import Entered, Entries
from hotline.care.errors import NoSuchFollowUp
from hotline.care.errors_after import (
    ComesFirst,
    FormAlreadyEntered,
    NotOpen,
    PreviewChanged,
    RecordIncomplete,
)
from hotline.care.escalation import Escalation
from hotline.care.follow_ups import FollowUps
from hotline.care.notes import Notes
from hotline.care.referrals import Referrals
from hotline.care.timelines import Timelines, same_caller, was_confirmed
from hotline.domain.follow_up_rules import Record
from hotline.domain.referral import Intended
from hotline.routing.callback_tries import called_again, stand_in_line
from hotline.routing.calling_back import CallingBack
from models.audit import broken_audit_line
from models.call_back_words import CallDirection
from models.calls import Call, Callback
from models.care import FollowUp
from models.duties import Appointment, Duty
from models.entries import ContactEntry
from models.events import DutyOverdue
from models.forced_reports import ForcedReport
from models.people import Person
from models.referrals import Referral, SharingConsent
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallbackState, ConsentState, FollowUpState, RiskLevel, SeatState
from models.vocabulary_after import (
    AppointmentState,
    ContactMethod,
    DutyKind,
    DutyOutcome,
    DutyState,
    FollowUpResult,
    ReferralGround,
    ReferralState,
    ReferralTarget,
    SentBy,
)
from models.vocabulary_care import ForcedReportState
from models.vocabulary_record import Channel
from tests import factories
from tests.fakes import Bulletin, StoppedClock

KEY = b"an audit key for tests, 32 bytes."
NOW = factories.NOW
WHOLE = Record(FollowUpResult.REACHED, "平稳", "倾听", "作息", RiskLevel.R3)


@dataclass
class House:
    work: Work
    engine: Engine
    clock: StoppedClock
    bulletin: Bulletin
    call_id: int
    person_id: int

    def session(self) -> Session:
        return Session(self.engine, expire_on_commit=False)

    def note(self, **content: Any) -> None:
        """A closed-enough note: only what rules read."""
        notes = Notes(self.work, KEY)
        view = notes.open(self.call_id, self.person_id)
        notes.save(self.call_id, self.person_id, view.revision, {"call_type": "02", **content})

    def a_follow_up(self, rule: str = "R3-D1", due_in: timedelta = timedelta(0)) -> int:
        with self.session() as session:
            row = FollowUp(call_id=self.call_id, rule=rule, due_at=NOW + due_in, preferred_id=self.person_id)
            session.add(row)
            session.commit()
            return row.id


@pytest.fixture
def house(engine: Engine) -> House:
    bulletin, clock = Bulletin(), StoppedClock(NOW)

    def work() -> UnitOfWork:
        return UnitOfWork(engine, clock, bulletin.publish)

    with Session(engine) as session:
        factories.a_province(session)
        centre = factories.a_centre(session)
        person = factories.a_person(session, centre=centre)
        seat = factories.a_seat(session, centre, person, SeatState.AVAILABLE)
        call = factories.an_ended_talk(session, seat)
        call.centre_id = centre.id
        session.commit()
        return House(work, engine, clock, bulletin, call.id, person.id)


def test_a_follow_up_is_dialled_as_a_call_back_that_never_stands_in_line_by_itself(house: House) -> None:
    follow_ups, one = FollowUps(house.work, KEY), house.a_follow_up()
    callback_id = follow_ups.owe_call(one, house.person_id)
    assert follow_ups.owe_call(one, house.person_id) == callback_id, "its tries belong to one call-back"
    house.clock.now = NOW + timedelta(hours=3)
    assert CallingBack(house.work).tick() == 0
    with house.session() as session:
        callback = session.get_one(Callback, callback_id)
        assert callback.state is CallbackState.DUE
        callback.state, callback.attempts, callback.closed_at = CallbackState.UNREACHED, 3, NOW
        session.commit()
    assert follow_ups.owe_call(one, house.person_id) == callback_id, "a fourth try is counted with the three"


def test_a_follow_up_of_a_contact_in_danger_is_no_danger_of_today_and_gives_no_place(house: House) -> None:
    with house.session() as session:
        call = session.get_one(Call, house.call_id)
        call.danger, call.queue_reasons = True, ["danger"]
        session.commit()
    callback_id = FollowUps(house.work, KEY).owe_call(house.a_follow_up("R4-D7"), house.person_id)
    with house.work() as unit:
        callback = unit.session.get_one(Callback, callback_id)
        assert called_again(unit, callback.call.caller_hash) == (None, False)
        outbound = stand_in_line(unit, callback)
        assert (callback.danger, outbound.danger, outbound.queue_reasons) == (False, False, [])
        assert outbound.channel is Channel.OUTBOUND


def test_the_record_of_a_talk_is_kept_sealed_and_is_done_once(house: House) -> None:
    follow_ups, one = FollowUps(house.work, KEY), house.a_follow_up()
    with pytest.raises(RecordIncomplete) as lacking:
        follow_ups.finish(one, house.person_id, Record(FollowUpResult.REACHED))
    assert lacking.value.faults == ["assessment", "counselling", "guidance", "rerated"]
    follow_ups.finish(one, house.person_id, WHOLE)
    with house.session() as session:
        row = session.get_one(FollowUp, one)
        assert (row.state, row.assessment, row.rerated) == (FollowUpState.DONE, "平稳", 3)
        raw = (
            session.connection()
            .exec_driver_sql(f"SELECT assessment FROM follow_up WHERE id = {one}")
            .scalar_one()
        )
        assert "平稳" not in raw
        assert broken_audit_line(session, KEY) is None
    with pytest.raises(NoSuchFollowUp):
        follow_ups.finish(one, house.person_id, WHOLE)


def test_a_recovered_patient_is_called_again_within_the_half_year_for_ever(house: House) -> None:
    house.note(population="P02", two_weeks="no", risk_level=1)
    one = house.a_follow_up("RECOVERED-D183")
    (made,) = FollowUps(house.work, KEY).finish(
        one, house.person_id, Record(**{**vars(WHOLE), "rerated": RiskLevel.R1})
    )
    with house.session() as session:
        row = session.get_one(FollowUp, made)
        assert (row.rule, row.due_at) == ("RECOVERED-D183", NOW + timedelta(days=183))
        assert session.get_one(FollowUp, one).next_at == row.due_at


def test_somebody_at_high_risk_who_is_not_reached_becomes_the_supervisors(house: House) -> None:
    house.note(two_weeks="yes", plan="yes", when="week", risk_level=3)
    follow_ups, one = FollowUps(house.work, KEY), house.a_follow_up()
    lost = Record(FollowUpResult.LOST)
    with pytest.raises(RecordIncomplete):
        follow_ups.finish(one, house.person_id, lost)
    callback_id = follow_ups.owe_call(one, house.person_id)
    with house.session() as session:
        session.get_one(Callback, callback_id).attempts = 3
        session.commit()
    follow_ups.finish(one, house.person_id, lost)
    with house.session() as session:
        duty = session.scalars(select(Duty)).one()
        assert (duty.kind, duty.state) == (DutyKind.FIND_PERSON, DutyState.OPEN)


def test_overdue_at_high_risk_is_told_once_and_lower_levels_are_not(house: House) -> None:
    high, low = (
        house.a_follow_up("R3-D1", -timedelta(hours=1)),
        house.a_follow_up("R2-D7", -timedelta(hours=1)),
    )
    house.a_follow_up("R4-D7", timedelta(hours=1))
    escalation = Escalation(house.work)
    assert (escalation.tick(), escalation.tick()) == (1, 0)
    assert [e for e in house.bulletin.told if isinstance(e, DutyOverdue)] == [
        DutyOverdue(house.call_id, "follow_up", high)
    ]
    with house.session() as session:
        assert session.get_one(FollowUp, low).escalated_at is None


def test_a_report_required_by_law_that_is_late_is_told_once(house: House) -> None:
    with house.session() as session:
        report = ForcedReport(
            call_id=house.call_id,
            state=ForcedReportState.DUE,
            opened_at=NOW - timedelta(hours=25),
            due_at=NOW - timedelta(hours=1),
        )
        session.add(report)
        session.commit()
        report_id = report.id
    escalation = Escalation(house.work)
    assert (escalation.tick(), escalation.tick()) == (1, 0)
    told = [event for event in house.bulletin.told if isinstance(event, DutyOverdue)]
    assert told == [DutyOverdue(house.call_id, "forced_report", report_id)]


def test_a_suspected_case_is_registered_reported_and_tracked_in_this_order(house: House) -> None:
    house.note(population="P05")
    house.note(population="P05", sex="f")
    with house.session() as session:
        by_kind = {row.kind: row for row in session.scalars(select(Duty))}
    assert set(by_kind) == {DutyKind.REGISTER, DutyKind.REPORT, DutyKind.TRACK}
    assert by_kind[DutyKind.REPORT].due_at == NOW + timedelta(hours=2)
    duties = Duties(house.work, KEY)
    with pytest.raises(ComesFirst):
        duties.close(by_kind[DutyKind.REPORT].id, house.person_id, DutyOutcome.DONE, "已报")
    with pytest.raises(RecordIncomplete):
        duties.close(by_kind[DutyKind.REGISTER].id, house.person_id, DutyOutcome.DONE, "  ")
    for kind in (DutyKind.REGISTER, DutyKind.REPORT, DutyKind.TRACK):
        duties.close(by_kind[kind].id, house.person_id, DutyOutcome.HANDED_ON, "疾控值班，编号 7")
    with pytest.raises(NotOpen):
        duties.close(by_kind[DutyKind.TRACK].id, house.person_id, DutyOutcome.DONE, "再来一次")


def test_a_corrected_note_takes_no_task_away(house: House) -> None:
    house.note(population="P13")
    house.note(population="P23")
    with house.session() as session:
        kinds = {row.kind for row in session.scalars(select(Duty).where(Duty.state == DutyState.OPEN))}
    assert kinds == {DutyKind.MINOR_REPORT, DutyKind.MINOR_REFERRAL}


def to_clinic(**changed: Any) -> Intended:
    facts = {
        "target": ReferralTarget.PSYCHIATRY,
        "unit_name": "云州市第一医院",
        "ground": ReferralGround.CONSENT,
        "ground_reason": "",
        "fields": ("contact", "age_band"),
        "request": "请安排本周门诊",
    }
    return Intended(**{**facts, **changed})


def test_a_referral_goes_out_exactly_as_it_was_shown(house: House) -> None:
    house.note(age_band="25-34", sex="f", summary="不可外传的话")
    referrals = Referrals(house.work, KEY)
    assert referrals.preview(house.call_id, to_clinic()).faults == ["no_consent"]
    referrals.consent(house.call_id, ReferralTarget.PSYCHIATRY, ConsentState.GRANTED, house.person_id)
    shown = referrals.preview(house.call_id, to_clinic())
    assert shown.sent == {"contact": "13800002716", "age_band": "25-34", "request": "请安排本周门诊"}
    house.note(age_band="35-44", sex="f")
    with pytest.raises(PreviewChanged):
        referrals.send(house.call_id, house.person_id, to_clinic(), SentBy.TELEPHONE, shown.seal)
    shown = referrals.preview(house.call_id, to_clinic())
    sent_id = referrals.send(house.call_id, house.person_id, to_clinic(), SentBy.TELEPHONE, shown.seal)
    with house.session() as session:
        row = session.get_one(Referral, sent_id)
        assert (row.sent, row.state, row.due_at) == (
            shown.sent,
            ReferralState.SENT,
            NOW + timedelta(hours=24),
        )
        assert (
            "13800002716"
            not in session.connection().exec_driver_sql("SELECT sent FROM referral").scalar_one()
        )


def test_consent_is_of_one_target_and_taking_it_back_stays_on_file(house: House) -> None:
    referrals = Referrals(house.work, KEY)
    referrals.consent(house.call_id, ReferralTarget.PSYCHIATRY, ConsentState.GRANTED, house.person_id)
    elsewhere = to_clinic(target=ReferralTarget.GENERAL_HOSPITAL)
    assert referrals.preview(house.call_id, elsewhere).faults == ["no_consent"]
    referrals.consent(house.call_id, ReferralTarget.PSYCHIATRY, ConsentState.REFUSED, house.person_id)
    assert referrals.preview(house.call_id, to_clinic()).faults == ["no_consent"]
    with house.session() as session:
        kept = session.scalars(select(SharingConsent)).one()
        assert (kept.state, kept.at, kept.withdrawn_at) == (ConsentState.WITHDRAWN, NOW, NOW)


def test_answers_follow_one_another_and_say_what_the_unit_said(house: House) -> None:
    referrals = Referrals(house.work, KEY)
    referrals.consent(house.call_id, ReferralTarget.PSYCHIATRY, ConsentState.GRANTED, house.person_id)
    seal = referrals.preview(house.call_id, to_clinic()).seal
    one = referrals.send(house.call_id, house.person_id, to_clinic(), SentBy.DOCUMENT, seal)
    with pytest.raises(NotOpen):
        referrals.answered(one, house.person_id, ReferralState.DONE, "还没有接受")
    referrals.answered(one, house.person_id, ReferralState.RECEIVED, "")
    with pytest.raises(RecordIncomplete):
        referrals.answered(one, house.person_id, ReferralState.ACCEPTED, "")
    referrals.answered(one, house.person_id, ReferralState.ACCEPTED, "门诊王医生，周二")
    referrals.answered(one, house.person_id, ReferralState.DONE, "已就诊")
    with house.session() as session:
        row = session.get_one(Referral, one)
        assert [step.state for step in row.steps] == ["sent", "received", "accepted", "done"]
        assert row.due_at is None


def test_a_weekly_series_is_agreed_at_once_and_each_ends_with_whether_the_person_came(house: House) -> None:
    use = Appointments(house.work, KEY)
    weekly = Agreed(
        ContactMethod.FACE_TO_FACE, NOW + timedelta(days=1), 50, house.person_id, 4, 7, "二楼咨询室"
    )
    ids = use.make(house.call_id, house.person_id, weekly)
    with pytest.raises(RecordIncomplete):
        use.close(ids[0], house.person_id, AppointmentState.ATTENDED, "")
    house.clock.now = NOW + timedelta(days=2)
    use.close(ids[0], house.person_id, AppointmentState.ATTENDED, "")
    use.close(ids[3], house.person_id, AppointmentState.CANCELLED, "本人改期")
    with house.session() as session:
        rows = session.scalars(select(Appointment).order_by(Appointment.starts_at)).all()
    assert [(row.starts_at - NOW).days for row in rows] == [1, 8, 15, 22]
    assert [str(row.state) for row in rows] == ["attended", "planned", "planned", "cancelled"]
    assert len({row.series for row in rows}) == 1


def entries(house: House) -> Entries:
    return Entries(house.work, factories.number_hash, KEY)


def test_a_paper_form_is_a_contact_of_the_day_when_it_happened_and_is_entered_once(house: House) -> None:
    then = NOW - timedelta(days=2)
    paper = Entered(Channel.PHONE, then, 25, form_number="纸-0042", number="13800002716")
    call_id = entries(house).enter(house.person_id, paper)
    with house.session() as session:
        call = session.get_one(Call, call_id)
        assert (call.arrived_at, call.direction) == (then, CallDirection.ENTERED)
        assert call.caller_hash == session.get_one(Call, house.call_id).caller_hash
        entry = session.scalars(select(ContactEntry)).one()
        assert (entry.late, entry.form_number, entry.entered_at) == (True, "纸-0042", NOW)
    with pytest.raises(FormAlreadyEntered) as known:
        entries(house).enter(house.person_id, paper)
    assert known.value.details["call_id"] == call_id


def test_a_call_by_telephone_is_entered_only_from_a_paper_form(house: House) -> None:
    with pytest.raises(RecordIncomplete) as lacking:
        entries(house).enter(house.person_id, Entered(Channel.PHONE, NOW + timedelta(hours=1), 0))
    assert lacking.value.faults == ["happened_at", "minutes", "form_number"]


def test_two_visits_without_a_number_are_two_people_until_somebody_links_them(house: House) -> None:
    first, second = (
        entries(house).enter(house.person_id, Entered(Channel.WALK_IN, NOW, 50)) for _ in range(2)
    )
    timelines = Timelines(house.work, KEY)

    def hashes(call_id: int) -> set[str]:
        with house.session() as session:
            return same_caller(session, session.get_one(Call, call_id).caller_hash)

    assert len(hashes(first)) == 1
    timelines.link(first, second, house.person_id, "本人说上周来过")
    timelines.link(second, house.call_id, house.person_id, "核对了电话")
    assert hashes(first) == hashes(house.call_id)
    assert len(hashes(first)) == 3
    timelines.unlink(second, house.person_id, "是同住的姐姐")
    assert len(hashes(first)) == 1


def test_confirming_the_person_holds_for_one_shift_and_one_operator(house: House) -> None:
    Timelines(house.work, KEY).confirm(house.call_id, house.person_id)
    with house.session() as session:
        other = factories.a_person(session, name="罗敏")
        assert was_confirmed(session, house.call_id, house.person_id, NOW)
        assert not was_confirmed(session, house.call_id, other.id, NOW)
        assert not was_confirmed(session, house.call_id, house.person_id, NOW + timedelta(hours=8))
        assert session.get(Person, house.person_id) is not None

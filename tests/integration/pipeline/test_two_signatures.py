"""Clocks before the signature, one signature in need, and what may be changed once an alert is out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from analytics.alerts.cap import Addressee, cap_of, faults_of
from analytics.alerts.changes import Changes
from analytics.alerts.clocks import SINGLE_AFTER
from analytics.alerts.documents import MessageDocuments
from analytics.alerts.duty_list import Contact, DutyList
from analytics.alerts.indicators import indicators
from analytics.alerts.more_channels import FileDrop
from analytics.alerts.notices import Notifier
from analytics.alerts.single_signature import SingleSignature
from analytics.alerts.thresholds import Proposals, margins
from analytics.alerts.watch import Watch, ask_signal_clock
from analytics.report.channels import Address, FolderMail, Push
from analytics.report.errors import (
    ChangeAlreadyDrafted,
    NotPermitted,
    NotSignedAlone,
    OnePersonIsNoAlert,
    SignalsDoNotMatch,
    SignerIsVerifier,
    TooEarlyToSignAlone,
)
from analytics.report.review import Review
from models.alerting import AlertMessage, ClockFact, PublishedFigure, ThresholdProposal
from models.surveillance import Alert, Signal
from models.vocabulary_alerting import ClockStep, MessageKind, RejectionCause
from models.vocabulary_surveillance import (
    AlertLevel,
    AlertState,
    DeliveryChannel,
    SignalKind,
    SignalState,
)
from tests.integration.pipeline.situations import AUDIT_KEY, NOW, Hotline, Jobs


def a_stress_signal(hotline: Hotline, persons: int = 6) -> int:
    signal_id = hotline.a_signal(persons=persons)
    with hotline.session() as session, session.begin():
        signal = session.get_one(Signal, signal_id)
        signal.kind, signal.due_at = SignalKind.STRESS_EVENT, NOW + timedelta(hours=2)
    return signal_id


def steps_of(hotline: Hotline, subject: str) -> list[str]:
    with hotline.session() as session:
        return [
            str(step)
            for step in session.scalars(
                select(ClockFact.step).where(ClockFact.subject == subject).order_by(ClockFact.id)
            )
        ]


def test_a_signal_nobody_looks_at_is_told_to_signer_deputy_and_all_and_is_overdue(
    hotline: Hotline, tmp_path: Path
) -> None:
    first, second = hotline.person("first"), hotline.person("second")
    DutyList(hotline.work, AUDIT_KEY).add(
        first, first, second, NOW - timedelta(hours=1), NOW + timedelta(hours=9),
        Contact("first@h.example"), Contact("second@h.example"),
    )  # fmt: skip
    mail = FolderMail(tmp_path, "hotline@12356.example", lambda: hotline.now)
    notifier = Notifier(
        hotline.work, {DeliveryChannel.EMAIL: mail}, {"signal": lambda n: f"https://h.example/signals/{n}"}
    )
    jobs: Jobs = {"clock": Watch(hotline.work), "notice": notifier}
    signal_id = a_stress_signal(hotline)
    with hotline.work() as unit:
        ask_signal_clock(unit, unit.session.get_one(Signal, signal_id))

    def told() -> set[str]:
        hotline.run_outbox(jobs)
        texts = [file.read_text("utf-8", "replace") for file in tmp_path.glob("*.eml")]
        return {line for text in texts for line in text.splitlines() if line.startswith("To: ")}

    assert told() == {"To: first@h.example"}
    hotline.now += timedelta(minutes=20)
    assert told() == {"To: first@h.example", "To: second@h.example"}
    hotline.now += timedelta(minutes=25)
    told()
    hotline.now += timedelta(minutes=75)
    told()
    assert steps_of(hotline, "signal") == ["told_signers", "told_deputies", "told_all", "overdue"]
    Watch(hotline.work)({"subject": "signal", "id": signal_id, "version": 1, "number": 3})
    assert steps_of(hotline, "signal").count("overdue") == 1


def test_a_decision_stops_the_clock_of_a_signal(hotline: Hotline) -> None:
    signal_id = a_stress_signal(hotline)
    with hotline.work() as unit:
        ask_signal_clock(unit, unit.session.get_one(Signal, signal_id))
    Review(hotline.work, AUDIT_KEY).reject(signal_id, hotline.person("first"), "已知", RejectionCause.KNOWN)
    hotline.run_outbox({"clock": Watch(hotline.work)})
    assert steps_of(hotline, "signal") == []


def test_one_person_sends_after_half_an_hour_of_silence_and_another_signs_after(hotline: Hotline) -> None:
    alone = SingleSignature(hotline.work, AUDIT_KEY)
    first, second = hotline.person("first"), hotline.person("second")
    alert_id = Review(hotline.work, AUDIT_KEY).verify(a_stress_signal(hotline), first, AlertLevel.RED, "属实")
    hotline.run_outbox({"clock": Watch(hotline.work)})
    with pytest.raises(TooEarlyToSignAlone):
        alone.send_alone(alert_id, first, "联系不上")
    hotline.now += SINGLE_AFTER
    hotline.run_outbox({"clock": Watch(hotline.work)})
    assert steps_of(hotline, "draft") == ["told_signers", "told_deputies", "single_allowed"]
    with pytest.raises(NotPermitted):
        alone.send_alone(alert_id, second, "第二人应直接签发")
    alone.send_alone(alert_id, first, "第二签发人联系不上")
    with hotline.session() as session:
        alert = session.get_one(Alert, alert_id)
        assert (alert.state, alert.single_signed_at, alert.countersigned_at) == (
            AlertState.ISSUED, hotline.now, None,
        )  # fmt: skip
    with pytest.raises(SignerIsVerifier):
        alone.countersign(alert_id, first)
    alone.countersign(alert_id, second)
    with pytest.raises(NotSignedAlone):
        alone.countersign(alert_id, second)


def test_the_second_person_cancels_what_was_sent_alone(hotline: Hotline) -> None:
    alone, first = SingleSignature(hotline.work, AUDIT_KEY), hotline.person("first")
    alert_id = Review(hotline.work, AUDIT_KEY).verify(a_stress_signal(hotline), first, AlertLevel.RED, "属实")
    hotline.now += SINGLE_AFTER
    alone.send_alone(alert_id, first, "联系不上")
    alone.cancel(alert_id, hotline.person("second"), "经核实为影视拍摄")
    with hotline.session() as session:
        kinds = session.scalars(select(AlertMessage.kind).order_by(AlertMessage.version)).all()
        assert kinds == [MessageKind.ALERT, MessageKind.CANCEL]
        assert session.get_one(Alert, alert_id).state is AlertState.CANCELLED
        assert {d.alert_version for d in session.get_one(Alert, alert_id).deliveries} == {1, 2}


def test_a_prominent_issue_is_never_sent_by_one_person(hotline: Hotline) -> None:
    first = hotline.person("first")
    alert_id = Review(hotline.work, AUDIT_KEY).verify(hotline.a_signal(), first, AlertLevel.RED, "属实")
    hotline.now += timedelta(days=2)
    with pytest.raises(TooEarlyToSignAlone):
        SingleSignature(hotline.work, AUDIT_KEY).send_alone(alert_id, first, "等不到")


def issued(hotline: Hotline) -> int:
    review = Review(hotline.work, AUDIT_KEY)
    alert_id = review.verify(hotline.a_signal(), hotline.person("first"), AlertLevel.YELLOW, "核实")
    review.sign(alert_id, hotline.person("second"))
    return alert_id


def test_update_and_cancel_are_messages_that_refer_to_the_earlier_ones(hotline: Hotline) -> None:
    changes, alert_id = Changes(hotline.work, AUDIT_KEY), issued(hotline)
    first, second = hotline.person("first"), hotline.person("second")
    update = changes.propose_update(alert_id, first, AlertLevel.ORANGE, "仍在增多")
    with pytest.raises(ChangeAlreadyDrafted):
        changes.propose_cancel(alert_id, first, "不必")
    with pytest.raises(SignerIsVerifier):
        changes.sign(update, first)
    hotline.now += timedelta(minutes=3)
    changes.sign(update, second)
    cancel = changes.propose_cancel(alert_id, second, "已平息")
    changes.sign(cancel, first)
    with hotline.session() as session:
        alert = session.get_one(Alert, alert_id)
        messages = session.scalars(select(AlertMessage).order_by(AlertMessage.version)).all()
        assert (alert.state, alert.level, alert.version) == (AlertState.CANCELLED, AlertLevel.ORANGE, 3)
        assert [len(m.references) for m in messages] == [0, 1, 2]
        for message in messages:
            document = cap_of(
                alert,
                message,
                [Addressee("990101", 1)],
                sender_name="测试热线",
                link="https://h.example/alerts/1",
            )
            assert faults_of(document) == ()
            assert len(message.identifier or "") == 31
            assert document.count(b"+08:00") >= 3
            assert b"<scope>Private</scope>" in document
            assert f"<msgType>{message.kind.value}</msgType>".encode() in document
            for reference in message.references:
                assert reference.encode() in document
    assert alert.number == "〔2026〕1号"


def test_the_schema_is_a_judge_that_finds_faults(hotline: Hotline) -> None:
    issued(hotline)
    with hotline.session() as session:
        message = session.scalars(select(AlertMessage)).one()
        document = cap_of(
            message.alert, message, [], sender_name="测试热线", link="https://h.example/alerts/1"
        )
    assert b"<scope>Restricted</scope>" in document
    assert b"<restriction>" in document
    assert faults_of(document.replace(b"<scope>Restricted</scope>", b"<scope>Secret</scope>")) != ()
    assert faults_of(document.replace(b"+08:00", b"Z")) != ()


def test_an_exercise_says_so_everywhere_and_counts_nobody(hotline: Hotline) -> None:
    changes = Changes(hotline.work, AUDIT_KEY)
    alert_id = changes.start_exercise(
        "990101", SignalKind.STRESS_EVENT, AlertLevel.RED, hotline.person("first"), "请在半小时内签收并反馈。"
    )
    Review(hotline.work, AUDIT_KEY).sign(alert_id, hotline.person("second"))
    with hotline.session() as session:
        alert = session.get_one(Alert, alert_id)
        message = session.scalars(select(AlertMessage)).one()
        assert alert.number == "演练〔2026〕1号"
        assert alert.title.startswith("【演练】")
        document = cap_of(alert, message, [], sender_name="测试热线", link="https://h.example/alerts/1")
        assert faults_of(document) == ()
        assert b"<status>Exercise</status>" in document
        assert session.scalars(select(PublishedFigure)).all() == []
        assert indicators(session, NOW - timedelta(days=1), NOW).raised == 0
    assert issued(hotline)
    with hotline.session() as session:
        assert (
            session.scalars(select(Alert.number).where(Alert.is_exercise.is_(False))).one() == "〔2026〕1号"
        )


def test_a_danger_from_one_person_is_no_alert(hotline: Hotline) -> None:
    with pytest.raises(OnePersonIsNoAlert):
        Review(hotline.work, AUDIT_KEY).verify(
            a_stress_signal(hotline, 1), hotline.person("first"), AlertLevel.RED, "一人"
        )


def test_figures_of_a_returned_draft_are_given_back_and_those_of_an_alert_are_kept(hotline: Hotline) -> None:
    review = Review(hotline.work, AUDIT_KEY)
    alert_id = review.verify(hotline.a_signal(), hotline.person("first"), AlertLevel.YELLOW, "核实")
    with hotline.session() as session:
        assert {f.persons for f in session.scalars(select(PublishedFigure)) if f.persons} == {12}
    review.return_draft(alert_id, hotline.person("second"), "级别偏高")
    with hotline.session() as session:
        assert session.scalars(select(PublishedFigure)).all() == []


def test_a_signal_is_merged_into_one_of_the_same_line_alone(hotline: Hotline) -> None:
    review, first = Review(hotline.work, AUDIT_KEY), hotline.person("first")
    county, city = hotline.a_signal(persons=5), hotline.a_signal(persons=0, place="990100")
    other = hotline.a_signal(persons=0, place="990200")
    with pytest.raises(SignalsDoNotMatch):
        review.merge(county, other, first, "不同市")
    with pytest.raises(SignalsDoNotMatch):
        review.merge(county, county, first, "自己")
    review.merge(county, city, first, "同一事件")
    with hotline.session() as session:
        merged = session.get_one(Signal, county)
        assert (merged.state, merged.merged_into_id) == (SignalState.MERGED, city)


def test_three_rejections_propose_a_margin_and_only_a_persons_word_makes_it_count(hotline: Hotline) -> None:
    review, first = Review(hotline.work, AUDIT_KEY), hotline.person("first")
    for _ in range(3):
        signal_id = hotline.a_signal(persons=0)
        with hotline.session() as session, session.begin():
            session.get_one(Signal, signal_id).observed = 9
        review.reject(signal_id, first, "各不相同", RejectionCause.NATURAL)
    with hotline.session() as session:
        proposal = session.scalars(select(ThresholdProposal)).one()
        assert (proposal.margin_persons, len(proposal.signal_ids)) == (3, 3)
        assert margins(session) == {}
    Proposals(hotline.work, AUDIT_KEY).decide(proposal.id, hotline.person("second"), True, "同意")
    with hotline.session() as session:
        assert margins(session) == {("problem:N", "990101"): 3}


def test_the_rates_are_those_of_cidars(hotline: Hotline) -> None:
    review, first = Review(hotline.work, AUDIT_KEY), hotline.person("first")
    answered, late = hotline.a_signal(persons=6), hotline.a_signal(persons=0)
    hotline.a_signal(persons=0)
    alert_id = review.verify(answered, first, AlertLevel.BLUE, "核实")
    review.sign(alert_id, hotline.person("second"))
    hotline.now += timedelta(hours=30)
    review.reject(late, first, "无", RejectionCause.KNOWN)
    with hotline.session() as session:
        found = indicators(session, NOW - timedelta(days=1), hotline.now)
    assert (found.raised, found.answered, found.in_a_day, found.suspected) == (3, 2, 1, 1)
    assert found.day_rate == pytest.approx(1 / 3)


def test_a_message_is_laid_down_whole_and_once_for_the_document_exchange(
    hotline: Hotline, tmp_path: Path
) -> None:
    alert_id = issued(hotline)
    drop = FileDrop(
        tmp_path,
        {"alert": MessageDocuments(hotline.work, lambda n: f"https://h.example/alerts/{n}")},
        leaves_machine=False,
    )
    push = Push("a-key", "〔2026〕1号", "三级", "https://h.example/alerts/1", 1, alert_id)
    assert drop.send(push, Address("990101")) == "file"
    assert drop.send(push, Address("990101")) == "file there"
    (folder,) = (tmp_path / "990101").iterdir()
    assert {file.name for file in folder.iterdir()} == {
        "alert.cap.xml",
        "manifest.json",
        "report.docx",
        "report.pdf",
    }
    assert faults_of((folder / "alert.cap.xml").read_bytes()) == ()
    assert ClockStep.OVERDUE not in steps_of(hotline, "alert")

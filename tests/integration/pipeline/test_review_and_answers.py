from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from analytics.report.answers import Answers
from analytics.report.errors import (
    AlertAlreadyClosed,
    AlertNotAcknowledged,
    AlertNotAwaitingSignature,
    NotFound,
    NothingAsked,
    NotPermitted,
    ReasonMissing,
    SignalAlreadyDecided,
    SignerIsVerifier,
)
from analytics.report.review import Review
from models.audit import AuditLine, broken_audit_line
from models.events import AlertDrafted, AlertIssued
from models.surveillance import Alert, Delivery, Signal
from models.vocabulary_surveillance import AlertLevel, AlertState, DeliveryChannel, DeliveryState, SignalState
from tests.integration.pipeline.situations import AUDIT_KEY, NOW, Hotline


def a_signed_alert(hotline: Hotline, **signal: object) -> int:
    review = Review(hotline.work, AUDIT_KEY)
    signal_id = hotline.a_signal(**signal)  # type: ignore[arg-type]
    alert_id = review.verify(signal_id, hotline.person("first"), AlertLevel.YELLOW, "已电话核实")
    review.sign(alert_id, hotline.person("second"))
    return alert_id


def test_two_people_turn_a_signal_into_an_issued_alert(hotline: Hotline) -> None:
    alert_id = a_signed_alert(hotline)
    with hotline.session() as session:
        alert = session.get_one(Alert, alert_id)
        assert alert.state is AlertState.ISSUED
        assert alert.number == "〔2026〕1号"
        assert alert.signal.state is SignalState.VERIFIED
        assert {d.channel for d in alert.deliveries} == {DeliveryChannel.INBOX, DeliveryChannel.EMAIL}
        assert [line.action for line in session.scalars(select(AuditLine).order_by(AuditLine.id))] == [
            "signal.verified",
            "alert.sign",
        ]
        assert broken_audit_line(session, AUDIT_KEY) is None
    assert AlertDrafted(alert_id) in hotline.told
    assert AlertIssued(alert_id, "990101") in hotline.told


def test_the_verifier_may_not_sign(hotline: Hotline) -> None:
    review = Review(hotline.work, AUDIT_KEY)
    alert_id = review.verify(hotline.a_signal(), hotline.person("first"), AlertLevel.RED, "核实")
    with pytest.raises(SignerIsVerifier):
        review.sign(alert_id, hotline.person("first"))
    with hotline.session() as session:
        assert session.get_one(Alert, alert_id).number is None
        assert session.scalars(select(Delivery)).all() == []


@pytest.mark.parametrize("login", ["operator", "official"])
def test_only_supervisors_decide(hotline: Hotline, login: str) -> None:
    signal_id = hotline.a_signal()
    with pytest.raises(NotPermitted):
        Review(hotline.work, AUDIT_KEY).reject(signal_id, hotline.person(login), "不是")


def test_a_decision_needs_a_reason_and_is_taken_once(hotline: Hotline) -> None:
    review = Review(hotline.work, AUDIT_KEY)
    signal_id, person = hotline.a_signal(), hotline.person("first")
    with pytest.raises(ReasonMissing):
        review.reject(signal_id, person, "  ")
    review.watch(signal_id, person, "再看一天")
    review.reject(signal_id, person, "同一人多次来电")
    with pytest.raises(SignalAlreadyDecided):
        review.verify(signal_id, person, AlertLevel.BLUE, "核实")
    with hotline.session() as session:
        signal = session.get_one(Signal, signal_id)
        assert [r.decision for r in signal.reviews] == [SignalState.WATCHED, SignalState.REJECTED]


def test_a_returned_draft_becomes_a_new_version_of_the_same_alert(hotline: Hotline) -> None:
    review = Review(hotline.work, AUDIT_KEY)
    signal_id = hotline.a_signal()
    first, second = hotline.person("first"), hotline.person("second")
    alert_id = review.verify(signal_id, first, AlertLevel.ORANGE, "核实")
    review.return_draft(alert_id, second, "级别偏高")
    with pytest.raises(AlertNotAwaitingSignature):
        review.sign(alert_id, second)
    assert review.verify(signal_id, first, AlertLevel.BLUE, "降低级别") == alert_id
    review.sign(alert_id, second)
    with hotline.session() as session:
        alert = session.get_one(Alert, alert_id)
        assert (alert.version, alert.level, alert.number) == (2, AlertLevel.BLUE, "〔2026〕1号")


def test_numbers_follow_each_other(hotline: Hotline) -> None:
    a_signed_alert(hotline)
    second = a_signed_alert(hotline, place="990102", persons=6)
    with hotline.session() as session:
        assert session.get_one(Alert, second).number == "〔2026〕2号"


def test_a_county_without_a_mechanism_is_told_through_the_nearest_one_above(hotline: Hotline) -> None:
    alert_id = a_signed_alert(hotline, place="990102")
    with hotline.session() as session:
        places = {d.mechanism.place_code for d in session.get_one(Alert, alert_id).deliveries}
    assert places == {"990000"}


def test_the_official_acknowledges_acts_and_closes(hotline: Hotline) -> None:
    answers, alert_id = Answers(hotline.work), a_signed_alert(hotline)
    official = hotline.person("official")
    with pytest.raises(AlertNotAcknowledged):
        answers.act(alert_id, official, "已派人核实")
    answers.acknowledge(alert_id, official)
    answers.acknowledge(alert_id, official)
    answers.own(alert_id, official)
    with pytest.raises(NothingAsked):
        answers.answer(alert_id, hotline.person("first"), "没有问")
    answers.ask(alert_id, official, "主要集中在哪几天？")
    answers.answer(alert_id, hotline.person("first"), "近三天。")
    answers.act(alert_id, official, "已督促发放工资")
    answers.close(alert_id, official, "已解决")
    with pytest.raises(AlertAlreadyClosed):
        answers.act(alert_id, official, "再补充")
    with hotline.session() as session:
        alert = session.get_one(Alert, alert_id)
        assert (alert.state, alert.acknowledged_at, alert.signal.state) == (
            AlertState.CLOSED,
            NOW,
            SignalState.CLOSED,
        )
        assert [str(a.kind) for a in alert.actions] == ["acknowledge", "own", "ask", "answer", "act", "close"]
        assert {d.state for d in alert.deliveries} == {DeliveryState.RECEIVED}
        assert all(d.received_at == NOW for d in alert.deliveries)


def test_an_alert_of_another_place_does_not_exist_for_an_official(hotline: Hotline) -> None:
    alert_id = a_signed_alert(hotline)
    answers = Answers(hotline.work)
    with pytest.raises(NotFound):
        answers.acknowledge(alert_id, hotline.person("elsewhere"))
    with pytest.raises(NotPermitted):
        answers.acknowledge(alert_id, hotline.person("operator"))
    answers.acknowledge(alert_id, hotline.person("city"))


def test_a_draft_is_not_seen_by_officials(hotline: Hotline) -> None:
    alert_id = Review(hotline.work, AUDIT_KEY).verify(
        hotline.a_signal(), hotline.person("first"), AlertLevel.BLUE, "核实"
    )
    with pytest.raises(NotFound):
        Answers(hotline.work).acknowledge(alert_id, hotline.person("official"))


def test_the_alert_holds_no_word_and_no_hash_of_a_caller(hotline: Hotline) -> None:
    alert_id = a_signed_alert(hotline)
    with hotline.session() as session:
        text = json.dumps(session.get_one(Alert, alert_id).content, ensure_ascii=False)
    assert "caller-" not in text
    assert "反映停工" not in text
    assert "12人" in text

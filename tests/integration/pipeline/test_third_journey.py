"""Enough synthetic contacts raise a signal; it is verified, signed, delivered, and acknowledged."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from analytics.cluster import embedder_for
from analytics.pipeline import Pipeline
from analytics.report.answers import Answers
from analytics.report.channels import FolderMail
from analytics.report.delivery import Deliverer
from analytics.report.review import Review
from models.crypto import Keyring
from models.events import SignalRaised
from models.surveillance import Alert, Issue, Signal
from models.vocabulary_record import Problem
from models.vocabulary_surveillance import (
    AlertLevel,
    AlertState,
    DeliveryChannel,
    DeliveryState,
    SignalKind,
    SignalState,
)
from tests.integration.pipeline.situations import AUDIT_KEY, TODAY, Hotline

USUAL = (
    (Problem.SLEEP, "近几周失眠，凌晨两三点仍无法入睡，白天没有精神。"),
    (Problem.FAMILY, "孩子拒绝上学，在家沉迷手机，亲子争吵频繁。"),
    (Problem.MARRIAGE, "发现配偶出轨后反复争吵，在离婚与维持之间犹豫。"),
    (Problem.STUDY, "考前紧张，做题时脑子空白，担心考试失利。"),
)
DETAILS = (
    "已两周",
    "已三个月",
    "夜里更重",
    "家里人不理解",
    "白天也受影响",
    "想知道怎么办",
    "近来加重",
    "反复多次",
    "曾求助过",
    "工作也受影响",
    "朋友劝其来电",
)
RISE = "所在化工厂突然停产，拖欠工资，工友讨薪无果，全家断了收入。"
FIRST = TODAY - timedelta(days=34)


def test_from_contacts_to_the_official_s_receipt(hotline: Hotline, keyring: Keyring, tmp_path: Path) -> None:
    embedder = embedder_for("zh")
    mail = tmp_path / "mail"
    deliverer = Deliverer(
        hotline.work,
        {DeliveryChannel.EMAIL: FolderMail(mail, "hotline@12356.example", lambda: hotline.now)},
        {"alert": lambda alert_id: f"https://hotline.example/alerts/{alert_id}"},
    )
    pipeline = Pipeline(
        hotline.work,
        keyring,
        tmp_path,
        lambda _language: None,
        lambda _language: embedder,
        deliverer=deliverer,
        detect_delay_seconds=0,
    )
    for offset in range(34):
        day = FIRST + timedelta(days=offset)
        places = ("990101", "990102")
        pipeline.run_day(
            day,
            [
                hotline.a_call(
                    f"usual-{offset}-{n}",
                    day=day,
                    place=places[(offset + n) % 2],
                    problem=p,
                    summary=text + DETAILS[(offset * 5 + n * 3) % len(DETAILS)],
                )
                for n, (p, text) in enumerate(USUAL)
            ],
        )
    with hotline.session() as session:
        before = {issue.id: issue.name for issue in session.scalars(select(Issue))}
        assert before, "the usual subjects are issues by now"
        assert session.scalars(select(Signal)).all() == []

    for n in range(9):
        call_id = hotline.a_call(f"rise-{n}", problem=Problem.WORK, summary=RISE, minute=n)
        with hotline.work() as unit:
            unit.ask("understand", "work", f"understand:{call_id}:1", {"call_id": call_id})
    hotline.run_outbox(pipeline.jobs())
    pipeline.regroup(TODAY)
    hotline.run_outbox(pipeline.jobs())

    with hotline.session() as session:
        signal = session.scalars(select(Signal)).one()
        assert (signal.kind, signal.place_code, signal.state, signal.observed) == (
            SignalKind.PROMINENT_ISSUE,
            "990101",
            SignalState.NEW,
            9,
        )
        assert signal.expected < 1
        assert signal.due_at - signal.raised_at == timedelta(hours=24)
        after = {issue.id: issue.name for issue in session.scalars(select(Issue))}
        assert before.items() <= after.items(), "ids and names of issues live on"
    assert SignalRaised(signal.id) in hotline.told

    review = Review(hotline.work, AUDIT_KEY)
    alert_id = review.verify(signal.id, hotline.person("first"), AlertLevel.ORANGE, "已向当地核实")
    review.sign(alert_id, hotline.person("second"))
    hotline.run_outbox(pipeline.jobs())
    Answers(hotline.work).acknowledge(alert_id, hotline.person("official"))
    with hotline.session() as session:
        alert = session.get_one(Alert, alert_id)
        assert (alert.state, alert.number) == (AlertState.ACKNOWLEDGED, "〔2026〕1号")
        assert {d.state for d in alert.deliveries} == {DeliveryState.RECEIVED}
        assert "9人" in alert.content["sections"][0]["paragraphs"][0]
    assert len(list(mail.glob("*.eml"))) == 1

    hotline.run_outbox(pipeline.jobs())
    pipeline.detect(TODAY)
    with hotline.session() as session:
        assert len(session.scalars(select(Signal)).all()) == 1, "the same episode raises no second signal"

"""A caller withdraws after an alert was issued: all of theirs goes, and what was signed stays as signed."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from sqlalchemy import select

from analytics.cluster import embedder_for
from analytics.pipeline import Pipeline
from analytics.report.figures import load_facts
from hotline.care.withdrawal import Withdrawals
from models.audit import AuditLine, broken_audit_line
from models.calls import Consent
from models.crypto import Keyring
from models.recordings import RiskMark, Transcript
from models.surveillance import Alert, Contact, Delivery, Issue, Signal
from models.vocabulary import AnalysisState, ConsentState
from models.vocabulary_surveillance import AlertState
from tests.integration.pipeline.situations import AUDIT_KEY, NOW, TODAY, Hotline
from tests.integration.pipeline.test_pipeline import a_recording
from tests.integration.pipeline.test_review_and_answers import a_signed_alert


def the_words_and_the_issue_of(hotline: Hotline, keyring: Keyring, folder: Path, call_id: int) -> None:
    """What the pipeline had made of the call before the alert was drafted."""
    recording_id = a_recording(hotline, keyring, folder, call_id)
    with hotline.session() as session, session.begin():
        issue = Issue(name="欠薪", embedder="tests", created_at=NOW, first_day=TODAY, last_day=TODAY)
        session.add(issue)
        session.flush()
        contact = session.scalars(select(Contact).where(Contact.call_id == call_id)).one()
        contact.issue_id, contact.vector = issue.id, b"\x00" * 8
        session.add(
            Transcript(
                call_id=call_id,
                recording_id=recording_id,
                state=AnalysisState.DONE,
                created_at=NOW,
                redacted=[{"text": "公司停工欠薪", "speaker": "caller", "start_seconds": 0.0}],
            )
        )
        session.add(RiskMark(call_id=call_id, level=3, reason="ideation", source="transcript", marked_at=NOW))


def of_the_report(hotline: Hotline, alert_id: int) -> dict[str, Any]:
    """Everything of an issued alert and its signal that a reader may be shown."""
    with hotline.session() as session:
        alert = session.get_one(Alert, alert_id)
        signal = alert.signal
        return copy.deepcopy(
            {
                "number": alert.number,
                "version": alert.version,
                "state": alert.state,
                "level": alert.level,
                "title": alert.title,
                "content": alert.content,
                "deliveries": len(session.scalars(select(Delivery)).all()),
                "signal": (signal.observed, signal.expected, signal.upper, signal.calls),
            }
        )


def test_a_withdrawal_takes_all_of_one_caller_and_no_figure_of_an_issued_alert(
    hotline: Hotline, keyring: Keyring, tmp_path: Path
) -> None:
    pipeline = Pipeline(
        hotline.work,
        keyring,
        tmp_path,
        lambda _language: None,
        lambda _language: embedder_for("zh"),
        detect_delay_seconds=0,
        audit_key=AUDIT_KEY,
    )
    alert_id = a_signed_alert(hotline, persons=12)
    with hotline.session() as session:
        call_id = session.scalars(select(Contact.call_id).order_by(Contact.id)).first()
    assert call_id is not None
    the_words_and_the_issue_of(hotline, keyring, tmp_path, call_id)
    before = of_the_report(hotline, alert_id)
    assert before["state"] is AlertState.ISSUED
    assert "12" in str(before["content"])

    Withdrawals(hotline.work, AUDIT_KEY).withdraw(call_id, hotline.person("first"), "来电人来电要求删除")
    erased: list[dict[str, Any]] = []
    hotline.run_outbox(
        {
            **pipeline.jobs(),
            "forget": lambda payload: pipeline.forget(int(payload["call_id"])),
            "erase_recording": erased.append,
            "deliver": lambda _payload: None,
        }
    )

    with hotline.session() as session:
        for kind in (Contact, Transcript, RiskMark):
            assert session.scalars(select(kind).where(kind.call_id == call_id)).all() == [], kind.__name__
        consents = session.scalars(select(Consent.state).where(Consent.call_id == call_id)).all()
        assert set(consents) == {ConsentState.WITHDRAWN}
        actions = session.scalars(
            select(AuditLine.action).where(AuditLine.subject == f"call:{call_id}").order_by(AuditLine.id)
        ).all()
        assert actions == ["consent.withdrawn", "analysis.forgotten"], "the tombstone in the chain"
        assert broken_audit_line(session, AUDIT_KEY) is None
        facts = load_facts(session, session.scalars(select(Signal)).one())
        assert facts.persons == 11, "whatever is drafted from now on counts without them"
    assert [row["call_id"] for row in erased] == [call_id], (
        "the audio is asked to go, here and at the carrier"
    )
    assert of_the_report(hotline, alert_id) == before

"""The weights of this hotline's notes come in as another text model does: in the background, ids kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from analytics.cluster import StaticEmbedder
from analytics.pipeline import Pipeline
from analytics.steps.note_weights import NoteWeighing
from models.crypto import Keyring
from models.surveillance import Contact, Issue, NoteWeights
from tests.integration.pipeline.situations import Hotline

SUBJECTS = ("夜里失眠", "工厂欠薪", "高考压力", "夫妻离婚", "网贷催收", "停水几天")
NOTES = 130


def test_weights_are_learnt_once_the_issues_stand_and_no_id_is_lost(
    hotline: Hotline, keyring: Keyring, tmp_path: Path
) -> None:
    plain = StaticEmbedder()
    pipeline = Pipeline(
        hotline.work, keyring, tmp_path, lambda _l: None, lambda _l: plain, detect_delay_seconds=1
    )
    pipeline.weighing._fewest_notes = NOTES
    today = hotline.now.date()
    calls = [
        hotline.a_call(
            f"c{n}",
            day=today - timedelta(days=n % 10),
            summary=f"来电人情绪低落，反映{SUBJECTS[n % len(SUBJECTS)]}，第{n}次，已倾听支持。",
        )
        for n in range(NOTES)
    ]
    pipeline.understand(calls, ask_next=False)
    pipeline.group(calls, ask_next=False)
    assert not pipeline.weighing.learn("zh"), "nothing is founded yet"
    night, reembed = pipeline.jobs()["regroup"], pipeline.jobs()["reembed"]
    night({"day": today.isoformat()})
    with hotline.session() as session:
        ids = set(session.scalars(select(Issue.id)))
        home = dict(session.execute(select(Contact.id, Contact.issue_id)).all())
        assert session.scalars(select(NoteWeights.notes)).all() == [NOTES]
    assert ids
    assert pipeline.weighing("zh").key.startswith(f"{plain.key}-idf")

    hotline.run_outbox({"reembed": reembed})

    with hotline.session() as session:
        assert set(session.scalars(select(Contact.embedder))) == {pipeline.weighing("zh").key}
        assert set(session.scalars(select(Issue.embedder))) == {pipeline.weighing("zh").key}
        assert dict(session.execute(select(Contact.id, Contact.issue_id)).all()) == home
    night({"day": (today + timedelta(days=1)).isoformat()})
    with hotline.session() as session:
        assert ids <= set(session.scalars(select(Issue.id)))
        assert len(session.scalars(select(NoteWeights)).all()) == 1
    hotline.now += timedelta(days=366)
    assert pipeline.weighing.learn("zh"), "a year later the notes have other words"


def test_a_demonstration_teaches_nothing(hotline: Hotline, keyring: Keyring, tmp_path: Path) -> None:
    plain = StaticEmbedder()
    pipeline = Pipeline(hotline.work, keyring, tmp_path, lambda _l: None, lambda _l: plain)
    today = hotline.now.date()
    calls = [
        hotline.a_call(
            f"c{n}", day=today - timedelta(days=n % 10), summary=f"反映{SUBJECTS[n % 6]}，第{n}次。"
        )
        for n in range(NOTES)
    ]
    pipeline.run_day(today, calls)
    with hotline.session() as session, session.begin():
        session.execute(update(Contact).values(is_demonstration=True))
    assert not NoteWeighing(hotline.work, lambda _l: plain, fewest_notes=1).learn("zh")

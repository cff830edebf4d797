"""What people decide about issues holds: names, silence, merges and splits, against every later night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from analytics.cluster.embedder import Vectors
from analytics.issues.changes import IssueChanges
from analytics.issues.errors import IssueIsMerged, IssueNameInvalid, IssuesDoNotMatch, NothingToSplit
from analytics.issues.split import OPEN_DAYS, propose_split
from analytics.pipeline import Pipeline
from analytics.steps import reembed
from models.audit import AuditLine
from models.crypto import Keyring
from models.surveillance import Contact, Issue, IssueEvent, Signal
from models.vocabulary_surveillance import SignalState
from tests.grounds import Ground
from tests.integration.pipeline.issues_kit import (
    KNOWN,
    Topics,
    a_night,
    a_pipeline,
    after_a_month,
    closed_contacts,
    counts_in,
    homes,
    issue_on,
    members,
    settle,
    talk_about,
)
from tests.integration.pipeline.situations import AUDIT_KEY, NOW, TODAY, Hotline
from tests.integration.pipeline.test_pipeline import ask_understand


@pytest.fixture
def hotline(ground: Ground, keyring: Keyring, tmp_path: Path) -> Hotline:
    return after_a_month(ground, keyring, tmp_path)


@pytest.fixture
def pipeline(hotline: Hotline, keyring: Keyring, tmp_path: Path) -> Pipeline:
    return a_pipeline(hotline, keyring, tmp_path)


@pytest.fixture
def people(hotline: Hotline) -> IssueChanges:
    return IssueChanges(hotline.work, AUDIT_KEY)


def test_a_merged_issue_counts_for_the_other_from_its_first_day_and_stays_merged(
    hotline: Hotline, pipeline: Pipeline, people: IssueChanges
) -> None:
    keep, gone = issue_on(hotline, "失眠"), issue_on(hotline, "考试")
    before, lost = counts_in(hotline, keep), counts_in(hotline, gone)
    closed = dict.fromkeys(members(hotline, gone), gone)
    people.merge(keep, gone, hotline.person("first"), "同一批学生")
    settle(hotline, pipeline)

    assert counts_in(hotline, gone) == {}
    merged = counts_in(hotline, keep)
    for key in before.keys() | lost.keys():
        assert merged[key][1] == before.get(key, (0, 0))[1] + lost.get(key, (0, 0))[1]
    for number in range(3):
        day = hotline.now.date()
        calls = [talk_about(hotline, "考试", day, number * 10 + n) for n in range(6)]
        for call in calls:
            ask_understand(hotline, call)
        settle(hotline, pipeline)
        a_night(hotline, pipeline)
        with hotline.session() as session:
            assert session.get_one(Issue, gone).alias_of_id == keep
            born = session.scalars(select(IssueEvent).where(IssueEvent.at > NOW, IssueEvent.kind == "born"))
            assert not [event for event in born if event.data["emerging"]]
        assert counts_in(hotline, keep)["990101", day][1] >= 6
    assert closed.keys() <= members(hotline, gone)


def test_a_merge_is_taken_back_with_all_that_came_since(
    hotline: Hotline, pipeline: Pipeline, people: IssueChanges
) -> None:
    keep, gone = issue_on(hotline, "失眠"), issue_on(hotline, "考试")
    first = hotline.person("first")
    before = counts_in(hotline, keep), counts_in(hotline, gone)
    people.merge(keep, gone, first)
    settle(hotline, pipeline)
    people.part(gone, first, "两回事")
    settle(hotline, pipeline)
    assert (counts_in(hotline, keep), counts_in(hotline, gone)) == before
    with hotline.session() as session:
        kinds = [
            (event.issue_id, event.kind)
            for event in session.scalars(
                select(IssueEvent).where(IssueEvent.person_id == first).order_by(IssueEvent.id)
            )
        ]
        assert kinds == [(gone, "merged"), (keep, "merged"), (gone, "parted"), (keep, "parted")]
        assert {line.action for line in session.scalars(select(AuditLine))} == {
            "issue.merged",
            "issue.parted",
        }


def test_a_split_by_a_phrase_keeps_both_halves_through_the_nights(
    hotline: Hotline, pipeline: Pipeline, people: IssueChanges
) -> None:
    whole, day = issue_on(hotline, "婚姻"), TODAY
    calls = [talk_about(hotline, "婚姻", day, n, "家暴" if n % 2 else "") for n in range(12)]
    for call in calls:
        ask_understand(hotline, call)
    settle(hotline, pipeline)
    old = members(hotline, whole) & closed_contacts(hotline, day - timedelta(days=OPEN_DAYS))
    with hotline.session() as session:
        proposal = propose_split(session, whole, TODAY, "家暴")
        last_id = max(session.scalars(select(Issue.id)))
    assert len(proposal.leaving.contact_ids) == 6
    new = people.split(whole, hotline.person("first"), upto=proposal.upto, phrase="家暴")
    settle(hotline, pipeline)
    assert new > last_id
    assert members(hotline, new) == set(proposal.leaving.contact_ids)
    assert old <= members(hotline, whole)
    stayed = members(hotline, whole)
    for _ in range(3):
        a_night(hotline, pipeline)
        assert set(proposal.leaving.contact_ids) <= members(hotline, new)
        assert stayed <= members(hotline, whole)
    with hotline.session() as session:
        event = session.scalars(
            select(IssueEvent).where(
                IssueEvent.issue_id == whole, IssueEvent.kind == "split", IssueEvent.person_id.is_not(None)
            )
        ).one()
        assert (event.data["into"], event.data["members"]) == (new, 6)
        born = session.scalars(
            select(IssueEvent).where(IssueEvent.issue_id == new, IssueEvent.kind == "born")
        ).one()
        assert born.data["divided_from"] == whole
        assert session.get_one(Issue, new).name
    assert sum(number for _, number in counts_in(hotline, new).values()) == 3 * 6


def test_a_muted_issue_counts_and_raises_nothing_until_it_is_heard_again(
    hotline: Hotline, pipeline: Pipeline, people: IssueChanges
) -> None:
    issue_id, first = issue_on(hotline, "欠薪"), hotline.person("first")
    people.mute(issue_id, first, True, "已由信访处理")
    calls = [talk_about(hotline, "欠薪", TODAY, 100 + n) for n in range(30)]
    for call in calls:
        ask_understand(hotline, call)
    settle(hotline, pipeline)
    assert counts_in(hotline, issue_id)["990101", TODAY][1] == 30
    series = f"issue:{issue_id}"
    with hotline.session() as session:
        assert series not in set(session.scalars(select(Signal.series)))
    people.mute(issue_id, first, False)
    pipeline.detect(TODAY)
    with hotline.session() as session:
        assert series in set(session.scalars(select(Signal.series)))


def test_an_open_signal_of_a_merged_issue_goes_over_to_the_other(
    hotline: Hotline, pipeline: Pipeline, people: IssueChanges
) -> None:
    keep, gone = issue_on(hotline, "失眠"), issue_on(hotline, "欠薪")
    for n in range(30):
        ask_understand(hotline, talk_about(hotline, "欠薪", TODAY, 100 + n))
    settle(hotline, pipeline)
    with hotline.session() as session:
        raised = session.scalars(select(Signal).where(Signal.issue_id == gone)).one().id
    people.merge(keep, gone, hotline.person("first"))
    settle(hotline, pipeline)
    with hotline.session() as session:
        signal = session.get_one(Signal, raised)
        assert (signal.issue_id, signal.series) == (keep, f"issue:{keep}")
        others = session.scalars(select(Signal).where(Signal.issue_id.in_([keep, gone]))).all()
        assert [s.id for s in others if s.state is SignalState.NEW] == [raised]


def test_what_cannot_be_is_refused_in_clear_codes(
    hotline: Hotline, pipeline: Pipeline, people: IssueChanges
) -> None:
    one, two, first = issue_on(hotline, "失眠"), issue_on(hotline, "考试"), hotline.person("first")
    with pytest.raises(IssuesDoNotMatch):
        people.merge(one, one, first)
    with pytest.raises(IssuesDoNotMatch):
        people.part(one, first)
    with pytest.raises(IssueNameInvalid):
        people.rename(one, first, " ")
    with pytest.raises(NothingToSplit), hotline.session() as session:
        propose_split(session, one, TODAY, "没有人说过的话")
    people.merge(one, two, first)
    with pytest.raises(IssueIsMerged):
        people.rename(two, first, "新名")
    with pytest.raises(IssueIsMerged):
        people.merge(two, one, first)


class Turned(Topics):
    """Another model: the same words, at other places."""

    name, version, key, dimension = "turned", "1", "turned@1", 16

    def embed(self, texts: Sequence[str]) -> Vectors:
        known = super().embed(texts)
        return np.hstack([np.zeros((len(known), 4), np.float32), known[:, ::-1]])


def test_another_text_model_takes_the_issues_over_with_their_ids(
    hotline: Hotline, pipeline: Pipeline, keyring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reembed, "AT_ONCE", 50)
    before = {topic: (issue_on(hotline, topic), homes(hotline, TODAY)) for topic in KNOWN}
    turned = Turned()
    newer = Pipeline(
        hotline.work, keyring, tmp_path, lambda _language: None, lambda _language: turned, warm_up_days=0
    )
    ask_understand(hotline, talk_about(hotline, "失眠", TODAY, 500))
    hotline.run_outbox(newer.jobs())
    newer.regroup(TODAY)
    ran = hotline.run_outbox(newer.jobs())
    assert ran.count("reembed") == 3
    a_night(hotline, newer)
    for topic, (issue_id, homes_before) in before.items():
        assert issue_on(hotline, topic) == issue_id
        after = homes(hotline, TODAY)
        moved = [c for c in homes_before if after[c] != homes_before[c]]
        assert len(moved) * 20 <= len(homes_before)
    with hotline.session() as session:
        assert set(session.scalars(select(Issue.embedder))) == {"turned@1"}
        late = session.scalars(select(Contact).order_by(Contact.id.desc())).first()
        assert late is not None
        assert late.issue_id == before["失眠"][0]
    # And back again, when the model is taken away.
    pipeline.regroup(TODAY + timedelta(days=1))
    hotline.run_outbox(pipeline.jobs())
    with hotline.session() as session:
        assert set(session.scalars(select(Issue.embedder))) == {"topics@1"}
    assert issue_on(hotline, "失眠") == before["失眠"][0]

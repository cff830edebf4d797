"""What people decide about issues holds: names, silence, merges and splits, against every later night."""

from __future__ import annotations

import random
import zlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from analytics.cluster.embedder import Vectors, normalised
from analytics.flag.counts import counted_days
from analytics.issues.changes import IssueChanges
from analytics.issues.errors import IssueIsMerged, IssueNameInvalid, IssuesDoNotMatch, NothingToSplit
from analytics.issues.split import OPEN_DAYS, propose_split
from analytics.pipeline import Pipeline
from analytics.steps import reembed
from analytics.steps.count import counts_of, counts_of_issue
from models.audit import AuditLine
from models.crypto import Keyring
from models.surveillance import Contact, DayCount, Issue, IssueEvent, Signal
from models.vocabulary import ConsentKind, ConsentState
from models.vocabulary_surveillance import SignalState
from tests.integration.pipeline.situations import AUDIT_KEY, NOW, TODAY, Hotline
from tests.integration.pipeline.test_pipeline import ask_understand, run_in_any_order, set_consent

KNOWN = ("欠薪", "失眠", "考试", "婚姻", "债务", "搬迁", "耳鸣", "邻里")
TOPICS = (*KNOWN, "停水", "网贷")


class Topics:
    """An embedder that knows ten words: texts with the same word lie together, each at its own place."""

    name, version, key, languages, dimension = "topics", "1", "topics@1", ("zh",), 12

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = []
        for text in texts:
            row = np.random.default_rng(zlib.crc32(text.encode())).normal(0, 0.05, 12)
            for axis, word in enumerate(TOPICS):
                row[axis] += word in text
            rows.append(row)
        return normalised(np.array(rows))


def a_pipeline(hotline: Hotline, keyring: Keyring, folder: Path) -> Pipeline:
    topics = Topics()
    return Pipeline(
        hotline.work,
        keyring,
        folder,
        lambda _l: None,
        lambda _l: topics,
        detect_delay_seconds=1,
        warm_up_days=0,
    )


def talk_about(
    hotline: Hotline, topic: str, day: date, number: int, more: str = "", place: str = "990101"
) -> int:
    return hotline.a_call(
        f"caller-{day}-{number}",
        day=day,
        place=place,
        summary=f"来电人说{topic}的事，{day.day}号第{number}通。{more}",
        minute=number,
    )


def a_month(hotline: Hotline, pipeline: Pipeline, days: int = 36) -> None:
    """Four calls a day, each topic every other day; a first night founds the issues, a second looks again.
    About sqrt(n / 2) issues describe them: one for each topic."""
    for first, last in ((days, 2), (1, 1)):
        past = [TODAY - timedelta(days=back) for back in range(first, last - 1, -1)]
        calls = [
            talk_about(hotline, topic, day, n)
            for day in past
            for n, topic in enumerate(KNOWN[day.toordinal() % 2 :: 2])
        ]
        hotline.now = NOW - timedelta(days=last)
        pipeline.understand(calls, ask_next=False)
        pipeline.group(calls, ask_next=False)
        pipeline.regroup(past[-1], ask_next=False)
    hotline.now = NOW
    # The first count makes all days before it anew.
    pipeline.count(TODAY, ask_next=False, stress=False)


@pytest.fixture
def pipeline(hotline: Hotline, keyring: Keyring, tmp_path: Path) -> Pipeline:
    pipeline = a_pipeline(hotline, keyring, tmp_path)
    a_month(hotline, pipeline)
    return pipeline


@pytest.fixture
def people(hotline: Hotline) -> IssueChanges:
    return IssueChanges(hotline.work, AUDIT_KEY)


def issue_on(hotline: Hotline, topic: str) -> int:
    """The issue that most contacts on a topic are in."""
    held: dict[int, int] = defaultdict(int)
    with hotline.session() as session:
        for contact in session.scalars(select(Contact).where(Contact.issue_id.is_not(None))):
            held[contact.issue_id or 0] += topic in (contact.text or "")
    return max(held, key=lambda issue_id: held[issue_id])


def members(hotline: Hotline, issue_id: int) -> set[int]:
    with hotline.session() as session:
        return set(session.scalars(select(Contact.id).where(Contact.issue_id == issue_id)))


def settle(hotline: Hotline, pipeline: Pipeline) -> None:
    """All jobs, and the detection that waits a moment for more of them."""
    hotline.run_outbox(pipeline.jobs())
    hotline.now += timedelta(seconds=2)
    hotline.run_outbox(pipeline.jobs())


def a_night(hotline: Hotline, pipeline: Pipeline) -> None:
    """The night that ends this day, and a new morning."""
    pipeline.regroup(hotline.now.date())
    settle(hotline, pipeline)
    hotline.now += timedelta(days=1)


def counts_in(hotline: Hotline, issue_id: int) -> dict[tuple[str, date], tuple[int, int]]:
    with hotline.session() as session:
        return {
            (row.place_code, row.day): (row.persons, row.calls)
            for row in session.scalars(select(DayCount).where(DayCount.series == f"issue:{issue_id}"))
        }


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


def closed_contacts(hotline: Hotline, last: date) -> set[int]:
    with hotline.session() as session:
        return set(session.scalars(select(Contact.id).where(Contact.day <= last)))


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


@pytest.mark.parametrize("seed", [1])
def test_whatever_people_do_counts_equal_the_calls_ids_are_new_and_closed_days_stay(
    hotline: Hotline, pipeline: Pipeline, people: IssueChanges, seed: int
) -> None:
    chance = random.Random(seed)
    jobs, first = pipeline.jobs(), hotline.person("first")
    seen: set[int] = set()
    names: dict[int, str] = {}
    merged: dict[int, int] = {}
    silent: set[int] = set()
    for round_ in range(4):
        day = hotline.now.date()
        calls = [
            talk_about(
                hotline,
                chance.choice(TOPICS),
                day - timedelta(days=chance.choice([0, 0, 0, 5, 30])),
                round_ * 50 + n,
                chance.choice(["", "家暴", "夜里"]),
                chance.choice(["990101", "990102"]),
            )
            for n in range(10)
        ]
        for n, call in enumerate(calls):
            ask_understand(hotline, call, round_ * 1000 + n)
        run_in_any_order(hotline, jobs, chance)
        with hotline.session() as session:
            issues = session.scalars(select(Issue)).all()
            ids = {issue.id for issue in issues}
            assert not {i for i in ids - seen if seen and i <= max(seen)}, "an id was used again"
            assert seen <= ids
            seen = ids
            for issue in issues:
                assert issue.name == names.setdefault(issue.id, issue.name)
                assert issue.alias_of_id == merged.get(issue.id)
                assert issue.muted is (issue.id in silent)
            own = sorted(ids - set(merged))
        one, two = chance.sample(own, 2)
        people.rename(one, first, f"名称{round_}")
        names[one] = f"名称{round_}"
        people.mute(two, first, two not in silent)
        silent ^= {two}
        if merged and round_ == 2:
            parted = chance.choice(sorted(merged))
            people.part(parted, first)
            del merged[parted]
        else:
            people.merge(one, two, first)
            merged = {part: one if root == two else root for part, root in merged.items()} | {two: one}
        try:
            with hotline.session() as session:
                upto = propose_split(session, one, day).upto
            people.split(one, first, upto=upto)
        except NothingToSplit:
            pass
        withdrawn = chance.choice(calls)
        set_consent(hotline, withdrawn, ConsentKind.ANALYSIS, ConsentState.WITHDRAWN)
        pipeline.forget(withdrawn)
        frozen = homes(hotline, day - timedelta(days=OPEN_DAYS))
        a_night(hotline, pipeline)
        after = homes(hotline, day - timedelta(days=OPEN_DAYS))
        assert {c: after[c] for c in frozen} == frozen, "a closed day changed"
        counted_right(hotline)
    assert merged


def homes(hotline: Hotline, last: date) -> dict[int, int | None]:
    """Where the contacts of closed days are that are in an issue."""
    with hotline.session() as session:
        rows = session.execute(
            select(Contact.id, Contact.issue_id).where(Contact.day <= last, Contact.issue_id.is_not(None))
        )
        return {row.id: row.issue_id for row in rows}


def counted_right(hotline: Hotline) -> None:
    """The rows, a count anew of each day and of each issue, and a count by hand all say the same."""
    above = {"990101": ("990101", "990100", "990000"), "990102": ("990102", "990100", "990000")}
    heard: dict[tuple[str, str, str], set[date]] = defaultdict(set)
    calls: dict[tuple[str, str, date], int] = defaultdict(int)
    with hotline.session() as session:
        aliases = {issue.id: issue.alias_of_id for issue in session.scalars(select(Issue))}
        for contact in session.scalars(select(Contact)):
            if contact.issue_id is None:
                continue
            series = f"issue:{aliases[contact.issue_id] or contact.issue_id}"
            for place in above[contact.place_code]:
                heard[series, place, contact.person_hash].add(contact.day)
                calls[series, place, contact.day] += 1
        by_hand: dict[tuple[str, str, date], tuple[int, int]] = {}
        persons: dict[tuple[str, str, date], int] = defaultdict(int)
        for (series, place, _), days in heard.items():
            for day in counted_days(days):
                persons[series, place, day] += 1
        by_hand = {key: (persons[key], number) for key, number in calls.items()}
        rows = {
            (row.series, row.place_code, row.day): (row.persons, row.calls)
            for row in session.scalars(select(DayCount).where(DayCount.series.startswith("issue:")))
        }
        assert rows == by_hand
        first, last = min(key[2] for key in rows), max(key[2] for key in rows)
        anew = counts_of(session, first, last)
        assert {key: n for key, n in anew.items() if key[0].startswith("issue:")} == by_hand
        own = {issue_id for issue_id, alias in aliases.items() if alias is None}
        each = {key: n for issue_id in own for key, n in counts_of_issue(session, issue_id).items()}
        assert each == by_hand
        sizes = {issue.id: issue.size for issue in session.scalars(select(Issue))}
        held: dict[int, int] = defaultdict(int)
        for contact in session.scalars(select(Contact).where(Contact.issue_id.is_not(None))):
            held[contact.issue_id or 0] += 1
        assert {k: v for k, v in sizes.items() if v} == dict(held)

"""Whatever people, callers and nights do: counts are right, and no id, name or closed day changes."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from analytics.flag.counts import counted_days
from analytics.issues.changes import IssueChanges
from analytics.issues.errors import NothingToSplit
from analytics.issues.split import OPEN_DAYS, propose_split
from analytics.steps.count import counts_of, counts_of_issue
from models.crypto import Keyring
from models.surveillance import Contact, DayCount, Issue
from models.vocabulary import ConsentKind, ConsentState
from tests.grounds import Ground
from tests.integration.pipeline.issues_kit import (
    TOPICS,
    a_night,
    a_pipeline,
    after_a_month,
    homes,
    talk_about,
)
from tests.integration.pipeline.situations import AUDIT_KEY, Hotline
from tests.integration.pipeline.test_pipeline import ask_understand, run_in_any_order, set_consent


def test_whatever_people_do_counts_equal_the_calls_ids_are_new_and_closed_days_stay(
    ground: Ground, keyring: Keyring, tmp_path: Path
) -> None:
    chance, hotline = random.Random(1), after_a_month(ground, keyring, tmp_path)
    pipeline, people = a_pipeline(hotline, keyring, tmp_path), IssueChanges(hotline.work, AUDIT_KEY)
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
        each = {key: n for issue_id in own for key, n in counts_of_issue(session, issue_id, first).items()}
        assert each == by_hand
        sizes = {issue.id: issue.size for issue in session.scalars(select(Issue))}
        held: dict[int, int] = defaultdict(int)
        for contact in session.scalars(select(Contact).where(Contact.issue_id.is_not(None))):
            held[contact.issue_id or 0] += 1
        assert {k: v for k, v in sizes.items() if v} == dict(held)

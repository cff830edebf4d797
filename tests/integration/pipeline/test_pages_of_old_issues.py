"""An issue of many years costs its readers what a young one costs; its calls can be turned to the first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from agent_console.queries_explorer import Filters, explore
from agent_console.queries_issue_calls import CALLS_SHOWN, issue_examples
from agent_console.queries_issues import SPAN_DAYS, issue_page
from analytics.issues.line import newest_of
from analytics.report.figures import public_phrases
from models.calls import Call
from models.surveillance import Contact, Issue
from models.vocabulary import AnalysisState
from tests.integration.pipeline.situations import TODAY, Hotline

OLD = 4000


def an_issue(hotline: Hotline, number: int, part_of: int | None = None) -> None:
    with hotline.session() as session, session.begin():
        session.add(
            Issue(
                id=number,
                name=f"问题{number}",
                keywords=["工资"],
                embedder="none",
                alias_of_id=part_of,
                created_at=hotline.now,
                first_day=TODAY,
                last_day=TODAY,
            )
        )


def rang(hotline: Hotline, issue_id: int, days: list[date]) -> None:
    """A call of a person of its own on each of the days."""
    with hotline.session() as session, session.begin():
        first = (session.scalar(select(func.max(Call.id))) or 0) + 1
        at = hotline.now
        calls = [
            {
                "id": first + n,
                "number_dialled": "12356",
                "caller_hash": f"p{first + n}",
                "state_since": at,
                "arrived_at": at - (TODAY - day),
            }
            for n, day in enumerate(days)
        ]
        session.execute(insert(Call), calls)
        session.execute(
            insert(Contact),
            [
                {
                    "call_id": first + n,
                    "state": AnalysisState.DONE,
                    "day": day,
                    "person_hash": f"p{first + n}",
                    "place_code": "990101",
                    "issue_id": issue_id,
                    "text": "拖欠工资",
                    "content_hash": "x",
                }
                for n, day in enumerate(days)
            ],
        )
        session.get_one(Issue, issue_id).size += len(days)


def steps(hotline: Hotline, act: Callable[[Any], object]) -> int:
    """Hundreds of instructions that SQLite takes for it: the same on every machine."""
    taken = 0

    def one() -> int:
        nonlocal taken
        taken += 1
        return 0

    with hotline.session() as session:
        connection = session.connection().connection.driver_connection
        assert connection is not None
        connection.set_progress_handler(one, 100)
        try:
            act(session)
        finally:
            connection.set_progress_handler(None, 100)
    return taken


def recent_days() -> list[date]:
    return [TODAY - timedelta(days=n % 60) for n in range(700)]


@pytest.mark.parametrize(
    "act",
    [
        lambda session: issue_page(session, 1, TODAY),
        lambda session: issue_examples(session, 1),
        lambda session: explore(session, Filters(last=TODAY, days=28)),
        lambda session: public_phrases(session, session.get_one(Issue, 1)),
    ],
    ids=["page", "examples", "explorer", "phrases"],
)
def test_years_behind_an_issue_cost_its_readers_nothing(
    hotline: Hotline, act: Callable[[Any], object]
) -> None:
    if hotline.engine.dialect.name != "sqlite":
        pytest.skip("SQLite tells how much it does; the statements are the same")
    an_issue(hotline, 1)
    an_issue(hotline, 2, part_of=1)
    for part in (1, 2):
        rang(hotline, part, recent_days())
    young = steps(hotline, act)
    for part in (1, 2):
        rang(hotline, part, [TODAY - timedelta(days=SPAN_DAYS * 2 + 20 + n) for n in range(OLD)])
    assert young > 20
    assert steps(hotline, act) < 1.3 * young


def test_the_pages_of_calls_hold_each_call_of_all_parts_once_newest_first(hotline: Hotline) -> None:
    an_issue(hotline, 1)
    an_issue(hotline, 2, part_of=1)
    for part in (1, 2):
        rang(hotline, part, recent_days()[:130])
    seen: list[int] = []
    before, pages = "", 0
    with hotline.session() as session:
        while True:
            page = issue_page(session, 1, TODAY, before)
            assert page is not None
            assert page.newest is (pages == 0)
            assert len(page.calls) <= CALLS_SHOWN
            seen += [call.call_id for call in page.calls]
            pages += 1
            if page.older is None:
                break
            before = page.older
        contacts = session.scalars(select(Contact)).all()
        assert (pages, page.calls_in_all, page.persons) == (3, 260, 260)
        assert page.last_7_days == sum(TODAY - timedelta(days=7) < c.day <= TODAY for c in contacts)
        assert sorted(seen) == sorted(contact.call_id for contact in contacts)
        days = {contact.call_id: contact.day for contact in contacts}
        assert [days[call] for call in seen] == sorted((days[call] for call in seen), reverse=True)
        assert [place for _, place in newest_of(session, 1, 3)] == sorted(
            (contact.id for contact in contacts if contact.day == TODAY), reverse=True
        )[:3]


@pytest.mark.parametrize(
    "before", ["", "soon", "2026-01-01", "2026-01-01.x", "2026-01-01." + "9" * 30, ".", "%00"]
)
def test_what_is_no_place_in_the_calls_shows_the_newest(hotline: Hotline, before: str) -> None:
    an_issue(hotline, 1)
    rang(hotline, 1, [TODAY])
    with hotline.session() as session:
        page = issue_page(session, 1, TODAY, before)
    assert page is not None
    assert page.newest
    assert len(page.calls) == 1

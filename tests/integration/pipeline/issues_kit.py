"""A month of calls on eight subjects, with an embedder that tells them apart: for what people decide."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Engine, select

from analytics.cluster.embedder import Vectors, normalised
from analytics.pipeline import Pipeline
from models.crypto import Keyring
from models.surveillance import Contact, DayCount
from tests.grounds import Ground
from tests.integration.pipeline.situations import NOW, TODAY, Hotline, a_house

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


def after_a_month(ground: Ground, keyring: Keyring, folder: Path) -> Hotline:
    """A hotline that has the month behind it, which is lived once for all tests of a database."""

    def month(engine: Engine) -> None:
        house = a_house(engine)
        a_month(house, a_pipeline(house, keyring, folder))

    return Hotline(ground.standing("a_month", month))


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


def homes(hotline: Hotline, last: date) -> dict[int, int | None]:
    """Where the contacts of closed days are that are in an issue."""
    with hotline.session() as session:
        rows = session.execute(
            select(Contact.id, Contact.issue_id).where(Contact.day <= last, Contact.issue_id.is_not(None))
        )
        return {row.id: row.issue_id for row in rows}


def closed_contacts(hotline: Hotline, last: date) -> set[int]:
    with hotline.session() as session:
        return set(session.scalars(select(Contact.id).where(Contact.day <= last)))

"""A hotline that has counted for years: places, issues, and as many contacts as are wanted, drawn at random.

Contacts stand around the middles of drawn issues, as redacted texts with cached vectors do; nothing in them
is anybody's. Rows are written in bulk, as no product code does, to be there before the clock starts. Older
years are the newest season over again, with other callers: what lies there need only be as much.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Engine, Integer, Interval, func, insert, literal, select
from sqlalchemy.orm import Session

from analytics.cluster.embedder import Embedder, Vectors, normalised
from models.calls import Call
from models.places import UNKNOWN_PLACE, Organisation, Place
from models.schema import Base
from models.surveillance import Contact, DayCount, Issue, IssueEvent, IssueRegistry
from models.vocabulary import AnalysisState, CallOutcome, CallState, PlaceLevel

PROBLEMS = "ABCDEFGHJKLMN"
POPULATIONS = ("P19", "P23", "P03", "P12")
CITIES, COUNTIES = 4, 5
BATCH = 5_000
WINDOW = 90
WORDS = ("失眠", "欠薪", "考试", "婚姻", "债务", "孩子", "邻里", "工作", "焦虑", "父母")


def places() -> list[dict[str, Any]]:
    found = [
        {"code": "990000", "level": PlaceLevel.PROVINCE, "parent_code": None},
        {"code": UNKNOWN_PLACE, "level": PlaceLevel.PROVINCE, "parent_code": None},
    ]
    for city in range(1, CITIES + 1):
        found.append({"code": f"99{city:02}00", "level": PlaceLevel.CITY, "parent_code": "990000"})
        found += [
            {"code": f"99{city:02}{n:02}", "level": PlaceLevel.COUNTY, "parent_code": f"99{city:02}00"}
            for n in range(1, COUNTIES + 1)
        ]
    return [{**place, "name_zh": place["code"], "name_en": place["code"]} for place in found]


class Years:
    """Writes a hotline into an empty database. The same seed draws the same one."""

    def __init__(self, engine: Engine, embedder: Embedder, texts_of_the_window: int, seed: int = 1) -> None:
        self._engine = engine
        self._embedder = embedder
        self._chance = np.random.default_rng(seed)
        count = round(math.sqrt(texts_of_the_window / 2))
        self._middles = normalised(self._chance.normal(size=(count, embedder.dimension)))
        self._counties = [p["code"] for p in places() if p["level"] is PlaceLevel.COUNTY] + [UNKNOWN_PLACE]
        self._next = 1

    def found(self, today: date) -> None:
        """Tables, places, the organisation, the registry and its issues."""
        Base.metadata.create_all(self._engine)
        self._today = today
        now = datetime.combine(today, time(4), UTC)
        with Session(self._engine) as session, session.begin():
            for place in places():
                session.execute(insert(Place), [place])
            session.add(
                Organisation(
                    name_zh="线", name_en="Line", number="12356", place_code="990000", created_at=now
                )
            )
            registry = IssueRegistry(embedder=self._embedder.key, dimension=self._embedder.dimension)
            registry.centre = np.zeros(self._embedder.dimension, np.float32).tobytes()
            registry.founded_at = now
            session.add(registry)
            for number, middle in enumerate(self._middles, 1):
                session.add(
                    Issue(
                        id=number,
                        name=f"问题{number}",
                        keywords=[],
                        centroid=middle.tobytes(),
                        embedder=self._embedder.key,
                        created_at=now,
                        first_day=today,
                        last_day=today,
                    )
                )
                session.flush()
                session.add(IssueEvent(issue_id=number, at=now, kind="born", data={"founding": True}))

    def fill(self, first: date, last: date, count: int) -> None:
        """`count` contacts spread evenly over these days."""
        days = (last - first).days + 1
        ordinals = first.toordinal() + np.arange(count) * days // count
        with self._engine.connect() as connection:
            for at in range(0, count, BATCH):
                calls, contacts = self._batch(ordinals[at : at + BATCH])
                connection.execute(insert(Call), calls)
                connection.execute(insert(Contact), contacts)
                connection.commit()

    def repeat(self, seasons: int, tell: Callable[[str], None]) -> None:
        """The newest season again, `seasons` times, each `WINDOW` days before the other, with its counts."""
        count = self._next - 1
        for season in range(1, seasons + 1):
            back, after = WINDOW * season, count * season
            moment, caller = timedelta(days=back), func.lpad(func.to_hex(Call.id + after), 64, "0")
            moved = {
                "id": Call.id + after,
                "caller_hash": caller,
                **{
                    name: getattr(Call, name) - literal(moment, Interval)
                    for name in ("state_since", "arrived_at", "answered_at", "ended_at")
                },
            }
            with self._engine.begin() as connection:
                self._copy(connection, Call, moved, Call.id <= count)
                self._copy(
                    connection,
                    Contact,
                    {
                        "day": Contact.day - literal(back, Integer),
                        "call_id": Contact.call_id + after,
                        "person_hash": func.lpad(func.to_hex(Contact.call_id + after), 64, "0"),
                    },
                    Contact.call_id <= count,
                )
                newest = DayCount.day > self._today - timedelta(days=WINDOW)
                moved = {"day": DayCount.day - literal(back, Integer)}
                self._copy(connection, DayCount, moved, newest)
            tell(f"{season} of {seasons} seasons")
        self._next += count * seasons

    def _copy(
        self, connection: Connection, kind: type[Base], changed: dict[str, Any], which: ColumnElement[bool]
    ) -> None:
        """Rows of the newest season as new rows, on the server: nothing of them passes through Python."""
        names = [c.name for c in kind.__table__.columns if c.name != "id" or "id" in changed]
        rows = [changed.get(name, getattr(kind, name)) for name in names]
        connection.execute(
            insert(kind).from_select(names, select(*rows).where(which), include_defaults=False)
        )

    def _batch(self, ordinals: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        count = len(ordinals)
        issues = self._chance.integers(0, len(self._middles), count)
        vectors = self._around(issues)
        persons = self._chance.integers(0, 40_000_000, count)
        codes = self._chance.integers(0, 1 << 30, count)
        ids = range(self._next, self._next + count)
        self._next += count
        calls, contacts = [], []
        for row, call_id in enumerate(ids):
            day = date.fromordinal(int(ordinals[row]))
            arrived = datetime.combine(day, time(1), UTC) + timedelta(seconds=int(codes[row] % 50_000))
            person, draw = f"{int(persons[row]):064x}", int(codes[row])
            calls.append(
                {
                    "id": call_id,
                    "number_dialled": "12356",
                    "caller_hash": person,
                    "state": CallState.ENDED,
                    "outcome": CallOutcome.ANSWERED,
                    "state_since": arrived,
                    "arrived_at": arrived,
                    "answered_at": arrived,
                    "ended_at": arrived + timedelta(minutes=20),
                }
            )
            words = f"{WORDS[draw % 10]}{WORDS[draw // 10 % 10]}，说到问题{int(issues[row]) + 1}。"
            contacts.append(
                {
                    "call_id": call_id,
                    "state": AnalysisState.DONE,
                    "day": day,
                    "person_hash": person,
                    "place_code": self._counties[draw % len(self._counties)],
                    "problem": PROBLEMS[draw % len(PROBLEMS)],
                    "population": POPULATIONS[draw % len(POPULATIONS)],
                    "risk_level": 1,
                    "text_source": "summary",
                    "text": words,
                    "content_hash": f"{call_id:064x}",
                    "embedder": self._embedder.key,
                    "vector": vectors[row].tobytes(),
                    "issue_id": int(issues[row]) + 1,
                    "grouped_at": arrived,
                }
            )
        return calls, contacts

    def _around(self, issues: Any) -> Vectors:
        noise = self._chance.normal(0, 0.07, (len(issues), self._embedder.dimension))
        return normalised(self._middles[issues] + noise)

    def spoken_notes(self) -> Iterator[str]:
        """Summaries for new calls, one after the other, no two alike; every fifth holds words of risk."""
        number = 0
        while True:
            number += 1
            one, two = self._chance.integers(0, 10, 2)
            risk = "" if number % 5 else "说不想活了，"
            yield f"来电人第{number}次说起{WORDS[one]}和{WORDS[two]}，{risk}情绪低落，已安抚。"

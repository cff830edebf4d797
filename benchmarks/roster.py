"""A year's roster for 200 people and 20 centres: laid out, previewed and published, beside a bare insert.

`python benchmarks/roster.py [--centres 20] [--people 10] [--days 365]`

Each centre has nine people in cycles of three days around the clock and one on working days, with holidays,
wanted skills and named exits looked at as ever. The peer is the bare insert of the very rows that were
published, in one statement into an empty table of the same schema, in the same run: what the database alone
costs. All on SQLite, one process.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from hotline.domain.roster_pattern import weekly
from hotline.workforce.drafts import Drafts
from hotline.workforce.patterns import PatternFile, Patterns
from hotline.workforce.publishing import Publishing
from models.base import make_engine
from models.crypto import Keyring
from models.people import Person
from models.places import Centre, Organisation, Place
from models.schema import Base
from models.unit_of_work import UnitOfWork
from models.vocabulary import PlaceLevel, Role, ShiftKind
from models.vocabulary_roster import HolidayUse
from models.workforce import Shift

NOW = datetime(2026, 12, 20, 12, tzinfo=UTC)
FIRST = date(2027, 1, 1)
KEY = b"a key for the benchmark alone..."
PIECES = ("00:00", "08:00", "16:00")


def an_engine(folder: Path, name: str) -> Engine:
    engine = make_engine(f"sqlite:///{folder / name}", Keyring({"bench": bytes(range(32))}))
    Base.metadata.create_all(engine)
    return engine


def found(engine: Engine, centres: int, people: int) -> tuple[int, dict[int, list[int]]]:
    """(supervisor, people by centre)."""
    by_centre: dict[int, list[int]] = {}
    with Session(engine) as session, session.begin():
        session.add(Place(code="990000", name_zh="云川省", name_en="Yunchuan", level=PlaceLevel.PROVINCE))
        session.flush()
        session.add(
            Organisation(
                name_zh="省", name_en="Province", number="12356", place_code="990000", created_at=NOW
            )
        )

        def person(login: str, role: Role, centre_id: int | None) -> int:
            one = Person(
                login=login,
                name=login,
                role=role,
                password_hash="!",  # noqa: S106 - what no hash of a password looks like
                centre_id=centre_id,
                created_at=NOW,
                trained_at=NOW - timedelta(days=90),
                confidentiality_signed_at=NOW - timedelta(days=90),
            )
            session.add(one)
            session.flush()
            return one.id

        boss = person("boss", Role.SUPERVISOR, None)
        for n in range(centres):
            centre = Centre(name_zh=f"中心{n}", name_en=f"Centre {n}", place_code="990000")
            session.add(centre)
            session.flush()
            by_centre[centre.id] = [person(f"c{n}p{m}", Role.OPERATOR, centre.id) for m in range(people)]
    return boss, by_centre


def write_patterns(patterns: Patterns, boss: int, centre_id: int, people: list[int]) -> None:
    """Three in turn for each piece of the day; whoever is left works by day on working days."""
    for n, person_id in enumerate(people):
        cycles = n < 9
        file = PatternFile(
            centre_id=centre_id,
            name=f"P{n}",
            person_id=person_id,
            kind=ShiftKind.SEAT,
            rule="FREQ=DAILY;INTERVAL=3" if cycles else weekly([1, 2, 3, 4, 5]),
            starts=PIECES[n % 3] if cycles else "09:00",
            minutes=480,
            first_day=FIRST + timedelta(days=n // 3) if cycles else FIRST,
            holidays=HolidayUse.AS_USUAL if cycles else HolidayUse.NOT_THEN,
        )
        patterns.save(None, file, by_id=boss)


def seconds_of(step: Callable[[], object]) -> tuple[float, Any]:
    began = time.process_time()
    result = step()
    return time.process_time() - began, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--centres", type=int, default=20)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--days", type=int, default=365)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), arguments.centres, arguments.people, arguments.days)


def run(folder: Path, centres: int, people: int, days: int) -> None:
    engine = an_engine(folder, "product.db")
    boss, by_centre = found(engine, centres, people)

    def work() -> UnitOfWork:
        return UnitOfWork(engine, lambda: NOW, lambda _events, _rows: None)

    patterns, drafts, publishing = Patterns(work, KEY), Drafts(work, KEY), Publishing(work, KEY)
    for centre_id, own in by_centre.items():
        write_patterns(patterns, boss, centre_id, own)
    last = FIRST + timedelta(days=days - 1)
    laid = previewed = published = 0.0
    empty = 0
    for centre_id in by_centre:
        spent, draft_id = seconds_of(lambda c=centre_id: drafts.begin(c, FIRST, last, by_id=boss))  # type: ignore[misc]
        laid += spent
        spent, (revision, preview) = seconds_of(lambda d=draft_id: publishing.preview(d))  # type: ignore[misc]
        previewed += spent
        empty += preview.gap_minutes
        spent, _ = seconds_of(
            lambda d=draft_id, r=revision: publishing.publish(d, r, by_id=boss, reason="benchmark")  # type: ignore[misc]
        )
        published += spent
    columns = [column.key for column in Shift.__table__.columns if column.key != "id"]
    with Session(engine) as session:
        rows = [{name: getattr(one, name) for name in columns} for one in session.scalars(select(Shift))]
    bare = an_engine(folder, "bare.db")
    found(bare, centres, people)
    for row in rows:
        row["pattern_id"] = row["version_id"] = None

    def insert_all() -> None:
        with Session(bare) as session, session.begin():
            session.execute(insert(Shift), rows)

    peer, _ = seconds_of(insert_all)
    whole = laid + previewed + published
    print(
        f"shifts laid out                {len(rows)}"
        f" ({centres} centres, {centres * people} people, {days} days)"
    )
    print(f"minutes left empty             {empty}")
    print(f"lay out (patterns to draft)    {laid:.2f} s of CPU, {laid / peer:.1f} of a bare insert")
    print(f"preview (all rules)            {previewed:.2f} s of CPU, {previewed / peer:.1f}")
    print(f"publish (all rules again)      {published:.2f} s of CPU, {published / peer:.1f}")
    print(f"bare insert of the same rows   {peer:.2f} s of CPU")
    print(f"whole year, ratio              {whole:.2f} s of CPU, {whole / peer:.1f} of a bare insert")


if __name__ == "__main__":
    main()

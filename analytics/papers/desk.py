"""What is done to a report: written by the clock, edited, signed by a named person, or dropped.

    (none) --write--> DRAFT --edit, count_anew--> DRAFT --sign--> SIGNED (number, hash; never changed again)
                            --drop(reason)--> DROPPED, its figures out of the ledger; may be written anew
A special report (专报) is an issued alert, which one person verifies and another signs
(`analytics/report/review.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from analytics.days import HOTLINE_ZONE, day_of
from analytics.papers.calendar import Period, period_of
from analytics.papers.counting import count
from analytics.papers.definitions import BY_KEY, version
from analytics.papers.digest import digest_of
from analytics.papers.facts import gather
from analytics.papers.freezing import hash_of, next_number
from analytics.papers.plan import RECEIPT_OF, gets
from analytics.papers.queries import ONE
from analytics.papers.reception import Ledgers
from analytics.papers.scope import Scope
from analytics.papers.sending import send_paper
from analytics.papers.standing import standing_signature
from analytics.papers.writing import compose
from analytics.report.cells import Figure
from analytics.report.disclosure import REPORT, load_ledger, remember
from analytics.report.errors import (
    NotFound,
    PaperAlreadySigned,
    PaperChangedMeanwhile,
    PeriodNotOver,
    ReasonMissing,
)
from analytics.report.review import require_supervisor
from models.alerting import PublishedFigure
from models.audit import Auditor
from models.events import PaperChanged
from models.papers import Paper
from models.places import Organisation
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_papers import PaperKind, PaperState
from models.vocabulary_watch import Ending

REMARK_LENGTH, ADVICE_LENGTH, MOST_ITEMS = 1000, 300, 20


@dataclass(frozen=True)
class _Written:
    title: str
    content: dict[str, Any]
    figures: tuple[Figure, ...]
    mark: tuple[int, int]
    """What the ledger was when this was written."""


class Papers:
    def __init__(self, work: Work, audit_key: bytes, books: Ledgers, *, zone: tzinfo = HOTLINE_ZONE) -> None:
        self._work = work
        self._audit = Auditor(audit_key)
        self._books = books
        self._zone = zone

    def write(self, payload: dict[str, Any]) -> int | None:
        """The job `write_paper {kind, place, first}`; idempotent. None: there is no such period or place."""
        kind, first = PaperKind(payload["kind"]), date.fromisoformat(str(payload["first"]))
        return self.draft(kind, str(payload["place"]), first)

    def draft(self, kind: PaperKind, place_code: str, day: date, person_id: int | None = None) -> int | None:
        """Draft the report of the period that holds `day`, or give the one that stands.

        Raises PeriodNotOver; NotPermitted for a person who is no supervisor."""
        period = period_of(kind, day)
        while True:
            with self._work() as unit:
                unit.only_read()
                if person_id is not None:
                    require_supervisor(unit.session, person_id)
                if period is None or not gets(unit.session, place_code, kind):
                    return None
                known = _standing(unit.session, period, place_code)
                if known is not None:
                    return known.id
                if unit.now < period.bounds(self._zone)[1]:
                    raise PeriodNotOver(kind=str(kind.value), first=period.first.isoformat())
            written = self._write(place_code, period)
            if written is None:
                return None
            with self._work() as unit:
                known = _standing(unit.session, period, place_code)
                if known is not None:
                    return known.id
                if not _still_holds(unit.session, written):
                    continue
                paper = Paper(
                    kind=kind,
                    place_code=place_code,
                    first_day=period.first,
                    last_day=period.last,
                    title=written.title,
                    content=written.content,
                    definitions_version=version(),
                    due_at=period.due_at(self._zone),
                    drafted_at=unit.now,
                    wants_receipt=kind in RECEIPT_OF,
                    is_demonstration=unit.session.scalars(select(Organisation.is_demonstration)).one(),
                )
                unit.session.add(paper)
                unit.session.flush()
                self._book(unit, paper, written)
                self._audit(unit, person_id, "report.draft", f"report:{paper.id}")
                signature = standing_signature(unit.session, place_code, unit.now)
                if kind is PaperKind.DIGEST and signature is not None:
                    paper.standing = True
                    self._freeze(unit, paper, signature.person_id)
                unit.tell(PaperChanged(paper.id, str(paper.state.value)))
                return paper.id

    def count_anew(self, paper_id: int, person_id: int) -> None:
        """Counts again what notes have changed since; what was written by hand stays. Raises as `edit`."""
        while True:
            with self._work() as unit:
                unit.only_read()
                paper = _open(unit.session, paper_id, person_id)
                place_code, own = paper.place_code, source_of(paper)
                period = Period(paper.kind, paper.first_day, paper.last_day)
            written = self._write(place_code, period, own)
            if written is None:
                return
            with self._work() as unit:
                paper = _open(unit.session, paper_id, person_id)
                if not _still_holds(unit.session, written):
                    continue
                by_hand = {s["key"]: s["remarks"] for s in paper.content["sections"]}
                _withdraw(unit.session, paper)
                self._book(unit, paper, written)
                paper.title, paper.definitions_version = written.title, version()
                paper.content = written.content | {
                    "sections": [
                        section | {"remarks": by_hand.get(section["key"], [])}
                        for section in written.content["sections"]
                    ]
                }
                paper.revision += 1
                self._audit(unit, person_id, "report.count_anew", f"report:{paper.id}")
                unit.tell(PaperChanged(paper.id, str(paper.state.value)))
                return

    def edit(
        self,
        paper_id: int,
        person_id: int,
        revision: int,
        remarks: dict[str, str],
        items: list[dict[str, str]],
    ) -> None:
        """`remarks` by key of section, a paragraph a line; `items` (unit, advice, until) for the advice.

        Raises NotFound, NotPermitted, PaperAlreadySigned, PaperChangedMeanwhile.
        """
        with self._work() as unit:
            paper = _open(unit.session, paper_id, person_id, revision)
            sections = []
            for section in paper.content["sections"]:
                told = remarks.get(section["key"])
                changed = dict(section)
                if told is not None:
                    lines = [line.strip() for line in told[:REMARK_LENGTH].splitlines()]
                    changed["remarks"] = [line for line in lines if line]
                if section["key"] == "advice":
                    changed["items"] = [_item(i) for i in items[:MOST_ITEMS] if i["advice"].strip()]
                sections.append(changed)
            paper.content = paper.content | {"sections": sections}
            paper.revision += 1
            paper.edited_by_id, paper.edited_at = person_id, unit.now
            self._audit(unit, person_id, "report.edit", f"report:{paper.id}")
            unit.tell(PaperChanged(paper.id, str(paper.state.value)))

    def sign(
        self, paper_id: int, person_id: int, revision: int, *, wants_receipt: bool | None = None
    ) -> None:
        """Number, freeze and send. `wants_receipt` None: as drafted, by kind. Raises as `edit`."""
        with self._work() as unit:
            paper = _open(unit.session, paper_id, person_id, revision)
            if wants_receipt is not None:
                paper.wants_receipt = wants_receipt
            self._freeze(unit, paper, person_id)
            self._audit(unit, person_id, "report.sign", f"report:{paper.id}")
            unit.tell(PaperChanged(paper.id, str(paper.state.value)))

    def drop(self, paper_id: int, person_id: int, reason: str) -> None:
        """It does not go out: its figures may be told otherwise. Raises ReasonMissing, and as `edit`."""
        with self._work() as unit:
            paper = _open(unit.session, paper_id, person_id)
            if not reason.strip():
                raise ReasonMissing(paper_id=paper_id)
            paper.state = PaperState.DROPPED
            paper.dropped_reason = reason.strip()
            _withdraw(unit.session, paper)
            self._audit(unit, person_id, "report.drop", f"report:{paper.id}", reason.strip())
            unit.tell(PaperChanged(paper.id, str(paper.state.value)))

    def count_again(self, session: Session, key: str, scope: Scope) -> dict[str, int]:
        """What a count gives now, by label ("" for a single figure); not suppressed, never to be shown so."""
        definition = BY_KEY.get(key)
        if definition is None:
            seen = self._books.reception_of(session, scope.since, scope.until, scope.centre_ids)
            answered = seen.endings.get(str(Ending.ANSWERED.value))
            return {"": seen.received.calls if key == "received" else answered.calls if answered else 0}
        counts = count(session, definition, scope)
        return counts if definition.is_table else {"": counts.get(ONE, 0)}

    def _write(self, place_code: str, period: Period, without: str = "") -> _Written | None:
        """Counted and put into words while only reading: on SQLite no caller's write waits for a report.
        None: a digest of a place of which nothing is public yet."""
        with self._work() as unit:
            unit.only_read()
            mark = _mark(unit.session)
            if period.kind is PaperKind.DIGEST:
                digest = digest_of(unit.session, place_code, period)
                return None if digest is None else _Written(*digest, (), mark)
            ledger = load_ledger(unit.session, date.min, without)
            known = len(ledger.figures)
            facts = gather(unit.session, place_code, period, ledger, self._books, self._zone)
            return _Written(*compose(facts), ledger.figures[known:], mark)

    @staticmethod
    def _book(unit: UnitOfWork, paper: Paper, written: _Written) -> None:
        remember(unit.session, source_of(paper), written.figures, unit.now, paper.is_demonstration)

    def _freeze(self, unit: UnitOfWork, paper: Paper, person_id: int) -> None:
        paper.number = next_number(unit.session, paper.kind, day_of(unit.now, self._zone))
        paper.state = PaperState.SIGNED
        paper.signed_by_id, paper.signed_at = person_id, unit.now
        paper.sha256 = hash_of(paper)
        send_paper(unit, paper)


def source_of(paper: Paper) -> str:
    return f"{REPORT}{paper.id}"


def _mark(session: Session) -> tuple[int, int]:
    number, newest = session.execute(
        select(func.count(PublishedFigure.id), func.max(PublishedFigure.id))
    ).one()
    return number, newest or 0


def _still_holds(session: Session, written: _Written) -> bool:
    """Nobody published meanwhile; from here on, nobody else does until the end of this transaction."""
    session.scalars(select(Organisation).with_for_update()).first()
    return _mark(session) == written.mark


def _withdraw(session: Session, paper: Paper) -> None:
    """Nobody outside has seen the draft."""
    session.execute(delete(PublishedFigure).where(PublishedFigure.source == source_of(paper)))


def _standing(session: Session, period: Period, place_code: str) -> Paper | None:
    return session.scalars(
        select(Paper).where(
            Paper.kind == period.kind,
            Paper.place_code == place_code,
            Paper.first_day == period.first,
            Paper.state != PaperState.DROPPED,
        )
    ).first()


def _open(session: Session, paper_id: int, person_id: int, revision: int | None = None) -> Paper:
    require_supervisor(session, person_id)
    paper = session.get(Paper, paper_id, with_for_update=True)
    if paper is None:
        raise NotFound(paper_id=paper_id)
    if paper.state is not PaperState.DRAFT:
        raise PaperAlreadySigned(paper_id=paper_id)
    if revision is not None and paper.revision != revision:
        raise PaperChangedMeanwhile(paper_id=paper_id)
    return paper


def _item(item: dict[str, str]) -> dict[str, str]:
    return {
        "unit": item.get("unit", "").strip()[:60],
        "advice": item["advice"].strip()[:ADVICE_LENGTH],
        "until": item.get("until", "").strip()[:10],
    }

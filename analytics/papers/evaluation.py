"""Export for a third party that evaluates the hotline (委托第三方…进行评价): public figures, no records.

A supervisor makes it with a reason; its token ends by itself or by hand, each fetch is counted and audited.
What it holds went out before, with small cells suppressed, and how long things took. No row is of a person.
"""

from __future__ import annotations

import csv
import hashlib
import io
import secrets
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.alerts.indicators import indicators
from analytics.days import HOTLINE_ZONE, bounds_of
from analytics.papers.definitions import DEFINITIONS, version
from analytics.papers.trends import public_figures
from analytics.report.answers import PUBLISHED
from analytics.report.errors import EvaluationOver, NotFound, ReasonMissing
from analytics.report.review import require_supervisor
from models.audit import Auditor
from models.papers import EvaluationExport, Paper
from models.places import Organisation
from models.surveillance import Alert
from models.unit_of_work import Work
from models.vocabulary_papers import PaperState

LONGEST_DAYS = 31
"""A token opens for a month at most; for longer, somebody gives the reason anew."""
TOKEN_BYTES = 24


class Evaluations:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def make(self, person_id: int, evaluator: str, first: date, last: date, days: int, reason: str) -> str:
        """The token, told once. Raises NotPermitted, ReasonMissing (also without a name or with days the
        wrong way round)."""
        with self._work() as unit:
            require_supervisor(unit.session, person_id)
            if not reason.strip() or not evaluator.strip() or last < first:
                raise ReasonMissing(person_id=person_id)
            token = secrets.token_urlsafe(TOKEN_BYTES)
            demonstrates = unit.session.scalars(select(Organisation.is_demonstration)).first()
            export = EvaluationExport(
                evaluator=evaluator.strip()[:120],
                first_day=first,
                last_day=last,
                reason=reason.strip(),
                token_hash=_hash(token),
                made_at=unit.now,
                made_by_id=person_id,
                expires_at=unit.now + timedelta(days=min(max(days, 1), LONGEST_DAYS)),
                is_demonstration=bool(demonstrates),
            )
            unit.session.add(export)
            unit.session.flush()
            self._audit(unit, person_id, "evaluation.made", f"evaluation:{export.id}", reason.strip())
            return token

    def end(self, export_id: int, person_id: int) -> None:
        """Raises NotPermitted, NotFound."""
        with self._work() as unit:
            require_supervisor(unit.session, person_id)
            export = unit.session.get(EvaluationExport, export_id)
            if export is None:
                raise NotFound(export_id=export_id)
            export.ended_at = export.ended_at or unit.now
            self._audit(unit, person_id, "evaluation.ended", f"evaluation:{export_id}")

    def fetch(self, token: str) -> bytes:
        """A ZIP of CSV files. Raises EvaluationOver for a token that is none, over, or ended: one answer."""
        with self._work() as unit:
            export = unit.session.scalars(
                select(EvaluationExport).where(EvaluationExport.token_hash == _hash(token))
            ).first()
            if export is None or export.ended_at is not None or export.expires_at <= unit.now:
                raise EvaluationOver
            export.fetches += 1
            self._audit(unit, None, "evaluation.fetched", f"evaluation:{export.id}")
            return written(unit.session, export.first_day, export.last_day, unit.now)


def written(session: Session, first: date, last: date, now: datetime) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("figures.csv", _csv(FIGURES, _figures(session, first, last)))
        files.writestr("reports.csv", _csv(REPORTS, _reports(session, first, last)))
        files.writestr("alerts.csv", _csv(ALERTS, _alerts(session, first, last)))
        files.writestr(
            "indicators.csv", _csv(("indicator", "part", "whole"), _indicators(session, first, last, now))
        )
        files.writestr("definitions.csv", _csv(("key", "zh", "en", "counts"), _definitions()))
        files.writestr("README.txt", f"{first} – {last}\n{version()}\n{now.isoformat()}\n{_ABOUT}")
    return out.getvalue()


INDICATORS = ("indicator", "part", "whole")
FIGURES = ("series", "place", "first_day", "last_day", "axis", "value", "persons")
REPORTS = ("kind", "number", "place", "first_day", "last_day", "due_at", "signed_at", "sha256")
ALERTS = (
    "number",
    "kind",
    "level",
    "place",
    "hours_to_verify",
    "hours_to_issue",
    "hours_to_receipt",
    "closed",
)
_ABOUT = (
    "已公布的汇总数，少于5人的和可推算出的数不在其中；没有任何一行对应某个来电人。\n"
    "Published aggregates only; cells below 5 persons, and those that could be worked out, are not there.\n"
)


def _figures(session: Session, first: date, last: date) -> Iterable[Sequence[object]]:
    for row in public_figures(session, first, last):
        cell = (row.axis.value, row.value or "", row.persons)
        yield (row.series, row.place_code, row.first_day, row.last_day, *cell)


def _reports(session: Session, first: date, last: date) -> Iterable[Sequence[object]]:
    for paper in session.scalars(
        select(Paper)
        .where(Paper.state == PaperState.SIGNED, Paper.first_day >= first, Paper.last_day <= last)
        .order_by(Paper.last_day, Paper.id)
    ):
        yield (
            paper.kind.value, paper.number, paper.place_code, paper.first_day, paper.last_day,
            paper.due_at.isoformat(), paper.signed_at.isoformat() if paper.signed_at else "", paper.sha256,
        )  # fmt: skip


def _alerts(session: Session, first: date, last: date) -> Iterable[Sequence[object]]:
    for alert in session.scalars(
        select(Alert).where(Alert.state.in_(PUBLISHED), Alert.is_exercise.is_(False)).order_by(Alert.id)
    ):
        if alert.issued_at is None or not first <= alert.issued_at.date() <= last:
            continue
        begin = alert.signal.raised_at
        yield (
            alert.number, alert.kind.value, alert.level.value, alert.place_code,
            *(_hours(begin, at) for at in (alert.verified_at, alert.issued_at, alert.acknowledged_at)),
            "yes" if alert.closed_at else "no",
        )  # fmt: skip


def _indicators(session: Session, first: date, last: date, now: datetime) -> Iterable[Sequence[object]]:
    """信号响应率, 24 h 响应率, 疑似事件率, as CIDARS counts them."""
    since, until = bounds_of(first, HOTLINE_ZONE)[0], bounds_of(last, HOTLINE_ZONE)[1]
    found = indicators(session, since, min(until, now))
    return (
        ("signals answered", found.answered, found.raised),
        ("signals answered within 24 h", found.in_a_day, found.judged_in_a_day),
        ("signals verified", found.suspected, found.raised),
    )


def _definitions() -> Iterable[Sequence[object]]:
    return ((d.key, d.zh, d.en, d.says_en) for d in DEFINITIONS)


def _hours(begin: datetime, at: datetime | None) -> str:
    return "" if at is None else f"{(at - begin).total_seconds() / 3600:.2f}"


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    out.write("\ufeff")  # Spreadsheets on Chinese desktops take it for GBK otherwise.
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

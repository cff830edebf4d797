"""The words and figures of an alert, drafted: what may be said of a signal is taken out of the ledger here.

The figures are booked with the draft, not with the signature, so that two drafts of one evening can't let
each other's be subtracted; a draft that is returned gives its figures back.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from analytics.place_tree import PlaceTree
from analytics.report.bulletin import compose, title_of
from analytics.report.disclosure import LONGEST_DAYS, disclose, load_ledger, public_series, remember
from analytics.report.errors import OnePersonIsNoAlert
from analytics.report.figures import CHART_WEEKS, Facts, load_facts
from analytics.report.suppression import THRESHOLD
from analytics.series import in_places, in_series
from models.alerting import PublishedFigure
from models.places import Organisation, Place
from models.surveillance import Alert, Contact, Signal
from models.unit_of_work import UnitOfWork
from models.vocabulary import PlaceLevel
from models.vocabulary_surveillance import AlertLevel


def named_place(session: Session, signal: Signal) -> str:
    """The lowest place that may be named: a stress event of a few is named by its county, never below."""
    place = session.get(Place, signal.place_code)
    while place is not None and place.level is PlaceLevel.TOWNSHIP and _persons(session, signal) < THRESHOLD:
        place = place.parent
    return place.code if place is not None else signal.place_code


def written(unit: UnitOfWork, signal: Signal, alert: Alert, level: AlertLevel) -> tuple[str, dict[str, Any]]:
    """Title and content. Books the figures under the alert's version. Raises OnePersonIsNoAlert."""
    session = unit.session
    if _persons(session, signal) == 1:
        raise OnePersonIsNoAlert(signal_id=signal.id)
    # One writer at a time: the ledger that is read must be the one that is written to.
    session.scalars(select(Organisation).with_for_update()).first()
    series = public_series(signal.series)
    first = signal.last_day - timedelta(days=signal.window_days - 1)

    def facts_of(start: date, end: date) -> Facts:
        return load_facts(session, signal, start, end, series=series, place_code=alert.place_code)

    ledger = load_ledger(session, signal.last_day - timedelta(days=7 * CHART_WEEKS + LONGEST_DAYS))
    known = len(ledger.figures)
    disclosed = disclose(series, facts_of, first, signal.last_day, ledger)
    remember(session, source_of(alert), ledger.figures[known:], unit.now, signal.is_demonstration)
    return title_of(disclosed.facts), compose(disclosed.facts, level, disclosed)


def source_of(alert: Alert) -> str:
    return f"alert:{alert.id}:{alert.version}"


def withdraw(session: Session, alert: Alert, version: int | None = None) -> None:
    """The draft was seen by nobody outside: its figures may be told otherwise."""
    source = f"alert:{alert.id}:{version or alert.version}"
    session.execute(delete(PublishedFigure).where(PublishedFigure.source == source))


def _persons(session: Session, signal: Signal) -> int:
    codes = PlaceTree.load(session).within(signal.place_code)
    first = signal.last_day - timedelta(days=signal.window_days - 1)
    return (
        session.scalar(
            select(func.count(func.distinct(Contact.person_hash))).where(
                in_series(signal.series),
                in_places(codes),
                Contact.day >= first,
                Contact.day <= signal.last_day,
            )
        )
        or 0
    )

"""Alarms of the watch, as frozen rows for the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.domain.watch import IN_SECONDS, LOW_IS_BAD, SHARES
from hotline.workforce.watch import open_alarms
from models.vocabulary_watch import AlarmLevel, Metric


@dataclass(frozen=True)
class AlarmRow:
    alarm_id: int
    metric: Metric
    level: AlarmLevel
    value: float
    limit: float
    """The one of its level."""
    scope_zh: str | None
    """None: the whole hotline."""
    scope_en: str | None
    began_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None


def alarm_rows(session: Session) -> tuple[AlarmRow, ...]:
    rows = []
    for alarm in open_alarms(session):
        limits = alarm.threshold
        scope = limits.centre or limits.line
        rows.append(
            AlarmRow(
                alarm_id=alarm.id,
                metric=limits.metric,
                level=alarm.level,
                value=alarm.value,
                limit=limits.crit if alarm.level is AlarmLevel.CRITICAL else limits.warn,
                scope_zh=scope.name_zh if scope else None,
                scope_en=scope.name_en if scope else None,
                began_at=alarm.began_at,
                acknowledged_at=alarm.acknowledged_at,
                acknowledged_by=alarm.acknowledged_by.name if alarm.acknowledged_by else None,
            )
        )
    return tuple(rows)


def unit_of(metric: Metric) -> str:
    """share | seconds | count."""
    return "share" if metric in SHARES else "seconds" if metric in IN_SECONDS else "count"


def low_is_bad(metric: Metric) -> bool:
    return metric in LOW_IS_BAD

"""Limits of the supervisor's watch, what "in time" means, and who else is told: set, each change audited."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select

from hotline.domain.measures import MeasureRule
from hotline.domain.watch import IN_SECONDS, LOW_IS_BAD, OF_SEATS, SHARES
from hotline.workforce.changes import apply, audit
from hotline.workforce.directory import SECRET_LEAST, is_safe_url
from hotline.workforce.errors import FieldWrong, NotFound
from hotline.workforce.measured import rule_of
from hotline.workforce.watch import file_defaults
from models.network import PhoneLine
from models.places import Centre
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_watch import AlarmLevel, Metric
from models.watch import ServiceRule, Threshold, WatchHook

MOST_SECONDS = 6 * 3600
MOST_COUNT = 10_000
MOST_REPEAT_MINUTES = 24 * 60


@dataclass(frozen=True)
class ThresholdFile:
    """One limit as typed, in the metric's own unit: counts, seconds, shares in 0..1."""

    metric: Metric
    centre_id: int | None
    line_id: int | None
    warn: float
    crit: float
    margin: float
    repeat_minutes: int
    active: bool = True


@dataclass(frozen=True)
class HookFile:
    """`secret` None keeps the one on file."""

    name: str
    url: str
    secret: str | None
    least_level: AlarmLevel
    active: bool = True


class Thresholds:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def save(self, threshold_id: int | None, file: ThresholdFile, *, by_id: int) -> int:
        """A new limit, or a changed one. One metric has one limit a scope. Raises NotFound, FieldWrong."""
        _check(file)
        with self._work() as unit:
            file_defaults(unit)
            unit.session.flush()
            if file.centre_id is not None and unit.session.get(Centre, file.centre_id) is None:
                raise FieldWrong("scope", "unknown")
            if file.line_id is not None and unit.session.get(PhoneLine, file.line_id) is None:
                raise FieldWrong("scope", "unknown")
            twin = unit.session.scalar(
                select(Threshold.id).where(
                    Threshold.metric == file.metric,
                    Threshold.centre_id.is_not_distinct_from(file.centre_id),
                    Threshold.line_id.is_not_distinct_from(file.line_id),
                )
            )
            if twin is not None and twin != threshold_id:
                raise FieldWrong("metric", "limit_taken")
            row = self._row(unit, threshold_id, file)
            is_new = row.id is None
            changes = apply(row, asdict(file))
            row.changed_at, row.changed_by_id = unit.now, by_id
            unit.session.flush()
            audit(
                unit,
                self._audit_key,
                by_id=by_id,
                action="threshold.save",
                subject=f"threshold:{row.id}",
                changes=changes or ({"metric": [None, str(file.metric)]} if is_new else {}),
            )
            return row.id

    def _row(self, unit: UnitOfWork, threshold_id: int | None, file: ThresholdFile) -> Threshold:
        if threshold_id is None:
            # Every field differs from what stands: the audit tells all of a new limit.
            row = Threshold(metric=file.metric, warn=0.0, crit=0.0, margin=0.0, repeat_minutes=0)
            unit.session.add(row)
            return row
        found = unit.session.get(Threshold, threshold_id, with_for_update=True)
        if found is None:
            raise NotFound(threshold_id=threshold_id)
        return found

    def save_rule(self, rule: MeasureRule, *, by_id: int) -> None:
        """Raises FieldWrong."""
        if not 1 <= rule.answer_within_seconds <= 600:
            raise FieldWrong("answer_within_seconds", "out_of_range")
        if not 0 <= rule.short_abandon_seconds <= 120:
            raise FieldWrong("short_abandon_seconds", "out_of_range")
        with self._work() as unit:
            row = unit.session.scalars(select(ServiceRule).limit(1).with_for_update()).first()
            if row is None:
                before = rule_of(unit.session)
                row = ServiceRule(
                    answer_within_seconds=before.answer_within_seconds,
                    short_abandon_seconds=before.short_abandon_seconds,
                )
            values = {
                "answer_within_seconds": rule.answer_within_seconds,
                "short_abandon_seconds": rule.short_abandon_seconds,
            }
            changes = apply(row, values)
            row.changed_at, row.changed_by_id = unit.now, by_id
            unit.session.add(row)
            audit(
                unit,
                self._audit_key,
                by_id=by_id,
                action="service_rule.save",
                subject="service_rule",
                changes=changes,
            )

    def save_hook(self, hook_id: int | None, file: HookFile, *, by_id: int) -> int:
        """Raises NotFound, FieldWrong."""
        if not 1 <= len(file.name) <= 60:
            raise FieldWrong("name", "name_missing")
        if not is_safe_url(file.url):
            raise FieldWrong("url", "url_form")
        if file.secret is not None and len(file.secret) < SECRET_LEAST:
            raise FieldWrong("secret", "secret_short")
        with self._work() as unit:
            if hook_id is None:
                if file.secret is None:
                    raise FieldWrong("secret", "secret_missing")
                hook = WatchHook(name="", url="", secret="", least_level=file.least_level, active=True)
                unit.session.add(hook)
            else:
                found = unit.session.get(WatchHook, hook_id, with_for_update=True)
                if found is None:
                    raise NotFound(hook_id=hook_id)
                hook = found
            values = {
                "name": file.name,
                "url": file.url,
                "least_level": file.least_level,
                "active": file.active,
            }
            if file.secret is not None:
                values["secret"] = file.secret
            changes = apply(hook, values, sealed=frozenset({"secret"}))
            unit.session.flush()
            audit(
                unit,
                self._audit_key,
                by_id=by_id,
                action="watch_hook.save",
                subject=f"watch_hook:{hook.id}",
                changes=changes,
            )
            return hook.id


def _check(file: ThresholdFile) -> None:
    metric = file.metric
    if metric in OF_SEATS and file.line_id is not None:
        raise FieldWrong("scope", "line_has_no_seats")
    if file.centre_id is not None and file.line_id is not None:
        raise FieldWrong("scope", "unknown")
    most = 1.0 if metric in SHARES else MOST_SECONDS if metric in IN_SECONDS else MOST_COUNT
    for name in ("warn", "crit", "margin"):
        if not 0 <= getattr(file, name) <= most:
            raise FieldWrong(name, "out_of_range")
    if metric in LOW_IS_BAD and file.crit > file.warn:
        raise FieldWrong("crit", "crit_above_warn")
    if metric not in LOW_IS_BAD and file.crit < file.warn:
        raise FieldWrong("crit", "crit_below_warn")
    if not 0 <= file.repeat_minutes <= MOST_REPEAT_MINUTES:
        raise FieldWrong("repeat_minutes", "out_of_range")

"""The supervisor's watch: figures against limits, every few seconds, by the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from hotline.domain import watch as rules
from hotline.domain.watch import DEFAULT_LIMITS, Limits, Move, Step
from hotline.routing.transactions import in_one_unit, reading
from hotline.workforce.errors import NotFound
from hotline.workforce.measured import Memory
from hotline.workforce.standing import Scope, standing
from models.audit import Auditor
from models.events import AlarmChanged
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_watch import AlarmLevel, Metric
from models.watch import Alarm, Threshold, WatchHook

TOLD = frozenset({Step.RAISE, Step.WORSEN, Step.REPEAT, Step.END})
"""An alarm that eases is shown, and told to nobody."""


@dataclass(frozen=True)
class InForce:
    """Limits of one scope. `threshold_id` None: a default, not on file yet."""

    threshold_id: int | None
    scope: Scope
    limits: Limits


def limits_in_force(session: Session) -> list[InForce]:
    """As set; before anything was set, the defaults for the whole hotline."""
    rows = session.scalars(select(Threshold).order_by(Threshold.id)).all()
    if not rows:
        return [InForce(None, Scope(), limits) for limits in DEFAULT_LIMITS]
    return [
        InForce(
            row.id,
            Scope(row.centre_id, row.line_id),
            Limits(row.metric, row.warn, row.crit, row.margin, row.repeat_minutes),
        )
        for row in rows
        if row.active
    ]


def state_by_limits(
    limits: Sequence[InForce], scope: Scope, metric: Metric, value: float | None
) -> AlarmLevel | None:
    """How a figure stands against the limits of its scope; without such limits it has no state."""
    for one in limits:
        if one.scope == scope and one.limits.metric is metric:
            return rules.level_of(one.limits, value)
    return None


def open_alarms(session: Session) -> Sequence[Alarm]:
    """The most urgent first, then the oldest."""
    alarms = session.scalars(
        select(Alarm)
        .where(Alarm.ended_at.is_(None))
        .options(
            joinedload(Alarm.threshold).joinedload(Threshold.centre),
            joinedload(Alarm.threshold).joinedload(Threshold.line),
            joinedload(Alarm.acknowledged_by),
        )
        .order_by(Alarm.began_at)
    ).all()
    return sorted(alarms, key=lambda alarm: alarm.level is not AlarmLevel.CRITICAL)


class Watch:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)
        self._memory = Memory()

    def look(self) -> int:
        """Compare once; raise, change, repeat or end what is due. Returns how many alarms moved.

        It writes only when something moves, and reads without holding anybody up.
        """
        with reading(self._work) as unit:
            limits = limits_in_force(unit.session)
            # An alarm names the limits that it passed: the defaults are put on file first.
            unfiled = any(one.threshold_id is None for one in limits)
            moves = {} if unfiled else self._moves(unit.session, limits, unit.now)
        if unfiled:
            in_one_unit(self._work, file_defaults)
            return self.look()
        if moves:
            in_one_unit(self._work, lambda unit: self._carry_out(unit, moves))
        return len(moves)

    def acknowledge(self, alarm_id: int, person_id: int) -> None:
        """Whoever did it first stands on record; it is not told again until it worsens. Raises NotFound."""
        with self._work() as unit:
            alarm = unit.session.get(Alarm, alarm_id, with_for_update=True)
            if alarm is None:
                raise NotFound(alarm_id=alarm_id)
            if alarm.acknowledged_at is not None or alarm.ended_at is not None:
                return
            alarm.acknowledged_at, alarm.acknowledged_by_id = unit.now, person_id
            self._audit(unit, person_id, "alarm.acknowledge", f"alarm:{alarm_id}")
            unit.tell(AlarmChanged(alarm_id, "acknowledged", str(alarm.level)))

    def _moves(
        self, session: Session, limits: Sequence[InForce], now: datetime
    ) -> dict[int, tuple[Move, float]]:
        """By threshold: what to do, and at which figure."""
        standing_alarms = {
            alarm.threshold_id: rules.Standing(alarm.level, alarm.told_at, alarm.acknowledged_at is not None)
            for alarm in session.scalars(select(Alarm).where(Alarm.ended_at.is_(None)))
        }
        found: dict[int, tuple[Move, float]] = {}
        now_stands = standing(session, now, memory=self._memory)
        for one in limits:
            assert one.threshold_id is not None
            row = now_stands.row(one.scope)
            value = row.value_of(one.limits.metric) if row else None
            move = rules.next_move(one.limits, value, standing_alarms.pop(one.threshold_id, None), now)
            if move is not None:
                found[one.threshold_id] = (move, value or 0.0)
        for threshold_id, left in standing_alarms.items():  # limits that were taken out of force
            found[threshold_id] = (Move(Step.END, left.level), 0.0)
        return found

    def _carry_out(self, unit: UnitOfWork, moves: Mapping[int, tuple[Move, float]]) -> None:
        for threshold_id, (move, value) in moves.items():
            alarm = unit.session.scalars(
                select(Alarm).where(Alarm.threshold_id == threshold_id, Alarm.ended_at.is_(None))
            ).first()
            if alarm is None:
                if move.step is not Step.RAISE:
                    continue
                alarm = Alarm(
                    threshold_id=threshold_id,
                    level=move.level,
                    value=value,
                    began_at=unit.now,
                    level_since=unit.now,
                    told_at=unit.now,
                    times_told=0,
                )
                unit.session.add(alarm)
            _apply(unit, alarm, move, value)


def _apply(unit: UnitOfWork, alarm: Alarm, move: Move, value: float) -> None:
    if alarm.level is not move.level:
        alarm.level, alarm.level_since = move.level, unit.now
    if move.step is Step.WORSEN:
        alarm.acknowledged_at = alarm.acknowledged_by_id = None
    if move.step is Step.END:
        alarm.ended_at = unit.now
    alarm.value = value
    if move.step in TOLD:
        alarm.told_at, alarm.times_told = unit.now, alarm.times_told + 1
    unit.session.flush()
    if move.step in TOLD:
        _ask_hooks(unit, alarm, move.step)
    unit.tell(AlarmChanged(alarm.id, str(move.step), str(move.level)))


def _ask_hooks(unit: UnitOfWork, alarm: Alarm, step: Step) -> None:
    for hook in unit.session.scalars(select(WatchHook).where(WatchHook.active.is_(True))):
        if hook.least_level is AlarmLevel.CRITICAL and alarm.level is not AlarmLevel.CRITICAL:
            continue
        unit.ask(
            "tell_alarm",
            "urgent",
            f"tell_alarm:{hook.id}:{alarm.id}:{alarm.times_told}",
            {
                "hook_id": hook.id,
                "alarm_id": alarm.id,
                "step": str(step),
                "level": str(alarm.level),
                "value": alarm.value,
                "told": alarm.times_told,
            },
        )


def file_defaults(unit: UnitOfWork) -> None:
    """Write the default limits down, unless any are on file."""
    if unit.session.scalars(select(Threshold.id).limit(1)).first() is not None:
        return
    for limits in DEFAULT_LIMITS:
        unit.session.add(
            Threshold(
                metric=limits.metric,
                warn=limits.warn,
                crit=limits.crit,
                margin=limits.margin,
                repeat_minutes=limits.repeat_minutes,
                changed_at=unit.now,
            )
        )

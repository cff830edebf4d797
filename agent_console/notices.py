"""What the board reminds of, pure: the most urgent first, each with its limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent_console.queries_board import Board

NORMAL, WARN, CRIT = "normal", "warn", "crit"

BACKLOG_WARN_SECONDS = 15 * 60
BACKLOG_CRIT_SECONDS = 2 * 3600


@dataclass(frozen=True)
class Cover:
    """Cover of one centre, or of the whole line (`centre_id` None)."""

    centre_id: int | None
    name_zh: str
    name_en: str
    on_duty: int
    rostered: int
    minimum: int
    uncovered_from: datetime | None

    @property
    def state(self) -> str:
        if self.on_duty == 0:
            return CRIT
        return WARN if self.on_duty < self.minimum else NORMAL


@dataclass(frozen=True)
class Notice:
    """`code` is put into words by the template; `facts` holds its figures."""

    level: str
    code: str
    facts: dict[str, Any]


def covers_of(coverage: Any, board: Board) -> tuple[Cover, ...]:
    """`coverage_now` of the workforce, with the names of the centres and the seats that are on duty by now;
    the whole line comes last."""
    names = {centre.scope.centre_id: (centre.name_zh, centre.name_en) for centre in board.centres}
    rows: Sequence[Any] = (*coverage.centres, coverage.whole)
    return tuple(
        Cover(
            centre_id=row.centre_id,
            name_zh=names.get(row.centre_id, ("全线", "Whole line"))[0],
            name_en=names.get(row.centre_id, ("全线", "Whole line"))[1],
            on_duty=board.on_duty(row.centre_id),
            rostered=row.rostered,
            minimum=row.minimum,
            uncovered_from=row.uncovered_from,
        )
        for row in rows
    )


def notices(board: Board, covers: Sequence[Cover]) -> tuple[Notice, ...]:
    found: list[Notice] = []
    for cover in covers:
        if cover.centre_id is None:
            continue
        facts = {"zh": cover.name_zh, "en": cover.name_en, "on_duty": cover.on_duty, "minimum": cover.minimum}
        if cover.state != NORMAL:
            found.append(Notice(cover.state, "below_minimum", facts))
        if cover.uncovered_from is not None:
            is_now = cover.uncovered_from <= board.at
            found.append(
                Notice(
                    WARN,
                    "uncovered_now" if is_now else "uncovered_ahead",
                    {**facts, "at": cover.uncovered_from},
                )
            )
    if board.owed.absent:
        found.append(Notice(CRIT, "absent", {"count": board.owed.absent}))
    duties, backlog = board.duties, board.backlog
    if duties.callbacks_overdue:
        found.append(Notice(CRIT, "callbacks_overdue", {"count": duties.callbacks_overdue}))
    if duties.high_risk_follow_ups_overdue:
        found.append(Notice(CRIT, "follow_ups_overdue", {"count": duties.high_risk_follow_ups_overdue}))
    if duties.signals_open or duties.alerts_to_sign:
        found.append(
            Notice(
                NORMAL, "signals_open", {"signals": duties.signals_open, "unsigned": duties.alerts_to_sign}
            )
        )
    if backlog.oldest_seconds is not None and backlog.oldest_seconds >= BACKLOG_WARN_SECONDS:
        level = CRIT if backlog.oldest_seconds >= BACKLOG_CRIT_SECONDS else WARN
        found.append(Notice(level, "backlog", {"jobs": backlog.jobs, "seconds": backlog.oldest_seconds}))
    if backlog.dead_jobs:
        found.append(Notice(WARN, "dead_jobs", {"count": backlog.dead_jobs}))
    order = {CRIT: 0, WARN: 1, NORMAL: 2}
    return tuple(sorted(found, key=lambda notice: order[notice.level]))

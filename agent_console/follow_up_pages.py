"""One follow-up: what is known, the tries, and its record in three parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

from agent_console import duty_words
from agent_console.audited import note_reading
from agent_console.case_access import case_call
from agent_console.local_time import moment_of
from agent_console.permissions import Permission, needs
from agent_console.queries_duties import FollowUpRow, follow_up_row, whos
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.care.errors_after import RecordIncomplete
from hotline.care.follow_ups import last_level
from hotline.domain.follow_up_rules import Record
from models.call_back_words import TryResult
from models.calls import CallbackTry
from models.care import FollowUp
from models.notes import Note
from models.vocabulary import FollowUpState, RiskLevel
from models.vocabulary_after import ContactMethod, FollowUpResult

blueprint = Blueprint("follow_up_pages", __name__, url_prefix="/duties/follow-ups")

PART_LENGTH = 600


@dataclass(frozen=True)
class Earlier:
    """A follow-up of the same contact that is over."""

    done_at: datetime
    rule: str
    result: FollowUpResult | None
    state: FollowUpState
    rerated: RiskLevel | None
    by: str | None


@dataclass(frozen=True)
class Try:
    at: datetime
    result: TryResult | None


@dataclass(frozen=True)
class FollowUpPage:
    row: FollowUpRow
    last_level: RiskLevel | None
    summary: str | None
    tries: tuple[Try, ...]
    earlier: tuple[Earlier, ...]


@blueprint.get("/<int:follow_up_id>")
@needs(Permission.CARE)
def page(follow_up_id: int) -> str:
    call_id = _call_of(follow_up_id)
    note_reading("follow_up.read", f"call:{call_id}")
    return _shown(follow_up_id)


@blueprint.post("/<int:follow_up_id>")
@needs(Permission.CARE)
def finish(follow_up_id: int) -> Response | tuple[str, int]:
    _call_of(follow_up_id)
    form = request.form
    try:
        record, method = _record(), ContactMethod(form.get("method", "phone"))
    except ValueError:
        return _shown(follow_up_id, duty_words.faults(["time"])), 422
    try:
        made = parts().follow_ups.finish(follow_up_id, me().id, record, method)
    except RecordIncomplete as lacking:
        return _shown(follow_up_id, duty_words.faults(lacking.faults)), 422
    flash(gettext("随访已记录。") + (gettext("按规则新增 %(n)s 项随访。", n=len(made)) if made else ""))
    return redirect(url_for("duties.today"), 303)


def _record() -> Record:
    """Raises ValueError for a code or a time that no form of ours sends."""
    form = request.form
    level, next_at = form.get("rerated", ""), form.get("next_at", "")

    def part(name: str) -> str:
        return form.get(name, "").strip()[:PART_LENGTH]

    return Record(
        FollowUpResult(form.get("result", "")),
        part("assessment"),
        part("counselling"),
        part("guidance"),
        rerated=RiskLevel(int(level)) if level else None,
        rerated_why=part("rerated_why"),
        next_at=moment_of(next_at) if next_at else None,
    )


def _call_of(follow_up_id: int) -> int:
    with parts().reading() as records:
        found = records.get(FollowUp, follow_up_id)
        if found is None or found.state is not FollowUpState.DUE:
            abort(404)
        return case_call(records, found.call_id, me()).id


def _shown(follow_up_id: int, faults: list[str] | None = None) -> str:
    ready = parts()
    with ready.reading() as records:
        found = _page(records, follow_up_id, ready.clock())
    facts: dict[str, Any] = {"results": FollowUpResult, "methods": ContactMethod, "levels": RiskLevel}
    return render_template(
        "duties/follow_up.html",
        page=found,
        words=duty_words,
        faults=faults or [],
        typed=request.form,
        length=PART_LENGTH,
        **facts,
    )


def _page(session: Session, follow_up_id: int, now: datetime) -> FollowUpPage:
    row = session.get_one(
        FollowUp, follow_up_id, options=[joinedload(FollowUp.callback), joinedload(FollowUp.preferred)]
    )
    tries = session.scalars(
        select(CallbackTry)
        .where(CallbackTry.callback_id == row.callback_id, CallbackTry.dialled_at.is_not(None))
        .order_by(CallbackTry.id)
    )
    earlier = session.scalars(
        select(FollowUp)
        .where(FollowUp.call_id == row.call_id, FollowUp.done_at.is_not(None))
        .options(joinedload(FollowUp.done_by))
        .order_by(FollowUp.done_at.desc())
    )
    return FollowUpPage(
        follow_up_row(row, whos(session, [row.call_id]), now, me().id),
        last_level(session, row.call_id),
        session.scalars(select(Note.summary).where(Note.call_id == row.call_id)).first(),
        tuple(Try(one.dialled_at, one.result) for one in tries if one.dialled_at is not None),
        tuple(
            Earlier(
                one.done_at,
                one.rule,
                one.result,
                one.state,
                None if one.rerated is None else RiskLevel(one.rerated),
                one.done_by.name if one.done_by is not None else None,
            )
            for one in earlier
            if one.done_at is not None
        ),
    )

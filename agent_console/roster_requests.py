"""What staff ask of the roster, and who is missing: leave, swaps, open shifts, absences and stand-bys."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from agent_console import roster_words
from agent_console.permissions import Permission, needs
from agent_console.queries_roster import people_to_roster
from agent_console.roster_drafts import name_exit_of_form, span_of_form
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.domain.roster_cover import Span
from hotline.workforce.errors import Refused
from hotline.workforce.leaves import Leaves
from hotline.workforce.open_shifts import OpenShifts, free_and_rested
from hotline.workforce.roster_policy import zone_of
from hotline.workforce.summons import Summoning
from hotline.workforce.swaps import Swaps
from models.duty_requests import Absence, Leave, Summons, Swap
from models.roster import OpenShift
from models.vocabulary_roster import AskState, OpenState
from models.workforce import Shift

blueprint = Blueprint("roster_requests", __name__, url_prefix="/roster/requests")

Answer = str | tuple[str, int] | Response
SHOWN = 60


@blueprint.get("/")
@needs(Permission.SUPERVISE)
def requests() -> str:
    return _page([])


@blueprint.post("/leave/<int:leave_id>")
@needs(Permission.SUPERVISE)
def decide_leave(leave_id: int) -> Answer:
    leaves = Leaves(parts().work, parts().audit_key)

    def decide() -> str:
        if _is("grant"):
            return gettext("已准假，空出 %(n)s 个班次待补。", n=leaves.grant(leave_id, by_id=me().id))
        leaves.refuse(leave_id, by_id=me().id)
        return gettext("已回复不同意。")

    return _decided(decide)


@blueprint.post("/swaps/<int:swap_id>")
@needs(Permission.SUPERVISE)
def decide_swap(swap_id: int) -> Answer:
    swaps = Swaps(parts().work, parts().audit_key)

    def decide() -> str:
        if _is("grant"):
            swaps.grant(swap_id, by_id=me().id, reason=request.form.get("reason", ""))
            return gettext("换班已批准。")
        swaps.refuse(swap_id, by_id=me().id)
        return gettext("已回复不同意。")

    return _decided(decide)


@blueprint.post("/open/<int:open_id>")
@needs(Permission.SUPERVISE)
def decide_open(open_id: int) -> Answer:
    use_case = OpenShifts(parts().work, parts().audit_key)

    def decide() -> str:
        if _is("give"):
            person_id = request.form.get("person_id", 0, type=int)
            use_case.take(open_id, person_id, by_id=me().id, reason=request.form.get("reason", ""))
            return gettext("班次已给出。")
        use_case.close(open_id, by_id=me().id)
        return gettext("空班已关闭。")

    return _decided(decide)


def _is(what: str) -> bool:
    return request.form.get("what") == what


def _decided(decide: Callable[[], str]) -> Answer:
    """One decision: what was done is told, what stands against it is said on the page."""
    try:
        flash(decide())
    except Refused as refused:
        return _page(roster_words.sentences(refused)), 409
    return redirect(url_for("roster_requests.requests"), 303)


@blueprint.post("/fill")
@needs(Permission.SUPERVISE)
def fill() -> Answer:
    """A gap of the coverage page: call who stands by, ask for volunteers, or name an exit."""
    form = request.form
    centre_id = form.get("centre_id", 0, type=int)
    try:
        span = span_of_form()
        if form.get("what") == "exit":
            name_exit_of_form()
            flash(gettext("出路已指定，到时来电就走这条出路。"))
        elif form.get("what") == "standby":
            called = Summoning(parts().work, parts().audit_key).call_standby(centre_id, span, by_id=me().id)
            flash(gettext("已请 %(n)s 位备班人员上岗。", n=called))
        else:
            use_case = OpenShifts(parts().work, parts().audit_key)
            _open_id, asked = use_case.offer(
                centre_id, span.starts_at, span.ends_at, by_id=me().id, ask_volunteers=True
            )
            flash(gettext("已开出空班，并征求 %(n)s 位有空且休息够的人。", n=asked))
    except Refused as refused:
        for line in roster_words.sentences(refused):
            flash(line, "error")
    week = form.get("week", type=int)
    return redirect(url_for("coverage.week", centre=centre_id, week=week or None), 303)


def _page(faults: list[str]) -> str:
    ready = parts()
    now = ready.clock()
    with ready.reading() as records:
        leaves = records.scalars(
            select(Leave)
            .where(Leave.ends_at > now, Leave.state.in_((AskState.ASKED, AskState.GRANTED)))
            .options(joinedload(Leave.person))
            .order_by(Leave.state, Leave.starts_at)
            .limit(SHOWN)
        ).all()
        swaps = records.scalars(
            select(Swap)
            .where(Swap.state.in_((AskState.ASKED, AskState.ACCEPTED)))
            .options(joinedload(Swap.giver), joinedload(Swap.taker))
            .order_by(Swap.state, Swap.id)
            .limit(SHOWN)
        ).all()
        ids = {one for swap in swaps for one in (swap.shift_id, swap.other_shift_id) if one is not None}
        shifts = {one.id: one for one in records.scalars(select(Shift).where(Shift.id.in_(ids)))}
        open_shifts = records.scalars(
            select(OpenShift)
            .where(OpenShift.state == OpenState.OPEN, OpenShift.ends_at > now)
            .options(joinedload(OpenShift.centre))
            .order_by(OpenShift.starts_at)
            .limit(SHOWN)
        ).all()
        free = {
            one.id: free_and_rested(records, one.centre_id, Span(one.starts_at, one.ends_at))
            for one in open_shifts[:12]
        }
        absences = records.scalars(
            select(Absence)
            .where(Absence.ended_at.is_(None))
            .options(joinedload(Absence.person))
            .order_by(Absence.noticed_at)
        ).all()
        called = records.scalars(
            select(Summons)
            .where(Summons.ends_at > now)
            .options(joinedload(Summons.person))
            .order_by(Summons.asked_at.desc())
            .limit(SHOWN)
        ).all()
        zones = {one: zone_of(records, one) for one in {row.centre_id for row in open_shifts}}
        own = zone_of(records, None)
        return render_template(
            "roster/requests.html",
            leaves=leaves,
            swaps=swaps,
            shifts=shifts,
            open_shifts=open_shifts,
            free=free,
            people=people_to_roster(records),
            absences=absences,
            called=called,
            faults=faults,
            local=lambda at, centre_id=None: at.astimezone(zones.get(centre_id, own)),
        )

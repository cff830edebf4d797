"""One's own roster: shifts, open ones, swaps and leave, summons, and the secret link to a calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as Answered

from agent_console import roster_words
from agent_console.permissions import Permission, needs, public
from agent_console.queries_roster import people_to_roster
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.domain.roster_cover import Span
from hotline.workforce.calendar_feed import feed_of
from hotline.workforce.duty_contacts import DutyContacts
from hotline.workforce.errors import FieldWrong, Refused
from hotline.workforce.leaves import Leaves
from hotline.workforce.open_shifts import OpenShifts
from hotline.workforce.roster_facts import shifts_of
from hotline.workforce.roster_import import moment
from hotline.workforce.roster_policy import zone_of
from hotline.workforce.staff_notices import mark_seen
from hotline.workforce.summons import Summoning
from hotline.workforce.swaps import Swaps
from models.duty_requests import DutyContact, Leave, StaffNotice, Summons, Swap
from models.people import Person
from models.roster import OpenShift
from models.vocabulary_roster import AskState, LeaveKind, OpenState, SummonsAnswer
from models.workforce import Shift

blueprint = Blueprint("roster_mine", __name__, url_prefix="/roster")

Answer = str | tuple[str, int] | Answered
AHEAD = timedelta(days=60)
NOTICES = 12


@blueprint.get("/mine")
@needs(Permission.CARE)
def mine() -> str:
    return _page([])


@blueprint.post("/mine/contact")
@needs(Permission.CARE)
def save_contact() -> Answer:
    form = request.form
    return _done(
        lambda: DutyContacts(parts().work, parts().audit_key).save(
            me().id, form.get("phone", ""), form.get("email", "")
        ),
        gettext("联系方式已保存，只用于叫您到岗和提醒。"),
    )


@blueprint.post("/mine/link")
@needs(Permission.CARE)
def calendar_link() -> Answer:
    """Made anew, shown once; or revoked."""
    contacts = DutyContacts(parts().work, parts().audit_key)
    if request.form.get("what") == "revoke":
        contacts.revoke_link(me().id)
        flash(gettext("日历链接已作废。"))
        return redirect(url_for("roster_mine.mine"), 303)
    token = contacts.make_link(me().id)
    return _page([], link=f"{parts().settings.public_url}{url_for('roster_mine.feed', token=token)}")


@blueprint.post("/mine/open/<int:open_id>")
@needs(Permission.CARE)
def sign_up(open_id: int) -> Answer:
    return _done(
        lambda: OpenShifts(parts().work, parts().audit_key).take(open_id, me().id),
        gettext("报名成功，这个班次归您了。"),
    )


@blueprint.post("/mine/swaps")
@needs(Permission.CARE)
def ask_swap() -> Answer:
    form = request.form
    return _done(
        lambda: Swaps(parts().work, parts().audit_key).ask(
            form.get("shift_id", 0, type=int),
            form.get("to_id", 0, type=int),
            form.get("other_shift_id", type=int),
            from_id=me().id,
        ),
        gettext("已问同事，等他答复。"),
    )


@blueprint.post("/mine/swaps/<int:swap_id>")
@needs(Permission.CARE)
def answer_swap(swap_id: int) -> Answer:
    swaps, what = Swaps(parts().work, parts().audit_key), request.form.get("what")
    if what == "accept":
        try:
            state = swaps.accept(swap_id, me().id)
        except Refused as refused:
            return _page(roster_words.sentences(refused)), 409
        granted = state is AskState.GRANTED
        flash(gettext("换班已生效。") if granted else gettext("已同意，等督导批准。"))
        return redirect(url_for("roster_mine.mine"), 303)
    if what == "withdraw":
        return _done(lambda: swaps.withdraw(swap_id, me().id), gettext("已撤回。"))
    return _done(lambda: swaps.refuse(swap_id, by_id=me().id), gettext("已回复不同意。"))


@blueprint.post("/mine/leave")
@needs(Permission.CARE)
def ask_leave() -> Answer:
    form = request.form
    leaves = Leaves(parts().work, parts().audit_key)
    if form.get("what") == "withdraw":
        return _done(lambda: leaves.withdraw(form.get("leave_id", 0, type=int), me().id), gettext("已撤回。"))
    kind = next((one for one in LeaveKind if str(one) == form.get("kind")), LeaveKind.OTHER)

    def ask() -> object:
        with parts().reading() as records:
            person = records.get_one(Person, me().id)
            zone = zone_of(records, person.centre_id)
        try:
            starts, ends = moment(form.get("starts_at", ""), zone), moment(form.get("ends_at", ""), zone)
        except ValueError:
            raise FieldWrong("starts_at", "time_form") from None
        return leaves.ask(me().id, kind, starts, ends, form.get("note", ""))

    return _done(ask, gettext("请假已提交，等督导答复。"))


@blueprint.post("/mine/summons/<int:summons_id>")
@needs(Permission.CARE)
def answer_summons(summons_id: int) -> Answer:
    coming = request.form.get("what") == "coming"
    return _done(
        lambda: Summoning(parts().work, parts().audit_key).answer(summons_id, coming, person_id=me().id),
        gettext("谢谢，请按时上岗。") if coming else gettext("知道了，我们再找别人。"),
    )


@blueprint.get("/feed/<token>.ics")
@public
def feed(token: str) -> Response:
    """The secret stands in the address, since calendars know no other way; it opens shifts of one person and
    nothing else, is revoked at will, and no log of ours keeps the addresses of requests."""
    ready = parts()
    with ready.reading() as records:
        found = feed_of(records, token, ready.clock())
    if found is None:
        abort(404)
    headers = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
    return Response(found, mimetype="text/calendar", headers=headers)


def _done(step: Callable[[], object], said: str) -> Answer:
    try:
        step()
    except Refused as refused:
        return _page(roster_words.sentences(refused)), 422
    flash(said)
    return redirect(url_for("roster_mine.mine"), 303)


def _page(faults: list[str], link: str | None = None) -> str:
    ready = parts()
    now = ready.clock()
    with ready.reading() as records:
        notices = records.scalars(
            select(StaffNotice)
            .where(StaffNotice.person_id == me().id)
            .order_by(StaffNotice.at.desc())
            .limit(NOTICES)
        ).all()
        fresh = {one.id for one in notices if one.seen_at is None}
    if fresh:
        mark_seen(ready.work, fresh)
    with ready.reading() as records:
        person = records.get_one(Person, me().id)
        zone = zone_of(records, person.centre_id)
        shifts = shifts_of(records, person.id, Span(now, now + AHEAD))
        open_shifts = records.scalars(
            select(OpenShift)
            .where(
                OpenShift.state == OpenState.OPEN,
                OpenShift.starts_at > now,
                OpenShift.centre_id == person.centre_id,
            )
            .options(joinedload(OpenShift.centre))
            .order_by(OpenShift.starts_at)
            .limit(40)
        ).all()
        swaps = records.scalars(
            select(Swap)
            .where(
                or_(Swap.from_id == person.id, Swap.to_id == person.id),
                Swap.state.in_((AskState.ASKED, AskState.ACCEPTED)),
            )
            .options(joinedload(Swap.giver), joinedload(Swap.taker))
            .order_by(Swap.id)
        ).all()
        ids = {one for swap in swaps for one in (swap.shift_id, swap.other_shift_id) if one is not None}
        swapped = {one.id: one for one in records.scalars(select(Shift).where(Shift.id.in_(ids)))}
        colleagues = [
            one
            for one in people_to_roster(records)
            if one.centre_id == person.centre_id and one.id != person.id
        ]
        theirs = records.scalars(
            select(Shift)
            .where(
                Shift.centre_id == person.centre_id,
                Shift.person_id.in_([one.id for one in colleagues]),
                Shift.starts_at > now,
                Shift.starts_at < now + AHEAD,
            )
            .options(joinedload(Shift.person))
            .order_by(Shift.starts_at)
            .limit(120)
        ).all()
        leaves = records.scalars(
            select(Leave).where(Leave.person_id == person.id, Leave.ends_at > now).order_by(Leave.starts_at)
        ).all()
        summons = records.scalars(
            select(Summons)
            .where(
                Summons.person_id == person.id,
                Summons.ends_at > now,
                Summons.answer.in_((SummonsAnswer.WAITING, SummonsAnswer.SILENT, SummonsAnswer.COMING)),
            )
            .order_by(Summons.asked_at.desc())
        ).all()
        return render_template(
            "roster/mine.html",
            shifts=shifts,
            open_shifts=open_shifts,
            swaps=swaps,
            swapped=swapped,
            colleagues=colleagues,
            theirs=theirs,
            leaves=leaves,
            leave_kinds=tuple(LeaveKind),
            summons=summons,
            contact=records.get(DutyContact, person.id),
            notices=notices,
            fresh=fresh,
            link=link,
            faults=faults,
            typed=request.form,
            own_id=person.id,
            zone=zone,
            now=now,
            local=lambda at: at.astimezone(zone),
            starts_in=lambda at: _starts_in(at, now),
        )


def _starts_in(at: datetime, now: datetime) -> str:
    hours = int((at - now).total_seconds() // 3600)
    if hours < 0:
        return gettext("正在上")
    return gettext("%(n)s 天后", n=hours // 24) if hours >= 48 else gettext("%(n)s 小时后", n=hours)

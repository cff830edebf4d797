"""How talks are recorded, captioned and kept: the decision that stands, and the ones before it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from agent_console import words
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from hotline.workforce.recording_policy import DaysOutOfBounds, decide_recording_policy
from models.people import Person
from models.policies import (
    LEAST_SERVICE_RECORD_DAYS,
    MOST_DAYS,
    ConsentMode,
    RecordingPolicy,
    standing_policy,
)

blueprint = Blueprint("recording_pages", __name__, url_prefix="/administration/recording")

SHOWN = 20


@blueprint.get("")
@needs(Permission.ADMINISTER)
def policy() -> str:
    return _page()


@blueprint.post("")
@needs(Permission.ADMINISTER)
def decide() -> Response | tuple[str, int]:
    form = request.form
    mode = next((mode for mode in ConsentMode if mode == form.get("consent_mode")), None)
    captions = {"apart": True, "with": False}.get(form.get("captions", ""))
    if mode is None or captions is None:
        return _page("unknown"), 422
    ready = parts()
    try:
        decide_recording_policy(
            ready.work,
            ready.audit_key,
            consent_mode=mode,
            captions_separately=captions,
            recording_days=form.get("recording_days", 0, type=int),
            transcript_days=form.get("transcript_days", 0, type=int),
            person_id=me().id,
        )
    except DaysOutOfBounds:
        return _page("days_form"), 422
    flash(gettext("录音政策已保存，修改前后的内容已记入审计；从下一通来电起执行。"))
    return redirect(url_for("recording_pages.policy"), 303)


def _page(fault: str | None = None) -> str:
    with parts().reading() as records:
        stands = standing_policy(records)
        decided = records.execute(
            select(RecordingPolicy, Person.name)
            .outerjoin(Person, Person.id == RecordingPolicy.set_by_id)
            .order_by(RecordingPolicy.id.desc())
            .limit(SHOWN)
        ).all()
    return render_template(
        "administration/recording.html",
        stands=stands,
        decided=decided,
        modes=tuple(ConsentMode),
        most_days=MOST_DAYS,
        least_words=LEAST_SERVICE_RECORD_DAYS,
        fault=words.in_words(words.FIELD_FAULTS, fault) if fault else None,
        typed=request.form if fault else {},
    )

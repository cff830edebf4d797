"""How talks are recorded, and how long what is kept of them is kept."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.workforce.recording_policy import DaysOutOfBounds, decide_recording_policy
from models.people import Person
from models.policies import (
    LEAST_SERVICE_RECORD_DAYS,
    MOST_DAYS,
    ConsentMode,
    RecordingPolicy,
    standing_policy,
)

blueprint = Blueprint("administration_retention", __name__, url_prefix="/administration/retention")

Answer = str | tuple[str, int] | Response


@blueprint.get("/")
@needs(Permission.ADMINISTER)
def retention() -> str:
    return _page()


@blueprint.post("/")
@needs(Permission.ADMINISTER)
def decide() -> Answer:
    """A new decision; the older ones stay on the page as history."""
    form = request.form
    mode = next((each for each in ConsentMode if str(each) == form.get("consent_mode")), None)
    try:
        decide_recording_policy(
            parts().work,
            parts().audit_key,
            consent_mode=mode,
            captions_separately=form.get("captions_separately") == "yes",
            recording_days=form.get("recording_days", -1, type=int),
            transcript_days=form.get("transcript_days", -1, type=int),
            service_record_days=form.get("service_record_days", -1, type=int),
            person_id=me().id,
        )
    except DaysOutOfBounds:
        fault = gettext(
            "录音至少保存 1 天，不长于文字；文字不长于登记；登记保存 %(least)s 到 %(most)s 天。没有更改。",
            least=LEAST_SERVICE_RECORD_DAYS,
            most=MOST_DAYS,
        )
        return _page(fault), 422
    flash(gettext("决定已保存，从现在起的来电按它执行；以前的录音按当时的决定到期。"))
    return redirect(url_for("administration_retention.retention"), 303)


def _page(fault: str | None = None) -> str:
    with parts().reading() as records:
        policy = standing_policy(records)
        history = records.execute(
            select(RecordingPolicy, Person.name)
            .outerjoin(Person, Person.id == RecordingPolicy.set_by_id)
            .order_by(RecordingPolicy.id.desc())
            .limit(20)
        ).all()
    return render_template(
        "administration/retention.html",
        policy=policy,
        history=history,
        modes=tuple(ConsentMode),
        most_days=MOST_DAYS,
        service_days=LEAST_SERVICE_RECORD_DAYS,
        fault=fault,
        typed=request.form if fault else {},
    )

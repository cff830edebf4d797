"""督导记录: the log of a supervisor's people; what was said is read by them and their supervisors alone."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request, url_for

from agent_console.local_time import for_field, moment_of
from agent_console.permissions import Permission, needs
from agent_console.queries_readiness import people_who_answer, supervisions_of
from agent_console.readiness_pages import Answer, fault_of, kept, of_my_centre
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.workforce.errors import FieldWrong
from hotline.workforce.supervision_log import Meeting, SupervisionLog
from models.people import Person
from models.vocabulary_readiness import SupervisionForm

blueprint = Blueprint("supervision_pages", __name__, url_prefix="/readiness/supervision")


@blueprint.get("/")
@needs(Permission.SUPERVISE)
def index() -> str:
    return _page()


@blueprint.post("/")
@needs(Permission.SUPERVISE)
def write() -> Answer:
    person_id = request.form.get("person_id", 0, type=int)

    def write_it() -> str:
        with parts().reading() as records:
            person = records.get(Person, person_id)
        if person is None:
            raise FieldWrong("person_id", "unknown")
        if not of_my_centre(person):
            abort(403)
        SupervisionLog(parts().work, parts().audit_key).write(person_id, _meeting(), by_id=me().id)
        return gettext("督导记录已保存，本人可以看到。")

    return kept(write_it, lambda wrong: _page(fault_of(wrong)), url_for("supervision_pages.index"))


def _meeting() -> Meeting:
    form = request.form
    kind = next((one for one in SupervisionForm if str(one) == form.get("form")), None)
    if kind is None:
        raise FieldWrong("form", "unknown")
    try:
        held_at = moment_of(form.get("held_at", ""))
    except ValueError:
        raise FieldWrong("held_at", "date_form") from None
    return Meeting(
        held_at=held_at,
        minutes=form.get("minutes", 0, type=int),
        form=kind,
        content=form.get("content", ""),
        agreed=form.get("agreed", ""),
    )


def _page(fault: str | None = None) -> str:
    ready = parts()
    centre_id = me().centre_id
    with ready.reading() as records:
        rows = supervisions_of(records, centre_id=centre_id)
        people = [one for one in people_who_answer(records, centre_id) if one.id != me().id]
    return render_template(
        "readiness/supervision.html",
        rows=rows,
        people=people,
        forms=tuple(SupervisionForm),
        now_field=for_field(ready.clock()),
        fault=fault,
        typed=request.form if fault else {},
        chosen=request.values.get("person_id", type=int),
    )

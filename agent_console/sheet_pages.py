"""The emergency sheet and the blank form: two pages that a small worker keeps for when the server is down."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from agent_console.emergency_sheet import paper_form, sheet_time, sheets
from agent_console.permissions import Permission, needs, public
from agent_console.rendering import STATIC
from agent_console.sessions import me, parts

blueprint = Blueprint("sheet", __name__, url_prefix="/sheet")
blueprint.add_app_template_filter(sheet_time, "sheet_time")


@blueprint.get("/")
@needs(Permission.READ_PROTOCOLS)
def emergency() -> str:
    """Of one's own centre; for who belongs to none, of each."""
    ready = parts()
    with ready.reading() as records:
        found = sheets(records, ready.clock(), me().centre_id)
    return render_template("sheet/emergency.html", sheets=found)


@blueprint.get("/form")
@needs(Permission.READ_PROTOCOLS)
def form() -> str:
    with parts().reading() as records:
        return render_template("sheet/form.html", **paper_form(records))


@blueprint.get("/worker.js")
@public
def worker() -> Response:
    """From this path, so that it governs /sheet/ and nothing else."""
    return Response((STATIC / "js" / "sheet-worker.js").read_bytes(), mimetype="text/javascript")

"""Issues: groups of like contacts, from their size by day down to each call."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agent_console import words
from agent_console.charts import bar_chart
from agent_console.local_time import local_day
from agent_console.permissions import Permission, needs
from agent_console.queries_issues import issue_list, issue_page
from agent_console.sessions import me, parts
from models.audit import write_audit
from models.events import IssueChanged
from models.surveillance import Issue, IssueEvent
from models.vocabulary_record import Population, Problem

blueprint = Blueprint("issues", __name__, url_prefix="/issues")

NAME_LENGTH = 80


@blueprint.get("/")
@needs(Permission.REVIEW_SIGNALS)
def index() -> str:
    ready = parts()
    with ready.reading() as records:
        rows = issue_list(records, local_day(ready.clock()))
    return render_template("signals/issues.html", rows=rows)


@blueprint.get("/<int:issue_id>")
@needs(Permission.REVIEW_SIGNALS)
def issue(issue_id: int) -> str:
    ready = parts()
    with ready.reading() as records:
        page = issue_page(records, issue_id, local_day(ready.clock()))
    if page is None:
        abort(404)
    return render_template(
        "signals/issue.html",
        page=page,
        chart=bar_chart(page.daily, page.chart_first, page.chart_last) if page.daily else None,
        words=words,
        populations={str(member): member for member in Population},
        problems={str(member): member for member in Problem},
    )


@blueprint.post("/<int:issue_id>/name")
@needs(Permission.REVIEW_SIGNALS)
def rename(issue_id: int) -> Response:
    """A person may name an issue better than its phrases do. The old name stays in its history."""
    name = request.form.get("name", "").strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        flash(gettext("名称须为 1 到 80 个字。没有更改。"), "error")
        return redirect(url_for("issues.issue", issue_id=issue_id), 303)
    ready = parts()
    with ready.work() as unit:
        found = unit.session.get(Issue, issue_id, with_for_update=True)
        if found is None:
            abort(404)
        if found.name != name:
            unit.session.add(
                IssueEvent(
                    issue_id=issue_id,
                    at=unit.now,
                    kind="renamed",
                    person_id=me().id,
                    data={"from": found.name, "to": name},
                )
            )
            found.name = name
            write_audit(
                unit.session,
                ready.audit_key,
                at=unit.now,
                person_id=me().id,
                action="issue.rename",
                subject=f"issue:{issue_id}",
            )
            unit.tell(IssueChanged(issue_id))
    return redirect(url_for("issues.issue", issue_id=issue_id), 303)

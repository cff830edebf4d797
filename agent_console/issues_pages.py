"""Issues: groups of like contacts, explored by time, place and kind; and what people decide about them."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agent_console import words
from agent_console.audited import note_reading
from agent_console.charts import bar_chart
from agent_console.local_time import local_day
from agent_console.permissions import Permission, needs
from agent_console.queries_explorer import SPANS, Filters, explore, first_day, place_choices, trend_of
from agent_console.queries_issue_calls import issue_examples
from agent_console.queries_issues import issue_page
from agent_console.refusals import sentence_of
from agent_console.sessions import me, parts
from analytics.issues.changes import IssueChanges
from analytics.issues.errors import NothingToSplit
from analytics.issues.split import OPEN_DAYS, propose_split
from analytics.report.errors import NotFound, Refused
from models.vocabulary_record import Population, Problem

blueprint = Blueprint("issues", __name__, url_prefix="/issues")

SLIDER_DAYS = 730
WORDS_LENGTH = 40


def filters_asked(today: date) -> Filters:
    """The filters of the address, whatever it holds: what is wrong counts as not asked."""
    asked = request.args
    try:
        last = date.fromisoformat(asked.get("last", ""))
    except ValueError:
        last = today - timedelta(days=max(0, asked.get("back", 0, type=int)))
    days = asked.get("days", 28, type=int)
    return Filters(
        last=min(last, today),
        days=days if days in SPANS else 28,
        place=asked.get("place", "")[:12],
        population=asked.get("population", "") if asked.get("population") in {*map(str, Population)} else "",
        problem=asked.get("problem", "") if asked.get("problem") in {*map(str, Problem)} else "",
        risk=min(4, max(0, asked.get("risk", 0, type=int))),
        words=asked.get("words", "")[:WORDS_LENGTH],
        muted="found" not in asked or "muted" in asked,
    )


@blueprint.get("/")
@needs(Permission.REVIEW_SIGNALS)
def index() -> str:
    ready = parts()
    today = local_day(ready.clock())
    filters = filters_asked(today)
    with ready.reading() as records:
        rows = explore(records, filters)
        since = first_day(records) or today
        places = place_choices(records)
    return render_template(
        "signals/issues.html",
        rows=rows,
        filters=filters,
        trend=trend_of(rows, filters),
        spans=SPANS,
        today=today,
        back_most=min(SLIDER_DAYS, max(0, (today - since).days)),
        places=places,
        populations=tuple(Population),
        problems=tuple(Problem),
    )


@blueprint.get("/<int:issue_id>")
@needs(Permission.REVIEW_SIGNALS)
def issue(issue_id: int) -> str:
    return _shown(issue_id)


@blueprint.post("/<int:issue_id>/examples")
@needs(Permission.REVIEW_SIGNALS)
def examples(issue_id: int) -> str:
    """Redacted texts nearest to the middle. Opening them is audited; they never leave the hotline."""
    note_reading("issue.examples", f"issue:{issue_id}")
    with parts().reading() as records:
        found = issue_examples(records, issue_id)
    return _shown(issue_id, examples=found)


@blueprint.post("/<int:issue_id>/name")
@needs(Permission.REVIEW_SIGNALS)
def rename(issue_id: int) -> Response:
    """A person may name an issue better than its phrases do. The old name stays in its history."""
    return _decided(issue_id, lambda people: people.rename(issue_id, me().id, request.form.get("name", "")))


@blueprint.post("/<int:issue_id>/mute")
@needs(Permission.REVIEW_SIGNALS)
def mute(issue_id: int) -> Response:
    muted = request.form.get("muted") == "yes"
    return _decided(issue_id, lambda people: people.mute(issue_id, me().id, muted, _reason()))


@blueprint.post("/<int:issue_id>/merge")
@needs(Permission.REVIEW_SIGNALS)
def merge(issue_id: int) -> Response:
    """This issue goes into another, whose page is shown then."""
    into = request.form.get("into", 0, type=int)
    return _decided(issue_id, lambda people: people.merge(into, issue_id, me().id, _reason()), into)


@blueprint.post("/<int:issue_id>/part")
@needs(Permission.REVIEW_SIGNALS)
def part(issue_id: int) -> Response:
    return _decided(issue_id, lambda people: people.part(issue_id, me().id, _reason()))


@blueprint.get("/<int:issue_id>/split")
@needs(Permission.REVIEW_SIGNALS)
def split_form(issue_id: int) -> str:
    """Both halves as they would be, before anything is written. Their redacted texts are audited."""
    phrase = request.args.get("phrase", "").strip()[:WORDS_LENGTH]
    note_reading("issue.examples", f"issue:{issue_id}")
    ready = parts()
    proposal = None
    with ready.reading() as records:
        page = issue_page(records, issue_id, local_day(ready.clock()))
        if page is None:
            abort(404)
        with contextlib.suppress(NothingToSplit):
            proposal = propose_split(records, issue_id, local_day(ready.clock()), phrase)
    return render_template(
        "signals/split.html", page=page, proposal=proposal, phrase=phrase, open_days=OPEN_DAYS
    )


@blueprint.post("/<int:issue_id>/split")
@needs(Permission.REVIEW_SIGNALS)
def split(issue_id: int) -> Response:
    form = request.form

    def decide(people: IssueChanges) -> None:
        people.split(
            issue_id,
            me().id,
            upto=form.get("upto", 0, type=int),
            name=form.get("name", ""),
            phrase=form.get("phrase", "").strip()[:WORDS_LENGTH],
            reason=_reason(),
        )

    return _decided(issue_id, decide)


def _decided(issue_id: int, decide: Any, shown: int | None = None) -> Response:
    ready = parts()
    try:
        decide(IssueChanges(ready.work, ready.audit_key))
    except NotFound:
        abort(404)
    except Refused as refused:
        if refused.code == "no_such_issue":
            abort(404)
        flash(sentence_of(refused), "error")
        return redirect(url_for("issues.issue", issue_id=issue_id), 303)
    flash(gettext("已记下，当晚重新归类时照此办理。"))
    return redirect(url_for("issues.issue", issue_id=shown or issue_id), 303)


def _reason() -> str:
    return request.form.get("reason", "").strip()[:300]


def _shown(issue_id: int, **opened: Any) -> str:
    ready = parts()
    with ready.reading() as records:
        page = issue_page(records, issue_id, local_day(ready.clock()), request.args.get("before", ""))
    if page is None:
        abort(404)
    return render_template(
        "signals/issue.html",
        page=page,
        chart=bar_chart(page.daily, page.chart_first, page.chart_last) if page.daily else None,
        words=words,
        populations={str(member): member for member in Population},
        problems={str(member): member for member in Problem},
        **{"examples": None, **opened},
    )

"""Exports of issues: by a supervisor, with a reason, behind a key that expires; every download is audited.

Nothing is stored: the file is made from the records when it is fetched, so that a caller who withdrew
meanwhile is not in it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from agent_console.audited import note_reading
from agent_console.issues_pages import filters_asked
from agent_console.local_time import local_day
from agent_console.permissions import Permission, needs
from agent_console.places import names_of
from agent_console.queries_explorer import Filters, chosen_contacts
from agent_console.sessions import me, parts
from analytics.issues.export import Cities, contacts, sums

blueprint = Blueprint("issue_exports", __name__, url_prefix="/issues/export")

KEY_SECONDS = 30 * 60
"""How long a file may be fetched after its reason was given."""
REASON_LEAST = 4

Rows = Callable[[Session, Sequence[ColumnElement[bool]]], Iterator[tuple[str, ...]]]
KINDS: dict[str, Rows] = {"sums": sums, "contacts": contacts}


@blueprint.get("/")
@needs(Permission.REVIEW_SIGNALS)
def form() -> str:
    return _shown()


@blueprint.post("/")
@needs(Permission.REVIEW_SIGNALS)
def ask() -> str | tuple[str, int]:
    """A key for this person, this kind and these filters; the reason is on record before it is made."""
    kind, reason = request.form.get("kind", ""), request.form.get("reason", "").strip()
    if kind not in KINDS or len(reason) < REASON_LEAST:
        return _shown(fault=gettext("请选择内容，并写明导出的原因。"), typed=reason, chosen=kind), 422
    note_reading("issues.export", f"issues:{kind}", reason)
    filters = _filters()
    key = str(_keys().dumps([me().id, kind, {**asdict(filters), "last": filters.last.isoformat()}]))
    return _shown(key=key, chosen=kind)


@blueprint.get("/file.csv")
@needs(Permission.REVIEW_SIGNALS)
def file() -> Response:
    """403 without the key that this person was given, or when it has expired."""
    try:
        person_id, kind, asked = _keys().loads(request.args.get("key", ""), max_age=KEY_SECONDS)
    except BadSignature:
        abort(403)
    if person_id != me().id:
        abort(403)
    filters = Filters(**{**asked, "last": date.fromisoformat(asked["last"])})
    note_reading("issues.download", f"issues:{kind}")
    text = io.StringIO()
    with parts().reading() as records:
        csv.writer(text).writerows(KINDS[kind](records, chosen_contacts(records, filters)))
    # A spreadsheet takes the file for UTF-8 only with the mark.
    return Response(
        "\ufeff" + text.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="issues-{kind}-{filters.last}.csv"'},
    )


def _filters() -> Filters:
    """As in the explorer, but no place below the city: choosing one would name it for every row."""
    ready = parts()
    filters = filters_asked(local_day(ready.clock()))
    if not filters.place:
        return filters
    with ready.reading() as records:
        return replace(filters, place=Cities.load(records).of(filters.place)[0])


def _keys() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="export-issues")


def _shown(**given: Any) -> str:
    filters = _filters()
    with parts().reading() as records:
        place = names_of(records, [filters.place]).get(filters.place) if filters.place else None
    facts: dict[str, Any] = {"fault": None, "typed": "", "chosen": "sums", "key": None}
    return render_template(
        "signals/export.html",
        filters=filters,
        place=place,
        minutes=KEY_SECONDS // 60,
        asked=request.args.to_dict(),
        **{**facts, **given},
    )

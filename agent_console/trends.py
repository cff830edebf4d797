"""The trends explorer: public figures by subject, place and days. Nothing is counted for it."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, abort, render_template, request
from markupsafe import Markup
from sqlalchemy import select

from agent_console.local_time import local_day
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from analytics.papers.charts import svg_of
from analytics.papers.trends import LENGTHS, TrendQuery, all_rows, subjects, trend
from analytics.place_tree import PlaceTree
from models.places import Organisation, Place
from models.vocabulary import Role

blueprint = Blueprint("trends", __name__, url_prefix="/trends")

REACH = timedelta(days=366)
USUAL = timedelta(days=91)


@blueprint.get("/")
@needs(Permission.READ_REPORTS)
def explore() -> str:
    """Filters: place, subject, length of period, and the days of a slider."""
    ready, person = parts(), me()
    today = local_day(ready.clock())
    first, last = _day("from", today - USUAL), _day("to", today)
    first, last = max(min(first, last), today - REACH), min(max(first, last), today)
    with ready.reading() as records:
        tree = PlaceTree.load(records)
        home = person.place_code
        if person.role is Role.SUPERVISOR:
            home = records.scalars(select(Organisation.place_code)).first()
        codes = tree.within(home) if home else frozenset()
        places = records.scalars(
            select(Place).where(Place.code.in_(sorted(codes))).order_by(Place.code)
        ).all()
        place_code = request.args.get("place") or home or ""
        if place_code and place_code not in codes:
            abort(404)
        known = subjects(records, place_code, first, last)
        series = next(
            (s for s in known if s.series == request.args.get("subject")), known[0] if known else None
        )
        length = request.args.get("length", "")
        length = length if length in LENGTHS else ""
        query = TrendQuery(place_code, series.series if series else "", first, last, length)
        rows, line = all_rows(records, query), trend(records, query)
    chart = None
    if series is not None and line:
        chart = Markup(  # noqa: S704 - our own drawing, words escaped
            svg_of(
                {
                    "caption": series.name,
                    "unit": "人",
                    "form": "columns",
                    "labels": [row.words for row in line],
                    "series": [{"name": series.name, "values": [row.persons for row in line]}],
                }
            )
        )
    return render_template(
        "papers/trends.html",
        places=places,
        place_code=place_code,
        subjects=known,
        subject=series,
        lengths=LENGTHS,
        length=length or (line[0].length if line else ""),
        present={row.length for row in rows},
        rows=rows,
        line=line,
        chart=chart,
        first=first,
        last=last,
        oldest=today - REACH,
        today=today,
    )


def _day(name: str, usual: date) -> date:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return usual

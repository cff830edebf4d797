"""7×24 覆盖: for each day and centre, whether every moment was covered; the moments without cover by name."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from flask import Blueprint, Response, abort, render_template, request

from agent_console import words
from agent_console.local_time import ZONE, local, local_day
from agent_console.permissions import Permission, needs
from agent_console.readiness_words import COVERS
from agent_console.sessions import parts
from agent_console.translation import in_language
from hotline.domain.cover_proof import Cover, Stretch
from hotline.workforce.cover_proof import PlaceProof, cover_proof

blueprint = Blueprint("proof_pages", __name__, url_prefix="/coverage/proof")

DAYS = 7
MOST_DAYS = 62
"""A quarter's report asks month by month."""
COLUMNS = (
    "day",
    "centre",
    "from",
    "to",
    "seconds",
    "covered_seconds",
    "seat_seconds",
    "exit_seconds",
    "named_exit_seconds",
    "other_centre_seconds",
    "standby_seconds",
    "partner_seconds",
    "uncovered_seconds",
    "below_minimum_seconds",
    "exits",
    "uncovered",
)


@blueprint.get("/")
@needs(Permission.SUPERVISE)
def page() -> str:
    first, last = _asked()
    return render_template(
        "supervisor/proof.html",
        places=_proof(first, last),
        first=first,
        last=last,
        today=local_day(parts().clock()),
        step=timedelta(days=(last - first).days + 1),
        Cover=Cover,
        cover_words=COVERS,
        most_days=MOST_DAYS,
    )


@blueprint.get("/table.csv")
@needs(Permission.SUPERVISE)
def table() -> Response:
    """The same, a line for each day and place; with the byte order mark that spreadsheets look for."""
    first, last = _asked()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_lines(_proof(first, last)))
    return Response(
        "\ufeff" + text.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="coverage-{first}-{last}.csv"'},
    )


def _proof(first: date, last: date) -> Sequence[PlaceProof]:
    ready = parts()
    with ready.reading() as records:
        return cover_proof(records, first, last, ready.clock(), ZONE)


def _lines(places: Sequence[PlaceProof]) -> Iterator[Sequence[object]]:
    for place in places:
        for day in place.days:
            yield (
                day.day.isoformat(),
                in_language(place.name_zh, place.name_en),
                local(day.starts_at).isoformat(),
                local(day.ends_at).isoformat(),
                round(day.seconds),
                round(day.covered_seconds),
                round(day.seconds_by(Cover.SEAT)),
                round(day.exit_seconds),
                *(
                    round(day.seconds_by(cover))
                    for cover in (Cover.NAMED, Cover.OTHER_CENTRE, Cover.STANDBY, Cover.PARTNER)
                ),
                round(day.uncovered_seconds),
                round(day.below(place.minimum)),
                "; ".join(map(_told, day.by_exit)),
                "; ".join(map(_told, day.uncovered)),
            )


def _told(one: Stretch) -> str:
    by = in_language(one.name_zh, one.name_en)
    how = words.in_words(COVERS, str(one.cover))
    return f"{local(one.starts_at):%H:%M:%S}-{local(one.ends_at):%H:%M:%S} {how} {by}".strip()


def _asked() -> tuple[date, date]:
    """The week up to today, or the days that the address names."""
    today = local_day(parts().clock())
    try:
        last = date.fromisoformat(request.args.get("last") or today.isoformat())
        first = date.fromisoformat(request.args.get("first") or (last - timedelta(days=DAYS - 1)).isoformat())
    except (ValueError, OverflowError):
        abort(404)
    last = min(last, today)
    if first > last or (last - first).days >= MOST_DAYS:
        abort(404)
    return first, last

"""The trend digest: figures that are public already, side by side. It counts nobody anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.papers.addressees import addressees_of
from analytics.papers.calendar import Period
from analytics.papers.trends import TrendQuery, subjects, trend
from analytics.papers.writing import FORM, NOTES, REDHEAD
from analytics.report.responsibilities import suggestions_for
from analytics.series import problem_of
from models.places import Organisation, Place

WEEKS_SHOWN = 8
SUBJECTS = 3


def digest_of(session: Session, place_code: str, period: Period) -> tuple[str, dict[str, Any]] | None:
    """Title and content of the week; small cells were never public. None: below the hotline's own place,
    where nothing is public: a sheet that says nothing is sent to nobody."""
    organisation = session.scalars(select(Organisation)).one()
    name = session.scalars(select(Place.name_zh).where(Place.code == place_code)).one()
    since = period.last - timedelta(days=7 * WEEKS_SHOWN - 1)
    sections: list[dict[str, Any]] = []
    charts: dict[str, Any] = {}
    items: list[dict[str, str]] = []
    for number, subject in enumerate(subjects(session, place_code, since, period.last)[:SUBJECTS]):
        rows = trend(session, TrendQuery(place_code, subject.series, since, period.last))
        key = f"line{number}"
        charts[key] = {
            "caption": f"{subject.name}：已公布的各期人数",
            "unit": "人",
            "form": "columns",
            "labels": [row.words for row in rows],
            "series": [{"name": subject.name, "values": [row.persons for row in rows]}],
        }
        told = "；".join(f"{row.words}：{row.persons}人" for row in rows[-6:])
        sections.append(
            _section(key, f"{'一二三四五'[number]}、{subject.name}", [f"已公布：{told}。"], [key])
        )
        problem = problem_of(subject.series)
        if problem is not None and not items:
            items = [{"unit": s.unit, "advice": s.advice, "until": ""} for s in suggestions_for(problem)]
    if not sections and place_code != organisation.place_code:
        return None
    if not sections:
        sections.append(_section("none", "一、情况", ["本周没有已公布的数字。"], []))
    sections.append(
        _section("advice", f"{'一二三四五'[len(sections)]}、对策建议",
                 ["建议下列责任单位参考：" if items else "请继续关注。"], []) | {"items": items}
    )  # fmt: skip
    addressees = addressees_of(session, place_code)
    title = f"{name}{period.words}求助趋势摘要"
    words = {"from": period.first.isoformat(), "to": period.last.isoformat(), "words": period.words}
    return title, {
        "form": FORM,
        "kind": str(period.kind.value),
        "redhead": REDHEAD[period.kind],
        "place": {"code": place_code, "name": name},
        "hotline": organisation.name_zh,
        "demonstration": organisation.is_demonstration,
        "period": words,
        "before": words,
        "sections": sections,
        "charts": charts,
        "figures": [],
        "to": [b.name_zh for b in addressees.to] or [f"{name}联防联控机制"],
        "copies": [b.name_zh for b in addressees.copies],
        "notes": ["本摘要只汇集已经签发公布的数字，没有新的统计。", *NOTES[1:]],
    }


def _section(key: str, heading: str, paragraphs: list[str], charts: list[str]) -> dict[str, Any]:
    return {
        "key": key,
        "heading": heading,
        "paragraphs": paragraphs,
        "remarks": [],
        "tables": [],
        "charts": charts,
        "items": [],
    }

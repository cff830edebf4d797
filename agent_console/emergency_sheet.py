"""The emergency sheet and the blank 来电登记表: as pages, and as files to print when nothing else works.

A sheet holds numbers of services and of the duty supervisor, and nothing of any caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from agent_console.local_time import local
from agent_console.translation import english
from hotline.care.form_own import is_own
from hotline.care.form_versions import form_on_file, standing_version
from hotline.routing.duty import covers
from hotline.routing.emergency_lines import emergency_lines
from models.network import PartnerLine, PhoneLine
from models.people import Person
from models.places import Centre, Organisation
from models.vocabulary import Role
from models.vocabulary_network import PartnerKind
from models.vocabulary_record import AgeBand, CallType, Disposition, Population, Problem, Relation, Sex

HERE = Path(__file__).parent
STYLES = ("tokens.css", "sheet.css")
LISTED = {
    "AgeBand": AgeBand,
    "CallType": CallType,
    "Disposition": Disposition,
    "Population": Population,
    "Problem": Problem,
    "Relation": Relation,
    "Sex": Sex,
}
"""Code lists that stand on the blank form."""


@dataclass(frozen=True)
class Row:
    name_zh: str
    name_en: str
    number: str
    hours: str
    place_zh: str = ""
    place_en: str = ""


@dataclass(frozen=True)
class Sheet:
    """What one centre needs at hand."""

    centre: Centre
    numbers: Sequence[PhoneLine]
    emergency: Sequence[tuple[str, Row | None]]
    """Service and the line that the directory holds for the centre's place."""
    elsewhere: Sequence[Row]
    """Command centres of other places, by long-distance number: a caller may be far away."""
    hospitals: Sequence[Row]
    partners: Sequence[Row]
    supervisors: Sequence[str]
    written_at: datetime


def sheets(session: Session, now: datetime, centre_id: int | None = None) -> list[Sheet]:
    """Of one centre, or of every one."""
    query = select(Centre).options(joinedload(Centre.place)).order_by(Centre.id)
    if centre_id is not None:
        query = query.where(Centre.id == centre_id)
    return [_sheet(session, centre, now) for centre in session.scalars(query)]


def _sheet(session: Session, centre: Centre, now: datetime) -> Sheet:
    lines = session.scalars(
        select(PartnerLine)
        .where(PartnerLine.active.is_(True))
        .options(joinedload(PartnerLine.place))
        .order_by(PartnerLine.kind, PartnerLine.place_code, PartnerLine.id)
    ).all()
    own = emergency_lines(session, centre.place_code, now)
    used = {one.line.id for one in own if one.line is not None}
    near = [line for line in lines if covers(line.place_code, centre.place_code)]
    supervisors = session.scalars(
        select(Person.name)
        .where(
            Person.role == Role.SUPERVISOR,
            Person.active.is_(True),
            (Person.centre_id == centre.id) | Person.centre_id.is_(None),
        )
        .order_by(Person.name)
    ).all()
    numbers = session.scalars(
        select(PhoneLine)
        .where(
            PhoneLine.active.is_(True),
            (PhoneLine.centre_id == centre.id) | PhoneLine.centre_id.is_(None),
        )
        .order_by(PhoneLine.id)
    ).all()
    return Sheet(
        centre=centre,
        numbers=numbers,
        emergency=[(one.service, _row(one.line) if one.line else None) for one in own],
        elsewhere=[_row(line) for line in lines if line.kind.is_emergency and line.id not in used],
        hospitals=[_row(line) for line in near if line.kind is PartnerKind.HOSPITAL],
        partners=[
            _row(line)
            for line in near
            if line.kind is not PartnerKind.HOSPITAL and not line.kind.is_emergency
        ],
        supervisors=supervisors,
        written_at=now,
    )


def _row(line: PartnerLine) -> Row:
    place = line.place
    return Row(
        line.name_zh,
        line.name_en,
        line.number,
        "; ".join(line.hours),
        place.name_zh if place else "",
        place.name_en if place else "",
    )


def both(message: str, **values: object) -> str:
    """On paper both languages stand beside each other."""
    translated = str(english()._catalog.get(message, ""))
    text = f"{message} {translated}".strip()
    return text % values if values else text


@cache
def _paper() -> Environment:
    paper = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    paper.globals.update(
        _=both, label=lambda code: f"{code.zh} {code.en}", in_language=lambda zh, en: f"{zh} {en}"
    )
    paper.filters["sheet_time"] = sheet_time
    return paper


def sheet_time(at: datetime) -> str:
    """2026-11-22 23:51"""
    return local(at).strftime("%Y-%m-%d %H:%M")


def paper_form(session: Session) -> dict[str, Any]:
    """What the blank form is printed from: the code lists, and the form in force."""
    form = form_on_file(session, standing_version(session))
    return {**LISTED, "form": form, "own_fields": [f for f in form.fields.values() if is_own(f.code)]}


def _whole(title: str, body: str) -> str:
    """One file with its styles inside, to be opened on any machine."""
    css = "\n".join((HERE / "static" / "css" / name).read_text("utf-8") for name in STYLES)
    return (
        f'<!doctype html><html lang="zh-CN" data-theme="light"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{css}</style></head>"
        f'<body class="sheet-page">{body}</body></html>'
    )


def write_sheets(session: Session, now: datetime, folder: Path) -> list[Path]:
    """Write what is to be printed into `folder`, each file atomically; returns the files."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    organisation = session.scalars(select(Organisation).order_by(Organisation.id)).first()
    number = organisation.number if organisation else ""
    paper = _paper()
    written = []
    for sheet in sheets(session, now):
        body = paper.get_template("sheet/_emergency.html").render(sheet=sheet, number=number)
        written.append(
            _keep(folder / f"应急联系单-{sheet.centre.id}.html", _whole("应急联系单 · Emergency sheet", body))
        )
    form = paper.get_template("sheet/_form.html").render(number=number, **paper_form(session))
    written.append(_keep(folder / "来电登记表.html", _whole("来电登记表 · Call record", form)))
    return written


def _keep(path: Path, text: str) -> Path:
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
    return path

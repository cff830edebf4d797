"""知识库 with two signatures, the panel at the desk, and the papers for when the server is down."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

from sqlalchemy import select

from agent_console.emergency_sheet import write_sheets
from hotline.bootstrap.core import Core
from hotline.bootstrap.printing import DailySheets
from models.network import PartnerLine
from models.notes import Note
from models.people import Person
from models.protocols import ProtocolVersion
from models.seats import Seat
from models.vocabulary_network import PartnerKind
from models.vocabulary_quality import ProtocolState
from tests import factories
from tests.boards_kit import Night
from tests.console_kit import Console, csrf_of

Busy = tuple[Console, Night]


def test_a_protocol_holds_once_a_second_person_signed_it(busy: Busy) -> None:
    console, night = busy
    author, signer = console.signed_in(night.people.supervisor), console.signed_in(night.people.second)
    assert "本热线还没有签发" in author.get("/knowledge/cards/imminent").text
    author.post("/knowledge/adopt/imminent", data={"csrf_token": csrf_of(author, "/knowledge/")})
    with console.records() as session:
        version = session.scalars(select(ProtocolVersion)).one()
    sign = f"/knowledge/versions/{version.id}/sign"
    own = author.post(sign, data={"csrf_token": csrf_of(author, "/knowledge/")}, follow_redirects=True)
    assert "起草人不能签发" in own.text
    signer.post(sign, data={"csrf_token": csrf_of(signer, "/knowledge/")})
    page = signer.get("/knowledge/cards/imminent").text
    assert "沈知 / 秦立" in page
    assert "本热线还没有签发" not in page

    form = {
        "csrf_token": csrf_of(author, "/knowledge/"),
        "code": "imminent",
        "title_zh": "R4 新版",
        "title_en": "R4 anew",
        "card_zh": "一步",
        "card_en": "One step",
        "source": "DOMAIN.md b2",
        "levels": "4",
    }
    refused = author.post("/knowledge/write", data={**form, "card_en": " "})
    assert refused.status_code == 422
    assert "R4 新版" in refused.text
    author.post("/knowledge/write", data=form)
    assert "R4 新版" not in author.get("/knowledge/").text.split('id="found-h"')[1]
    with console.records() as session:
        second = session.scalars(select(ProtocolVersion).where(ProtocolVersion.number == 2)).one()
    signer.post(f"/knowledge/versions/{second.id}/sign", data={"csrf_token": csrf_of(signer, "/knowledge/")})
    with console.records() as session:
        states = {one.number: one.state for one in session.scalars(select(ProtocolVersion))}
        assert states == {1: ProtocolState.RETIRED, 2: ProtocolState.SIGNED}


def test_the_panel_follows_the_note_and_the_phase(busy: Busy) -> None:
    console, night = busy
    with console.records() as session:
        note = session.scalars(select(Note).where(Note.call_id == night.danger.call_id)).one()
        seat = session.scalars(select(Seat).where(Seat.call_id == note.call_id)).one()
        operator = session.get_one(Person, seat.person_id)
        note.population = "P02"
    client = console.signed_in(operator)
    panel = client.get(f"/knowledge/_panel?call={night.danger.call_id}").text
    shown = [line.split('"')[0] for line in panel.split('data-protocol="')[1:]]
    assert set(shown[:2]) == {"imminent", "recovered"}
    assert "moderate" not in shown
    assert 'data-protocol="silent"' in client.get("/knowledge/_results?q=沉默").text
    supervisor = console.signed_in(night.people.supervisor)
    supervisor.post(
        "/knowledge/phase", data={"csrf_token": csrf_of(supervisor, "/knowledge/"), "phase": "outbreak"}
    )
    panel = client.get(f"/knowledge/_panel?call={night.danger.call_id}").text
    assert 'data-protocol="recovered"' not in panel
    assert console.signed_in(night.people.official).get("/knowledge/").status_code == 403


def test_the_sheets_name_services_and_hold_no_caller(busy: Busy, tmp_path: Path) -> None:
    console, night = busy
    with console.records() as session:
        for kind, name, number, place in (
            (PartnerKind.AMBULANCE, "云州急救", "0990-120", "990100"),
            (PartnerKind.AMBULANCE, "石门急救", "0992-120", "990200"),
            (PartnerKind.HOSPITAL, "云州医院", "0990-5550001", "990100"),
        ):
            session.add(PartnerLine(name_zh=name, name_en="Line", kind=kind, number=number, place_code=place))
    client = console.signed_in(night.people.operator)
    page, form = client.get("/sheet/").text, client.get("/sheet/form").text
    worker = client.get("/sheet/worker.js")

    own, elsewhere = page.split("外地指挥中心", 1)
    assert "0990-120" in own
    assert "0992-120" in elsewhere
    assert "0990-5550001" in page
    assert "csrf" not in page
    assert night.people.operator.name not in page
    assert "P02" in form
    assert worker.mimetype == "text/javascript"

    with console.records() as session:
        files = write_sheets(session, factories.NOW, tmp_path / "print")
    assert sorted(file.name for file in files) == [
        "应急联系单-1.html",
        "应急联系单-2.html",
        "来电登记表.html",
    ]
    paper = (tmp_path / "print" / "应急联系单-1.html").read_text("utf-8")
    assert "0990-120" in paper
    assert "Supervisors" in paper
    assert "2026-11-22 23:51" in paper
    for number in ("13900001234", "13800002716"):
        assert all(number not in file.read_text("utf-8") for file in files)


def test_a_centre_founded_at_noon_has_its_sheet_the_same_day(console: Console, tmp_path: Path) -> None:
    core = SimpleNamespace(work=console.parts.work, settings=SimpleNamespace(data_dir=tmp_path))
    daily = DailySheets(cast("Core", core), console.parts.clock)
    daily.write_if_due()
    assert [file.name for file in (tmp_path / "print").iterdir()] == ["来电登记表.html"]
    with console.records() as session:
        factories.a_centre(session)
    daily.write_if_due()
    assert len(list((tmp_path / "print").glob("应急联系单-*.html"))) == 1

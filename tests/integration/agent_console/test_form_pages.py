"""The contact form's versions with the administrator: drafted on the page, shown on the desk and on paper."""

from __future__ import annotations

import io
import json
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from models.audit import AuditLine
from models.notes import FORM_VERSION, Note
from models.seats import Seat
from models.vocabulary import Role, SeatState
from tests import factories
from tests.console_kit import Console, csrf_of

FORMS = "/administration/forms"


class Keeper:
    """An administrator's browser."""

    def __init__(self, console: Console) -> None:
        with console.records() as session:
            person = factories.a_person(session, Role.ADMINISTRATOR, login="keeper")
        self.client: FlaskClient = console.signed_in(person)
        self.csrf = csrf_of(self.client, f"{FORMS}/")

    def get(self, path: str = "/") -> str:
        return unescape(self.client.get(f"{FORMS}{path}").text)

    def post(self, path: str, **fields: object) -> TestResponse:
        return self.client.post(f"{FORMS}{path}", data={"csrf_token": self.csrf, **fields})

    def a_draft(self, name: str = "city-1") -> None:
        assert self.post("/", name=name, source=FORM_VERSION).status_code == 303

    def asks_for_medicine(self, name: str = "city-1") -> TestResponse:
        return self.post(
            f"/{name}/fields",
            zh="正在服药",
            en="Takes medicine",
            kind="one",
            page="service",
            choice=["", "", ""],
            choice_zh=["是", "否", ""],
            choice_en=["Yes", "No", ""],
            needed=["02"],
        )


@pytest.fixture
def keeper(console: Console) -> Keeper:
    return Keeper(console)


def test_only_administrators_change_the_form(console: Console) -> None:
    with console.records() as session:
        operator = factories.a_person(session)
    assert console.signed_in(operator).get(f"{FORMS}/").status_code == 403


def test_before_anything_was_changed_the_page_says_what_is_used_and_what_to_do(keeper: Keeper) -> None:
    page = keeper.get()
    assert f"现用第 {FORM_VERSION} 版" in page
    assert "还没有启用过自己的版本" in page
    assert f'value="{FORM_VERSION}-1"' in page
    assert 'data-version="2026-11"' in page


def test_an_own_field_goes_from_the_page_to_the_desk_and_to_the_paper(
    console: Console, keeper: Keeper
) -> None:
    keeper.a_draft()
    assert keeper.asks_for_medicine().status_code == 303
    draft = keeper.get("/city-1")
    assert 'data-change="own_1"' in draft
    assert "草稿：启用前接线员看不到它" in draft
    with console.records() as session:
        centre = factories.a_centre(session)
        person = factories.a_person(session, centre=centre)
        seat = factories.a_seat(session, centre, person, SeatState.AVAILABLE)
        call = factories.a_talk(session, session.get_one(Seat, seat.id))
    desk = console.signed_in(person)
    assert "正在服药" not in unescape(desk.get("/sheet/form").text)
    assert keeper.post("/city-1/in-force", reason="本市要问用药").status_code == 303

    shown = unescape(desk.get("/desk/").text)
    assert 'id="f-own_1"' in shown
    assert "表 city-1 版" in shown
    paper = unescape(desk.get("/sheet/form").text)
    assert "26 正在服药" in paper
    csrf = desk.get("/session/token").json["csrf"]
    saved = desk.post(
        f"/desk/calls/{call.id}/note",
        json={"base_revision": 0, "content": {"call_type": "02", "own_1": "own_2"}},
        headers={"X-CSRFToken": csrf},
    )
    assert saved.status_code == 200, saved.text
    assert "own_1" not in saved.json["missing"]
    assert "own_1" not in desk.get(f"/my-notes/{call.id}").text
    with console.records() as session:
        note = session.scalars(select(Note)).one()
        assert (note.form_version, note.fields["own_1"]) == ("city-1", "own_2")
        assert session.scalars(select(AuditLine).where(AuditLine.action == "form.in_force")).one()
    assert "本市要问用药" in keeper.get()


def test_choices_are_changed_by_row_and_new_ones_get_codes_of_their_own(keeper: Keeper) -> None:
    keeper.a_draft()
    taken = keeper.post(
        "/city-1/fields/solved",
        choice=["yes", "no", "na", "", ""],
        choice_zh=["已解决", "没有", "", "等消息", ""],
        choice_en=["Solved", "No", "", "Waiting", ""],
        needed=["01"],
    )
    assert taken.status_code == 303
    raw = json.loads(keeper.get("/city-1.json"))
    solved = next(entry for entry in raw["fields"] if entry["code"] == "solved")
    assert [row[0] for row in solved["choices"]] == ["yes", "no", "own_1"]
    assert raw["required"]["01"][-1] == "solved"
    assert keeper.post("/city-1/fields/marital/out").status_code == 303
    assert 'data-left-out="marital"' in keeper.get("/city-1")
    assert keeper.post("/city-1/fields/marital/back").status_code == 303
    assert 'data-left-out="marital"' not in keeper.get("/city-1")


def test_what_is_refused_says_why_and_keeps_what_was_typed(keeper: Keeper) -> None:
    keeper.a_draft()
    refused = keeper.post(
        "/city-1/fields",
        zh="用药名称",
        en="",
        kind="several",
        page="caller",
        choice=["", ""],
        choice_zh=["安眠药", "抗抑郁药"],
        choice_en=["Sleeping pills", ""],
        needed=["03"],
    )
    page = unescape(refused.text)
    assert refused.status_code == 422
    assert "中文和英文都要写" in page
    for typed in ('value="用药名称"', 'value="安眠药"', 'value="抗抑郁药"', 'value="Sleeping pills"'):
        assert typed in page
    for path, fields, told in (
        ("/", {"name": "2030-01", "source": FORM_VERSION}, "留给产品自带的版本"),
        ("/", {"name": "city-1", "source": FORM_VERSION}, "已经有了"),
        ("/city-1/in-force", {"reason": ""}, "请写明启用的理由"),
        ("/city-1/fields/recommendations/out", {}, "至少要留一个项目： 19"),
        ("/city-1/fields/population", {"needed": []}, "不能取消： 人群"),
    ):
        answer = keeper.post(path, **fields)
        assert (answer.status_code, told in unescape(answer.text)) == (422, True), path
    assert keeper.post("/nothing/fields/sex").status_code == 404
    assert keeper.post("/", name="city-2", source="nothing").status_code == 404
    assert keeper.post("/city-1/fields/nothing").status_code == 404


def test_a_version_in_force_is_not_changed_but_followed_by_another(keeper: Keeper) -> None:
    keeper.a_draft()
    keeper.post("/city-1/in-force", reason="试行")
    assert keeper.asks_for_medicine().location.endswith("/city-1")
    assert "不再改动" in keeper.get("/city-1")
    assert 'data-role="change"' not in keeper.get("/city-1")
    keeper.a_draft("city-2")
    assert keeper.post("/city-2/discard").status_code == 303
    assert 'data-version="city-2"' not in keeper.get()


def test_a_downloaded_file_can_be_taken_in_elsewhere(keeper: Keeper) -> None:
    keeper.a_draft()
    keeper.asks_for_medicine()
    raw = json.loads(keeper.get("/city-1.json")) | {"version": "city-9"}
    sent = io.BytesIO(b"\xef\xbb\xbf" + json.dumps(raw, ensure_ascii=False).encode())
    assert keeper.post("/upload", file=(sent, "city-9.json")).location.endswith("/city-9")
    assert 'data-change="own_1"' in keeper.get("/city-9")
    broken = keeper.post("/upload", file=(io.BytesIO(b"PK..."), "form.xlsx"))
    assert broken.status_code == 422
    assert "读不出这个文件" in broken.text
    assert keeper.post("/upload").status_code == 422

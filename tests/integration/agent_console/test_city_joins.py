"""When a city joins: places, people and partner lines come from tables, prompts are recorded; all audited."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from agent_console.administration_places import TABLES
from agent_console.app import create_app
from hotline.telephony.addresses import Addresses
from hotline.telephony.language_prompts import default_texts
from hotline.telephony.prompt_voice import PromptVoice
from hotline.telephony.prompts import GREETING, STILL_IN_LINE
from hotline.telephony.twiml import Documents
from hotline.workforce.prompt_versions import greeting_is_recorded
from models.audit import AuditLine
from models.entries import ContactEntry
from models.network import PartnerLine
from models.notes import Note
from models.people import Person
from models.places import Place
from models.policies import standing_policy
from models.prompts import PromptVersion
from models.surveillance import Contact
from models.vocabulary_network import PartnerKind
from tests import factories
from tests.boards_kit import Night
from tests.console_kit import Console, csrf_of
from tests.unit.domain.test_prompt_audio import a_wav

Busy = tuple[Console, Night]


@pytest.fixture
def spoken(busy: Busy, tmp_path: Path) -> Busy:
    """The busy console, with a folder for recorded prompts."""
    console, night = busy
    console.close()
    settings = dataclasses.replace(
        console.parts.settings, prompts_dir=tmp_path / "prompts", prompt_texts=default_texts()
    )
    console.parts = dataclasses.replace(console.parts, settings=settings)
    console.app = create_app(console.parts)
    return console, night


def lines(console: Console, action: str) -> list[AuditLine]:
    with console.records() as session:
        return list(session.scalars(select(AuditLine).where(AuditLine.action == action)))


def send(console: Console, night: Night, kind: str, text: str, what: str = "write") -> tuple[int, str]:
    client = console.signed_in(night.people.administrator)
    form = {"text": text, "what": what, "csrf_token": csrf_of(client, "/administration/people")}
    answer = client.post(f"/administration/import/{kind}", data=form)
    return answer.status_code, answer.text


def test_one_wrong_line_and_nothing_is_written(busy: Busy) -> None:
    console, night = busy
    table = "code,name_zh,name_en\n990300,江口市,Jiangkou\n990401,山下区,Shanxia\n99,短,Short\n"

    status, page = send(console, night, "places", table)

    assert status == 422
    assert re.findall(r'<tr data-fault><td class="num right">(\d+)</td>', page) == ["3", "4"]
    assert "江口市" in page
    with console.records() as session:
        assert session.get(Place, "990300") is None


@pytest.mark.parametrize("kind", sorted(TABLES))
def test_the_example_that_a_page_shows_is_a_line_that_it_takes(busy: Busy, kind: str) -> None:
    """But for what is on file elsewhere: the example's centre, place and person."""
    console, night = busy
    table = TABLES[kind]

    _, page = send(console, night, kind, f"{','.join(table.columns)}\n{table.example}\n", "check")

    faults = re.findall(r'<tr data-fault><td class="num right">2</td><td><code>(\w+)</code>', page)
    assert set(faults) <= {"centre", "place_code", "code", "login"}


def test_places_come_with_their_parents_and_known_ones_are_renamed(busy: Busy) -> None:
    console, night = busy
    table = "code,name_zh,name_en\n990300,江口市,Jiangkou\n990302,河口区,Hekou\n990102,临湖新区,Linhu New\n"

    checked, preview = send(console, night, "places", table, "check")
    status, page = send(console, night, "places", table)

    assert (checked, status) == (200, 200)
    assert "3 行都可以导入" in preview
    assert "已导入 3 行" in page
    with console.records() as session:
        new, renamed = session.get_one(Place, "990302"), session.get_one(Place, "990102")
        assert (new.parent_code, str(new.level)) == ("990300", "county")
        assert renamed.name_zh == "临湖新区"
    (line,) = lines(console, "place.import")
    before = json.loads(line.reason or "")["4 place:990102"][0]
    assert json.loads(line.reason or "") == {
        "2 place:990300": [None, {"name_zh": "江口市", "name_en": "Jiangkou"}],
        "3 place:990302": [None, {"name_zh": "河口区", "name_en": "Hekou"}],
        "4 place:990102": [before, {"name_zh": "临湖新区", "name_en": "Linhu New"}],
    }
    assert before["name_zh"] == "临湖区"
    shown = console.signed_in(night.people.administrator).get("/administration/audit").text
    assert "name_zh 河口区; name_en Hekou" in shown


def test_a_place_that_a_table_leaves_as_it_was_is_no_change_in_the_audit(busy: Busy) -> None:
    console, night = busy
    send(console, night, "places", "code,name_zh,name_en\n990300,江口市,Jiangkou\n")

    send(console, night, "places", "code,name_zh,name_en\n990300,江口市,Jiangkou\n")

    assert len(lines(console, "place.import")) == 1


def test_lines_are_counted_as_a_spreadsheet_counts_them_whatever_is_empty(busy: Busy) -> None:
    console, night = busy
    table = "code,name_zh,name_en\n\n990300,江口市,Jiangkou\n,,\n99,短,Short\n"

    status, page = send(console, night, "places", table)

    assert status == 422
    assert re.findall(r'<tr data-fault><td class="num right">(\d+)</td>', page) == ["5"]


def test_a_table_of_a_government_desktop_is_read_in_its_own_encoding(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    table = "code,name_zh,name_en\r\n990300,江口市,Jiangkou\r\n".encode("gb18030")
    form = {"what": "check", "csrf_token": csrf_of(client, "/administration/people")}

    answer = client.post(
        "/administration/import/places", data={**form, "file": (io.BytesIO(table), "places.csv")}
    )

    assert "1 行都可以导入" in answer.text
    assert "江口市" in answer.text


def test_people_get_a_password_that_is_shown_once(busy: Busy) -> None:
    console, night = busy
    table = (
        "login,name,role,centre,place_code,trained,confidentiality_signed\n"
        "jiang1,江一,接线员,云州中心,,2026-09-01,2026-08-20\njiang2,江二,official,,990200,,\n"
    )

    status, page = send(console, night, "people", table)

    assert status == 200
    passwords = re.findall(r"<tr><td>(jiang\d)</td><td class=\"num\">(\w+)</td></tr>", page)
    assert [login for login, _ in passwords] == ["jiang1", "jiang2"]
    fresh = console.client()
    form = {"login": "jiang1", "password": passwords[0][1], "csrf_token": csrf_of(fresh)}
    assert fresh.post("/sign-in", data=form).status_code == 302
    assert all(passwords[0][1] not in (line.reason or "") for line in lines(console, "person.import"))


def test_people_of_no_centre_taken_logins_and_odd_dates_are_told_by_line(busy: Busy) -> None:
    console, night = busy
    table = (
        "login,name,role,centre,place_code,trained,confidentiality_signed\n"
        "fang,方宜,operator,云州中心,,,\nnew1,新,operator,,,,\nnew2,新,operator,云州中心,,1.9.2026,\nnew3,新,boss,,,,\n"
    )

    status, page = send(console, night, "people", table)

    assert status == 422
    for said in ("这个账号已有人使用", "接线员须属于一个中心", "日期格式不对", "没有这一项"):
        assert said in page
    with console.records() as session:
        assert session.scalar(select(func.count()).where(Person.login.startswith("new"))) == 0


def test_partner_lines_come_with_hours_and_their_numbers_sealed(busy: Busy) -> None:
    console, night = busy
    head = "name_zh,name_en,kind,number,place_code,hours,groups,takes_overflow\n"
    kind = next(str(each) for each in PartnerKind if not each.is_emergency)
    good = f"{head}江口热线,Jiangkou Line,{kind},0990-5550101,990100,1-5 08:00-20:00;6 09:00-12:00,,yes\n"

    wrong, page = send(console, night, "partners", good.replace("08:00", "8点"))
    emergency, said = send(console, night, "partners", good.replace("0990-5550101", "0990 120"))
    assert (emergency, "只在有生命危险时由人拨打" in said) == (422, True)
    status, _ = send(console, night, "partners", good)

    assert (wrong, status) == (422, 200)
    assert "时段写作" in page
    with console.records() as session:
        row = session.scalars(select(PartnerLine).where(PartnerLine.name_zh == "江口热线")).one()
        assert (row.number, row.hours) == ("09905550101", ["1-5 08:00-20:00", "6 09:00-12:00"])


def test_a_table_without_its_columns_says_which(busy: Busy) -> None:
    console, night = busy

    status, page = send(console, night, "places", "代码,名称\n990300,江口市\n")

    assert status == 422
    assert "第一行缺少这些列： code, name_zh, name_en" in page


def test_a_place_is_renamed_and_retired_only_when_nothing_stands_there(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    token = csrf_of(client, "/administration/people")

    refused = client.post("/administration/places/990100", data={"what": "retire", "csrf_token": token})
    client.post(
        "/administration/places/990103",
        data={"what": "rename", "name_zh": "河东新区", "name_en": "Hedong New", "csrf_token": token},
    )
    client.post("/administration/places/990103", data={"what": "retire", "csrf_token": token})

    assert refused.status_code == 422
    assert "先停用它们" in refused.text
    with console.records() as session:
        place = session.get_one(Place, "990103")
        assert (place.name_zh, place.valid_to is not None) == ("河东新区", True)
    assert json.loads(lines(console, "place.rename")[0].reason or "")["name_zh"] == ["河东区", "河东新区"]
    assert "云州市" in client.get("/administration/places?q=云州").text


OLD = (
    "form_number,date,time,minutes,channel,centre,number,call_type,population,problem,place_code,risk_level,sex,"
    "age_band,dispositions,summary\n"
)


def test_old_records_come_as_finished_contacts_on_their_own_day(busy: Busy) -> None:
    console, night = busy
    table = OLD + (
        "云-0017,2026-03-02,21:05,35,电话,云州中心,13800009999,心理疏导,学生,睡眠,990102,R3,f,18-24,结束；预约,失眠\n"
        "云-0018,2026-03-03,09:10,12,01,云州中心,,11,,,,,,,,\n"
    )

    status, page = send(console, night, "records", table)

    assert status == 200, page
    with console.records() as session:
        entry = session.scalars(select(ContactEntry).where(ContactEntry.form_number == "云-0017")).one()
        note = session.scalars(select(Note).where(Note.call_id == entry.call_id)).one()
        assert (entry.late, entry.entered_by_id) == (True, night.people.administrator.id)
        assert entry.call.arrived_at.isoformat() == "2026-03-02T13:05:00+00:00"
        assert entry.call.caller_hash == factories.number_hash("13800009999")
        assert (note.state, str(note.problem), note.risk_level, note.summary) == ("closed", "D", 3, "失眠")
        assert note.fields == {"sex": "f", "age_band": "18-24", "dispositions": ["D1", "D3"]}
        assert session.scalars(select(Contact).where(Contact.call_id == entry.call_id)).first() is None
    (line,) = lines(console, "contact.import")
    assert "失眠" not in (line.reason or "")
    again, _ = send(console, night, "records", table)
    assert again == 422, "a form is entered once"


def test_what_an_old_record_cannot_be_is_told_by_line(busy: Busy) -> None:
    console, night = busy
    table = OLD + (
        "甲-1,2020-01-01,21:05,35,电话,云州中心,,心理疏导,,,,,,,,\n"
        "甲-2,2026-13-01,25:00,0,传真,别处,x,无,无,无,000000,R9,x,x,D99,\n"
        "甲-3,2036-01-01,21:05,35,电话,云州中心,,心理疏导,,,,,,,,\n"
    )

    status, page = send(console, night, "records", table)

    assert status == 422
    wrong = re.findall(r'<td class="num right">(\d)</td><td><code>(\w+)</code>', page)
    assert wrong[0] == ("2", "date")
    assert wrong[-1] == ("4", "date")
    assert {column for line, column in wrong if line == "3"} == set(OLD.strip().split(",")) - {
        "form_number",
        "summary",
    }


def test_how_long_is_kept_is_decided_anew_and_the_audit_tells_before_and_after(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    token = csrf_of(client, "/administration/people")
    form = {
        "consent_mode": "separate",
        "recording_days": "180",
        "transcript_days": "800",
        "service_record_days": "1200",
        "csrf_token": token,
    }

    refused = client.post("/administration/retention/", data={**form, "recording_days": "900"})
    client.post("/administration/retention/", data=form)

    assert refused.status_code == 422
    assert 'value="900"' in refused.text
    with console.records() as session:
        assert standing_policy(session).recording_days == 180
    (line,) = lines(console, "policy.recording")
    assert json.loads(line.reason or "")["recording_days"] == [365, 180]


def add_version(
    console: Console, night: Night, prompt: str, zh: str, wav: bytes | None = None
) -> tuple[int, str]:
    client = console.signed_in(night.people.administrator)
    form: dict[str, object] = {"text_zh": zh, "text_en": "Danger: 1. Star: no recording."}
    form["csrf_token"] = csrf_of(client, "/administration/people")
    if wav is not None:
        form["audio"] = (io.BytesIO(wav), "greeting.wav")
    answer = client.post(f"/administration/prompts/{prompt}/versions", data=form, follow_redirects=True)
    return answer.status_code, answer.text


def test_a_recorded_greeting_is_listened_to_used_and_played(spoken: Busy, tmp_path: Path) -> None:
    console, night = spoken
    words = "您好，这里是云川心理援助热线。有危险按1，不同意录音按星号。"
    status, _ = add_version(console, night, "greeting", words, a_wav(44100, seconds=5))
    assert status == 200
    voice = PromptVoice(console.parts.work, tmp_path / "prompts")
    assert voice(GREETING) == GREETING, "a version is not used by being made"
    client = console.signed_in(night.people.administrator)
    with console.records() as session:
        version = session.scalars(select(PromptVersion)).one()

    heard = client.get(f"/administration/prompts/versions/{version.id}.wav")
    client.post(
        f"/administration/prompts/versions/{version.id}/use",
        data={"csrf_token": csrf_of(client, "/administration/people"), "prompt": "greeting"},
    )
    voice = PromptVoice(console.parts.work, tmp_path / "prompts")
    documents = Documents(Addresses("https://door.test"), voice=voice)

    assert heard.data[:4] == b"RIFF"
    assert voice.audio(version.sha256 or "") == heard.data
    assert f"<Play>https://door.test/carrier/audio/prompts/{version.sha256}.wav</Play>" in documents.greeting(
        7, GREETING
    )
    assert STILL_IN_LINE.zh in documents.said(7, "wait", STILL_IN_LINE)
    with console.records() as session:
        assert greeting_is_recorded(session)
    assert [json.loads(line.reason or "")["in_use"] for line in lines(console, "prompt.use")] == [[None, 1]]


def test_when_the_recording_is_gone_its_words_are_said(spoken: Busy, tmp_path: Path) -> None:
    console, night = spoken
    add_version(console, night, "greeting", "有危险按1，不录音按星号。", a_wav())
    client = console.signed_in(night.people.administrator)
    with console.records() as session:
        version = session.scalars(select(PromptVersion)).one()
    token = csrf_of(client, "/administration/people")
    client.post(f"/administration/prompts/versions/{version.id}/use", data={"csrf_token": token})
    (tmp_path / "prompts" / f"{version.sha256}.wav").unlink()

    document = Documents(
        Addresses("https://door.test"), voice=PromptVoice(console.parts.work, tmp_path / "prompts")
    ).greeting(7, GREETING)

    assert "<Play>" not in document
    assert "有危险按1，不录音按星号。" in document


def test_a_greeting_without_the_danger_key_is_refused_and_its_words_stay(spoken: Busy) -> None:
    console, night = spoken

    status, page = add_version(console, night, "greeting", "您好，请稍等。按星号不录音。")
    silent, said = add_version(console, night, "greeting", "有危险按1，不录音按星号。", a_wav(peak=0.0))

    assert (status, silent) == (422, 422)
    assert "这段话必须说到有危险按 1" in page
    assert "您好，请稍等" in page
    assert "录音里没有声音" in said

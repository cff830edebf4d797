"""A call's record: opening it is audited, and words, number and audio each ask for a reason."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from models.audit import AuditLine, broken_audit_line
from models.calls import Call, CallEvent
from models.network import PartnerLine, PhoneLine
from models.participation import Participation, Transfer
from models.recordings import Recording, Transcript
from models.sealed_files import write_sealed
from models.vocabulary_network import PartnerKind
from models.vocabulary_talk import ParticipantRole, TransferKind, TransferState
from tests.boards_kit import CALLER_NUMBER, NOW, SECRET_WORDS, Night
from tests.console_kit import AUDIT_KEY, Console, csrf_of

Busy = tuple[Console, Night]


def actions(console: Console, subject: str) -> list[str]:
    with console.records() as session:
        return list(
            session.scalars(
                select(AuditLine.action).where(AuditLine.subject == subject).order_by(AuditLine.id)
            )
        )


def test_opening_a_call_is_audited_and_shows_redacted_words_alone(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)

    page = client.get(f"/calls/{night.told_call.id}").text

    assert "〔地址〕" in page
    assert SECRET_WORDS not in page
    assert CALLER_NUMBER not in page
    assert "138 **** 2716" in page
    assert actions(console, f"call:{night.told_call.id}") == ["call.read"]


def test_every_step_of_the_pipeline_is_a_line_with_its_state(busy: Busy) -> None:
    console, night = busy
    page = console.signed_in(night.people.supervisor).get(f"/calls/{night.told_call.id}").text

    for words in (
        "录音 · 已加密保存",
        "转写 · 已完成",
        "脱敏、风险词与向量 · 已完成",
        "归入问题 · 等待处理",
        "欠薪失业",
    ):
        assert words in page


def test_original_words_need_a_reason_and_leave_it_in_the_audit(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    call = night.told_call.id
    with console.records() as session:
        transcript = session.scalars(select(Transcript.id)).one()
    path, token = f"/calls/{call}/transcripts/{transcript}/original", csrf_of(client, "/calls/")

    refused = client.post(path, data={"csrf_token": token, "reason": ""})
    opened = client.post(path, data={"csrf_token": token, "reason": "质检抽查第 3 份"})

    assert refused.status_code == 422
    assert SECRET_WORDS not in refused.text
    assert SECRET_WORDS in opened.text
    assert actions(console, f"call:{call}") == ["transcript.original"]
    with console.records() as session:
        line = session.scalars(select(AuditLine).where(AuditLine.action == "transcript.original")).one()
        assert line.reason == "质检抽查第 3 份"
        assert broken_audit_line(session, AUDIT_KEY) is None


def test_a_transcript_is_not_opened_through_another_call(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    with console.records() as session:
        transcript = session.scalars(select(Transcript.id)).one()

    answer = client.post(
        f"/calls/{night.danger.call_id}/transcripts/{transcript}/original",
        data={"csrf_token": csrf_of(client, "/calls/"), "reason": "看看别的来电"},
    )

    assert answer.status_code == 404


def test_the_whole_number_is_shown_once_a_reason_is_given(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    path, token = f"/calls/{night.told_call.id}/number", csrf_of(client, "/calls/")

    assert client.post(path, data={"csrf_token": token, "reason": "a"}).status_code == 422
    assert CALLER_NUMBER in client.post(path, data={"csrf_token": token, "reason": "联系救援"}).text
    assert actions(console, f"call:{night.told_call.id}") == ["number.show"]


def test_audio_plays_for_the_person_who_gave_a_reason_alone(busy: Busy, tmp_path: Path) -> None:
    console, night = busy
    first, second = console.signed_in(night.people.supervisor), console.signed_in(night.people.second)
    sound = b"RIFF" + bytes(range(256)) * 700
    with console.records() as session:
        recording = session.scalars(select(Recording)).one()
        write_sealed(tmp_path / "told.wav.sealed", [sound], console.parts.keyring, recording.seal_context)
        recording.size_bytes = len(sound)
        path = f"/calls/{night.told_call.id}/recordings/{recording.id}"
    assert first.get(f"{path}/audio").status_code == 403

    page = first.post(
        f"{path}/play", data={"csrf_token": csrf_of(first, "/calls/"), "reason": "质检抽查"}
    ).text

    source = page.split('<audio controls preload="metadata" src="')[1].split('"')[0].replace("&amp;", "&")
    played = first.get(source)
    assert played.data == sound
    assert played.mimetype == "audio/wav"
    assert second.get(source).status_code == 403
    assert "recording.play" in actions(console, f"call:{night.told_call.id}")


def test_a_damaged_recording_says_so_instead_of_playing(busy: Busy, tmp_path: Path) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    (tmp_path / "told.wav.sealed").write_bytes(b"HSF1 this is no recording")
    with console.records() as session:
        recording = session.scalars(select(Recording.id)).one()
    path = f"/calls/{night.told_call.id}/recordings/{recording}"
    page = client.post(
        f"{path}/play", data={"csrf_token": csrf_of(client, "/calls/"), "reason": "质检抽查"}
    ).text
    source = page.split('<audio controls preload="metadata" src="')[1].split('"')[0].replace("&amp;", "&")

    assert client.get(source).status_code == 404


def test_an_issue_opens_down_to_its_calls(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)

    page = client.get(f"/issues/{night.issue.id}").text

    assert f'href="/calls/{night.told_call.id}"' in page
    renamed = client.post(
        f"/issues/{night.issue.id}/name",
        data={"csrf_token": csrf_of(client, "/issues/"), "name": "裁员与欠薪"},
        follow_redirects=True,
    ).text
    assert "欠薪失业 → 裁员与欠薪" in renamed


def test_the_whole_chain_of_transfers_stands_on_the_calls_page(busy: Busy) -> None:
    console, night = busy
    call_id, first, second = night.told_call.id, night.seats[0], night.seats[2]
    with console.records() as session, session.begin():
        call = session.get_one(Call, call_id)
        line = PhoneLine(number="057112355", name_zh="老号码", name_en="Old number")
        partner = PartnerLine(
            name_zh="青少年热线", name_en="Youth line", kind=PartnerKind.YOUTH_LINE, number="0571123551"
        )
        session.add_all([line, partner])
        session.flush()
        call.line_id, call.number_dialled = line.id, line.number
        asked = {"call_id": call_id, "from_person_id": first.person_id, "from_seat_id": first.id}
        outside = Transfer(**asked, kind=TransferKind.CONSULT, state=TransferState.RETURNED, asked_at=NOW)
        outside.reason, outside.ended_at = "no_answer", NOW + timedelta(seconds=25)
        session.add_all(
            [
                outside,
                Transfer(
                    **asked,
                    kind=TransferKind.COLD,
                    state=TransferState.BOUNCED,
                    reason="declined",
                    partner_id=partner.id,
                    asked_at=NOW + timedelta(minutes=1),
                ),
                Transfer(
                    **asked,
                    kind=TransferKind.QUEUE,
                    state=TransferState.COMPLETED,
                    to_language="mn",
                    to_skills=["youth"],
                    asked_at=NOW + timedelta(minutes=2),
                ),
                Transfer(
                    **asked,
                    kind=TransferKind.CONSULT,
                    state=TransferState.COMPLETED,
                    to_seat_id=second.id,
                    to_person_id=second.person_id,
                    asked_at=NOW + timedelta(minutes=3),
                    answered_at=NOW + timedelta(minutes=3, seconds=9),
                ),
                CallEvent(call_id=call_id, at=NOW, kind="standby_dialled", data={"partner_id": partner.id}),
                CallEvent(call_id=call_id, at=NOW, kind="standby_answered", data={}),
            ]
        )
        session.flush()
        session.add(
            Participation(
                call_id=call_id,
                transfer_id=outside.id,
                role=ParticipantRole.PARTNER,
                number="13911112222",
                asked_at=NOW,
                deadline_at=NOW,
            )
        )

    page = console.signed_in(night.people.supervisor).get(f"/calls/{call_id}").text
    way = " ".join(
        re.sub(r"<[^>]+>", " ", page[page.index('data-role="way"') :].split("</section>")[0]).split()
    )

    assert "057112355 老号码" in way
    assert "138 **** 2716" in way, "the caller's own number, whoever serves them"
    assert "13911112222" not in page
    order = [
        "无人在岗，转到 青少年热线 · 已接听",
        "→ 外部电话 139 **** 2222 · 先商议 没有接通，回到原接线员 · 对方没有接",
        "→ 青少年热线 · 直接转 没有转成，回到队首 · 对方暂不接或正忙",
        "→ 队列 · 蒙古语、青少年 · 转回队列 已转接",
        "→ 坐席 03 苏禾 · 先商议 已转接 · 对方接通",
    ]
    places = [way.find(words) for words in order]
    assert -1 not in places, way
    assert places == sorted(places)
    assert "坐席 01 林晓" in way
    assert ">transfer<" not in page
    assert "standby_dialled" not in page, "the log speaks in words"


def test_a_call_that_was_never_passed_on_says_so(busy: Busy) -> None:
    console, night = busy
    page = console.signed_in(night.people.supervisor).get(f"/calls/{night.told_call.id}").text
    assert "没有转接。" in page
    assert "12356" in page

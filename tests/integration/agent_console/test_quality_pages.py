"""Quality review: a seeded sample, a recording heard part by part, words that their operator alone reads."""

from __future__ import annotations

import io
import re
import wave

import numpy as np
import pytest
from sqlalchemy import select

from models.audit import AuditLine
from models.calls import Call
from models.people import Person
from models.quality import QualityReview, SampleDraw, ScorecardVersion
from models.recordings import Recording
from models.sealed_files import write_sealed
from tests.boards_kit import SECRET_WORDS, Night
from tests.console_kit import Console, csrf_of

Busy = tuple[Console, Night]


def two_voices(seconds: float = 12.0, rate: int = 8000) -> bytes:
    """A WAV whose caller is loud in the first half and whose other channel in the second."""
    time = np.arange(int(seconds * rate)) / rate
    tone = np.sin(2 * np.pi * 300 * time) * 20000
    first = np.where(time < seconds / 2, tone, 0)
    frames = np.stack((first, tone - first), axis=1).astype("<i2")
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(frames.tobytes())
    return held.getvalue()


@pytest.fixture
def heard(busy: Busy) -> tuple[Console, Night, bytes]:
    console, night = busy
    sound = two_voices()
    folder = console.parts.settings.recordings_dir
    assert folder is not None
    with console.records() as session:
        recording = session.scalars(select(Recording)).one()
        write_sealed(
            folder / str(recording.file_name), [sound], console.parts.keyring, recording.seal_context
        )
    return console, night, sound


def chosen_review(console: Console, night: Night) -> int:
    client = console.signed_in(night.people.supervisor)
    answer = client.post(
        f"/quality/calls/{night.told_call.id}", data={"csrf_token": csrf_of(client, "/quality/")}
    )
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def test_a_recording_is_heard_in_any_part_only_after_a_reason(heard: tuple[Console, Night, bytes]) -> None:
    console, night, sound = heard
    client = console.signed_in(night.people.supervisor)
    review_id = chosen_review(console, night)
    path = f"/quality/{review_id}"
    token = csrf_of(client, "/quality/")

    assert "<audio" not in client.get(path).text
    assert client.post(f"{path}/play", data={"csrf_token": token, "reason": " "}).status_code == 422
    page = client.post(f"{path}/play", data={"csrf_token": token, "reason": "本月抽查"}).text
    assert page.count('class="wave-caller"') == 1
    assert page.count('class="wave-ours"') == 1
    assert SECRET_WORDS not in page
    found = re.search(r'<audio[^>]* src="([^"]+)"', page)
    assert found is not None
    source = found.group(1).replace("&amp;", "&")
    assert client.get(source).data == sound
    part = client.get(source, headers={"Range": "bytes=100000-100099"})
    assert (part.status_code, part.data) == (206, sound[100000:100100])
    assert part.headers["Content-Range"] == f"bytes 100000-100099/{len(sound)}"
    assert client.get(source, headers={"Range": "bytes=-50"}).data == sound[-50:]
    assert client.get(source, headers={"Range": "bytes=99999999-"}).status_code == 416
    other = console.signed_in(night.people.second)
    assert other.get(source).status_code == 403
    with console.records() as session:
        played = session.scalars(select(AuditLine).where(AuditLine.action == "recording.play")).one()
        assert (played.subject, played.reason) == (f"call:{night.told_call.id}", "本月抽查")


def test_samples_are_drawn_by_a_seed_that_stays(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    token = csrf_of(client, "/quality/")
    refused = client.post("/quality/draw", data={"csrf_token": token, "each": "9"}, follow_redirects=True)
    assert "3 到 5 份" in refused.text
    for _ in range(2):
        client.post("/quality/draw", data={"csrf_token": token, "each": "4"})
    with console.records() as session:
        drawn = session.scalars(select(SampleDraw)).one()
        rows = session.scalars(select(QualityReview)).all()
        assert (drawn.month, drawn.each) == ("2026-11", 4)
        assert [row.call_id for row in rows] == [night.told_call.id]
    assert drawn.seed in client.get("/quality/").text


def test_an_operator_reads_and_answers_their_own_review_and_nobody_elses(busy: Busy) -> None:
    console, night = busy
    review_id = chosen_review(console, night)
    supervisor = console.signed_in(night.people.supervisor)
    token = csrf_of(supervisor, "/quality/")
    empty = supervisor.post(f"/quality/{review_id}", data={"csrf_token": token, "comment": "很稳"})
    assert empty.status_code == 422
    assert "很稳" in empty.text
    scores = {"csrf_token": token, "comment": "听得很稳，可以早一点问首问。"}
    scores |= {"score_space": "2", "score_two_weeks": "1"}
    assert supervisor.post(f"/quality/{review_id}", data=scores).status_code == 303
    with console.records() as session:
        operator = session.get_one(Person, session.get_one(Call, night.told_call.id).person_id)
        stranger = session.scalars(select(Person).where(Person.name == "周宁")).one()
    own = console.signed_in(operator)
    assert "75%" in own.get("/quality/mine").text
    page = own.get(f"/quality/mine/{review_id}").text
    assert "早一点问首问" in page
    assert "<audio" not in page
    own.post(f"/quality/mine/{review_id}", data={"csrf_token": csrf_of(own, "/desk/"), "reply": "下次先问。"})
    assert console.signed_in(stranger).get(f"/quality/mine/{review_id}").status_code == 404
    assert own.get(f"/quality/{review_id}").status_code == 403
    assert "下次先问" in supervisor.get(f"/quality/{review_id}").text


def test_a_changed_scorecard_is_a_new_version_and_a_fault_is_said(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    form = {
        "csrf_token": csrf_of(client, "/quality/"),
        "section_0_code": "listening",
        "section_0_zh": "倾听",
        "section_0_en": "Listening",
        "items_0": "space | 给对方时间 | Leaves room",
        "bands": "60 | 好 | Good\n0 | 练习 | Practice",
    }
    wrong = client.post("/quality/scorecard/", data={**form, "bands": "60 | 好 | Good"})
    assert wrong.status_code == 422
    assert "最后一行从 0 开始" in wrong.text
    assert "给对方时间" in wrong.text
    assert client.post("/quality/scorecard/", data=form).status_code == 303
    with console.records() as session:
        numbers = session.scalars(select(ScorecardVersion.number).order_by(ScorecardVersion.number)).all()
        assert numbers == [1, 2]

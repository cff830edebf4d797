"""One contract, two carriers: what the fake does for our client, the exchange does too."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hotline.telephony.carrier import Carrier, LegGone, RecordingGone
from models.crypto import Keyring
from models.vocabulary_talk import AudioMode
from tests.fake_carrier import FakeCarrier
from tests.grounds import SqliteGround
from tests.integration.telephony.exchange_process import LiveSwitchboard, eventually

UNKNOWN_LEG, UNKNOWN_RECORDING = "CA" + "0" * 32, "RE" + "0" * 32


@dataclass
class Line:
    """A carrier with one caller on the line."""

    carrier: Carrier
    caller_sid: str
    seat_answers: Callable[[str], None]
    """A seat's leg that rings is picked up."""
    a_url: str


@pytest.fixture
def fake() -> Line:
    carrier = FakeCarrier()
    carrier.post = lambda _url, _form: '<Response><Gather action="x" method="POST"/></Response>'
    leg = carrier.a_call_comes_in()
    return Line(carrier, leg.sid, lambda sid: carrier.seat_answers(carrier.legs[sid]), "https://door.test/x")


@pytest.fixture
def exchange(tmp_path: Path, keyring: Keyring, sqlite_ground: SqliteGround) -> Iterator[Line]:
    engine = sqlite_ground.copy(tmp_path / "live.db")
    live = LiveSwitchboard(engine, keyring, tmp_path)
    try:
        live.start()
        live.seat_behaves(7, 440.0, after_seconds=0.5)
        live.answers("13900000000", 500.0)
        phone = live.a_telephone("13800138000", 620.0)
        eventually(lambda: live.call_of_sid(phone.call_sid), "the call came in")
        yield Line(live.rest_carrier, phone.call_sid, lambda _sid: None, live.addresses.voice)
    finally:
        live.stop()
        engine.dispose()


@pytest.fixture(params=["fake", "exchange"])
def line(request: pytest.FixtureRequest) -> Line:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def test_the_contract_of_a_carrier(line: Line) -> None:
    carrier: Any = line.carrier
    assert carrier.look([]).legs[line.caller_sid] == "in-progress"

    seat_leg = carrier.ring_seat(conference="call-9", seat_id=7, offer_id=1, timeout_seconds=20)
    assert carrier.look([]).legs[seat_leg] in ("queued", "ringing")
    again = carrier.ring_seat(conference="call-9", seat_id=7, offer_id=1, timeout_seconds=20)
    assert again == seat_leg, "what was rung is not rung a second time"
    assert carrier.leg_of(conference="call-9", reference="offer-1") == seat_leg
    assert carrier.leg_of(conference="call-9", reference="offer-2") is None
    assert carrier.leg_of(conference="call-10", reference="offer-1") is None
    line.seat_answers(seat_leg)
    eventually(lambda: carrier.look([]).legs.get(seat_leg) == "in-progress", "the seat's leg is up")
    assert carrier.leg_of(conference="call-9", reference="offer-1") == seat_leg
    carrier.cancel_leg(seat_leg)
    eventually(lambda: seat_leg not in carrier.look([]).legs, "the seat's leg is down")
    assert carrier.leg_of(conference="call-9", reference="offer-1") is None
    carrier.cancel_leg(seat_leg)
    carrier.cancel_leg(UNKNOWN_LEG)

    outside = carrier.ring_number(
        conference="call-9", number="13900000000", timeout_seconds=20, reference="participation-1"
    )
    line.seat_answers(outside)
    eventually(lambda: carrier.look([]).legs.get(outside) == "in-progress", "the number answered")
    browser = carrier.ring_browser(
        conference="call-9", identity="seat_7", timeout_seconds=20, reference="participation-2", muted=True
    )
    line.seat_answers(browser)
    together = {outside, browser}
    eventually(lambda: carrier.look(["call-9"]).conferences["call-9"] == together, "both are in")
    for mode in (AudioMode.WHISPER, AudioMode.JOIN, AudioMode.LISTEN):
        carrier.set_mode(conference="call-9", leg_sid=browser, mode=mode, operator_sid=outside)
    carrier.mute(conference="call-9", leg_sid=outside, on=True)
    carrier.mute(conference="call-9", leg_sid=outside, on=False)
    carrier.hold(conference="call-9", call_sid=outside, on=True)
    carrier.hold(conference="call-9", call_sid=outside, on=False)
    carrier.cancel_leg(browser)
    eventually(lambda: browser not in carrier.look([]).legs, "the page's leg is down")
    with pytest.raises(LegGone):
        carrier.mute(conference="call-9", leg_sid=browser, on=True)
    carrier.cancel_leg(outside)
    eventually(lambda: outside not in carrier.look([]).legs, "the outside leg is down")

    recording = carrier.start_recording(line.caller_sid)
    carrier.pause_recording(line.caller_sid, recording, True)
    carrier.pause_recording(line.caller_sid, recording, False)
    with pytest.raises(RecordingGone):
        list(carrier.fetch_recording(recording))
    time.sleep(0.5)  # What holds not one frame of sound is absent, at any carrier.
    carrier.stop_recording(line.caller_sid, recording)
    carrier.stop_recording(line.caller_sid, recording)
    assert isinstance(b"".join(carrier.fetch_recording(recording)), bytes)
    (held,) = carrier.recordings_of(line.caller_sid)
    assert (held.sid, held.status, held.source) == (recording, "completed", "StartCallRecordingAPI")
    assert carrier.recordings_of(UNKNOWN_LEG) == []
    carrier.delete_recording(recording)
    carrier.delete_recording(recording)
    with pytest.raises(RecordingGone):
        list(carrier.fetch_recording(recording))
    with pytest.raises(RecordingGone):
        carrier.pause_recording(line.caller_sid, UNKNOWN_RECORDING, True)

    carrier.move(line.caller_sid, line.a_url)
    with pytest.raises(LegGone):
        carrier.hold(conference="call-9", call_sid=line.caller_sid, on=True)
    carrier.end_call(line.caller_sid)
    eventually(lambda: line.caller_sid not in carrier.look([]).legs, "the caller's leg is down")
    carrier.end_call(line.caller_sid)
    for gone in (
        lambda: carrier.move(line.caller_sid, line.a_url),
        lambda: carrier.start_recording(line.caller_sid),
        lambda: carrier.move(UNKNOWN_LEG, line.a_url),
    ):
        with pytest.raises(LegGone):
            gone()

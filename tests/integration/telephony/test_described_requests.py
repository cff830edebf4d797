"""Every request of our carrier client, and each answer to it, is as the carrier's OpenAPI file says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from hotline.telephony.carrier import Carrier
from models.crypto import Keyring
from models.vocabulary_talk import AudioMode
from tests.grounds import SqliteGround
from tests.integration.telephony.exchange_process import ACCOUNT, LiveSwitchboard, eventually
from tests.integration.telephony.wiring import TOKEN
from tests.openapi import CarrierDescription, JudgedClient

NOT_REST = {"fetch_recording"}
"""Sound files are outside the description."""


@pytest.fixture
def live(tmp_path: Path, keyring: Keyring, sqlite_ground: SqliteGround) -> Iterator[LiveSwitchboard]:
    engine = sqlite_ground.copy(tmp_path / "live.db")
    switchboard = LiveSwitchboard(engine, keyring, tmp_path)
    try:
        switchboard.start()
        yield switchboard
    finally:
        switchboard.stop()
        engine.dispose()


def test_all_that_our_client_asks_is_described(
    live: LiveSwitchboard, carrier_description: CarrierDescription
) -> None:
    carrier: Any = live.rest_carrier
    judged = JudgedClient(carrier_description, carrier._client.http_client)
    carrier._client.http_client = judged
    for seat in (7, 8):
        live.seat_behaves(seat, 440.0, after_seconds=0.3)
    requests.post(
        f"{live.exchange_url}/exchange/answerers",
        json={"client:listener_1": {"after_seconds": 0.1}, "13900000009": {"after_seconds": 0.1}},
        auth=(ACCOUNT, TOKEN),
        timeout=5,
    ).raise_for_status()
    phone = live.a_telephone("13800138000", 620.0)
    eventually(lambda: live.call_of_sid(phone.call_sid), "the call came in")
    talk = live.addresses.voice
    room = "call-9"
    made: dict[str, str] = {}

    def ring() -> None:
        for seat in (7, 8):
            made[f"seat {seat}"] = carrier.ring_seat(
                conference=room, seat_id=seat, offer_id=seat, timeout_seconds=20
            )
        eventually(lambda: len(carrier.look([room]).conferences[room]) == 2, "two are inside")

    def record() -> None:
        made["recording"] = carrier.start_recording(phone.call_sid)

    def ring_browser() -> None:
        made["browser"] = carrier.ring_browser(
            conference=room,
            identity="listener_1",
            timeout_seconds=20,
            reference="participation-2",
            muted=True,
        )
        eventually(lambda: made["browser"] in carrier.look([room]).conferences[room], "a listener is inside")

    def stream() -> None:
        made["stream"] = carrier.start_stream(
            phone.call_sid, url="ws://127.0.0.1:9/media", token="shown first", stream_id=1
        )

    steps: dict[str, Callable[[], object]] = {
        "ring_seat": ring,
        "ring_number": lambda: carrier.ring_number(
            conference=room, number="13900000009", timeout_seconds=20, reference="participation-1"
        ),
        "call_staff": lambda: carrier.call_staff(number="13900000008", summons_id=1, timeout_seconds=20),
        "ring_browser": ring_browser,
        "leg_of": lambda: carrier.leg_of(conference=room, reference="participation-2"),
        "set_mode": lambda: [
            carrier.set_mode(conference=room, leg_sid=made["browser"], mode=mode, operator_sid=made["seat 7"])
            for mode in AudioMode
        ],
        "mute": lambda: carrier.mute(conference=room, leg_sid=made["browser"], on=True),
        "look": lambda: carrier.look([room]),
        "ended_lately": carrier.ended_lately,
        "start_recording": record,
        "pause_recording": lambda: [
            carrier.pause_recording(phone.call_sid, made["recording"], on) for on in (True, False)
        ],
        "recordings_of": lambda: carrier.recordings_of(phone.call_sid),
        "stop_recording": lambda: carrier.stop_recording(phone.call_sid, made["recording"]),
        "delete_recording": lambda: carrier.delete_recording(made["recording"]),
        "hold": lambda: [
            carrier.hold(conference=room, call_sid=made["seat 7"], on=on) for on in (True, False)
        ],
        "start_stream": stream,
        "stop_stream": lambda: carrier.stop_stream(phone.call_sid, made["stream"]),
        "move": lambda: carrier.move(phone.call_sid, talk),
        "cancel_leg": lambda: carrier.cancel_leg(made["seat 7"]),
        "end_call": lambda: carrier.end_call(phone.call_sid),
    }
    for name, step in steps.items():
        before = len(judged.seen)
        step()
        assert len(judged.seen) > before, f"{name} asked the carrier nothing"

    assert judged.faults == []
    assert all(e.status < 300 for e in judged.seen), [e for e in judged.seen if e.status >= 300]
    forgotten = public_methods(Carrier) - steps.keys() - NOT_REST
    assert not forgotten, f"add a step for {forgotten}, so that its requests are judged too"


def public_methods(protocol: type) -> set[str]:
    return {name for name, value in vars(protocol).items() if callable(value) and not name.startswith("_")}

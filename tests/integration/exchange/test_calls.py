"""A call through a real exchange process, steered by the carrier's own client."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from hotline.exchange import wav
from tests.integration.exchange.conftest import ACCOUNT, TOKEN, RunningExchange

SAY_AND_WAIT = "<Response><Say>hello</Say><Pause length='30'/></Response>"


def loudness(samples: Any, frequency: float) -> float:
    """Amplitude of a tone, by its Fourier coefficient."""
    t = np.arange(len(samples)) / 8000
    return float(abs(np.exp(-2j * np.pi * frequency * t) @ samples.astype(float)) * 2 / max(1, len(samples)))


def test_a_caller_is_greeted_and_every_webhook_is_signed(application: Any, dial: Any) -> None:
    application.documents["/carrier/voice"] = (
        "<Response><Gather numDigits='1' action='/key'><Say language='zh-CN'>您好</Say></Gather></Response>"
    )
    application.documents["/key"] = "<Response><Hangup/></Response>"
    caller = dial(digits=[[1, "5"]])
    assert caller.finish() == "completed"
    assert application.of("/key")[0].fields["Digits"] == "5"
    first = application.of("/carrier/voice")[0].fields
    assert (first["CallStatus"], first["Direction"], first["From"]) == ("ringing", "inbound", "13800000001")
    ended = application.wait_for("/carrier/status")
    assert ended.fields["CallStatus"] == "completed"
    assert int(ended.fields["CallDuration"]) >= 1
    assert all(asked.signed for asked in application.asked)
    assert np.abs(caller.heard()).max() > 1000


def test_the_client_redirects_and_ends_a_live_call(application: Any, exchange: Any, dial: Any) -> None:
    application.documents["/carrier/voice"] = SAY_AND_WAIT
    application.documents["/new"] = "<Response><Say>moved</Say><Pause length='30'/></Response>"
    caller = dial()
    application.wait_for("/carrier/voice")
    live = exchange.client.calls(caller.call)
    assert live.fetch().status in ("ringing", "in-progress")
    live.update(url=application.url + "/new")
    application.wait_for("/new")
    assert live.update(status="completed").status == "completed"
    assert caller.finish() == "completed"
    with pytest.raises(TwilioRestException) as refused:
        live.update(url=application.url + "/new")
    assert refused.value.code == 21220


def test_what_the_exchange_does_not_know_is_refused_in_the_carriers_shape(exchange: Any) -> None:
    with pytest.raises(TwilioRestException) as unknown:
        exchange.client.validation_requests.create(phone_number="+8655501234")
    assert (unknown.value.status, unknown.value.code) == (404, 20404)
    with pytest.raises(TwilioRestException) as absent:
        exchange.client.calls("CA" + "0" * 32).fetch()
    assert absent.value.code == 20404


def test_an_operator_and_a_caller_hear_each_other_in_a_conference(
    application: Any, exchange: Any, dial: Any
) -> None:
    application.documents["/carrier/voice"] = (
        "<Response><Enqueue waitUrl='/wait' action='/left'>waiting</Enqueue></Response>"
    )
    application.documents["/wait"] = "<Response><Pause length='30'/></Response>"
    application.documents["/talk"] = (
        "<Response><Dial><Conference endConferenceOnExit='true' beep='false'>"
        "call-1</Conference></Dial></Response>"
    )
    exchange.post("/exchange/answerers", {"client:seat_1": {"after_seconds": 0.2, "tone": 900}})
    caller = dial(tone=600)
    application.wait_for("/wait")
    participants = exchange.client.conferences("call-1").participants
    invited = participants.create(
        from_="12356", to="client:seat_1", timeout=20, beep="false",
        label="operator", end_conference_on_exit=False,
        status_callback=application.url + "/seat", status_callback_event=["ringing", "answered", "completed"],
    )  # fmt: skip
    assert invited.status in ("queued", "ringing")
    application.wait_for("/seat", 2)
    exchange.client.calls(caller.call).update(url=application.url + "/talk")
    application.wait_for("/talk")
    time.sleep(0.5)
    recording = exchange.client.calls(caller.call).recordings.create(
        recording_channels="dual", recording_status_callback=application.url + "/recorded"
    )
    time.sleep(2)
    assert {p.label for p in exchange.client.conferences(invited.conference_sid).participants.list()} == {
        "operator",
        None,
    }
    caller.hang_up()
    done = application.wait_for("/recorded").fields
    assert done["RecordingStatus"] == "completed"
    application.wait_for("/seat", 3)
    assert [a.fields["CallStatus"] for a in application.of("/seat")] == [
        "ringing",
        "in-progress",
        "completed",
    ]
    path = f"/2010-04-01/Accounts/{exchange.client.account_sid}/Recordings/{recording.sid}.wav"
    both = wav.decode(exchange.bytes(path + "?RequestedChannels=2"))
    assert loudness(both[:, 0], 600) > 20 * loudness(both[:, 0], 900)
    assert loudness(both[:, 1], 900) > 20 * loudness(both[:, 1], 600)
    assert wav.decode(exchange.bytes(path)).ndim == 1
    assert loudness(caller.heard()[-16000:], 900) > 500
    assert exchange.client.recordings(recording.sid).delete()
    assert not list(exchange.data_dir.rglob("*.wav"))


def test_words_are_read_aloud_without_a_call_to_who_has_the_key(exchange: RunningExchange) -> None:
    lines = [{"text": "您好，请稍等。", "language": "zh-CN"}, {"text": "Please hold.", "language": "en-US"}]
    address = exchange.url + "/exchange/speech"

    def ask(body: object, token: str = TOKEN) -> requests.Response:
        return requests.post(address, json=body, auth=(ACCOUNT, token), timeout=20)

    both = wav.decode(ask({"lines": lines}).content)
    one = wav.decode(ask({"lines": lines[:1]}).content)
    assert np.abs(both).max() > 1000
    assert len(both) > len(one) > 4000
    assert ask({"lines": lines}, token="another").status_code == 401
    for wrong in ({}, {"lines": []}, {"lines": [{"text": "x" * 1001, "language": "en-US"}]}):
        assert ask(wrong).status_code == 400

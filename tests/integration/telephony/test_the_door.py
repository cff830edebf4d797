"""The carrier's door: who may speak, and that no fault of ours hangs up on anybody."""

from __future__ import annotations

import logging
import re

import pytest
from flask import Flask

from hotline.telephony import prompts
from hotline.telephony.call_facts import CallFacts
from hotline.telephony.webhooks import SOUNDS
from tests.integration.telephony.switchboard import BASE, Switchboard

NUMBER = "13800138000"


def test_every_route_is_post_and_closed_to_who_cannot_sign(switchboard: Switchboard) -> None:
    rules = [rule for rule in _app(switchboard).url_map.iter_rules() if rule.endpoint.startswith("carrier.")]
    assert len(rules) > 15
    for rule in rules:
        if rule.endpoint in SOUNDS:
            continue
        assert rule.methods is not None
        assert "GET" not in rule.methods
        one_of_several = re.sub(r"<any\((\w+)[^>]+>", r"\1", rule.rule)
        path = re.sub(r"<[^>]+>", "1", one_of_several)
        for headers in ({}, {"X-Twilio-Signature": "bm90IHRoZSBzaWduYXR1cmU="}):
            assert switchboard.client.post(path, data={"CallSid": "CA1"}, headers=headers).status_code == 403


def test_a_signature_over_another_address_or_other_words_is_refused(switchboard: Switchboard) -> None:
    form = {"CallSid": "CA1", "From": NUMBER, "To": "12356"}
    for signature in (
        switchboard.sign("https://elsewhere.test/carrier/voice", form),
        switchboard.sign(f"{BASE}/carrier/voice", form | {"From": "110"}),
    ):
        answer = switchboard.client.post(
            "/carrier/voice", data=form, headers={"X-Twilio-Signature": signature}
        )
        assert answer.status_code == 403


def test_when_the_database_is_gone_every_document_keeps_the_caller(
    switchboard: Switchboard, caplog: pytest.LogCaptureFixture
) -> None:
    caller = switchboard.a_caller(NUMBER)
    call_id = switchboard.call_of(caller).id

    def broken() -> object:
        raise OSError(f"disk of {NUMBER} is gone")

    for part in (switchboard.intake, switchboard.callbacks, switchboard.conversation, switchboard.standby):
        part._work = broken  # type: ignore[assignment]
    object.__setattr__(switchboard.flow, "work", broken)
    documents = ["enqueue", "after-queue", "key?where=wait", "menu", "talk", "after-talk", "return"]
    documents += ["message-done", "after-standby"]
    addresses = [f"/carrier/calls/{call_id}/{name}" for name in documents]
    with caplog.at_level(logging.ERROR):
        for path in ["/carrier/voice", f"/carrier/wait/{call_id}", *addresses]:
            answer = switchboard.post(BASE + path, {"CallSid": caller.sid, "From": NUMBER, "Digits": "1"})
            assert prompts.CALM.zh in answer
            assert "<Redirect" in answer
            assert "<Hangup" not in answer
    assert NUMBER not in "\n".join(record.getMessage() for record in caplog.records)


def test_a_call_that_is_not_on_file_begins_anew(switchboard: Switchboard) -> None:
    answer = switchboard.post(f"{BASE}/carrier/wait/4711", {"CallSid": "CA1", "From": NUMBER})
    assert f'<Redirect method="POST">{BASE}/carrier/voice#rc=3&amp;rp=5xx,ct,rt</Redirect>' in answer


def test_a_fact_that_cannot_be_taken_in_is_told_again(switchboard: Switchboard) -> None:
    caller = switchboard.a_caller()
    form = {"CallSid": caller.sid, "CallStatus": "completed", "SequenceNumber": "1"}
    headers = {
        "X-Twilio-Signature": switchboard.sign(f"{BASE}/carrier/status", form),
        "I-Twilio-Idempotency-Token": "one",
    }
    kept = switchboard.conversation._work

    def broken() -> object:
        raise OSError

    switchboard.conversation._work = broken  # type: ignore[assignment]
    assert switchboard.client.post("/carrier/status", data=form, headers=headers).status_code == 500
    switchboard.conversation._work = kept
    assert switchboard.client.post("/carrier/status", data=form, headers=headers).status_code == 204
    assert switchboard.call_of(caller).ended_by == "caller"


def test_an_operators_phone_that_dials_is_no_caller(switchboard: Switchboard) -> None:
    answer = switchboard.post(f"{BASE}/carrier/voice", {"CallSid": "CA1", "From": "client:seat_1", "To": "x"})
    assert prompts.SEAT_CANNOT_DIAL.zh in answer


def test_the_calm_sound_is_a_plain_wav(switchboard: Switchboard) -> None:
    answer = switchboard.client.get("/carrier/audio/calm.wav")
    assert answer.data[:4] == b"RIFF"


def _app(switchboard: Switchboard) -> Flask:
    app = switchboard.client.application
    assert isinstance(app, Flask)
    return app


@pytest.mark.parametrize("same", ["token", "sid, event and number"])
def test_a_fact_told_twice_is_taken_in_once(
    switchboard: Switchboard, monkeypatch: pytest.MonkeyPatch, same: str
) -> None:
    """By the carrier's token, and by our own key when a copy comes with another token."""
    caller = switchboard.a_caller()
    heard: list[str] = []
    kept = CallFacts.call_status

    def counted(facts: CallFacts, call_sid: str, status: str) -> None:
        heard.append(status)
        kept(facts, call_sid, status)

    monkeypatch.setattr(CallFacts, "call_status", counted)
    first = {"CallSid": caller.sid, "CallStatus": "in-progress", "SequenceNumber": "1"}
    again = first if same != "token" else first | {"SequenceNumber": "2"}

    def tell(form: dict[str, str], token: str) -> None:
        headers = {
            "X-Twilio-Signature": switchboard.sign(f"{BASE}/carrier/status", form),
            "I-Twilio-Idempotency-Token": token,
        }
        assert switchboard.client.post("/carrier/status", data=form, headers=headers).status_code == 204

    tell(first, "one")
    tell(again, "one" if same == "token" else "two")
    assert heard == ["in-progress"]

    tell(first | {"CallStatus": "completed", "SequenceNumber": "3"}, "three")
    tell(first | {"SequenceNumber": "0"}, "four")
    assert heard == ["in-progress", "completed", "in-progress"], "another event, or number, is another fact"
    assert switchboard.call_of(caller).ended_by == "caller", "and one that comes late changes nothing"

"""The carrier's wire: shapes against its OpenAPI description, retries, pages, recordings, privacy."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import pytest
from twilio.base.exceptions import TwilioRestException

from hotline.exchange import wav
from tests.integration.exchange.conftest import ACCOUNT, NUMBER, conforms
from tests.integration.exchange.test_calls import loudness
from tests.integration.exchange.test_described_answers import eventually

QUEUE = "<Response><Enqueue waitUrl='/wait' action='/left'>waiting</Enqueue></Response>"


def test_every_resource_has_the_carriers_shape(
    application: Any, exchange: Any, dial: Any, description: Any
) -> None:
    application.documents["/carrier/voice"] = QUEUE
    application.documents["/wait"] = "<Response><Pause length='30'/></Response>"
    application.documents["/talk"] = "<Response><Dial><Conference>room</Conference></Dial></Response>"
    root = f"/2010-04-01/Accounts/{ACCOUNT}"
    caller = dial(tone=600)
    application.wait_for("/wait")
    conforms(description, "call", exchange.get(f"{root}/Calls/{caller.call}.json"))
    queue = exchange.get(f"{root}/Queues.json")["queues"][0]
    conforms(description, "queue", queue)
    conforms(description, "queue.member", exchange.get(f"{root}/Queues/{queue['sid']}/Members/Front.json"))
    client = exchange.client
    assert client.queues(queue["sid"]).members("Front").fetch().position == 1
    client.queues(queue["sid"]).members("Front").update(url=application.url + "/talk")
    assert application.wait_for("/left").fields["QueueResult"] == "redirected"
    application.wait_for("/talk")
    recording = client.calls(caller.call).recordings.create(recording_channels="dual")
    conference = exchange.get(f"{root}/Conferences.json?Status=init")["conferences"][0]
    conforms(description, "conference", conference)
    people = f"{root}/Conferences/{conference['sid']}/Participants"
    conforms(description, "conference.participant", exchange.get(f"{people}/{caller.call}.json"))
    one = client.conferences(conference["sid"]).participants(caller.call)
    assert one.update(muted=True).muted
    assert one.update(hold=True).hold
    conforms(
        description,
        "call.call_recording",
        exchange.get(f"{root}/Calls/{caller.call}/Recordings/{recording.sid}.json"),
    )
    time.sleep(0.1)  # a recording without one frame is rightly absent
    assert (
        client.calls(caller.call).recordings("Twilio.CURRENT").update(status="stopped").status == "completed"
    )
    conforms(description, "recording", exchange.get(f"{root}/Recordings/{recording.sid}.json"))
    client.conferences(conference["sid"]).update(status="completed")
    assert caller.finish() == "completed"
    conforms(description, "call", exchange.get(f"{root}/Calls/{caller.call}.json"))


def test_the_client_follows_pages(application: Any, exchange: Any, dial: Any) -> None:
    application.documents["/carrier/voice"] = "<Response><Hangup/></Response>"
    sids = []
    for _ in range(5):
        caller = dial()
        caller.finish()
        sids.append(caller.call)
    listed = [call.sid for call in exchange.client.calls.list(page_size=2)]
    assert listed == sids[::-1]
    assert len(exchange.client.calls.list(limit=3)) == 3
    assert exchange.client.calls.list(status="busy") == []


def test_a_failed_status_callback_is_retried_with_the_same_token(
    application: Any, exchange: Any, dial: Any
) -> None:
    application.documents["/carrier/voice"] = "<Response><Hangup/></Response>"
    failures = iter([True, True])
    application.documents["/carrier/status"] = lambda _: (
        (503, "later") if next(failures, False) else (204, "")
    )
    dial().finish()
    last = application.wait_for("/carrier/status", 3)
    asked = application.of("/carrier/status")
    assert len({a.token for a in asked}) == 1
    assert [a.fields["SequenceNumber"] for a in asked] == [last.fields["SequenceNumber"]] * 3
    time.sleep(1.5)
    assert len(application.of("/carrier/status")) == 3


def test_a_paused_recording_holds_no_sound_of_the_pause(application: Any, exchange: Any, dial: Any) -> None:
    application.documents["/carrier/voice"] = "<Response><Enqueue waitUrl=''>q</Enqueue></Response>"
    caller = dial(tone=600)
    live = exchange.client.calls(caller.call)
    end = time.monotonic() + 10
    while live.fetch().status != "in-progress":
        assert time.monotonic() < end
        time.sleep(0.05)
    recordings, spans = {}, {}
    for name, behaviour in (("silence", "silence"), ("skip", "skip")):
        made = live.recordings.create(recording_channels="dual")
        began = time.monotonic()
        time.sleep(1)
        asked = time.monotonic()
        live.recordings(made.sid).update(status="paused", pause_behavior=behaviour)
        paused = time.monotonic()
        time.sleep(1)
        going_on = time.monotonic()
        live.recordings(made.sid).update(status="in-progress")
        goes_on = time.monotonic()
        time.sleep(0.5)
        ending = time.monotonic()
        live.recordings(made.sid).update(status="stopped")
        spans[name] = (ending - began, going_on - paused, goes_on - asked)
        path = f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/{made.sid}.wav?RequestedChannels=2"
        recordings[name] = wav.decode(exchange.bytes(path))[:, 0] / 8000
    caller.hang_up()
    # What the clock here saw bounds each span, whatever else the machine had to do.
    whole, least, most = spans["silence"]
    assert whole - 0.3 < len(recordings["silence"]) / 8000 < whole + 0.7
    quiet = np.abs(recordings["silence"] * 8000).reshape(-1, 160).mean(axis=1) < 10
    assert least - 0.1 <= quiet.sum() * 0.02 <= most + 0.3
    whole, least, most = spans["skip"]
    assert whole - most - 0.3 < len(recordings["skip"]) / 8000 < whole - least + 0.7


def test_a_call_that_nobody_answers_is_told_as_such(application: Any, exchange: Any) -> None:
    created = exchange.client.calls.create(
        to="client:nobody",
        from_=NUMBER,
        twiml="<Response/>",
        status_callback=application.url + "/told",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    told = [application.wait_for("/told", n).fields["CallStatus"] for n in (1, 2, 3)]
    assert told == ["initiated", "ringing", "no-answer"]
    assert exchange.client.calls(created.sid).fetch().status == "no-answer"
    outside = exchange.client.calls.create(to="+8613800000000", from_=NUMBER, twiml="<Response/>")
    time.sleep(0.3)
    assert exchange.client.calls(outside.sid).fetch().status == "failed"


def test_wrong_requests_get_the_carriers_errors(exchange: Any) -> None:
    client = exchange.client
    wrong = [
        (21205, lambda: client.calls.create(to="110", from_=NUMBER)),
        (21201, lambda: client.calls.create(to="", from_=NUMBER, twiml="<Response/>")),
        (12100, lambda: client.calls.create(to="110", from_=NUMBER, twiml="<Response>")),
        (20404, client.queues("QU" + "0" * 32).fetch),
        (20404, lambda: client.conferences("CF" + "0" * 32).participants.create(from_="1", to="2")),
        (20001, lambda: client.calls.create(to="110", from_=NUMBER, twiml="<Response/>", timeout=0)),
        (20003, type(client)(ACCOUNT, "wrong", http_client=client.http_client).calls("CA" + "0" * 32).fetch),
    ]
    for code, attempt in wrong:
        with pytest.raises(TwilioRestException) as refused:
            attempt()
        assert refused.value.code == code


def test_the_log_and_the_store_tell_no_number_and_no_word(
    application: Any, exchange: Any, dial: Any, capfd: Any
) -> None:
    number, words = "13911112222", "a private sentence"
    application.documents["/carrier/voice"] = (
        f"<Response><Say>{words}</Say><Play>/nothing?n={number}</Play><Redirect>/gone?n={number}</Redirect></Response>"
    )
    application.documents["/gone"] = lambda _: (500, "x")
    application.documents["/fallback"] = "<Response><Hangup/></Response>"
    dial(**{"from": number}).finish()
    application.wait_for("/fallback")
    entries = exchange.get("/exchange/log")["entries"]
    assert {"call.ringing", "call.error", "call.ended"} <= {entry["event"] for entry in entries}
    written = capfd.readouterr().err + json.dumps(entries)
    for path in exchange.data_dir.rglob("*"):
        written += path.name
        if path.suffix == ".jsonl":
            written += path.read_text()
        if path.is_file():
            assert path.stat().st_mode & 0o077 == 0
    assert number not in written
    assert words not in written


def test_a_recording_outlives_a_killed_exchange_and_can_still_be_deleted(
    application: Any, exchange: Any, dial: Any
) -> None:
    application.documents["/carrier/voice"] = QUEUE.replace("/wait", "")
    caller = dial(tone=600)
    live = exchange.client.calls(caller.call)
    eventually(lambda: live.fetch().status == "in-progress", "the call is answered")
    begun = live.recordings.create(recording_channels="dual")
    store = exchange.data_dir / "exchange" / "recordings"
    eventually(lambda: (store / f"{begun.sid}.wav").stat().st_size > 20_000, "a second is written")
    (store / ("RE" + "0" * 32 + ".wav")).write_bytes(b"of nobody")
    exchange.process.kill()
    exchange.process.wait(5)
    exchange.start()

    (kept,) = exchange.client.recordings.list(call_sid=caller.call)
    assert (kept.sid, kept.status, kept.channels) == (begun.sid, "completed", 2)
    sound = exchange.bytes(f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/{kept.sid}.wav?RequestedChannels=2")
    assert loudness(wav.decode(sound)[:, 0], 600) > 3000
    exchange.client.recordings(kept.sid).delete()
    assert exchange.client.recordings.list() == []
    assert list(store.iterdir()) == [], "audio that nobody can ask for does not lie about"


def test_when_the_exchange_is_stopped_calls_and_recordings_end_and_are_told(
    application: Any, exchange: Any, dial: Any
) -> None:
    application.documents["/carrier/voice"] = QUEUE.replace("/wait", "")
    caller = dial(tone=600)
    live = exchange.client.calls(caller.call)
    end = time.monotonic() + 10
    while live.fetch().status != "in-progress":
        assert time.monotonic() < end
        time.sleep(0.05)
    live.recordings.create(recording_channels="dual", recording_status_callback=application.url + "/recorded")
    time.sleep(1)
    exchange.process.terminate()
    assert exchange.process.wait(15) == 0
    assert application.wait_for("/carrier/status").fields["CallStatus"] == "completed"
    assert application.wait_for("/recorded").fields["RecordingStatus"] == "completed"
    (path,) = exchange.data_dir.rglob("RE*.wav")
    assert loudness(wav.decode(path.read_bytes())[:, 0], 600) > 3000

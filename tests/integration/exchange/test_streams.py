"""Media streams: by TwiML and by REST, in the carrier's own messages."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from twilio.base.exceptions import TwilioRestException
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from hotline.exchange.sound import FRAME, as_frames, from_mulaw, to_mulaw, tone
from tests.integration.exchange.conftest import ACCOUNT, conforms
from tests.integration.exchange.test_calls import loudness

WAITING = "<Response><Enqueue waitUrl='/wait'>waiting</Enqueue></Response>"


class Receiver:
    """A websocket server that keeps every message, and may answer each."""

    def __init__(self, on_message: Callable[[ServerConnection, dict[str, Any]], None] | None = None) -> None:
        self.got: list[dict[str, Any]] = []
        self.over = threading.Event()
        self._on_message = on_message
        self._server = serve(self._take, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/stream"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _take(self, socket: ServerConnection) -> None:
        try:
            for text in socket:
                message = json.loads(text)
                self.got.append(message)
                if self._on_message is not None:
                    self._on_message(socket, message)
        except ConnectionClosed:
            pass
        self.over.set()

    def media(self, track: str) -> np.ndarray:
        payloads = [m["media"] for m in self.got if m["event"] == "media"]
        return np.concatenate(
            [from_mulaw(base64.b64decode(p["payload"])) for p in payloads if p["track"] == track]
        )

    def close(self) -> None:
        self._server.shutdown()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.02)


def test_a_two_way_stream_is_heard_and_marks_come_back(exchange: Any, application: Any, dial: Any) -> None:
    def speak(socket: ServerConnection, message: dict[str, Any]) -> None:
        if message["event"] == "start":
            for frame in as_frames(tone(1000, 1.0)):
                payload = base64.b64encode(to_mulaw(frame)).decode()
                socket.send(json.dumps({"event": "media", "media": {"payload": payload}}))
            socket.send(json.dumps({"event": "mark", "mark": {"name": "said"}}))
        if message["event"] == "mark":
            socket.close()

    receiver = Receiver(speak)
    application.documents["/carrier/voice"] = (
        f"<Response><Connect><Stream url='{receiver.url}'/></Connect><Say>after</Say></Response>"
    )
    caller = dial(tone=600)
    assert caller.finish() == "completed"
    assert receiver.over.wait(5)
    receiver.close()
    media = [base64.b64decode(m["media"]["payload"]) for m in receiver.got if m["event"] == "media"]
    assert {len(payload) for payload in media} == {FRAME}
    assert loudness(caller.heard()[800:8000], 1000) > 3000


def test_a_stream_started_and_stopped_by_rest_carries_both_tracks_apart(
    exchange: Any, application: Any, dial: Any, receiver: Receiver, description: Any
) -> None:
    application.documents["/carrier/voice"] = WAITING
    application.documents["/wait"] = "<Response><Play loop='0'>/audio.wav</Play></Response>"
    caller = dial(tone=600)
    application.wait_for("/wait")
    streams = exchange.client.calls(caller.call).streams
    started = streams.create(
        url=receiver.url,
        name="captions",
        track="both_tracks",
        parameter1_name="what",
        parameter1_value="captions",
        status_callback=application.url + "/stream-status",
    )
    assert (started.status, started.name) == ("in-progress", "captions")
    until(lambda: len(receiver.got) > 60)
    stopped = streams("captions").update(status="stopped")
    assert (stopped.sid, stopped.status) == (started.sid, "stopped")
    assert receiver.over.wait(5)
    assert [m["event"] for m in receiver.got[:2]] == ["connected", "start"]
    start, last = receiver.got[1]["start"], receiver.got[-1]
    assert start["tracks"] == ["inbound", "outbound"]
    assert start["customParameters"] == {"what": "captions"}
    assert (last["event"], last["streamSid"]) == ("stop", started.sid)
    said, heard = receiver.media("inbound"), receiver.media("outbound")
    assert loudness(said[1600:6400], 600) > 3000 > 300 > loudness(heard[1600:6400], 600)
    assert exchange.client.calls(caller.call).fetch().status == "in-progress"
    told = [application.wait_for("/stream-status", n).fields["StreamEvent"] for n in (1, 2)]
    assert told == ["stream-started", "stream-stopped"]
    root = f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{caller.call}/Streams"
    again = exchange.client.request(
        "POST", f"https://api.twilio.com{root}/{started.sid}.json", data={"Status": "stopped"}
    )
    conforms(description, "call.stream", json.loads(again.text))
    caller.hang_up()


def test_a_stream_that_cannot_be_is_refused_and_the_call_goes_on(
    exchange: Any, application: Any, dial: Any, receiver: Receiver
) -> None:
    application.documents["/carrier/voice"] = WAITING
    application.documents["/wait"] = "<Response><Pause length='60'/></Response>"
    caller = dial()
    application.wait_for("/wait")
    streams = exchange.client.calls(caller.call).streams
    streams.create(url=receiver.url, name="one")
    wrong = [
        (20001, lambda: streams.create(url="http://127.0.0.1/stream")),
        (20001, lambda: streams.create(url=receiver.url, track="all_tracks")),
        (20001, lambda: streams.create(url=receiver.url, name="one")),
        (20404, lambda: streams("other").update(status="stopped")),
    ]
    for code, attempt in wrong:
        with pytest.raises(TwilioRestException) as refused:
            attempt()
        assert refused.value.code == code
    streams.create(
        url="ws://127.0.0.1:9/nobody", name="gone", status_callback=application.url + "/stream-status"
    )
    assert application.wait_for("/stream-status").fields["StreamEvent"] == "stream-error"
    assert exchange.client.calls(caller.call).fetch().status == "in-progress"
    caller.hang_up()
    with pytest.raises(TwilioRestException) as late:
        streams.create(url=receiver.url)
    assert late.value.code == 21220

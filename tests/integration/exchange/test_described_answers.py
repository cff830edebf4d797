"""Every REST answer of the exchange is as the carrier's OpenAPI file describes it, and so is each request."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from aiohttp import web
from twilio.rest import Client

from hotline.exchange.configuration import Configuration
from hotline.exchange.exchange import Exchange
from hotline.exchange.rest.routes import add_rest
from tests.integration.exchange.conftest import ACCOUNT, NUMBER, TOKEN, LocalHttpClient
from tests.openapi import CarrierDescription, JudgedClient


def eventually(look: Callable[[], Any], what: str, seconds: float = 15) -> Any:
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, what
        time.sleep(0.05)
    return found


def test_all_answers_of_all_resources_are_described(
    application: Any,
    exchange: Any,
    dial: Any,
    carrier_description: CarrierDescription,
    tmp_path: Any,
) -> None:
    judged = JudgedClient(carrier_description, LocalHttpClient(exchange.url))
    client = Client(ACCOUNT, TOKEN, http_client=judged)
    application.documents |= {
        "/carrier/voice": "<Response><Enqueue waitUrl='/wait'>described</Enqueue></Response>",
        "/wait": "<Response><Pause length='30'/></Response>",
        "/talk": "<Response><Dial><Conference>described</Conference></Dial></Response>",
        "/hold": "<Response><Pause length='30'/></Response>",
    }

    caller = dial()
    queue = eventually(lambda: client.queues.list(limit=5), "the queue is made")[0]
    one = client.queues(queue.sid)
    one.fetch()
    one.update(max_size=500)
    eventually(one.members.list, "the caller waits")
    one.members(caller.call).fetch()
    one.members("Front").update(url=application.url + "/talk")
    spare = client.queues.create(friendly_name="spare", max_size=10)
    client.queues(spare.sid).delete()

    conference = eventually(lambda: client.conferences.list(friendly_name="described"), "they talk")[0]
    room = client.conferences(conference.sid)
    room.fetch()
    eventually(room.participants.list, "the caller is inside")
    client.calls.list(status="in-progress", page_size=50)
    call = client.calls(caller.call)
    call.fetch()
    exchange.post("/exchange/answerers", {"13900000001": {"after_seconds": 0.1}})
    room.participants.create(from_=NUMBER, to="13900000001", label="second")
    eventually(lambda: len(room.participants.list()) == 2, "a second person")
    person = room.participants(caller.call)
    person.fetch()
    person.update(hold=True, hold_url=application.url + "/hold")
    person.update(hold=False)
    person.update(muted=True)

    recording = call.recordings.create(recording_channels="dual")
    call.recordings.list()
    call.recordings(recording.sid).fetch()
    call.recordings(recording.sid).update(status="paused", pause_behavior="skip")
    call.recordings(recording.sid).update(status="in-progress")
    call.recordings(recording.sid).update(status="stopped")
    client.recordings.list()
    client.recordings(recording.sid).fetch()
    client.recordings(recording.sid).delete()
    other = call.recordings.create()
    call.recordings(other.sid).delete()
    stream = call.streams.create(url="ws://127.0.0.1:9/media", name="described")
    call.streams(stream.sid).update(status="stopped")

    text = client.messages.create(
        to="+8613800138000", from_=NUMBER, body="提示", status_callback=application.url + "/text"
    )
    eventually(lambda: client.messages(text.sid).fetch().status == "delivered", "the text arrived")
    client.messages.list(to="+8613800138000")
    client.messages(text.sid).update(body="")
    client.messages(text.sid).delete()

    room.participants("second").fetch()
    room.participants("second").delete()
    room.update(status="completed")
    call.update(status="completed")
    caller.finish()
    call.delete()
    client.calls.create(to="13900000001", from_=NUMBER, twiml="<Response/>")

    assert judged.faults == []
    assert never_asked(judged, tmp_path) == []


def never_asked(judged: JudgedClient, folder: Any) -> list[str]:
    """Routes of the exchange that the test above forgets; sound files are not described."""
    app = web.Application()
    configuration = Configuration(account_sid=ACCOUNT, auth_token=TOKEN, data_dir=folder)
    add_rest(app, cast(Exchange, SimpleNamespace(configuration=configuration)))
    forgotten = []
    for route in app.router.routes():
        info = route.resource.get_info() if route.resource is not None else {}
        pattern = info.get("pattern")
        if route.method in ("*", "HEAD") or pattern is None or "json" not in str(info["formatter"]):
            continue
        if not any(e.method == route.method and pattern.fullmatch(e.path) for e in judged.seen):
            forgotten.append(f"{route.method} {info['formatter']}")
    return forgotten

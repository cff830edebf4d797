"""What the carrier has alive is read whole, in few requests, when a thousand calls are up."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from hotline.telephony.addresses import Addresses
from hotline.telephony.outgoing import OutgoingGuard
from hotline.telephony.rest_carrier import RestCarrier

ACCOUNT = "AC" + "0" * 32
LEGS = {
    "queued": [f"CA{number:032x}" for number in range(3)],
    "ringing": [f"CA{number:032x}" for number in range(100, 140)],
    "in-progress": [f"CA{number:032x}" for number in range(1000, 3000)],
}


class ListOfCalls(BaseHTTPRequestHandler):
    """Lists calls of one status, a page at a time, as the carrier does. No page holds more than 1000."""

    asked: list[str] = []

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        self.asked.append(self.path)
        sids = LEGS[query["Status"]]
        size, page = min(int(query.get("PageSize", 50)), 1000), int(query.get("Page", 0))
        part = sids[page * size : (page + 1) * size]
        more = urlencode({**query, "Page": page + 1}) if (page + 1) * size < len(sids) else None
        body = json.dumps(
            {
                "calls": [{"sid": sid, "status": query["Status"]} for sid in part],
                "page": page,
                "page_size": size,
                "next_page_uri": f"{address.path}?{more}" if more else None,
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """A test says what it has to say itself."""


@pytest.fixture
def carrier() -> Iterator[RestCarrier]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), ListOfCalls)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{server.server_port}"
    client = RestCarrier(
        account_sid=ACCOUNT,
        auth_token="of nobody",
        base_url=base,
        addresses=Addresses("https://door.test"),
        caller_id="12356",
        guard=OutgoingGuard(carrier_is_embedded=True, mode="test", is_demonstration=lambda: False),
    )
    yield client
    client.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_two_thousand_legs_are_seen_in_four_requests(carrier: RestCarrier) -> None:
    ListOfCalls.asked.clear()
    state = carrier.look([])
    assert set(state.legs) == {sid for sids in LEGS.values() for sid in sids}
    assert state.legs[LEGS["ringing"][0]] == "ringing"
    assert len(ListOfCalls.asked) == 4, "queued, ringing, and two pages of those in progress"

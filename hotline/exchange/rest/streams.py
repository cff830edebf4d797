"""One-way media streams of a call that runs: start, and stop by sid or by name."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from hotline.exchange.call import Call
from hotline.exchange.exchange import Exchange
from hotline.exchange.rest.errors import CODE_NOT_IN_PROGRESS, RestError, invalid, missing, not_found
from hotline.exchange.rest.form import Form
from hotline.exchange.rest.pages import answer
from hotline.exchange.rest.shapes import stream_shape
from hotline.exchange.streams import TRACKS, Stream

MAX_PARAMETERS = 99


class StreamsResource:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self, root: str) -> list[web.RouteDef]:
        under = root + "/Calls/{call:CA[0-9a-fA-F]{32}}/Streams"
        return [web.post(under + ".json", self.start), web.post(under + "/{stream}.json", self.stop)]

    async def start(self, request: web.Request) -> web.Response:
        """Answers at once; the websocket connects beside the call, and a failure is a status callback."""
        call, form = self._call(request), await Form.of(request)
        if not call.is_live:
            raise RestError(400, CODE_NOT_IN_PROGRESS, "Call is not in-progress. Cannot stream.")
        if not form.text("Url"):
            raise missing(21205, "Url")
        if urlsplit(form.text("Url")).scheme not in ("ws", "wss"):
            raise invalid("Url")
        track = form.text("Track") or "inbound_track"
        if track not in TRACKS:
            raise invalid("Track")
        name = form.text("Name")
        running = self._exchange.find_stream(call, name) if name else None
        if running is not None and running.status != "stopped":
            raise invalid("Name")
        stream = Stream(
            self._exchange,
            call,
            url=form.text("Url"),
            name=name,
            tracks=TRACKS[track],
            two_way=False,
            parameters=_parameters(form),
            callback_url=form.text("StatusCallback"),
            callback_method=form.method("StatusCallbackMethod"),
        )
        self._exchange.spawn(self._exchange.stream(call, stream))
        return answer(stream_shape(stream, call))

    async def stop(self, request: web.Request) -> web.Response:
        """A stream that stopped already stays stopped."""
        call, form = self._call(request), await Form.of(request)
        stream = self._exchange.find_stream(call, request.match_info["stream"])
        if stream is None:
            raise not_found(request.path)
        if form.text("Status") != "stopped":
            raise invalid("Status")
        stream.close()
        return answer(stream_shape(stream, call))

    def _call(self, request: web.Request) -> Call:
        call = self._exchange.find_call(request.match_info["call"])
        if call is None:
            raise not_found(request.path)
        return call


def _parameters(form: Form) -> dict[str, str]:
    """`Parameter1.Name` and `Parameter1.Value`, up to 99 of them."""
    found: dict[str, str] = {}
    for number in range(1, MAX_PARAMETERS + 1):
        name = form.text(f"Parameter{number}.Name")
        if name:
            found[name] = form.text(f"Parameter{number}.Value")
    return found

"""Calls: create, list, fetch, update, delete."""

from __future__ import annotations

from aiohttp import web

from hotline.exchange import twiml
from hotline.exchange.call import FINAL, Call, StatusCallback, VoiceSettings, Webhook
from hotline.exchange.exchange import Exchange, run_twiml
from hotline.exchange.program import Goto, Outcome, Run
from hotline.exchange.recordings import Recording
from hotline.exchange.rest.errors import CODE_NOT_IN_PROGRESS, RestError, invalid, missing, not_found
from hotline.exchange.rest.form import Form
from hotline.exchange.rest.pages import answer, page_of
from hotline.exchange.rest.shapes import call_shape


class CallsResource:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self, root: str) -> list[web.RouteDef]:
        one = root + "/Calls/{sid:CA[0-9a-fA-F]{32}}.json"
        return [
            web.post(root + "/Calls.json", self.create),
            web.get(root + "/Calls.json", self.list),
            web.get(one, self.fetch),
            web.post(one, self.update),
            web.delete(one, self.delete),
        ]

    async def create(self, request: web.Request) -> web.Response:
        form = await Form.of(request)
        if not form.text("To"):
            raise RestError(400, 21201, "No 'To' number is specified")
        if not form.text("From"):
            raise RestError(400, 21213, "No 'From' number is specified")
        first = first_step(self._exchange, form)
        if first is None:
            raise RestError(400, 21205, "Url parameter is required")
        settings = VoiceSettings(voice=first if isinstance(first, Goto) else None)
        if form.text("FallbackUrl"):
            settings.fallback = Webhook(form.text("FallbackUrl"), form.method("FallbackMethod"))
        add_status_callback(settings, form)
        record = form.flag("Record")

        async def on_answer(call: Call) -> Outcome:
            if record:
                start_recording(self._exchange, call, form, "OutboundAPI")
            return await run_twiml(call, first)()

        call = self._exchange.place_call(
            to=form.text("To"),
            caller=form.text("CallerId") or form.text("From"),
            direction="outbound-api",
            settings=settings,
            on_answer=on_answer,
            ring_seconds=form.number("Timeout", 60, 1, 600),
        )
        return answer(call_shape(call), 201)

    async def list(self, request: web.Request) -> web.Response:
        q = request.query
        names = {"To": "called", "From": "caller", "ParentCallSid": "parent_sid", "Status": "status"}
        wanted = [(attribute, q[name]) for name, attribute in names.items() if name in q]
        calls = [
            call
            for call in reversed(list(self._exchange.calls.values()))
            if all(getattr(call, attribute) == value for attribute, value in wanted)
        ]
        return page_of(request, "calls", calls, call_shape)

    async def fetch(self, request: web.Request) -> web.Response:
        return answer(call_shape(self._call(request)))

    async def update(self, request: web.Request) -> web.Response:
        call, form = self._call(request), await Form.of(request)
        status = form.text("Status")
        if status and status not in ("completed", "canceled"):
            raise invalid("Status")
        if call.status in FINAL:
            if status:
                return answer(call_shape(call))
            raise RestError(400, CODE_NOT_IN_PROGRESS, "Call is not in-progress. Cannot redirect.")
        add_status_callback(call.settings, form)
        if status == "canceled" and call.answered.is_set():
            raise RestError(400, CODE_NOT_IN_PROGRESS, "Call is in-progress. Cannot cancel.")
        if status:
            call.ended_by_api = True
            call.end("completed" if call.answered.is_set() else "canceled")
            return answer(call_shape(call))
        step = first_step(self._exchange, form)
        if step is None:
            if form.text("StatusCallback"):
                return answer(call_shape(call))
            raise missing(21205, "Url, Twiml or Status")
        if not call.answered.is_set() and call.direction != "inbound":
            raise RestError(400, CODE_NOT_IN_PROGRESS, "Call is not in-progress. Cannot redirect.")
        if form.text("FallbackUrl"):
            call.settings.fallback = Webhook(form.text("FallbackUrl"), form.method("FallbackMethod"))
        if isinstance(step, Goto):
            call.settings.voice = step
        self._exchange.event_log.write("call.redirected", call=call.sid)
        call.program.redirect(run_twiml(call, step))
        return answer(call_shape(call))

    async def delete(self, request: web.Request) -> web.Response:
        call = self._call(request)
        if call.status not in FINAL:
            raise RestError(409, CODE_NOT_IN_PROGRESS, "Call is in progress and cannot be deleted")
        self._exchange.forget_call(call)
        return web.Response(status=204)

    def _call(self, request: web.Request) -> Call:
        call = self._exchange.find_call(request.match_info["sid"])
        if call is None:
            raise not_found(request.path)
        return call


def first_step(exchange: Exchange, form: Form) -> Goto | Run | None:
    """Url, Twiml or ApplicationSid, in the carrier's order of precedence; None when none is given."""
    if form.text("Twiml"):
        try:
            return Run(twiml.parse(form.text("Twiml")), exchange.configuration.public_url)
        except twiml.BadDocument as bad:
            raise RestError(400, 12100, "Document parse failure") from bad
    if form.text("Url"):
        if not form.text("Url").startswith(("http://", "https://")):
            raise RestError(400, 21205, "Url is not a valid URL")
        return Goto(form.text("Url"), form.method("Method"))
    route = exchange.configuration.applications.get(form.text("ApplicationSid"))
    return Goto(route.voice_url, route.voice_method) if route else None


def add_status_callback(settings: VoiceSettings, form: Form) -> None:
    if form.text("StatusCallback"):
        settings.status_callbacks.append(
            StatusCallback(
                form.text("StatusCallback"),
                form.method("StatusCallbackMethod"),
                frozenset(form.all("StatusCallbackEvent") or ["completed"]),
            )
        )


def start_recording(exchange: Exchange, call: Call, form: Form, source: str) -> Recording:
    return exchange.recordings.start(
        call,
        source=source,
        channels=2 if form.text("RecordingChannels") == "dual" else 1,
        track=form.text("RecordingTrack") or "both",
        callback_url=form.text("RecordingStatusCallback"),
        callback_method=form.method("RecordingStatusCallbackMethod"),
        callback_events=form.all("RecordingStatusCallbackEvent") or ["completed"],
        trim=form.text("Trim") == "trim-silence",
    )

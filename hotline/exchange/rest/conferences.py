"""Conferences and their participants."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from hotline.exchange.announcements import announce
from hotline.exchange.call import Call, VoiceSettings
from hotline.exchange.conferences import MAX_PARTICIPANTS, Conference, JoinOptions, Participant
from hotline.exchange.exchange import Exchange
from hotline.exchange.program import HangUp, Outcome
from hotline.exchange.rest.calls import add_status_callback, start_recording
from hotline.exchange.rest.errors import RestError, invalid, missing, not_found
from hotline.exchange.rest.form import Form
from hotline.exchange.rest.pages import answer, page_of
from hotline.exchange.rest.shapes import conference_shape, expected_shape, participant_shape
from hotline.exchange.sids import is_sid


class ConferencesResource:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._account = exchange.configuration.account_sid

    def routes(self, root: str) -> list[web.RouteDef]:
        one = root + "/Conferences/{sid}"
        person = one + "/Participants/{call}.json"
        return [
            web.get(root + "/Conferences.json", self.list),
            web.get(root + "/Conferences/{sid:CF[0-9a-fA-F]{32}}.json", self.fetch),
            web.post(root + "/Conferences/{sid:CF[0-9a-fA-F]{32}}.json", self.update),
            web.get(one + "/Participants.json", self.participants),
            web.post(one + "/Participants.json", self.invite),
            web.get(person, self.participant),
            web.post(person, self.change),
            web.delete(person, self.remove),
        ]

    async def list(self, request: web.Request) -> web.Response:
        q = request.query
        found = [
            c
            for c in reversed(self._exchange.conferences.all())
            if c.name == q.get("FriendlyName", c.name) and c.status == q.get("Status", c.status)
        ]
        return page_of(request, "conferences", found, self._shape)

    async def fetch(self, request: web.Request) -> web.Response:
        return answer(self._shape(self._conference(request)))

    async def update(self, request: web.Request) -> web.Response:
        conference, form = self._conference(request), await Form.of(request)
        self._announce(conference, None, form)
        status = form.text("Status")
        if status and status != "completed":
            raise invalid("Status")
        if status:
            conference.end("conference-ended-via-api", None)
        return answer(self._shape(conference))

    async def participants(self, request: web.Request) -> web.Response:
        conference = self._conference(request)
        q = request.query
        shapes = [participant_shape(p, conference, self._account) for p in conference.participants.values()]
        shapes += [expected_shape(c, o, conference, self._account) for c, o in conference.expected.values()]
        for name, key in (("Muted", "muted"), ("Hold", "hold"), ("Coaching", "coaching")):
            if name in q:
                shapes = [s for s in shapes if str(s[key]).lower() == q[name].lower()]
        return page_of(request, "participants", shapes, lambda shape: shape)

    async def invite(self, request: web.Request) -> web.Response:
        """Call somebody into the conference; a name that does not run yet makes a new one."""
        form, sid = await Form.of(request), request.match_info["sid"]
        for name, code in (("To", 21201), ("From", 21213)):
            if not form.text(name):
                raise missing(code, name)
        conference = self._exchange.conferences.get(sid)
        if conference is None and is_sid(sid, "CF"):
            raise not_found(request.path)
        if conference is None:
            conference = self._exchange.conferences.live(sid)
        if conference.status == "completed":
            raise RestError(400, 21220, "Conference is not in-progress")
        if len(conference.participants) + len(conference.expected) >= MAX_PARTICIPANTS:
            raise RestError(400, 16023, "Conference is full")
        options = self._options(form)
        if options.label and self._by_label(conference, options.label):
            raise RestError(400, 16026, "Participant label is in use")
        if options.coach and options.coach not in conference.participants:
            raise not_coachable()
        settings = VoiceSettings()
        add_status_callback(settings, form)
        if not form.all("StatusCallbackEvent") and settings.status_callbacks:
            settings.status_callbacks[0] = replace(
                settings.status_callbacks[0], events=frozenset({"completed"})
            )
        target = conference

        async def on_answer(call: Call) -> Outcome:
            if target.status == "completed":
                return HangUp()
            if form.flag("Record"):
                start_recording(self._exchange, call, form, "OutboundAPI")
            await target.stay(call, options)
            return HangUp()

        call = self._exchange.place_call(
            to=form.text("To"),
            caller=form.text("CallerId") or form.text("From"),
            direction="outbound-api",
            settings=settings,
            on_answer=on_answer,
            ring_seconds=form.number("Timeout", 60, 1, 600),
        )
        conference.expected[call.sid] = (call, options)
        self._exchange.spawn(self._forget_if_never_there(conference, call))
        return answer(expected_shape(call, options, conference, self._account), 201)

    async def participant(self, request: web.Request) -> web.Response:
        conference, found = self._find(request)
        if isinstance(found, Participant):
            return answer(participant_shape(found, conference, self._account))
        return answer(expected_shape(*found, conference, self._account))

    async def change(self, request: web.Request) -> web.Response:
        conference, found = self._find(request)
        if not isinstance(found, Participant):
            raise RestError(400, 21220, "Participant is not connected")
        form = await Form.of(request)
        self._announce(conference, found, form)
        if "Muted" in form:
            conference.set_muted(found, form.flag("Muted"))
        if "Hold" in form:
            url = form.text("HoldUrl") if "HoldUrl" in form else None
            conference.set_hold(found, form.flag("Hold"), url, form.method("HoldMethod", "GET"))
        changed = False
        if "EndConferenceOnExit" in form:
            found.end_on_exit, changed = form.flag("EndConferenceOnExit"), True
        if "Coaching" in form or "CallSidToCoach" in form:
            self._coach(conference, found, form)
            changed = True
        if changed:
            conference.modified(found)
        return answer(participant_shape(found, conference, self._account))

    async def remove(self, request: web.Request) -> web.Response:
        conference, found = self._find(request)
        if isinstance(found, Participant):
            conference.remove_by_api(found)
        else:
            found[0].end("completed" if found[0].answered.is_set() else "canceled")
        return web.Response(status=204)

    # -- inside
    def _announce(self, conference: Conference, only: Participant | None, form: Form) -> None:
        url = form.text("AnnounceUrl")
        if not url:
            return
        if not url.startswith(("http://", "https://")):
            raise invalid("AnnounceUrl")
        method = form.method("AnnounceMethod")
        self._exchange.spawn(announce(self._exchange, conference, url, method, only))

    def _coach(self, conference: Conference, participant: Participant, form: Form) -> None:
        on = form.flag("Coaching", "CallSidToCoach" in form)
        target = form.text("CallSidToCoach") or participant.coach
        if on and target not in conference.participants:
            raise not_coachable()
        conference.set_coach(participant, target if on else "")

    def _options(self, form: Form) -> JoinOptions:
        beep = form.text("Beep") or "true"
        return JoinOptions(
            start_on_enter=form.flag("StartConferenceOnEnter", True),
            end_on_exit=form.flag("EndConferenceOnExit", False),
            muted=form.flag("Muted", False),
            beep=beep,
            label=form.text("Label"),
            wait_url=form.text("WaitUrl") if "WaitUrl" in form else None,
            wait_method=form.method("WaitMethod"),
            callback_url=form.text("ConferenceStatusCallback"),
            callback_method=form.method("ConferenceStatusCallbackMethod"),
            callback_events=frozenset(form.all("ConferenceStatusCallbackEvent") or ["start", "end"]),
            coach=form.text("CallSidToCoach") if form.flag("Coaching") else "",
        )

    async def _forget_if_never_there(self, conference: Conference, call: Call) -> None:
        await call.ended.wait()
        if call.sid in conference.expected:
            conference.forget_expected(call)

    def _shape(self, conference: Conference) -> dict[str, object]:
        return conference_shape(conference, self._account)

    def _conference(self, request: web.Request) -> Conference:
        sid = request.match_info["sid"]
        conference = self._exchange.conferences.get(sid) or self._exchange.conferences.find_live(sid)
        if conference is None:
            raise not_found(request.path)
        return conference

    def _by_label(self, conference: Conference, label: str) -> Participant | tuple[Call, JoinOptions] | None:
        for participant in conference.participants.values():
            if participant.options.label == label:
                return participant
        return next((e for e in conference.expected.values() if e[1].label == label), None)

    def _find(self, request: web.Request) -> tuple[Conference, Participant | tuple[Call, JoinOptions]]:
        conference, key = self._conference(request), request.match_info["call"]
        found = (
            conference.participants.get(key)
            or conference.expected.get(key)
            or self._by_label(conference, key)
        )
        if found is None:
            raise not_found(request.path)
        return conference, found


def not_coachable() -> RestError:
    return RestError(400, 13240, "CallSidToCoach is not in this conference")

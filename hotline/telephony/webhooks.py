"""The carrier's door: what to do with a call (documents), and what happened (facts).

Every route is POST, so that no number stands in an address or a log, and checks the signature. A document
that can't be made is answered by a calm one that keeps the caller and asks again; a fact that can't be taken
in is answered 500, so that the carrier tells it again.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, request

from hotline.routing.captions import LiveCaptions
from hotline.routing.errors import UnknownCall
from hotline.routing.origin import IncomingCall
from hotline.telephony import prompts
from hotline.telephony.addresses import Addresses
from hotline.telephony.call_facts import OVER, CallFacts
from hotline.telephony.call_flow import BREATHING, GREETING, LIMITED, WAIT, CallFlow
from hotline.telephony.calm_audio import breath_wav, calm_wav
from hotline.telephony.heard import HeardCallbacks, keys_of
from hotline.telephony.signature import CarrierSignature
from hotline.telephony.summons import SummonsCalls
from models.vocabulary_record import Channel

log = logging.getLogger("hotline.carrier")

View = Callable[..., str]

SOUNDS = frozenset({"carrier.calm_sound", "carrier.breath_sound", "carrier.prompt_sound"})
"""Open to everybody: no caller is in them."""


def carrier_blueprint(
    *,
    flow: CallFlow,
    facts: CallFacts,
    captions: LiveCaptions,
    heard: HeardCallbacks,
    signature: CarrierSignature,
    addresses: Addresses,
    number: str,
    prompt_audio: Callable[[str], bytes | None] = lambda _sha256: None,
    summons: SummonsCalls | None = None,
) -> Blueprint:
    """All routes under /carrier. `number`: dialled when the carrier names none (a browser's caller)."""
    door = Blueprint("carrier", __name__, url_prefix="/carrier")

    @door.before_request
    def only_the_carrier() -> None:
        if request.endpoint not in SOUNDS and not signature.is_valid(request):
            log.warning("a request with a wrong signature was turned away")
            abort(403)

    def document(resume: Callable[..., str]) -> Callable[[View], Callable[..., Response]]:
        """`resume(call_id)`: where the carrier asks again when this document could not be made."""

        def wrap(view: View) -> Callable[..., Response]:
            @functools.wraps(view)
            def answer(**path: Any) -> Response:
                try:
                    body = view(**path)
                except UnknownCall:
                    log.warning("the carrier spoke of a call that is not on file; it is asked to begin anew")
                    body = flow.documents.back_to_voice()
                except Exception:
                    log.exception("a document could not be made; the caller is kept")
                    body = flow.documents.calm(prompts.CALM, resume(**path))
                return Response(body, mimetype="text/xml")

            return answer

        return wrap

    def fact(view: Callable[..., None]) -> Callable[..., Response]:
        @functools.wraps(view)
        def answer(**path: Any) -> Response:
            keys = keys_of(request)
            try:
                if not heard.heard(keys):
                    view(**path)
                    heard.mark(keys)
            except Exception:
                log.exception("a fact could not be taken in; the carrier will tell it again")
                return Response(status=500)
            return Response(status=204)

        return answer

    def where() -> str:
        said = request.args.get("where", "")
        return said if said in (WAIT, BREATHING, LIMITED) else GREETING

    def gone() -> bool:
        """The caller hung up: a carrier asks what follows a Dial or a Record all the same."""
        return request.form.get("CallStatus", "") in OVER

    def to_voice() -> str:
        return addresses.voice

    def to_wait(call_id: int) -> str:
        return addresses.wait(call_id)

    def to_queue(call_id: int) -> str:
        return addresses.call(call_id, "enqueue")

    def to_where(call_id: int) -> str:
        return to_wait(call_id) if where() in (WAIT, BREATHING) else to_queue(call_id)

    def to_talk(call_id: int) -> str:
        return addresses.call(call_id, "talk")

    def to_hold(call_id: int) -> str:
        return addresses.call(call_id, "on-hold")

    @door.post("/voice")
    @document(to_voice)
    def voice() -> str:
        form = request.form
        caller = form.get("From", "")
        if caller.startswith("client:seat_"):
            return flow.documents.over(prompts.SEAT_CANNOT_DIAL)
        dialled = form.get("To", "")
        return flow.voice(
            IncomingCall(
                carrier_sid=form["CallSid"],
                from_number=caller,
                number_dialled=dialled[:20] if dialled[:1].isdigit() or dialled[:1] == "+" else number,
                channel=Channel.APP if caller.startswith("client:") else Channel.PHONE,
            )
        )

    @door.post("/wait/<int:call_id>")
    @document(to_wait)
    def wait(call_id: int) -> str:
        return flow.wait(call_id, breath=request.args.get("breath", type=int))

    @door.post("/calls/<int:call_id>/key")
    @document(to_where)
    def key(call_id: int) -> str:
        return flow.key(call_id, request.form.get("Digits", ""), where())

    @door.post("/calls/<int:call_id>/menu")
    @document(to_where)
    def menu(call_id: int) -> str:
        return flow.menu(call_id, request.form.get("Digits", ""), where())

    @door.post("/calls/<int:call_id>/language")
    @document(to_where)
    def language(call_id: int) -> str:
        offered = request.args.get("offered", "").split("-")
        return flow.language(call_id, request.form.get("Digits", ""), where(), offered)

    @door.post("/calls/<int:call_id>/enqueue")
    @document(to_queue)
    def enqueue(call_id: int) -> str:
        return flow.enqueue(call_id, heard_notice=request.args.get("notice") == "1")

    @door.post("/calls/<int:call_id>/limited")
    @document(to_queue)
    def limited(call_id: int) -> str:
        return flow.limited(call_id, request.args.get("rounds", 0, type=int))

    @door.post("/calls/<int:call_id>/after-queue")
    @document(to_queue)
    def after_queue(call_id: int) -> str:
        return flow.after_queue(call_id, request.form.get("QueueResult", ""))

    @door.post("/calls/<int:call_id>/message")
    @document(to_queue)
    def message(call_id: int) -> str:
        return flow.message_answer(call_id, request.form.get("Digits", ""))

    @door.post("/calls/<int:call_id>/message-done")
    @document(to_queue)
    def message_done(call_id: int) -> str:
        seconds = request.form.get("RecordingDuration", type=float)
        return flow.message_done(call_id, request.form.get("RecordingSid"), seconds, gone=gone())

    @door.post("/calls/<int:call_id>/talk")
    @document(to_talk)
    def talk(call_id: int) -> str:
        return flow.talk(call_id)

    @door.post("/calls/<int:call_id>/on-hold")
    @document(to_hold)
    def on_hold(call_id: int) -> str:
        return flow.on_hold(call_id)

    @door.post("/calls/<int:call_id>/after-talk")
    @document(to_queue)
    def after_talk(call_id: int) -> str:
        return flow.after_talk(call_id, gone=gone())

    @door.post("/calls/<int:call_id>/return")
    @document(to_queue)
    def returned(call_id: int) -> str:
        return flow.returned(call_id)

    @door.post("/calls/<int:call_id>/after-standby")
    @document(to_queue)
    def after_standby(call_id: int) -> str:
        return flow.after_standby(call_id, request.form.get("DialCallStatus", ""), gone=gone())

    @door.post("/summons/<int:summons_id>/<any(words, answer):what>")
    def summoned(summons_id: int, what: str) -> Response:
        if summons is None:
            abort(404)
        if what == "answer":
            body = summons.answer(summons_id, request.form.get("Digits", ""))
        else:
            body = summons.words(summons_id)
        return Response(body, mimetype="text/xml")

    @door.post("/status")
    @fact
    def status() -> None:
        facts.call_status(request.form["CallSid"], request.form.get("CallStatus", ""))

    @door.post("/offers/<int:offer_id>/status")
    @fact
    def offer_status(offer_id: int) -> None:
        facts.leg_status(offer_id, request.form["CallSid"], request.form.get("CallStatus", ""))

    @door.post("/legs/<reference>/status")
    @fact
    def called_leg_status(reference: str) -> None:
        facts.called_leg(reference, request.form["CallSid"], request.form.get("CallStatus", ""))

    @door.post("/conference/<int:call_id>")
    @fact
    def conference(call_id: int) -> None:
        facts.conference(
            call_id,
            event=request.form.get("StatusCallbackEvent", ""),
            leg_sid=request.form.get("CallSid"),
            reason=request.form.get("ReasonParticipantLeft", ""),
            sequence=request.form.get("SequenceNumber", 0, type=int),
            muted=request.form.get("Muted") == "true",
            coaching=request.form.get("Coaching") == "true",
        )

    @door.post("/streams/<int:stream_id>")
    @fact
    def stream(stream_id: int) -> None:
        captions.told(stream_id, request.form.get("StreamSid", ""), request.form.get("StreamEvent", ""))

    @door.post("/recording")
    @fact
    def recording() -> None:
        facts.recording(
            request.form["RecordingSid"],
            call_sid=request.form.get("CallSid", ""),
            status=request.form.get("RecordingStatus", ""),
            duration_seconds=request.form.get("RecordingDuration", type=float),
            channels=request.form.get("RecordingChannels", type=int),
            source=request.form.get("RecordingSource", ""),
        )

    @door.get("/audio/calm.wav")
    def calm_sound() -> Response:
        return sound(calm_wav())

    @door.get("/audio/breath.wav")
    def breath_sound() -> Response:
        return sound(breath_wav())

    @door.get("/audio/prompts/<sha256>.wav")
    def prompt_sound(sha256: str) -> Response:
        audio = prompt_audio(sha256)
        return abort(404) if audio is None else sound(audio)

    def sound(audio: bytes) -> Response:
        return Response(audio, mimetype="audio/wav", headers={"Cache-Control": "public, max-age=86400"})

    return door

"""An honest fake of the carrier: legs, queue, conferences and recordings in memory, no sound, no clock.

It asks the product's door for documents and does what they say, verb by verb; it puts its status callbacks
into `unsent`, so that a test may deliver, delay, repeat or lose them.
"""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from hotline.routing.carrier_view import CarrierAway, CarrierState, EndedCall, LegAudio
from hotline.telephony.carrier import CarrierRefused, HeldRecording, LegGone, RecordingGone
from hotline.telephony.outgoing import OutgoingGuard
from models.vocabulary_talk import AudioMode

Post = Callable[[str, dict[str, str]], str]
"""Posts a form to an address of the door, signed, and returns the document."""


@dataclass
class Callback:
    url: str
    form: dict[str, str]


@dataclass
class Leg:
    sid: str
    number: str
    status: str = "in-progress"
    place: str = "nowhere"
    """nowhere | keys | queue | conference | record | dial."""
    conference: str | None = None
    reference: str = ""
    """Our name for it, of a leg that the product rang."""
    callback_url: str = ""
    conference_url: str = ""
    on_hold: bool = False
    muted: bool = False
    coaches: str = ""
    """Sid of the only leg that hears this one."""
    ends_conference: bool = False
    heard: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    action: str = ""
    rest: list[ET.Element] = field(default_factory=list)
    in_queue: bool = False
    wait_url: str = ""
    queue_action: str = ""
    dialled: str = ""
    sequence: Iterator[int] = field(default_factory=itertools.count)
    rings_for: int = 0
    """Seconds that the product asked for; without a clock it is the test that ends the ringing."""

    @property
    def lives(self) -> bool:
        return self.status in ("queued", "ringing", "in-progress")


@dataclass
class FakeRecording:
    call_sid: str
    status: str = "in-progress"
    audio: bytes = b""
    kind: str = "StartCallRecordingAPI"


@dataclass
class FakeStream:
    call_sid: str
    url: str
    token: str
    stream_id: int
    open: bool = True


class FakeCarrier:
    """Plays `hotline.telephony.carrier.Carrier` towards the product, and the telephone towards the test."""

    def __init__(self, base_url: str = "https://door.test", guard: OutgoingGuard | None = None) -> None:
        self.base_url = base_url
        self.guard = guard or OutgoingGuard(
            carrier_is_embedded=True, mode="demonstration", is_demonstration=lambda: True
        )
        self.legs: dict[str, Leg] = {}
        self.recordings: dict[str, FakeRecording] = {}
        self.deleted_recordings: list[str] = []
        self.spoken: list[str] = []
        """Sids of messages that callers left."""
        self.streams: dict[str, FakeStream] = {}
        self.unsent: list[Callback] = []
        self.hung_up_by_product: list[str] = []
        self.away = False
        self.refuses_streams = False
        self.audio = b""
        self._numbers = itertools.count(1)
        self.post: Post = lambda _url, _form: ""

    # -- the telephone side
    def a_call_comes_in(self, number: str = "13800138000", to: str = "12356") -> Leg:
        leg = Leg(self._sid("CA"), number, ends_conference=True)
        self.legs[leg.sid] = leg
        self._follow(leg, f"{self.base_url}/carrier/voice", {"To": to})
        return leg

    def press(self, leg: Leg, key: str) -> None:
        """During Gather; elsewhere a key does nothing."""
        if leg.lives and leg.place == "keys":
            self._follow(leg, leg.action, {"Digits": key})

    def time_passes(self, leg: Leg) -> None:
        """What plays comes to its end: the document goes on, and in a queue the wait document comes anew."""
        if not leg.lives:
            return
        if leg.place == "keys":
            self._run(leg, leg.rest)
        elif leg.place == "queue":
            self._follow(leg, leg.wait_url, {})

    def speak_message(self, leg: Leg, audio: bytes) -> None:
        sid = self._sid("RE")
        self.recordings[sid] = FakeRecording(leg.sid, "completed", audio, "RecordVerb")
        self.spoken.append(sid)
        self._tell_recording(sid)
        self._follow(leg, leg.action, {"RecordingSid": sid, "RecordingDuration": "4"})

    def standby_ends(self, leg: Leg, status: str) -> None:
        self._follow(leg, leg.action, {"DialCallStatus": status})

    def seat_answers(self, leg: Leg) -> None:
        """The far end of a leg that rings picks up: a seat, a supervisor's page, a telephone outside."""
        if leg.status != "ringing":
            return
        leg.status = "in-progress"
        self._tell_leg(leg, "in-progress")
        self._join(leg, str(leg.conference))

    def seat_lets_ring(self, leg: Leg, status: str = "no-answer") -> None:
        if leg.status == "ringing":
            self._end(leg, status)

    def hang_up(self, leg: Leg) -> None:
        """The far end hangs up."""
        if leg.lives:
            self._end(leg, "completed")

    def heard_by(self, leg: Leg) -> set[str]:
        """Sids of the legs that hear this one now."""
        if leg.place != "conference" or not leg.lives or leg.muted or leg.on_hold:
            return set()
        others = self.inside(str(leg.conference)) - {leg.sid}
        return {
            sid for sid in others if not self.legs[sid].on_hold and (not leg.coaches or leg.coaches == sid)
        }

    def ringing_legs(self) -> list[Leg]:
        return [leg for leg in self.legs.values() if leg.status == "ringing"]

    def inside(self, conference: str) -> set[str]:
        return {
            leg.sid
            for leg in self.legs.values()
            if leg.lives and leg.place == "conference" and leg.conference == conference
        }

    # -- the Carrier protocol
    def ring_seat(self, *, conference: str, seat_id: int, offer_id: int, timeout_seconds: int) -> str:
        path = f"/carrier/offers/{offer_id}/status"
        return self._ring(conference, f"client:seat_{seat_id}", path, timeout_seconds, f"offer-{offer_id}")

    def leg_of(self, *, conference: str, reference: str) -> str | None:
        self._there()
        return next(
            (
                leg.sid
                for leg in self.legs.values()
                if leg.lives and (leg.conference, leg.reference) == (conference, reference)
            ),
            None,
        )

    def call_staff(self, *, number: str, summons_id: int, timeout_seconds: int) -> str:
        self._there()
        self.guard.check(number)
        leg = Leg(self._sid("CA"), number, status="ringing", rings_for=timeout_seconds)
        leg.action = f"{self.base_url}/carrier/summons/{summons_id}/words"
        self.legs[leg.sid] = leg
        return leg.sid

    def staff_answers(self, leg: Leg) -> None:
        """Somebody who was called to come picks up, and hears why."""
        leg.status = "in-progress"
        self._follow(leg, leg.action, {})

    def ring_number(
        self,
        *,
        conference: str,
        number: str,
        timeout_seconds: int,
        reference: str,
        ends_conference: bool = False,
    ) -> str:
        self.guard.check(number)
        path = f"/carrier/legs/{reference}/status"
        return self._ring(conference, number, path, timeout_seconds, reference, ends=ends_conference)

    def ring_browser(
        self, *, conference: str, identity: str, timeout_seconds: int, reference: str, muted: bool
    ) -> str:
        path = f"/carrier/legs/{reference}/status"
        return self._ring(conference, f"client:{identity}", path, timeout_seconds, reference, muted=muted)

    def _ring(
        self,
        conference: str,
        to: str,
        path: str,
        seconds: int,
        reference: str,
        *,
        muted: bool = False,
        ends: bool = False,
    ) -> str:
        rung = self.leg_of(conference=conference, reference=reference)
        if rung is not None:
            return rung
        leg = Leg(self._sid("CA"), to, status="ringing", conference=conference, rings_for=seconds)
        leg.reference = reference
        leg.muted, leg.ends_conference = muted, ends
        leg.callback_url = self.base_url + path
        leg.conference_url = f"{self.base_url}/carrier/conference/{conference.rpartition('-')[2]}"
        self.legs[leg.sid] = leg
        self._tell_leg(leg, "ringing")
        return leg.sid

    def cancel_leg(self, leg_sid: str) -> None:
        self.end_call(leg_sid)

    def end_call(self, call_sid: str) -> None:
        self._there()
        leg = self.legs.get(call_sid)
        if leg is not None and leg.lives:
            self._end(leg, "completed" if leg.status == "in-progress" else "canceled")

    def move(self, call_sid: str, url: str) -> None:
        self._there()
        leg = self._living(call_sid)
        self._leave_conference(leg, "participant_updated_via_api")
        if leg.in_queue:
            self.unsent.append(Callback(leg.queue_action, self._form(leg, {"QueueResult": "redirected"})))
            leg.in_queue = False
        self._follow(leg, url, {})

    def hold(self, *, conference: str, call_sid: str, on: bool, url: str = "") -> None:
        leg = self._participant(conference, call_sid)
        changed, leg.on_hold = leg.on_hold != on, on
        if on and url:
            for verb in ET.fromstring(self.post(url, self._form(leg, {}))):
                assert verb.tag in ("Say", "Play", "Pause", "Redirect"), verb.tag
                self._hear(leg, verb)
        if changed:
            self._tell_conference(leg, "participant-hold" if on else "participant-unhold")

    def set_mode(self, *, conference: str, leg_sid: str, mode: AudioMode, operator_sid: str) -> None:
        leg = self._participant(conference, leg_sid)
        self.mute(conference=conference, leg_sid=leg_sid, on=True)
        if mode is AudioMode.WHISPER and operator_sid not in self.inside(conference):
            raise LegGone
        leg.coaches = operator_sid if mode is AudioMode.WHISPER else ""
        self._tell_conference(leg, "participant-modify")
        if mode is not AudioMode.LISTEN:
            self.mute(conference=conference, leg_sid=leg_sid, on=False)

    def mute(self, *, conference: str, leg_sid: str, on: bool) -> None:
        leg = self._participant(conference, leg_sid)
        changed, leg.muted = leg.muted != on, on
        if changed:
            self._tell_conference(leg, "participant-mute" if on else "participant-unmute")

    def _participant(self, conference: str, leg_sid: str) -> Leg:
        self._there()
        leg = self._living(leg_sid)
        if leg_sid not in self.inside(conference):
            raise LegGone
        return leg

    def start_recording(self, call_sid: str) -> str:
        self._there()
        self._living(call_sid)
        sid = self._sid("RE")
        self.recordings[sid] = FakeRecording(call_sid, audio=self.audio)
        return sid

    def pause_recording(self, call_sid: str, recording_sid: str, on: bool) -> None:
        self._there()
        recording = self.recordings.get(recording_sid)
        if recording is None or recording.status not in ("in-progress", "paused"):
            raise RecordingGone
        recording.status = "paused" if on else "in-progress"

    def stop_recording(self, call_sid: str, recording_sid: str) -> None:
        self._there()
        recording = self.recordings.get(recording_sid)
        if recording is not None and recording.status in ("in-progress", "paused"):
            recording.status = "completed"
            self._tell_recording(recording_sid)

    def delete_recording(self, recording_sid: str) -> None:
        self._there()
        if self.recordings.pop(recording_sid, None) is not None:
            self.deleted_recordings.append(recording_sid)

    def fetch_recording(self, recording_sid: str) -> Iterator[bytes]:
        self._there()
        recording = self.recordings.get(recording_sid)
        if recording is None or recording.status != "completed":
            raise RecordingGone
        yield from (recording.audio[at : at + 1000] for at in range(0, len(recording.audio), 1000))

    def recordings_of(self, call_sid: str) -> list[HeldRecording]:
        self._there()
        return [
            HeldRecording(sid, one.status, one.kind, 4.0, 1 if one.kind == "RecordVerb" else 2)
            for sid, one in self.recordings.items()
            if one.call_sid == call_sid
        ]

    def start_stream(self, call_sid: str, *, url: str, token: str, stream_id: int) -> str:
        self._there()
        self._living(call_sid)
        if self.refuses_streams:
            raise CarrierRefused(400, 20001)
        sid = self._sid("MZ")
        self.streams[sid] = FakeStream(call_sid, url, token, stream_id)
        self._tell_stream(sid, "stream-started")
        return sid

    def stop_stream(self, call_sid: str, stream_sid: str) -> None:
        self._there()
        self.stream_breaks(stream_sid)

    def stream_breaks(self, stream_sid: str) -> None:
        """Its websocket is gone."""
        stream = self.streams.get(stream_sid)
        if stream is not None and stream.open:
            stream.open = False
            self._tell_stream(stream_sid, "stream-stopped")

    def look(self, conferences: Iterable[str]) -> CarrierState:
        self._there()
        return CarrierState(
            {leg.sid: leg.status for leg in self.legs.values() if leg.lives},
            {name: frozenset(self.inside(name)) for name in conferences},
            {
                leg.sid: LegAudio(leg.muted, leg.on_hold, bool(leg.coaches))
                for leg in self.legs.values()
                if leg.lives and leg.place == "conference"
            },
        )

    def ended_lately(self) -> list[EndedCall]:
        self._there()
        return [
            EndedCall(leg.sid, leg.status, leg.number, "12356")
            for leg in self.legs.values()
            if not leg.lives and not leg.callback_url and not leg.number.startswith("client:seat_")
        ]

    # -- documents
    def _follow(self, leg: Leg, url: str, fields: dict[str, str]) -> None:
        document = self.post(url, self._form(leg, fields))
        if leg.lives:
            self._run(leg, list(ET.fromstring(document)))

    def _run(self, leg: Leg, verbs: list[ET.Element]) -> None:
        leg.place = "queue" if leg.in_queue else "nowhere"
        while verbs:
            verb, verbs = verbs[0], verbs[1:]
            match verb.tag:
                case "Say" | "Play":
                    self._hear(leg, verb)
                case "Pause":
                    continue
                case "Gather":
                    for nested in verb:
                        self._hear(leg, nested)
                    leg.place, leg.action, leg.rest = "keys", verb.attrib["action"], verbs
                    return
                case "Redirect":
                    self._follow(leg, str(verb.text), {})
                    return
                case "Enqueue":
                    leg.place, leg.in_queue = "queue", True
                    leg.wait_url, leg.queue_action = verb.attrib["waitUrl"], verb.attrib["action"]
                    self._follow(leg, leg.wait_url, {})
                    return
                case "Leave":
                    leg.in_queue = False
                    self._follow(leg, leg.queue_action, {"QueueResult": "leave"})
                    return
                case "Record":
                    leg.place, leg.action, leg.rest = "record", verb.attrib["action"], verbs
                    return
                case "Dial":
                    leg.action = verb.attrib["action"]
                    noun = verb[0]
                    if noun.tag == "Conference":
                        leg.conference_url = noun.attrib["statusCallback"].partition("#")[0]
                        self._join(leg, str(noun.text))
                    else:
                        leg.place, leg.dialled = "dial", str(noun.text)
                    return
                case "Hangup":
                    self.hung_up_by_product.append(leg.sid)
                    self._end(leg, "completed")
                    return
                case other:
                    raise AssertionError(f"a verb that this carrier does not know: {other}")
        if not leg.in_queue:
            self.hung_up_by_product.append(leg.sid)
            self._end(leg, "completed")

    def _hear(self, leg: Leg, verb: ET.Element) -> None:
        if verb.tag == "Say":
            leg.heard.append(str(verb.text))
            leg.languages.append(verb.attrib["language"])

    # -- conferences and ends
    def _join(self, leg: Leg, conference: str) -> None:
        leg.place, leg.conference = "conference", conference
        self._tell_conference(leg, "participant-join")

    def _leave_conference(self, leg: Leg, reason: str) -> None:
        if leg.place != "conference":
            return
        leg.place = "nowhere"
        self._tell_conference(leg, "participant-leave", {"ReasonParticipantLeft": reason})
        leg.on_hold = leg.muted = False  # of its place in this conference, not of the leg
        if leg.ends_conference:
            for sid in self.inside(str(leg.conference)):
                other = self.legs[sid]
                other.place = "nowhere"
                self._tell_conference(
                    other, "participant-leave", {"ReasonParticipantLeft": "moderator_ended_conference"}
                )
                self._end(other, "completed")

    def _end(self, leg: Leg, status: str) -> None:
        leg.status = status
        self._ask_what_follows(leg)
        self._leave_conference(leg, "participant_hung_up")
        for sid in [sid for sid, stream in self.streams.items() if stream.call_sid == leg.sid]:
            self.stream_breaks(sid)
        for sid, recording in self.recordings.items():
            if recording.call_sid == leg.sid and recording.status in ("in-progress", "paused"):
                recording.status = "completed"
                self._tell_recording(sid)
        if leg.callback_url:
            self._tell_leg(leg, status)
        else:
            self.unsent.append(
                Callback(
                    f"{self.base_url}/carrier/status",
                    self._form(leg, {"SequenceNumber": str(next(leg.sequence))}),
                )
            )

    def _ask_what_follows(self, leg: Leg) -> None:
        """Of who hangs up in a Dial, a Record or the queue the action is asked for all the same."""
        if leg.callback_url:
            return
        match leg.place:
            case "conference" | "dial":
                fields = {"DialCallStatus": "answered" if leg.place == "conference" else "no-answer"}
                self.unsent.append(Callback(leg.action, self._form(leg, fields)))
            case "record":
                self.unsent.append(Callback(leg.action, self._form(leg, {"RecordingDuration": "0"})))
            case "queue":
                self.unsent.append(Callback(leg.queue_action, self._form(leg, {"QueueResult": "hangup"})))

    # -- callbacks
    def _tell_leg(self, leg: Leg, status: str) -> None:
        fields = {"CallStatus": status, "SequenceNumber": str(next(leg.sequence))}
        self.unsent.append(Callback(leg.callback_url, self._form(leg, fields)))

    def _tell_conference(self, leg: Leg, event: str, more: dict[str, str] | None = None) -> None:
        fields = {
            "StatusCallbackEvent": event,
            "ConferenceSid": f"CF-{leg.conference}",
            "SequenceNumber": str(next(self._numbers)),
            "Muted": str(leg.muted).lower(),
            "Hold": str(leg.on_hold).lower(),
            "Coaching": str(bool(leg.coaches)).lower(),
            **(more or {}),
        }
        self.unsent.append(Callback(leg.conference_url, self._form(leg, fields)))

    def _tell_recording(self, sid: str) -> None:
        recording = self.recordings[sid]
        form = {
            "RecordingSid": sid,
            "CallSid": recording.call_sid,
            "RecordingStatus": recording.status,
            "RecordingDuration": "4",
            "RecordingChannels": "1" if recording.kind == "RecordVerb" else "2",
            "RecordingSource": recording.kind,
        }
        self.unsent.append(Callback(f"{self.base_url}/carrier/recording", form))

    def _tell_stream(self, sid: str, event: str) -> None:
        stream = self.streams[sid]
        form = {"CallSid": stream.call_sid, "StreamSid": sid, "StreamEvent": event}
        self.unsent.append(Callback(f"{self.base_url}/carrier/streams/{stream.stream_id}", form))

    def _form(self, leg: Leg, fields: dict[str, str]) -> dict[str, str]:
        return {"CallSid": leg.sid, "From": leg.number, "To": "12356", "CallStatus": leg.status, **fields}

    def _sid(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):032x}"

    def _living(self, sid: str) -> Leg:
        leg = self.legs.get(sid)
        if leg is None or not leg.lives:
            raise LegGone
        return leg

    def _there(self) -> None:
        if self.away:
            raise CarrierAway

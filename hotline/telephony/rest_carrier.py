"""The carrier over its REST interface: the same code for the embedded exchange and the live service.

Only the base address differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import requests
from twilio.rest import Client
from twilio.rest.api.v2010.account.conference.participant import ParticipantContext

from hotline.routing.carrier_view import CarrierAway, CarrierState, EndedCall, LegAudio
from hotline.telephony.addresses import Addresses
from hotline.telephony.carrier import LegGone, RecordingGone
from hotline.telephony.outgoing import OutgoingGuard
from hotline.telephony.rest_client import TIMEOUT_SECONDS, BaseAddressClient, translated
from hotline.telephony.twiml import CONFERENCE_EVENTS
from models.vocabulary_talk import AudioMode

PART_BYTES = 64 * 1024
LEG_EVENTS = ["initiated", "ringing", "answered", "completed"]
ALIVE = ("queued", "ringing", "in-progress")
LATELY = 200
PAGE = 1000
"""The most that a page holds: two requests more for each thousand legs."""


class RestCarrier:
    """Plays `Carrier`. `base_url` is the exchange's, or that of the live service."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        base_url: str,
        addresses: Addresses,
        caller_id: str,
        guard: OutgoingGuard,
    ) -> None:
        self._account_sid = account_sid
        self._auth = (account_sid, auth_token)
        self._base_url = base_url.rstrip("/")
        self._to = addresses
        self._caller_id = caller_id
        self._guard = guard
        self._http = BaseAddressClient(self._base_url)
        self._client = Client(account_sid, auth_token, http_client=self._http)

    def close(self) -> None:
        """Give back the connections that are kept open."""
        self._http.session.close()

    @translated(LegGone)
    def ring_seat(self, *, conference: str, seat_id: int, offer_id: int, timeout_seconds: int) -> str:
        return self._ring(
            conference, f"client:seat_{seat_id}", timeout_seconds, self._to.offer_status(offer_id)
        )

    @translated(LegGone)
    def ring_number(
        self,
        *,
        conference: str,
        number: str,
        timeout_seconds: int,
        reference: str,
        ends_conference: bool = False,
    ) -> str:
        self._guard.check(number)
        status = self._to.leg_status(reference)
        return self._ring(conference, number, timeout_seconds, status, ends_conference=ends_conference)

    @translated(LegGone)
    def ring_browser(
        self, *, conference: str, identity: str, timeout_seconds: int, reference: str, muted: bool
    ) -> str:
        status = self._to.leg_status(reference)
        return self._ring(conference, f"client:{identity}", timeout_seconds, status, muted=muted)

    def _ring(
        self,
        conference: str,
        to: str,
        timeout_seconds: int,
        status_url: str,
        *,
        muted: bool = False,
        ends_conference: bool = False,
    ) -> str:
        call_id = int(conference.rpartition("-")[2])
        participant = self._client.conferences(conference).participants.create(
            from_=self._caller_id,
            to=to,
            timeout=timeout_seconds,
            status_callback=status_url,
            status_callback_method="POST",
            status_callback_event=LEG_EVENTS,
            # The first participant, mostly the operator's leg, decides where the conference reports to.
            conference_status_callback=self._to.conference(call_id),
            conference_status_callback_method="POST",
            conference_status_callback_event=CONFERENCE_EVENTS.split(),
            start_conference_on_enter=True,
            end_conference_on_exit=ends_conference,
            muted=muted,
            beep="false",
            early_media=False,
            wait_url="",
        )
        return str(participant.call_sid)

    @translated(LegGone)
    def set_mode(self, *, conference: str, leg_sid: str, mode: AudioMode, operator_sid: str) -> None:
        # First silent, then turned to whom it is for, then opened: nothing is overheard in between.
        leg = self._participant(conference, leg_sid)
        leg.update(muted=True)
        if mode is AudioMode.WHISPER:
            leg.update(coaching=True, call_sid_to_coach=operator_sid)
        else:
            leg.update(coaching=False)
        if mode is not AudioMode.LISTEN:
            leg.update(muted=False)

    @translated(LegGone)
    def mute(self, *, conference: str, leg_sid: str, on: bool) -> None:
        self._participant(conference, leg_sid).update(muted=on)

    def _participant(self, conference: str, leg_sid: str) -> ParticipantContext:
        # Participants of a conference that runs are addressed by its sid alone.
        running = self._client.conferences.list(friendly_name=conference, status="in-progress", limit=1)
        if not running:
            raise LegGone
        return running[0].participants(leg_sid)

    def cancel_leg(self, leg_sid: str) -> None:
        self.end_call(leg_sid)

    def end_call(self, call_sid: str) -> None:
        try:
            self._complete(call_sid)
        except LegGone:
            return

    @translated(LegGone)
    def _complete(self, call_sid: str) -> None:
        # "completed" takes down a ringing leg too, where "canceled" refuses one that just answered.
        self._client.calls(call_sid).update(status="completed")

    @translated(LegGone)
    def move(self, call_sid: str, url: str) -> None:
        self._client.calls(call_sid).update(url=url, method="POST")

    @translated(LegGone)
    def hold(self, *, conference: str, call_sid: str, on: bool, url: str = "") -> None:
        heard = {"hold_url": url, "hold_method": "POST"}
        if not url:
            heard = {"hold_url": self._to.calm_audio, "hold_method": "GET"}
        self._participant(conference, call_sid).update(hold=on, **(heard if on else {}))

    @translated(LegGone)
    def start_recording(self, call_sid: str) -> str:
        recording = self._client.calls(call_sid).recordings.create(
            recording_channels="dual",
            recording_track="both",
            recording_status_callback=self._to.recording,
            recording_status_callback_method="POST",
            recording_status_callback_event=["completed", "absent"],
            trim="do-not-trim",
        )
        return str(recording.sid)

    @translated(RecordingGone)
    def pause_recording(self, call_sid: str, recording_sid: str, on: bool) -> None:
        behaviour: dict[str, Any] = {"pause_behavior": "silence"} if on else {}
        self._client.calls(call_sid).recordings(recording_sid).update(
            status="paused" if on else "in-progress", **behaviour
        )

    def stop_recording(self, call_sid: str, recording_sid: str) -> None:
        try:
            self._stop(call_sid, recording_sid)
        except RecordingGone:
            return

    @translated(RecordingGone)
    def _stop(self, call_sid: str, recording_sid: str) -> None:
        self._client.calls(call_sid).recordings(recording_sid).update(status="stopped")

    def delete_recording(self, recording_sid: str) -> None:
        try:
            self._delete(recording_sid)
        except RecordingGone:
            return

    @translated(RecordingGone)
    def _delete(self, recording_sid: str) -> None:
        self._client.recordings(recording_sid).delete()

    def fetch_recording(self, recording_sid: str) -> Iterator[bytes]:
        url = (
            f"{self._base_url}/2010-04-01/Accounts/{self._account_sid}"
            f"/Recordings/{recording_sid}.wav?RequestedChannels=2"
        )
        try:
            with self._http.session.get(url, auth=self._auth, stream=True, timeout=TIMEOUT_SECONDS) as answer:
                if answer.status_code == 404:
                    raise RecordingGone
                if answer.status_code != 200:
                    raise CarrierAway
                yield from answer.iter_content(PART_BYTES)
        except requests.RequestException:
            raise CarrierAway from None

    @translated(LegGone)
    def start_stream(self, call_sid: str, *, url: str, token: str, stream_id: int) -> str:
        stream = self._client.calls(call_sid).streams.create(
            url=url,
            name=f"captions-{stream_id}",
            track="both_tracks",
            status_callback=self._to.stream(stream_id),
            status_callback_method="POST",
            parameter1_name="token",
            parameter1_value=token,
        )
        return str(stream.sid)

    def stop_stream(self, call_sid: str, stream_sid: str) -> None:
        try:
            self._end_stream(call_sid, stream_sid)
        except LegGone:
            return

    @translated(LegGone)
    def _end_stream(self, call_sid: str, stream_sid: str) -> None:
        self._client.calls(call_sid).streams(stream_sid).update(status="stopped")

    @translated(CarrierAway)
    def look(self, conferences: Iterable[str]) -> CarrierState:
        # In the order of a leg's life: one that moves on while we read is seen again, never missed.
        legs = {
            str(call.sid): str(call.status)
            for status in ALIVE
            for call in self._client.calls.list(status=status, page_size=PAGE)
        }
        inside = {name: self._inside(name) for name in conferences}
        audio = {sid: leg for legs_in in inside.values() for sid, leg in legs_in.items()}
        return CarrierState(legs, {name: frozenset(legs_in) for name, legs_in in inside.items()}, audio)

    @translated(CarrierAway)
    def ended_lately(self) -> Sequence[EndedCall]:
        return [
            EndedCall(str(call.sid), str(call.status), str(call._from), str(call.to or self._caller_id))
            for call in self._client.calls.list(limit=LATELY, page_size=LATELY)
            if call.direction == "inbound"
            and str(call.status) not in ALIVE
            and not str(call._from).startswith("client:seat_")
        ]

    def _inside(self, conference: str) -> dict[str, LegAudio]:
        return {
            str(participant.call_sid): LegAudio(
                bool(participant.muted), bool(participant.hold), bool(participant.coaching)
            )
            for running in self._client.conferences.list(
                friendly_name=conference, status="in-progress", limit=1
            )
            for participant in running.participants.list(page_size=PAGE)
            if participant.status == "connected"
        }

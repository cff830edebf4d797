"""Recordings and streams of a leg over the carrier's REST interface: the part that `RestCarrier` inherits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import requests
from twilio.rest import Client

from hotline.routing.carrier_view import CarrierAway
from hotline.telephony.addresses import Addresses
from hotline.telephony.carrier import HeldRecording, LegGone, RecordingGone
from hotline.telephony.rest_client import PAGE, TIMEOUT_SECONDS, BaseAddressClient, translated

PART_BYTES = 64 * 1024


class RestSound:
    _account_sid: str
    _auth: tuple[str, str]
    _base_url: str
    _client: Client
    _http: BaseAddressClient
    _to: Addresses

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

    @translated(CarrierAway)
    def recordings_of(self, call_sid: str) -> Sequence[HeldRecording]:
        # Asked of the account: under the call itself a carrier that forgot the call knows nothing.
        return [
            HeldRecording(
                str(one.sid),
                str(one.status),
                str(one.source),
                float(one.duration) if one.duration else None,
                int(one.channels) if one.channels else None,
            )
            for one in self._client.recordings.list(call_sid=call_sid, page_size=PAGE)
        ]

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

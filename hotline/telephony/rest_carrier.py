"""The carrier over its REST interface: the same code for the embedded exchange and the live service.

Only the base address differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from twilio.rest import Client
from twilio.rest.api.v2010.account.conference.participant import ParticipantContext

from hotline.routing.carrier_view import CarrierAway, CarrierState, EndedCall, LegAudio
from hotline.telephony.addresses import Addresses
from hotline.telephony.carrier import LegGone
from hotline.telephony.outgoing import OutgoingGuard
from hotline.telephony.rest_client import PAGE, BaseAddressClient, translated
from hotline.telephony.rest_ringing import RestRinging
from hotline.telephony.rest_sound import RestSound
from models.vocabulary_talk import AudioMode

ALIVE = ("queued", "ringing", "in-progress")
LATELY = 200


class RestCarrier(RestRinging, RestSound):
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

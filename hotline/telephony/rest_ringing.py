"""Ringing over the carrier's REST interface: the part that `RestCarrier` inherits.

A leg's reference is the label of the conference's participant, which the carrier keeps unique among those
that are alive.
"""

from __future__ import annotations

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from hotline.routing.carrier_view import CarrierAway
from hotline.telephony.addresses import Addresses
from hotline.telephony.carrier import LegGone
from hotline.telephony.outgoing import OutgoingGuard
from hotline.telephony.rest_client import translated
from hotline.telephony.twiml import CONFERENCE_EVENTS

LEG_EVENTS = ["initiated", "ringing", "answered", "completed"]
LABEL_TAKEN = frozenset({16025, 16026})
"""The participant's label is in use in this conference: said of documents, and of requests."""
SAME_NAME = 20
"""Conferences of one call, newest first: one for each time that it was put back into the queue."""


class RestRinging:
    _caller_id: str
    _client: Client
    _guard: OutgoingGuard
    _to: Addresses

    @translated(LegGone)
    def ring_seat(self, *, conference: str, seat_id: int, offer_id: int, timeout_seconds: int) -> str:
        status = self._to.offer_status(offer_id)
        return self._ring(conference, f"client:seat_{seat_id}", timeout_seconds, f"offer-{offer_id}", status)

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
        return self._ring(
            conference, number, timeout_seconds, reference, status, ends_conference=ends_conference
        )

    @translated(LegGone)
    def call_staff(self, *, number: str, summons_id: int, timeout_seconds: int) -> str:
        self._guard.check(number)
        call = self._client.calls.create(
            to=number,
            from_=self._caller_id,
            url=self._to.summons(summons_id, "words"),
            method="POST",
            timeout=timeout_seconds,
        )
        return str(call.sid)

    @translated(LegGone)
    def ring_browser(
        self, *, conference: str, identity: str, timeout_seconds: int, reference: str, muted: bool
    ) -> str:
        status = self._to.leg_status(reference)
        return self._ring(conference, f"client:{identity}", timeout_seconds, reference, status, muted=muted)

    def _ring(
        self,
        conference: str,
        to: str,
        timeout_seconds: int,
        reference: str,
        status_url: str,
        *,
        muted: bool = False,
        ends_conference: bool = False,
    ) -> str:
        call_id = int(conference.rpartition("-")[2])
        try:
            participant = self._client.conferences(conference).participants.create(
                from_=self._caller_id,
                to=to,
                label=reference,
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
        except TwilioRestException as error:
            if error.code not in LABEL_TAKEN:
                raise
        else:
            return str(participant.call_sid)
        # An earlier request of ours was carried out, and its answer never reached us.
        leg_sid = self.leg_of(conference=conference, reference=reference)
        if leg_sid is None:
            raise CarrierAway
        return leg_sid

    @translated(LegGone)
    def leg_of(self, *, conference: str, reference: str) -> str | None:
        # Also one that nobody has entered yet, which the carrier does not count as in progress.
        newest = self._client.conferences.list(friendly_name=conference, limit=SAME_NAME)
        running = next((one for one in newest if str(one.status) != "completed"), None)
        if running is None:
            return None
        try:
            found = running.participants(reference).fetch()
        except TwilioRestException as error:
            if error.status == 404:
                return None
            raise
        return None if str(found.status) in ("complete", "failed") else str(found.call_sid)

"""Ringing a seat, an outside line or a supervisor's page, so that asking twice rings once.

A process may die, or an answer get lost, between the carrier's ringing and our writing down the leg's sid.
The leg then bears a name of ours, the request's `reference`, and the row that asked is run again when its
lease is over: it takes up the leg of that name, or takes it down when nobody wants it any more. So no
telephone rings for nobody for longer than a lease, and a person who is called back is never rung twice.
"""

from __future__ import annotations

from typing import Any

from hotline.routing.legs import Legs
from hotline.routing.offers import Offers
from hotline.routing.participations import RING_SECONDS
from hotline.routing.transactions import reading
from hotline.telephony.carrier import Carrier, CarrierRefused, NumberForbidden
from models.calls import Call, Offer
from models.outbox import AGAIN
from models.participation import Participation
from models.unit_of_work import Work
from models.vocabulary import OfferState
from models.vocabulary_talk import ParticipantRole, ParticipationState


def rung_before(carrier: Carrier, payload: dict[str, Any], conference: str, reference: str) -> str | None:
    """Sid of the leg that an earlier run of this row may have left at the carrier."""
    return carrier.leg_of(conference=conference, reference=reference) if AGAIN in payload else None


class Ringing:
    """Work of the outbox, each step looking at the record first."""

    def __init__(self, work: Work, carrier: Carrier, offers: Offers, legs: Legs) -> None:
        self._work = work
        self._carrier = carrier
        self._offers = offers
        self._legs = legs

    def ring_seat(self, payload: dict[str, Any]) -> None:
        with reading(self._work) as unit:
            offer = unit.session.get(Offer, payload["offer_id"])
            call = offer.call if offer is not None else None
        if offer is None or call is None or offer.leg_sid:
            return
        reference = f"offer-{offer.id}"
        leg_sid = rung_before(self._carrier, payload, call.conference_name, reference)
        if leg_sid is None:
            if offer.state is not OfferState.MADE:
                return
            leg_sid = self._carrier.ring_seat(
                conference=call.conference_name,
                seat_id=offer.seat_id,
                offer_id=offer.id,
                timeout_seconds=int((offer.deadline_at - offer.made_at).total_seconds()),
            )
        if not self._offers.leg_made(offer.id, leg_sid):
            # Withdrawn while the carrier was asked: the seat must not ring for nobody.
            self._carrier.cancel_leg(leg_sid)

    def ring_participant(self, payload: dict[str, Any]) -> None:
        with reading(self._work) as unit:
            one = unit.session.get(Participation, payload["participation_id"])
            call = one.call if one is not None else None
        if one is None or call is None or one.leg_sid:
            return
        reference = f"participation-{one.id}"
        leg_sid = rung_before(self._carrier, payload, call.conference_name, reference)
        if leg_sid is None:
            if one.state is not ParticipationState.ASKED:
                return
            try:
                leg_sid = self._ring(call, one, reference)
            except (NumberForbidden, CarrierRefused) as refusal:
                forbidden = isinstance(refusal, NumberForbidden)
                self._legs.not_allowed(one.id, "number_forbidden" if forbidden else "leg_failed")
                return
        if not self._legs.leg_made(one.id, leg_sid):
            # Nobody wants it any more: nobody must ring for nothing.
            self._carrier.cancel_leg(leg_sid)

    def _ring(self, call: Call, one: Participation, reference: str) -> str:
        if one.number is not None:
            return self._carrier.ring_number(
                conference=call.conference_name,
                number=one.number,
                timeout_seconds=RING_SECONDS,
                reference=reference,
            )
        listens = one.role is ParticipantRole.SUPERVISOR
        return self._carrier.ring_browser(
            conference=call.conference_name,
            identity=f"person_{one.person_id}" if listens else f"seat_{one.seat_id}",
            timeout_seconds=RING_SECONDS,
            reference=reference,
            muted=listens,
        )

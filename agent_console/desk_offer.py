"""What a ringing desk shows: a call of the line, or a colleague who asks into a talk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from agent_console.desk_caller import CallBackFacts, SameNumber, call_back_facts, place_path, same_number
from agent_console.desk_talk import CalledIn
from agent_console.queries_queue import order_of
from hotline.domain.explanation import Explanation
from hotline.routing.policy import policy_of
from models.calls import Call, Offer
from models.places import Place


@dataclass(frozen=True)
class OfferFacts:
    offer: Offer | None
    call: Call
    waited_seconds: float
    seconds_left: float
    seconds_whole: float
    place: list[Place]
    same_number: SameNumber | None
    order: Explanation
    """Why it comes first."""
    called_in: CalledIn | None = None
    """For an offer that is a colleague's transfer: then there is no `offer`."""
    call_back: CallBackFacts | None = None


def offer_facts(session: Session, offer: Offer, person_id: int, now: datetime) -> OfferFacts:
    call = offer.call
    return OfferFacts(
        offer=offer,
        call=call,
        waited_seconds=(now - call.arrived_at).total_seconds(),
        seconds_left=max(0.0, (offer.deadline_at - now).total_seconds()),
        seconds_whole=max(1.0, (offer.deadline_at - offer.made_at).total_seconds()),
        place=place_path(session, call.place_code),
        same_number=same_number(session, call, person_id, now),
        order=order_of(call, now, policy_of(session).credits),
        call_back=call_back_facts(session, call),
    )


def transfer_offer(session: Session, one: CalledIn, person_id: int, now: datetime) -> OfferFacts:
    call = one.participation.call
    return OfferFacts(
        offer=None,
        call=call,
        waited_seconds=(now - call.arrived_at).total_seconds(),
        seconds_left=max(0.0, (one.participation.deadline_at - now).total_seconds()),
        seconds_whole=(one.participation.deadline_at - one.participation.asked_at).total_seconds(),
        place=place_path(session, call.place_code),
        same_number=same_number(session, call, person_id, now),
        order=order_of(call, now, policy_of(session).credits),
        called_in=one,
    )

"""Which fact moves routing on. This table is the map; bootstrap subscribes it to the event bus."""

from __future__ import annotations

from collections.abc import Callable

from hotline.routing.conversation import Conversation
from hotline.routing.intake import Intake
from hotline.routing.offers import Offers
from hotline.routing.wrap_up import WrapUp
from models.events import (
    CallQueued,
    CallReturnedToQueue,
    ConsentChanged,
    DangerRaised,
    Event,
    NoteClosed,
    OfferEnded,
    SeatChanged,
)
from models.vocabulary import ConsentKind, SeatState

Reactions = dict[type[Event], Callable[[Event], None]]


def routing_reactions(
    intake: Intake, offers: Offers, conversation: Conversation, wrap_up: WrapUp
) -> Reactions:
    """Every reaction is idempotent, and the clock's tick does what a lost one left undone."""

    def distribute(_event: Event) -> None:
        offers.distribute()

    def seat_changed(event: Event) -> None:
        if isinstance(event, SeatChanged) and event.state == SeatState.AVAILABLE.value:
            offers.distribute()

    def consent_changed(event: Event) -> None:
        if isinstance(event, ConsentChanged) and event.kind == ConsentKind.RECORDING.value:
            conversation.obey_consent(event.call_id)

    def danger_raised(event: Event) -> None:
        if isinstance(event, DangerRaised):
            intake.danger_marked(event.call_id)

    def note_closed(event: Event) -> None:
        if isinstance(event, NoteClosed):
            wrap_up.note_closed(event.call_id)

    return {
        CallQueued: distribute,
        CallReturnedToQueue: distribute,
        OfferEnded: distribute,
        SeatChanged: seat_changed,
        ConsentChanged: consent_changed,
        DangerRaised: danger_raised,
        NoteClosed: note_closed,
    }

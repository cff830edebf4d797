"""Which fact moves routing on. This table is the map; bootstrap subscribes it to the event bus."""

from __future__ import annotations

from collections.abc import Callable

from hotline.routing.callbacks import Callbacks
from hotline.routing.conversation import Conversation
from hotline.routing.intake import Intake
from hotline.routing.nuisance import Nuisance
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
    TranscriptFinished,
)
from models.unit_of_work import Work
from models.vocabulary import ConsentKind, ConsentState, SeatState

ANALYSED = (ConsentKind.RECORDING.value, ConsentKind.ANALYSIS.value)
"""Consents without which nothing may be left of what analysis made of a call."""
OBEYED = (ConsentKind.RECORDING.value, ConsentKind.CAPTIONS.value)
Reactions = dict[type[Event], Callable[[Event], None]]

NO_CONSENT = (ConsentState.REFUSED.value, ConsentState.WITHDRAWN.value)


def routing_reactions(
    work: Work,
    intake: Intake,
    conversation: Conversation,
    wrap_up: WrapUp,
    callbacks: Callbacks,
    nuisance: Nuisance,
    distribute: Callable[[], object],
) -> Reactions:
    """Every reaction is idempotent, and the clock's tick does what a lost one left undone.

    `distribute`: brings waiting calls and free seats together, now or in a thread of its own.
    """

    def together(_event: Event) -> None:
        distribute()

    def seat_changed(event: Event) -> None:
        if isinstance(event, SeatChanged) and event.state == SeatState.AVAILABLE.value:
            distribute()

    def consent_changed(event: Event) -> None:
        if not isinstance(event, ConsentChanged):
            return
        if event.kind in OBEYED:
            conversation.obey_consent(event.call_id)
        if event.kind in ANALYSED and event.state in NO_CONSENT:
            with work() as unit:
                # Withdrawn, granted and withdrawn again is to be forgotten again.
                key = f"forget:{event.call_id}:{event.kind}:{unit.now.timestamp()}"
                unit.ask("forget", "urgent", key, {"call_id": event.call_id})

    def danger_raised(event: Event) -> None:
        if isinstance(event, DangerRaised):
            intake.danger_marked(event.call_id)

    def note_closed(event: Event) -> None:
        if isinstance(event, NoteClosed):
            wrap_up.note_closed(event.call_id)
            nuisance.note_closed(event.call_id)

    def transcript_finished(event: Event) -> None:
        if isinstance(event, TranscriptFinished):
            callbacks.message_heard(event.call_id)

    return {
        CallQueued: together,
        CallReturnedToQueue: together,
        OfferEnded: together,
        SeatChanged: seat_changed,
        ConsentChanged: consent_changed,
        DangerRaised: danger_raised,
        NoteClosed: note_closed,
        TranscriptFinished: transcript_finished,
    }

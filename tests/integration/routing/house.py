"""Routing with its reactions, on a real database; outbox rows are left for the test to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.routing.callbacks import Callbacks
from hotline.routing.carrier_view import CarrierAway, CarrierState, EndedCall
from hotline.routing.conversation import Conversation
from hotline.routing.deadlines import Deadlines, Turn
from hotline.routing.intake import Intake
from hotline.routing.legs import Legs
from hotline.routing.nuisance import Nuisance
from hotline.routing.offers import Offers
from hotline.routing.origin import IncomingCall
from hotline.routing.reactions import routing_reactions
from hotline.routing.seats import Seats
from hotline.routing.standby import Standby
from hotline.routing.supervision import Supervision
from hotline.routing.transfers import Transfers
from hotline.routing.wrap_up import WrapUp
from models.calls import Call, CallEvent, Offer
from models.events import Event
from models.outbox import OutboxRow
from models.seats import Seat
from models.unit_of_work import Clock, UnitOfWork
from models.vocabulary import AgentStatus, OfferState
from tests.factories import NOW, a_centre, a_person, a_province, a_seat, an_organisation, number_hash
from tests.fakes import Bulletin, StoppedClock

AUDIT_KEY = b"audit key of the tests"


class QuietCarrier:
    """What the carrier has alive, as the test says; `away` raises."""

    def __init__(self) -> None:
        self.legs: dict[str, str] = {}
        self.conferences: dict[str, frozenset[str]] = {}
        self.ended: list[EndedCall] = []
        self.away = False

    def look(self, conferences: Iterable[str]) -> CarrierState:
        if self.away:
            raise CarrierAway
        return CarrierState(
            dict(self.legs), {name: self.conferences.get(name, frozenset()) for name in conferences}
        )

    def ended_lately(self) -> list[EndedCall]:
        if self.away:
            raise CarrierAway
        return list(self.ended)


class House:
    def __init__(self, engine: Engine, *, clock: Clock | None = None, beside: House | None = None) -> None:
        """`beside`: another process of this house, which founded the organisation already."""
        self.engine = engine
        self.stopped = StoppedClock(NOW)
        self.clock: Clock = clock or self.stopped
        self.bulletin = Bulletin()
        self.carrier = QuietCarrier()
        self.intake = Intake(self.work, number_hash)
        self.offers = Offers(self.work, offer_seconds=20)
        self.conversation = Conversation(self.work)
        self.legs = Legs(self.work)
        self.transfers = Transfers(self.work)
        self.supervision = Supervision(self.work, AUDIT_KEY)
        self.wrap_up = WrapUp(self.work)
        self.seats = Seats(self.work, AUDIT_KEY)
        self.standby = Standby(self.work)
        self.callbacks = Callbacks(self.work)
        self.nuisance = Nuisance(self.work, AUDIT_KEY)
        self.deadlines = Deadlines(
            self.work, self.clock, self.intake, self.offers, self.conversation, self.legs, self.carrier
        )
        self.reactions = routing_reactions(
            self.work,
            self.intake,
            self.conversation,
            self.wrap_up,
            self.callbacks,
            self.nuisance,
            self.offers.distribute,
        )
        self.bulletin.subscribe(self.react)
        if beside is not None:
            self.centre_id, self.other_centre_id = beside.centre_id, beside.other_centre_id
            return
        with Session(engine) as session, session.begin():
            a_province(session)
            an_organisation(session)
            self.centre_id = a_centre(session).id
            self.other_centre_id = a_centre(session, "990200", "石门中心").id

    def work(self) -> UnitOfWork:
        return UnitOfWork(self.engine, self.clock, self.bulletin.publish)

    def react(self, events: Sequence[Event]) -> None:
        for event in events:
            reaction = self.reactions.get(type(event))
            if reaction is not None:
                reaction(event)

    def a_ready_seat(self, *, centre_id: int | None = None) -> tuple[int, int]:
        """(seat id, person id)."""
        seat_id, person_id = self.an_empty_seat(centre_id=centre_id)
        self.sit_down(seat_id, person_id)
        return seat_id, person_id

    def sit_down(self, seat_id: int, person_id: int) -> None:
        self.seats.sign_on(person_id, seat_id)
        self.seats.report_device(person_id, True)
        self.seats.choose_status(person_id, AgentStatus.READY)

    def an_empty_seat(self, *, centre_id: int | None = None) -> tuple[int, int]:
        with Session(self.engine) as session, session.begin():
            from models.places import Centre

            centre = session.get(Centre, centre_id or self.centre_id)
            assert centre is not None
            return a_seat(session, centre).id, a_person(session, centre=centre).id

    def a_caller_waits(self, sid: str = "CA1", number: str = "13800138000") -> int:
        call_id = self.intake.call_arrived(IncomingCall(sid, number, "12356"))
        self.carrier.legs[sid] = "in-progress"
        self.intake.enqueue(call_id)
        return call_id

    def they_talk(self, call_id: int, leg: str = "CAleg") -> None:
        offer = self.offer_of(call_id)
        self.carrier.legs[leg] = "in-progress"
        assert self.offers.leg_answered(offer.id, leg)
        call = self.call(call_id)
        self.carrier.conferences[call.conference_name] = frozenset({leg, str(call.carrier_sid)})
        assert self.conversation.caller_joined(call_id)

    def looks(self, times: int) -> Turn:
        """So many turns of the clock, each old enough to look at the carrier. Gives the last."""
        for _ in range(times):
            self.stopped.advance(seconds=6)
            turn = self.deadlines.tick()
        return turn

    def offer_of(self, call_id: int) -> Offer:
        with Session(self.engine) as session:
            return session.scalars(
                select(Offer).where(Offer.call_id == call_id, Offer.state == OfferState.MADE)
            ).one()

    def call(self, call_id: int) -> Call:
        with Session(self.engine) as session:
            return session.get_one(Call, call_id)

    def seat(self, seat_id: int) -> Seat:
        with Session(self.engine) as session:
            return session.get_one(Seat, seat_id)

    def log_of(self, call_id: int) -> list[str]:
        with Session(self.engine) as session:
            return list(
                session.scalars(
                    select(CallEvent.kind).where(CallEvent.call_id == call_id).order_by(CallEvent.id)
                )
            )

    def asked(self, kind: str) -> list[dict[str, Any]]:
        with Session(self.engine) as session:
            return list(
                session.scalars(
                    select(OutboxRow.payload).where(OutboxRow.kind == kind).order_by(OutboxRow.id)
                )
            )

"""The carrier's door with everything behind it, and a fake carrier before it: a hotline without sound."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator

from hotline.care.danger import DangerProtocol
from hotline.routing.deadlines import Deadlines
from hotline.routing.standby import Standby
from hotline.telephony.addresses import Addresses
from hotline.telephony.call_facts import CallFacts
from hotline.telephony.call_flow import CallFlow
from hotline.telephony.handlers import CarrierHandlers
from hotline.telephony.heard import HeardCallbacks
from hotline.telephony.outgoing import OutgoingGuard
from hotline.telephony.recording_facts import RecordingFacts
from hotline.telephony.recordings import RecordingStore
from hotline.telephony.signature import CarrierSignature
from hotline.telephony.twiml import Documents
from hotline.telephony.webhooks import carrier_blueprint
from models.calls import Call
from models.crypto import Keyring
from models.outbox import OutboxRow
from models.places import Centre
from models.vocabulary import OutboxState
from tests.fake_carrier import Callback, FakeCarrier, Leg
from tests.integration.routing.house import House

TOKEN = "the carrier's token"
BASE = "https://door.test"


class Switchboard(House):
    """House + door + fake carrier. Outbox rows of the queue `carrier` are done at once, in order."""

    def __init__(self, engine: Engine, keyring: Keyring, folder: Path) -> None:
        super().__init__(engine)
        self.phone = FakeCarrier(BASE)
        self.addresses = Addresses(BASE)
        self.standby = Standby(self.work)
        self.facts = RecordingFacts(self.work)
        self.store = RecordingStore(
            work=self.work, carrier=self.phone, keyring=keyring, folder=folder / "recordings"
        )
        self.danger = DangerProtocol(self.work, b"audit key of the tests")
        self.handlers = CarrierHandlers(
            work=self.work,
            carrier=self.phone,
            addresses=self.addresses,
            offers=self.offers,
            recordings=self.facts,
            store=self.store,
            raise_danger=self.danger.raise_danger,
        ).by_kind()
        self.deadlines = Deadlines(
            self.work, self.clock, self.intake, self.offers, self.conversation, self.phone
        )
        self.flow = CallFlow(
            work=self.work,
            intake=self.intake,
            conversation=self.conversation,
            standby=self.standby,
            callbacks=self.callbacks,
            documents=Documents(self.addresses),
            guard=OutgoingGuard(
                carrier_is_embedded=True, mode="demonstration", is_demonstration=lambda: True
            ),
        )
        app = Flask("door")
        app.register_blueprint(
            carrier_blueprint(
                flow=self.flow,
                facts=CallFacts(self.work, self.offers, self.conversation, self.callbacks, self.facts),
                heard=HeardCallbacks(self.work),
                signature=CarrierSignature(TOKEN, BASE),
                addresses=self.addresses,
                number="12356",
            )
        )
        self.client = app.test_client()
        self.phone.post = self.post
        self._working = False

    # -- the wire
    def sign(self, url: str, form: dict[str, str]) -> str:
        return str(RequestValidator(TOKEN).compute_signature(url.partition("#")[0], form))

    def post(self, url: str, form: dict[str, str]) -> str:
        answer = self.client.post(
            url.removeprefix(BASE).partition("#")[0],
            data=form,
            headers={"X-Twilio-Signature": self.sign(url, form)},
        )
        assert answer.status_code in (200, 204), answer.status_code
        self.work_off()
        return answer.text

    def work_off(self) -> None:
        """Do what the outbox asks of the carrier, in the order it was asked; once a row, as the runner."""
        if self._working:
            return
        self._working = True
        try:
            while (row := self._next_row()) is not None:
                self.handlers[row.kind](row.payload)
        finally:
            self._working = False

    def _next_row(self) -> OutboxRow | None:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            row = session.scalars(
                select(OutboxRow)
                .where(OutboxRow.state == OutboxState.DUE, OutboxRow.queue == "carrier")
                .order_by(OutboxRow.id)
            ).first()
            if row is not None:
                row.state = OutboxState.DONE
            return row

    def deliver(self, callbacks: Sequence[Callback] | None = None) -> None:
        """Deliver callbacks, all that are unsent when none are named, and what follows from them."""
        if callbacks is not None:
            for callback in callbacks:
                self.post(callback.url, callback.form)
            return
        while self.phone.unsent:
            callback = self.phone.unsent.pop(0)
            self.post(callback.url, callback.form)

    # -- situations
    def a_caller(self, number: str = "13800138000") -> Leg:
        """Rings, hears the greeting to its end, and waits."""
        leg = self.phone.a_call_comes_in(number)
        self.phone.time_passes(leg)
        self.work_off()
        return leg

    def a_talk(self) -> tuple[Leg, Leg]:
        """(caller's leg, operator's leg), both in the conference. Needs a free seat."""
        caller = self.a_caller()
        operator = self.phone.ringing_legs()[-1]
        self.phone.seat_answers(operator)
        self.deliver()
        return caller, operator

    def call_of(self, leg: Leg) -> Call:
        with Session(self.engine) as session:
            return session.scalars(select(Call).where(Call.carrier_sid == leg.sid)).one()

    def standby_phone(self, number: str) -> None:
        with Session(self.engine) as session, session.begin():
            session.get_one(Centre, self.centre_id).standby_phone = number

    def fetch_recordings(self) -> None:
        """Do the `fetch_recording` jobs that a worker would do."""
        for payload in self.asked("fetch_recording"):
            self.store.fetch(payload["recording_id"])
        self.work_off()

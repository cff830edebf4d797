"""A hotline without sound: the whole wiring with a fake carrier before its door."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator

from hotline.routing.carrier_view import CarrierAway
from hotline.telephony.addresses import Addresses
from models.calls import Call
from models.crypto import Keyring
from models.outbox import OutboxRow
from models.vocabulary import OutboxState
from tests.fake_carrier import Callback, FakeCarrier, Leg
from tests.integration.telephony.wiring import TOKEN, Wiring

BASE = "https://door.test"


class Switchboard(Wiring):
    """Outbox rows of the queue `carrier` are done at once, in order."""

    def __init__(self, engine: Engine, keyring: Keyring, folder: Path) -> None:
        self.phone = FakeCarrier(BASE)
        super().__init__(engine, keyring, folder, carrier=self.phone, addresses=Addresses(BASE))
        self.client = self.app.test_client()
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
                try:
                    self.handlers[row.kind](row.payload)
                except CarrierAway:
                    # As the runner does: it stays due, and is tried when the carrier is back.
                    self._put_back(row.id)
                    return
        finally:
            self._working = False

    def _next_row(self) -> OutboxRow | None:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            row = session.scalars(
                select(OutboxRow)
                .where(
                    OutboxRow.state == OutboxState.DUE,
                    OutboxRow.queue == "carrier",
                    OutboxRow.due_at <= self.clock(),
                )
                .order_by(OutboxRow.id)
            ).first()
            if row is not None:
                row.state = OutboxState.DONE
            return row

    def _put_back(self, row_id: int) -> None:
        with Session(self.engine) as session, session.begin():
            session.get_one(OutboxRow, row_id).state = OutboxState.DUE

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

    def fetch_recordings(self) -> None:
        """Do the `fetch_recording` jobs that a worker would do."""
        for payload in self.asked("fetch_recording"):
            self.store.fetch(payload["recording_id"])
        self.work_off()

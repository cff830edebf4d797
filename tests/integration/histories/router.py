"""One process of the product that can die at the worst moment, and the telephone that stands before two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Engine, and_, or_, select
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator

from hotline.job_rows import CARRIER, RowRunner
from hotline.routing.carrier_view import CarrierAway
from hotline.telephony.addresses import Addresses
from models.calls import Call, CallEvent
from models.outbox import OutboxRow
from models.unit_of_work import UnitOfWork
from models.vocabulary import OutboxState
from tests.fake_carrier import Callback, FakeCarrier, Leg
from tests.fakes import StoppedClock
from tests.grounds import KEYRING
from tests.integration.telephony.wiring import TOKEN, Wiring

BASE = "https://door.test"
RUNG, ANSWER_LOST = "rung", "answer_lost"
"""It rings, and the process dies before it writes that down, or the carrier's answer never comes."""
MOMENTS = ("before_commit", "after_commit", "before_done", RUNG, ANSWER_LOST)


class Death(BaseException):
    """The process is killed here. No `except Exception` of the product sees it, as none sees SIGKILL."""


@dataclass
class Fate:
    """When the next death comes: at the n-th such moment from now."""

    moment: str | None = None
    after: int = 0

    def strike(self, moment: str) -> None:
        if moment != self.moment:
            return
        if self.after:
            self.after -= 1
            return
        self.moment = None
        raise Death(moment)


class MortalUnit(UnitOfWork):
    fate: Fate

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            try:
                self.fate.strike("before_commit")
            except Death as death:
                super().__exit__(Death, death, trace)
                raise
        super().__exit__(kind, error, trace)

    def die_or_publish(self, publish: Callable[..., None], *told: Any) -> None:
        """After the commit, before anybody was told or woken."""
        self.fate.strike("after_commit")
        publish(*told)


class Router(Wiring):
    """Carrier commands run by the product's own runner: leased, done, put back, left leased by a death."""

    def __init__(
        self, engine: Engine, folder: Path, phone: FakeCarrier, fate: Fate, beside: Router | None = None
    ) -> None:
        self.fate = fate
        clock = beside.stopped if beside is not None else None
        super().__init__(
            engine, KEYRING, folder, carrier=phone, addresses=Addresses(BASE), clock=clock, beside=beside
        )
        if isinstance(clock, StoppedClock):
            self.stopped = clock
        self.client = self.app.test_client()
        self.runner = RowRunner(engine, self.clock, self._mortal(self.handlers))

    def work(self) -> UnitOfWork:
        unit = MortalUnit(
            self.engine, self.clock, lambda *told: unit.die_or_publish(self.bulletin.publish, *told)
        )
        unit.fate = self.fate
        return unit

    def _mortal(self, handlers: Mapping[str, Callable[[dict[str, Any]], None]]) -> dict[str, Any]:
        def wrap(handler: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
            def run(payload: dict[str, Any]) -> None:
                handler(payload)
                self.fate.strike("before_done")

            return run

        return {kind: wrap(handler) for kind, handler in handlers.items()}

    def answer(self, url: str, form: dict[str, str]) -> tuple[int, str]:
        """The door's answer. Raises Death, which to the carrier is a connection that broke."""
        signature = str(RequestValidator(TOKEN).compute_signature(url.partition("#")[0], form))
        answer = self.client.post(
            url.removeprefix(BASE).partition("#")[0], data=form, headers={"X-Twilio-Signature": signature}
        )
        return answer.status_code, answer.text

    def due_rows(self) -> list[int]:
        now = self.clock()
        due = and_(OutboxRow.state == OutboxState.DUE, OutboxRow.due_at <= now)
        left = and_(OutboxRow.state == OutboxState.LEASED, OutboxRow.leased_until <= now)
        with Session(self.engine) as session:
            ours = or_(OutboxRow.queue == CARRIER, OutboxRow.kind == "fetch_recording")
            query = select(OutboxRow.id).where(ours, or_(due, left))
            return list(session.scalars(query.order_by(OutboxRow.id)))


class Telephone(FakeCarrier):
    """A carrier before two routers. A request whose process dies is sent once more, to the other one."""

    def __init__(self) -> None:
        super().__init__(BASE)
        self.routers: list[Router] = []
        self.turns = 0
        self._working = False
        self._rung_at: dict[str, datetime] = {}
        self.post = self._post

    def next_router(self) -> Router:
        self.turns += 1
        return self.routers[self.turns % len(self.routers)]

    # -- a carrier ends what rings too long
    def _ring(
        self,
        conference: str,
        to: str,
        path: str,
        seconds: int,
        reference: str,
        *,
        muted: bool = False,
        ends: bool = False,
    ) -> str:
        sid = super()._ring(conference, to, path, seconds, reference, muted=muted, ends=ends)
        self._rung_at.setdefault(sid, self.routers[0].stopped.now)
        fate = self.routers[0].fate
        fate.strike(RUNG)
        try:
            fate.strike(ANSWER_LOST)
        except Death:
            raise CarrierAway from None
        return sid

    def ringing_ends(self) -> None:
        now = self.routers[0].stopped.now
        for leg in self.ringing_legs():
            if now - self._rung_at[leg.sid] >= timedelta(seconds=leg.rings_for):
                self.seat_lets_ring(leg)

    # -- whoever talks is taken down only by the word of an operator
    def end_call(self, call_sid: str) -> None:
        leg = self.legs.get(call_sid)
        if leg is not None and leg.status == "in-progress" and self._is_cut_off(leg):
            self.hung_up_by_product.append(call_sid)
        super().end_call(call_sid)

    def _is_cut_off(self, leg: Leg) -> bool:
        with Session(self.routers[0].engine) as session:
            call = session.scalars(select(Call).where(Call.carrier_sid == leg.sid)).first()
            if call is None or call.nobody_answered_yet:
                return not leg.callback_url  # picked up a moment after nobody was there to talk with
            asked = select(CallEvent.id).where(CallEvent.call_id == call.id, CallEvent.kind == "end_asked")
            return session.scalars(asked).first() is None

    def _post(self, url: str, form: dict[str, str]) -> str:
        for _ in range(2):
            try:
                status, body = self.next_router().answer(url, form)
            except Death:
                continue
            assert status in (200, 204), status
            self.work_off()
            return body
        raise AssertionError("one death a history's step")

    def work_off(self) -> None:
        """Carry out what is due towards the carrier, by whichever router comes to it."""
        if self._working:
            return
        self._working = True
        try:
            for _ in range(100):
                rows = self.next_router().due_rows()
                if not rows:
                    return
                for row_id in rows:
                    try:
                        self.next_router().runner.run(row_id)
                    except Death:
                        continue
            raise AssertionError("the outbox never comes to rest")
        finally:
            self._working = False

    def deliver(self, callbacks: list[Callback]) -> None:
        for callback in callbacks:
            self._post(callback.url, callback.form)

    def deliver_all(self) -> None:
        while self.unsent:
            self.deliver([self.unsent.pop(0)])

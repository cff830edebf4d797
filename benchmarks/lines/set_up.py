"""Calls one after another through the whole product: when the caller hears what, by exchange and by ear.

The caller and the seat are scripted far ends of the embedded exchange, which keeps the time of each step in
its log; what is heard is judged in the sound that reached the caller. The seat answers the moment it rings.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import requests
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.routing.seats import Seats
from hotline.routing.wrap_up import WrapUp
from models.calls import Call
from models.people import Person
from models.seats import Seat
from models.unit_of_work import UnitOfWork, system_clock
from models.vocabulary import AgentStatus, CallState, Role
from tests.journeys.actors import ScriptedCaller
from tests.journeys.product import Product, eventually

CALLER_TONE, SEAT_TONE = 437.5, 937.5
WINDOW_SECONDS = 0.02
KEY_AT_SECONDS = 4.0
"""When the caller has heard enough of the greeting and presses a key, which takes them into the queue."""


@dataclass(frozen=True)
class SetUp:
    """Seconds."""

    greeting_heard: float
    """From the ring at the exchange to the first sound that the caller hears."""
    seat_rung: float
    """From the caller's key to the seat's ring."""
    talk: float
    """From the seat's answer until both are in the talk and the caller hears the seat."""


class Hall:
    """One seat that is always ready, in a product that runs."""

    def __init__(self, product: Product) -> None:
        self.product = product
        settings = product.settings()
        self._auth = (settings.carrier_account_sid, settings.carrier_auth_token.get_secret_value())
        work = self._work
        self._seats, self._wrap_up = Seats(work, b"an audit key of the benchmark's own"), WrapUp(work)
        with Session(product.engine()) as session:
            operator = select(Person.id).where(Person.role == Role.OPERATOR, Person.trained_at.is_not(None))
            self._person_id = session.scalars(operator.order_by(Person.id)).first() or 0
            self._seat_id = session.scalars(select(Seat.id).order_by(Seat.id)).first() or 0
        plan = {"after_seconds": 0.0, "tone": SEAT_TONE}
        self._exchange("POST", "/exchange/answerers", json={f"client:seat_{self._seat_id}": plan})
        self._seats.sign_on(self._person_id, self._seat_id)

    def _work(self) -> UnitOfWork:
        return UnitOfWork(self.product.engine(), system_clock, lambda *_told: None)

    def _exchange(self, method: str, path: str, **options: Any) -> requests.Response:
        url = self.product.exchange_url + path
        answer = requests.request(method, url, auth=self._auth, timeout=10, **options)
        answer.raise_for_status()
        return answer

    def call(self, number: str) -> SetUp:
        self._seats.report_device(self._person_id, True)
        self._seats.choose_status(self._person_id, AgentStatus.READY)
        begun = time.time() - 0.1
        caller = ScriptedCaller(self.product, number, tone=CALLER_TONE, digits=[[KEY_AT_SECONDS, "7"]])
        eventually(lambda: len(self._log(begun, "conference.joined")) > 1, "both are in the talk", 40, 0.1)
        time.sleep(1.0)
        samples, rate = caller.heard()
        caller.hangs_up()
        log = self._log(begun)
        rang, answered = (_at(log, event, caller.call_sid) for event in ("call.ringing", "call.in-progress"))
        seat = next(e["call"] for e in log if e["event"] == "call.ringing" and e["call"] != caller.call_sid)
        joined = max(e["seconds"] for e in log if e["event"] == "conference.joined")
        hears = answered + first(samples[:, 0], rate, SEAT_TONE)
        self._closes(caller.call_sid)
        return SetUp(
            greeting_heard=answered - rang + first(samples[:, 0], rate, None),
            seat_rung=_at(log, "call.ringing", seat) - answered - KEY_AT_SECONDS,
            talk=max(hears, joined) - _at(log, "call.in-progress", seat),
        )

    def _log(self, begun: float, event: str | None = None) -> list[dict[str, Any]]:
        entries = self._exchange("GET", "/exchange/log").json()["entries"]
        for entry in entries:
            entry["seconds"] = datetime.fromisoformat(entry["at"]).timestamp()
        return [e for e in entries if e["seconds"] >= begun and event in (None, e["event"])]

    def _closes(self, call_sid: str) -> None:
        def over(session: Session) -> int | None:
            ended = select(Call.id).where(Call.carrier_sid == call_sid, Call.state == CallState.ENDED)
            return session.scalars(ended).first()

        self._wrap_up.note_closed(eventually(lambda: self.product.look(over), "the call ends", 30))


def _at(log: Sequence[dict[str, Any]], event: str, call_sid: str) -> float:
    return next(float(e["seconds"]) for e in log if e["event"] == event and e.get("call") == call_sid)


def first(samples: NDArray[np.float64], rate: int, hertz: float | None) -> float:
    """The second of the first window that holds this tone above all else; with None, that holds any sound."""
    size = int(WINDOW_SECONDS * rate)
    windows = samples[: len(samples) // size * size].reshape(-1, size)
    power = (windows**2).mean(axis=1)
    if hertz is None:
        found = power > 100.0**2
    else:
        wave = np.exp(-2j * np.pi * hertz * np.arange(size) / rate)
        found = (2 * np.abs(windows @ wave / size) ** 2 > 0.8 * power) & (power > 1000.0**2)
    if not found.any():
        raise SystemExit("the caller never heard it")
    return float(np.argmax(found)) * WINDOW_SECONDS


def set_up(product: Product, calls: int) -> list[SetUp]:
    hall = Hall(product)
    hall.call("13900009999")  # everything is loaded once
    numbers = (f"139{n:08d}" for n in itertools.count(1))
    return [hall.call(number) for number, _ in zip(numbers, range(calls), strict=False)]

"""The real router beside theory: waiting and giving up, within the confidence interval of Erlang C and A.

    python benchmarks/routing_theory.py [--calls 300] [--long 200000]

Real use cases (intake, offers, conversation, wrap-up, their event logs and outbox) on a real database
(SQLite) under simulated time: Poisson arrivals, exponential talks and patience. The benchmark plays carrier
and operators: a seat answers the moment it rings and its note is closed as the talk ends, so that service is
the talk alone, as the formulas of `hotline/domain/staffing.py` assume.

Two steps, since the router takes its time and a queue's figures need very many calls. First the router's
waits are held, call by call, against those of a plain first-come queue that draws the same arrivals, talks
and patience: they must be the same to the millisecond. Then that queue runs for `--long` calls, and the
formulas must lie within its interval (batch means, Student, 95 %: of 15 figures one may lie outside by
chance). The router's own interval is printed from `--calls 3000` on: with fewer its batches mean little.
Runs begin empty, the first tenth is left out, the seed is fixed.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy.orm import Session  # noqa: E402

from benchmarks.lines.databases import versions  # noqa: E402
from hotline.domain.staffing import Waiting, erlang_a, erlang_c  # noqa: E402
from hotline.routing.callbacks import Callbacks  # noqa: E402
from hotline.routing.conversation import Conversation  # noqa: E402
from hotline.routing.intake import Intake  # noqa: E402
from hotline.routing.nuisance import Nuisance  # noqa: E402
from hotline.routing.offers import Offers  # noqa: E402
from hotline.routing.origin import IncomingCall  # noqa: E402
from hotline.routing.reactions import routing_reactions  # noqa: E402
from hotline.routing.seats import Seats  # noqa: E402
from hotline.routing.wrap_up import WrapUp  # noqa: E402
from models.base import make_engine  # noqa: E402
from models.crypto import Keyring, NumberHasher  # noqa: E402
from models.events import Event, OfferMade  # noqa: E402
from models.people import Person  # noqa: E402
from models.places import Centre, Organisation, Place  # noqa: E402
from models.schema import Base  # noqa: E402
from models.seats import Seat  # noqa: E402
from models.unit_of_work import UnitOfWork  # noqa: E402
from models.vocabulary import AgentStatus, PlaceLevel, Role  # noqa: E402

KEYRING = Keyring({"bench": bytes(range(32))})
START = datetime(2026, 11, 22, tzinfo=UTC)
SEATS = 4
"""Few enough that the rules in force keep none of them back for an imminent danger."""
TALK = 300.0
PATIENCE = 240.0
LOADS_C = (0.5, 0.65, 0.8)
"""Offered load a seat; above 1 nobody but Erlang A has an answer."""
LOADS_A = (0.8, 1.0, 1.3)
ENOUGH = 3000
STUDENT_95 = {9: 2.262, 11: 2.201, 14: 2.145, 19: 2.093, 29: 2.045}


@dataclass
class Told:
    """What became of one caller."""

    waited: float = 0.0
    gave_up: bool = False


@dataclass
class Day:
    """One hotline under simulated time."""

    folder: Path
    chance: random.Random
    patience: float | None
    now: datetime = START
    told: dict[int, Told] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engine = make_engine(f"sqlite:///{self.folder / 'day.db'}", KEYRING)
        Base.metadata.create_all(self.engine)
        self.intake = Intake(self.work, NumberHasher(b"a key of the benchmark's own, 32.."))
        self.offers, self.conversation = Offers(self.work), Conversation(self.work)
        self.wrap_up, self.seats = WrapUp(self.work), Seats(self.work, b"an audit key of the benchmark's own")
        self.reactions = routing_reactions(
            self.work,
            self.intake,
            self.conversation,
            self.wrap_up,
            Callbacks(self.work),
            Nuisance(self.work, b"audit key of the benchmark's own"),
            self.offers.distribute,
        )
        self.rung: list[OfferMade] = []
        self.coming: list[tuple[datetime, int, str, int]] = []
        self.number = itertools.count()
        self._found()

    def work(self) -> UnitOfWork:
        return UnitOfWork(self.engine, lambda: self.now, self.publish)

    def publish(self, events: Sequence[Event], _rows: Sequence[int]) -> None:
        for event in events:
            if isinstance(event, OfferMade):
                self.rung.append(event)
            reaction = self.reactions.get(type(event))
            if reaction is not None:
                reaction(event)

    def _found(self) -> None:
        with Session(self.engine) as session, session.begin():
            session.add(Place(code="990000", name_zh="省", name_en="Province", level=PlaceLevel.PROVINCE))
            session.flush()
            session.add(
                Organisation(
                    name_zh="热线", name_en="Line", number="12356", place_code="990000", created_at=START
                )
            )
            centre = Centre(name_zh="中心", name_en="Centre", place_code="990000", minimum_seats=1)
            session.add(centre)
            session.flush()
            for number in range(1, SEATS + 1):
                session.add(
                    Person(
                        id=number,
                        login=f"p{number}",
                        name="-",
                        role=Role.OPERATOR,
                        password_hash="-",  # noqa: S106 - nobody signs in
                        created_at=START,
                        trained_at=START,
                        confidentiality_signed_at=START,
                    )
                )
                session.flush()
                session.add(
                    Seat(
                        id=number,
                        label=str(number),
                        centre_id=centre.id,
                        state_since=START,
                        status_since=START,
                    )
                )
        for number in range(1, SEATS + 1):
            self.seats.sign_on(number, number)
            self.seats.report_device(number, True)
            self.seats.choose_status(number, AgentStatus.READY)

    def later(self, seconds: float, what: str, call_id: int) -> None:
        heapq.heappush(self.coming, (self.now + timedelta(seconds=seconds), next(self.number), what, call_id))

    def live(self, rate: float, calls: int) -> list[Told]:
        """So many arrivals; then all who are there are served."""
        self.later(self.chance.expovariate(rate), "arrives", 0)
        while self.coming:
            self.now, _, what, call_id = heapq.heappop(self.coming)
            if what == "arrives":
                self._arrives()
                if len(self.told) < calls:
                    self.later(self.chance.expovariate(rate), "arrives", 0)
            elif what == "gives_up":
                if call_id in self.waiting:
                    self._leaves(call_id, gave_up=True)
            else:
                self.conversation.caller_left(call_id, "caller")
                self.wrap_up.note_closed(call_id)
            self._seats_answer()
        self.engine.dispose()
        return list(self.told.values())

    waiting: dict[int, datetime] = field(default_factory=dict)

    def _arrives(self) -> None:
        sid = f"CA{next(self.number)}"
        call_id = self.intake.call_arrived(IncomingCall(sid, f"139{next(self.number):08d}", "12356"))
        self.told[call_id], self.waiting[call_id] = Told(), self.now
        self.intake.enqueue(call_id)
        if self.patience is not None:
            self.later(self.chance.expovariate(1 / self.patience), "gives_up", call_id)

    def _leaves(self, call_id: int, *, gave_up: bool) -> None:
        since = self.waiting.pop(call_id)
        self.told[call_id] = Told((self.now - since).total_seconds(), gave_up)
        if gave_up:
            self.conversation.caller_left(call_id, "caller")

    def _seats_answer(self) -> None:
        while self.rung:
            offer = self.rung.pop(0)
            leg = f"CAleg{offer.offer_id}"
            self.offers.leg_made(offer.offer_id, leg)
            if self.offers.leg_answered(offer.offer_id, leg):
                self.conversation.caller_joined(offer.call_id)
                self._leaves(offer.call_id, gave_up=False)
                self.later(self.chance.expovariate(1 / TALK), "ends", offer.call_id)


def plain_queue(chance: random.Random, rate: float, patience: float | None, calls: int) -> list[Told]:
    """First come, first served, by nothing but a clock and a list; draws as `Day` does."""
    now, free, number = 0.0, SEATS, itertools.count()
    coming: list[tuple[float, int, str, int]] = []
    waiting: dict[int, float] = {}
    told: list[Told] = []

    def later(seconds: float, what: str, caller: int) -> None:
        heapq.heappush(coming, (now + seconds, next(number), what, caller))

    later(chance.expovariate(rate), "arrives", 0)
    while coming:
        now, _, what, caller = heapq.heappop(coming)
        if what == "arrives":
            waiting[len(told)] = now
            told.append(Told())
            if patience is not None:
                later(chance.expovariate(1 / patience), "gives_up", len(told) - 1)
            if len(told) < calls:
                later(chance.expovariate(rate), "arrives", 0)
        elif what == "gives_up" and caller in waiting:
            told[caller] = Told(now - waiting.pop(caller), gave_up=True)
        elif what == "ends":
            free += 1
        while free and waiting:
            first = next(iter(waiting))
            told[first] = Told(now - waiting.pop(first))
            free -= 1
            later(chance.expovariate(1 / TALK), "ends", first)
    return told


def interval(values: Sequence[float], batches: int) -> tuple[float, float]:
    """Mean and half width of its 95 % interval by batch means."""
    size = len(values) // batches
    means = [statistics.fmean(values[at * size : (at + 1) * size]) for at in range(batches)]
    return statistics.fmean(means), STUDENT_95[batches - 1] * statistics.stdev(means) / batches**0.5


def compare(name: str, told: Sequence[Told], theory: Waiting, batches: int) -> bool:
    kept = told[len(told) // 10 :]
    figures = [
        ("mean wait, s", [one.waited for one in kept], theory.mean_wait),
        ("P(wait)", [float(one.waited > 0) for one in kept], theory.waits),
    ]
    if theory.abandons:
        figures.append(("gives up", [float(one.gave_up) for one in kept], theory.abandons))
    inside = True
    for what, values, expected in figures:
        mean, half = interval(values, batches)
        within = abs(mean - expected) <= half
        inside &= within
        print(
            f"{name:<22} {what:<13} {mean:8.3f} ± {half:7.3f}   theory {expected:8.3f}"
            f"   {'inside' if within else 'OUTSIDE'}"
        )
    return inside


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--long", type=int, default=200_000)
    parser.add_argument("--batches", type=int, default=20, choices=sorted(n + 1 for n in STUDENT_95))
    parser.add_argument("--seed", type=int, default=20261122)
    asked = parser.parse_args()
    print(versions("SQLAlchemy"))
    print(f"{SEATS} seats, talks of {TALK:.0f} s, patience of {PATIENCE:.0f} s, {asked.calls} calls each")
    for patience, loads in ((None, LOADS_C), (PATIENCE, LOADS_A)):
        for load in loads:
            rate = load * SEATS / TALK
            with tempfile.TemporaryDirectory() as folder:
                told = Day(Path(folder), random.Random(asked.seed), patience).live(rate, asked.calls)
            if patience is None:
                theory = erlang_c(rate, 1 / TALK, SEATS)
            else:
                theory = erlang_a(rate, 1 / TALK, SEATS, 1 / patience)
            law = f"{'Erlang C' if patience is None else 'Erlang A'}, load {load:.2f}"
            plain = plain_queue(random.Random(asked.seed), rate, patience, asked.calls)
            same = sum(
                abs(one.waited - other.waited) < 0.001 and one.gave_up == other.gave_up
                for one, other in zip(told, plain, strict=True)
            )
            print(f"{law}   the router's calls that wait as in a plain queue: {same} of {asked.calls}")
            if asked.calls >= ENOUGH:
                compare("  router", told, theory, asked.batches)
            long = plain_queue(random.Random(f"{asked.seed} {law}"), rate, patience, asked.long)
            compare("  plain queue", long, theory, asked.batches)


if __name__ == "__main__":
    main()

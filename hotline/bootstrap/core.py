"""What every process is made of: records, secrets, the router, and the way facts and work are told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from redis import Redis
from sqlalchemy import Engine

from hotline.care.danger import DangerProtocol
from hotline.care.handovers import owed_at_sign_off
from hotline.care.linkages import Linkages
from hotline.event_bus import EventBus
from hotline.job_rows import Handlers, RowRunner
from hotline.jobs import Dispatcher
from hotline.routing.callbacks import Callbacks
from hotline.routing.calling_back import CallingBack
from hotline.routing.conversation import Conversation
from hotline.routing.dropped_line import DroppedLines
from hotline.routing.intake import Intake
from hotline.routing.legs import Legs
from hotline.routing.nuisance import Nuisance
from hotline.routing.offers import Offers
from hotline.routing.reactions import routing_reactions
from hotline.routing.seats import Seats
from hotline.routing.supervision import Supervision
from hotline.routing.transfers import Transfers
from hotline.routing.wrap_up import WrapUp
from hotline.settings import Settings
from models.base import make_engine
from models.crypto import Keyring, NumberHasher
from models.events import Event
from models.unit_of_work import UnitOfWork, Work, system_clock

log = logging.getLogger("hotline.bootstrap")


@dataclass(frozen=True)
class Core:
    settings: Settings
    engine: Engine
    keyring: Keyring
    hasher: NumberHasher
    audit_key: bytes
    redis: Redis
    bus: EventBus
    work: Work
    threads: ThreadPoolExecutor


@dataclass(frozen=True)
class Routing:
    """The use cases of the call router."""

    intake: Intake
    offers: Offers
    conversation: Conversation
    wrap_up: WrapUp
    seats: Seats
    callbacks: Callbacks
    calling_back: CallingBack
    dropped_lines: DroppedLines
    nuisance: Nuisance
    danger: DangerProtocol
    legs: Legs
    transfers: Transfers
    supervision: Supervision
    linkages: Linkages


class Announcer:
    """Publishes what a unit of work recorded. Work is woken once a dispatcher was named."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._dispatcher: Dispatcher | None = None

    def wake_by(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    def __call__(self, told: Sequence[Event], row_ids: Sequence[int]) -> None:
        if self._dispatcher is not None:
            self._dispatcher.wake(row_ids)
        self._bus.publish(told)


class Distribution:
    """Brings calls and seats together after each fact that may allow it; facts in between count once."""

    def __init__(self, offers: Offers, threads: ThreadPoolExecutor) -> None:
        self._offers = offers
        self._threads = threads
        self._asked = threading.Event()
        self._running = threading.Lock()

    def __call__(self) -> None:
        if not self._asked.is_set():
            self._asked.set()
            self._threads.submit(self._run)

    def _run(self) -> None:
        with self._running:
            self._asked.clear()
            try:
                self._offers.distribute()
            except Exception:
                # The clock distributes each second: a waiting caller is seen again.
                log.exception("calls could not be distributed now")


def make_core(settings: Settings, busy_seconds: float = 15.0) -> tuple[Core, Announcer]:
    keyring = Keyring.parse(settings.data_keys.get_secret_value())
    hash_key = base64.b64decode(settings.hash_key.get_secret_value())
    engine = make_engine(settings.database_url.get_secret_value(), keyring, busy_seconds=busy_seconds)
    redis = Redis.from_url(
        settings.redis_url.get_secret_value() or f"redis://127.0.0.1:{settings.redis_port}/0",
        socket_connect_timeout=2,
        health_check_interval=15,
    )
    bus = EventBus(redis)
    announcer = Announcer(bus)

    def work() -> UnitOfWork:
        return UnitOfWork(engine, system_clock, announcer)

    core = Core(
        settings=settings,
        engine=engine,
        keyring=keyring,
        hasher=NumberHasher(hash_key),
        # One secret, two uses: the chain's key is derived, so that neither use weakens the other.
        audit_key=hmac.new(hash_key, b"audit chain", hashlib.sha256).digest(),
        redis=redis,
        bus=bus,
        work=work,
        threads=ThreadPoolExecutor(8, thread_name_prefix="carrier"),
    )
    return core, announcer


def make_routing(core: Core) -> Routing:
    work = core.work
    return Routing(
        intake=Intake(work, core.hasher),
        offers=Offers(work),
        conversation=Conversation(work),
        wrap_up=WrapUp(work),
        seats=Seats(work, core.audit_key, owed_at_sign_off),
        callbacks=Callbacks(work),
        calling_back=CallingBack(work),
        dropped_lines=DroppedLines(work),
        nuisance=Nuisance(work, core.audit_key),
        danger=DangerProtocol(work, core.audit_key),
        legs=Legs(work),
        transfers=Transfers(work),
        supervision=Supervision(work, core.audit_key),
        linkages=Linkages(work, core.audit_key),
    )


def listen_in_process(core: Core, routing: Routing) -> None:
    """Subscribe the use cases to facts of other rooms: these must not wait for Redis or a worker."""
    reactions = routing_reactions(
        core.work,
        routing.intake,
        routing.conversation,
        routing.wrap_up,
        routing.callbacks,
        routing.nuisance,
        Distribution(routing.offers, core.threads),
    )
    for kind, reaction in reactions.items():
        core.bus.subscribe((kind,), reaction)


def make_dispatcher(core: Core, announcer: Announcer, handlers: Handlers) -> tuple[RowRunner, Dispatcher]:
    runner = RowRunner(core.engine, system_clock, handlers)
    dispatcher = Dispatcher(core.engine, system_clock, core.redis, runner, core.threads)
    announcer.wake_by(dispatcher)
    return runner, dispatcher

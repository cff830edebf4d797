"""Parts of the product die, and its database goes away, each while calls wait and talk.

Whatever happens: every caller hears something all the time, and afterwards every call that the exchange ever
took is accounted for in the product's own records, equal to the exchange's log.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

import numpy as np
import pytest
from sqlalchemy import select

from models.calls import Call
from models.vocabulary import CallOutcome, CallState
from tests.journeys.actors import Operator, ScriptedCaller
from tests.journeys.conftest import OpenBrowser
from tests.journeys.product import Product, eventually
from tests.journeys.sound import heard_tone

pytestmark = pytest.mark.timeout(540)

OPERATOR_TONE = 937.5
AUDIBLE = 100.0
NEVER_SILENT_FOR = 16.0
"""Seconds. The carrier itself may wait 15 s for an answer before it turns to the fallback."""
PROCESSES = ("serve web", "serve carrier", "work", "tick", "serve captions")
"""Killed in turn, Redis first."""
CUT_SECONDS = 20.0
"""Longer than the carrier waits for an answer."""
ENDS = {
    CallOutcome.ANSWERED,
    CallOutcome.ABANDONED,
    CallOutcome.MESSAGE,
    CallOutcome.CALLBACK,
    CallOutcome.TRANSFERRED,
}


def longest_silence(caller: ScriptedCaller) -> float:
    """Seconds without anything audible, in what the caller heard since the line opened."""
    samples, rate = caller.heard()
    step = rate // 4
    windows = samples[: len(samples) // step * step, 0].reshape(-1, step)
    audible = np.sqrt((windows**2).mean(axis=1)) > AUDIBLE
    longest = run = 0
    for heard in audible:
        run = 0 if heard else run + 1
        longest = max(longest, run)
    return longest * 0.25


def exchange_log(product: Product) -> list[dict[str, Any]]:
    settings = product.settings()
    secret = f"{settings.carrier_account_sid}:{settings.carrier_auth_token.get_secret_value()}"
    request = Request(f"{product.exchange_url}/exchange/log")
    request.add_header("Authorization", "Basic " + b64encode(secret.encode()).decode())
    with urlopen(request, timeout=20) as answer:
        entries: list[dict[str, Any]] = json.loads(answer.read())["entries"]
    return entries


def taken(product: Product) -> dict[str, str]:
    """Every call from outside that the exchange ever took: sid -> final status, "" while it lives."""
    entries = exchange_log(product)
    inbound = [e["call"] for e in entries if e["event"] == "call.ringing" and e["direction"] == "inbound"]
    ended = {e["call"]: e["status"] for e in entries if e["event"] == "call.ended"}
    return {sid: ended.get(sid, "") for sid in inbound}


def unaccounted(product: Product) -> dict[str, str]:
    """Calls of the exchange's log of which our records say something else, or nothing, and the other way."""
    every = product.look(lambda s: list(s.scalars(select(Call))))
    records = {call.carrier_sid: call for call in every if not call.is_outbound}
    log = taken(product)
    wrong = {str(sid): "on file alone" for sid in records.keys() - log.keys()}
    for sid, status in log.items():
        call = records.get(sid)
        if call is None:
            wrong[sid] = "not on file"
        elif status and (call.state is not CallState.ENDED or call.outcome not in ENDS):
            wrong[sid] = f"ended there, here {call.state} {call.outcome}"
        elif not status and call.state is CallState.ENDED:
            wrong[sid] = "lives there, ended here"
    return wrong


class Scene:
    """One operator in a talk, callers who wait, and whoever else rings meanwhile."""

    def __init__(self, product: Product, operator: Operator) -> None:
        self.product, self.operator = product, operator
        self.callers: list[ScriptedCaller] = []

    def rings(self, **plan: Any) -> ScriptedCaller:
        caller = ScriptedCaller(self.product, f"1380000{len(self.callers):04d}", **plan)
        self.callers.append(caller)
        return caller

    def call_of(self, caller: ScriptedCaller) -> Call | None:
        found: Call | None = self.product.look(
            lambda s: s.scalars(select(Call).where(Call.carrier_sid == caller.call_sid)).first()
        )
        return found

    def is_in(self, caller: ScriptedCaller, state: CallState, seconds: float = 60) -> None:
        def there() -> bool:
            call = self.call_of(caller)
            return call is not None and call.state is state

        eventually(there, f"the call is {state}", seconds)

    def begins(self) -> tuple[ScriptedCaller, ScriptedCaller]:
        """One talks, one waits."""
        self.operator.signs_in("operator")
        self.operator.goes_on_duty()
        talking = self.rings(tone=600.0)
        self.operator.answers()
        self.is_in(talking, CallState.TALKING)
        waiting = self.rings()
        self.is_in(waiting, CallState.QUEUED)
        return talking, waiting

    def all_on_the_line_but_who_hung_up(self) -> None:
        lost = [c.number for c in self.callers if not (c.is_on_the_line or c.hangs_up_itself)]
        assert not lost, f"{lost} were lost"

    def ends(self) -> None:
        """Everybody hangs up; then the two accounts must be equal, with nobody left in silence."""
        for caller in self.callers:
            if caller.is_on_the_line:
                caller.hangs_up()
            caller.outcome(40)
        eventually(lambda: not unaccounted(self.product), "all calls are accounted for", 75, step=1.0)
        assert set(taken(self.product)) >= {caller.call_sid for caller in self.callers}
        silences = {caller.number: longest_silence(caller) for caller in self.callers}
        assert max(silences.values()) < NEVER_SILENT_FOR, silences

    def hears_the_operator(self, caller: ScriptedCaller) -> None:
        def lately() -> bool:
            samples, rate = caller.heard()
            return heard_tone(samples[-4 * rate :], rate, OPERATOR_TONE)

        eventually(lately, "the talk goes on", 20)


@pytest.fixture
def operator_browser(browser_with: OpenBrowser, tones: Callable[[float], Path]) -> Any:
    return browser_with(tones(OPERATOR_TONE))


class House(NamedTuple):
    product: Product
    cut_database: Callable[[], AbstractContextManager[None]]
    """While it is open, the database lets nobody write, or is not there at all."""


@contextmanager
def _nobody_can_write(path: Path) -> Iterator[None]:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@contextmanager
def _stopped(server: Any, pgserver: Any) -> Iterator[None]:
    pgserver.pg_ctl(["-m", "immediate", "-w", "stop"], pgdata=server.pgdata, user=server.system_user)
    try:
        yield
    finally:
        server.ensure_postgres_running()


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with ExitStack() as stack:
        if request.param == "postgresql":
            pgserver = pytest.importorskip("pgserver")
            # Not among pytest's folders: each session closes those to the user that the server runs as.
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-"))
            monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
            server = pgserver.get_server(Path(folder) / "postgres", cleanup_mode="stop")
            stack.callback(server.cleanup)
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            product = Product(tmp_path, DATABASE_URL=url)
            house = House(product, lambda: _stopped(server, pgserver))
        else:
            product = Product(tmp_path)
            house = House(product, lambda: _nobody_can_write(tmp_path / "var" / "hotline.db"))
        product.prepare()
        product.start()
        stack.callback(product.stop)
        yield house


def test_every_part_dies_the_database_goes_away_and_nobody_is_lost_or_left_in_silence(
    house: House, operator_browser: Any
) -> None:
    product = house.product
    scene = Scene(product, Operator(product, operator_browser))
    talking, waiting = scene.begins()
    redis = f"127.0.0.1:{product.environment['HOTLINE_REDIS_PORT']}"
    for part in (redis, *PROCESSES):
        running = product.processes(part)
        assert running, f"{part} does not run"
        for process in running:
            process.kill()
        scene.rings()
        scene.rings(hangup_after_seconds=2.0)
        eventually(lambda part=part: product.processes(part), f"{part} is back", 60)
        eventually(product.answers_again, "the doors answer", 60)
        scene.all_on_the_line_but_who_hung_up()
    scene.hears_the_operator(talking)

    with house.cut_database():
        scene.rings()
        scene.rings(hangup_after_seconds=6.0)
        time.sleep(CUT_SECONDS)
    scene.all_on_the_line_but_who_hung_up()
    scene.hears_the_operator(talking)
    for caller in scene.callers:
        if caller.is_on_the_line:
            eventually(lambda caller=caller: scene.call_of(caller), "who rang meanwhile is on file", 90)
    scene.is_in(waiting, CallState.QUEUED)
    scene.ends()
    operator_call = scene.call_of(talking)
    assert operator_call is not None
    assert operator_call.outcome is CallOutcome.ANSWERED

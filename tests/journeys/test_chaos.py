"""Parts of the product die, and its database goes away, each while calls wait and talk.

Whatever happens: every caller hears something all the time, and afterwards every call that the exchange ever
took is accounted for in the product's own records, equal to the exchange's log.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
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
    """Calls of the exchange's log of which our records say something else, or nothing."""
    records = {c.carrier_sid: c for c in product.look(lambda s: list(s.scalars(select(Call))))}
    wrong = {}
    for sid, status in taken(product).items():
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

    def all_on_the_line(self) -> None:
        gone = [c.call_sid for c in self.callers if not c.is_on_the_line]
        assert not gone, f"{gone} were lost"

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


def test_every_part_dies_once_and_nobody_is_lost_or_left_in_silence(
    product: Product, operator_browser: Any
) -> None:
    scene = Scene(product, Operator(product, operator_browser))
    talking, waiting = scene.begins()
    redis = f"127.0.0.1:{product.environment['HOTLINE_REDIS_PORT']}"
    for words in (redis, *PROCESSES):
        died = product.processes(words)
        assert died, f"{words} does not run"
        for process in died:
            process.kill()
        scene.rings()
        scene.rings(hangup_after_seconds=2.0)
        eventually(lambda words=words: product.processes(words), f"{words} is back", 40)
        eventually(product.answers_again, "the doors answer", 60)
        assert talking.is_on_the_line
        assert waiting.is_on_the_line
        scene.hears_the_operator(talking)
    for caller in scene.callers:
        if caller.is_on_the_line:
            eventually(lambda caller=caller: scene.call_of(caller), "who rang meanwhile is on file", 90)
    scene.ends()
    operator_call = scene.call_of(talking)
    assert operator_call is not None
    assert operator_call.outcome is CallOutcome.ANSWERED


def _hold_the_write_lock(path: Path, seconds: float, held: threading.Event) -> None:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    held.set()
    time.sleep(seconds)
    connection.execute("ROLLBACK")
    connection.close()


def test_a_database_that_lets_nobody_write_for_longer_than_anyone_waits_loses_no_call(
    product: Product, operator_browser: Any
) -> None:
    scene = Scene(product, Operator(product, operator_browser))
    talking, waiting = scene.begins()
    held = threading.Event()
    path = product.folder / "var" / "hotline.db"
    holder = threading.Thread(target=_hold_the_write_lock, args=(path, 40.0, held))
    holder.start()
    assert held.wait(30)
    meanwhile = scene.rings()
    scene.rings(hangup_after_seconds=6.0)
    holder.join()
    for caller in (talking, waiting, meanwhile):
        assert caller.is_on_the_line
    scene.hears_the_operator(talking)
    scene.is_in(meanwhile, CallState.QUEUED, 90)
    scene.ends()


@pytest.fixture
def on_postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Product, Any]]:
    pgserver = pytest.importorskip("pgserver")
    # Not among pytest's folders: each session closes those to the user that the server runs as.
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        server = pgserver.get_server(Path(folder) / "postgres", cleanup_mode="stop")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        product = Product(tmp_path, DATABASE_URL=url)
        product.prepare()
        product.start()
        yield product, server
        product.stop()
        server.cleanup()


def test_a_postgresql_that_is_stopped_and_started_again_loses_no_call(
    on_postgres: tuple[Product, Any], operator_browser: Any
) -> None:
    product, server = on_postgres
    scene = Scene(product, Operator(product, operator_browser))
    talking, waiting = scene.begins()
    pg_ctl = pytest.importorskip("pgserver").pg_ctl
    pg_ctl(["-m", "immediate", "-w", "stop"], pgdata=server.pgdata, user=server.system_user)
    meanwhile = scene.rings()
    scene.rings(hangup_after_seconds=6.0)
    time.sleep(25)
    server.ensure_postgres_running()
    for caller in (talking, waiting, meanwhile):
        assert caller.is_on_the_line
    scene.hears_the_operator(talking)
    scene.is_in(meanwhile, CallState.QUEUED, 90)
    scene.ends()

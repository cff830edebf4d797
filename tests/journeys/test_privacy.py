"""A caller who pressed * is served in full and leaves no byte; and no number or word leaks anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from redis import Redis
from sqlalchemy import select

from models.calls import Call, Consent
from models.recordings import Recording, RiskMark, Transcript
from models.surveillance import Contact
from models.vocabulary import CallOutcome, CallState, ConsentKind, ConsentState
from tests.journeys.actors import Operator, ScriptedCaller
from tests.journeys.conftest import OpenBrowser
from tests.journeys.product import Product, eventually
from tests.journeys.shared_house import work_to_do
from tests.journeys.sound import heard_tone

pytestmark = [pytest.mark.guards_a_caller, pytest.mark.timeout(300)]

NUMBER = "13912345678"
SUMMARY = "反复梦见老房子着火，凌晨惊醒后不敢再睡。"


def test_who_pressed_star_is_served_in_full_and_leaves_no_byte(
    shared_product: Product, browser_with: OpenBrowser, tones: Callable[[float], Path]
) -> None:
    product = shared_product
    kept_before = kept(product)
    operator = Operator(product, browser_with(tones(937.5)))
    operator.signs_in("operator")
    operator.goes_on_duty()
    caller = ScriptedCaller(product, NUMBER, tone=600.0)
    caller.refuses_recording()
    call_id = operator.answers()
    eventually(lambda: heard_tone(*caller.heard(), 937.5), "the caller hears a person", 20)
    expect(operator.bar).to_contain_text("不录音", timeout=10_000)
    assert NUMBER not in operator.page.content()
    operator.writes_a_whole_note(SUMMARY)
    operator.hangs_up()
    operator.finishes_note()
    operator.goes_home()

    eventually(lambda: product.look(work_to_do) == 0, "no work is left to do", 60)
    call = product.look(lambda s: s.get_one(Call, call_id))
    assert (call.state, call.outcome) == (CallState.ENDED, CallOutcome.ANSWERED)
    states = product.look(
        lambda s: {c.kind: c.state for c in s.scalars(select(Consent).where(Consent.call_id == call_id))}
    )
    assert states[ConsentKind.RECORDING] is ConsentState.REFUSED
    assert states[ConsentKind.ANALYSIS] is ConsentState.REFUSED
    for kind in (Recording, RiskMark, Contact, Transcript):
        of_the_call = select(kind).where(kind.call_id == call_id)
        assert product.look(lambda s, rows=of_the_call: s.scalars(rows).all()) == []
    assert kept(product) <= kept_before, "neither of this call nor under another's name"

    secrets = (NUMBER.encode(), SUMMARY.encode(), SUMMARY[:8].encode())
    leaks = [place for place, data in places_to_search(product) for secret in secrets if secret in data]
    assert leaks == []


def kept(product: Product) -> set[tuple[str, object]]:
    """All that may hold a voice or its words: rows by id, and files."""
    rows = {
        (kind.__tablename__, found)
        for kind in (Recording, RiskMark, Contact, Transcript)
        for found in product.look(lambda s, kind=kind: s.scalars(select(kind.id)).all())
    }
    data_dir = product.settings().data_dir
    folders = (data_dir / "recordings", data_dir / "exchange" / "recordings")
    return rows | {("file", path) for folder in folders for path in folder.rglob("*") if path.is_file()}


def places_to_search(product: Product) -> Iterator[tuple[str, bytes]]:
    """Everything that outlives the call: logs, files, the database's own bytes, Redis."""
    yield "the log", product.log_file.read_bytes()
    for path in product.settings().data_dir.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()
    redis = Redis.from_url(product.settings().redis_url.get_secret_value())
    for key in redis.scan_iter(count=1000):
        yield f"redis {key!r}", bytes(key) + _redis_value(redis, key)
    redis.close()


def _redis_value(redis: Redis, key: bytes) -> bytes:
    kind = redis.type(key)
    if kind == b"hash":
        return b"".join(a + b for a, b in redis.hgetall(key).items())
    if kind == b"string":
        return bytes(redis.get(key) or b"")
    if kind == b"list":
        return b"".join(redis.lrange(key, 0, -1))
    if kind == b"set":
        return b"".join(redis.smembers(key))
    if kind == b"zset":
        return b"".join(redis.zrange(key, 0, -1))
    if kind == b"stream":
        return repr(redis.xrange(key)).encode()
    return b""

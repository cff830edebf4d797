"""The captions process, without the rest of the house: model, risk rules, and the records of its marks."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Sequence

from aiohttp import web
from redis import Redis
from sqlalchemy import func, select

from analytics.steps.marks import Mark, add_marks, level_of
from analytics.understand.risk import LexiconRiskMarker
from hotline.bootstrap.engines import LANGUAGE, Engines
from hotline.event_bus import EventBus
from hotline.routing.captions import LiveCaptions
from hotline.routing.consent import may_caption
from hotline.settings import Settings
from hotline.telephony.captions.door import CaptionsDoor
from hotline.telephony.captions.ears import Ears
from hotline.telephony.captions.speech import FoundMark, KeepMarks
from hotline.telephony.captions.tokens import CaptionTokens
from models.base import make_engine
from models.calls import Call
from models.care import Danger
from models.crypto import Keyring
from models.events import ConsentChanged, Event
from models.unit_of_work import UnitOfWork, Work, system_clock
from models.vocabulary import CallState, ConsentState, DangerState, RiskLevel

log = logging.getLogger("hotline.captions")

SOURCE = "caption"
CLOSING_SECONDS = 2.0


class RiskRules:
    """The risk rules of analytics, as captions ask for them."""

    def __init__(self) -> None:
        self._rules = LexiconRiskMarker()

    def __call__(self, text: str) -> Sequence[FoundMark]:
        return [
            FoundMark(
                found.start,
                found.end,
                int(level_of(found.level, found.key, bool(found.guards))),
                found.key,
                found.reason_zh,
                found.reason_en,
            )
            for found in self._rules.mark(text).evidence
        ]


def keeper_of_marks(work: Work) -> KeepMarks:
    """Marks as rows: code, level and second, no word; none of a call that may have no captions any more.

    A mark of an act in progress (R4) in a talk asks for a danger, which alerts and opens the checklist.
    """

    def keep(call_id: int, marks: Sequence[tuple[FoundMark, float]]) -> None:
        with work() as unit:
            if not may_caption(unit.session, call_id):
                return
            found = [Mark(RiskLevel(m.level), m.reason, None, seconds) for m, seconds in marks]
            add_marks(unit, call_id, SOURCE, found)
            if any(mark.level is RiskLevel.R4 for mark in found):
                _ask_for_danger(unit, call_id)

    return keep


def _ask_for_danger(unit: UnitOfWork, call_id: int) -> None:
    """Swept by the clock within a second or two. One row for each danger of the call that was closed, so
    that a new mark after a closed one alerts again."""
    call = unit.session.get(Call, call_id)
    if call is None or call.state is not CallState.TALKING:
        return
    before = unit.session.scalar(
        select(func.count())
        .select_from(Danger)
        .where(Danger.call_id == call_id, Danger.state == DangerState.CLOSED)
    )
    key = f"raise_danger:mark:{call_id}:{before}"
    unit.ask("raise_danger", "carrier", key, {"call_id": call_id, "source": "mark"})


def make_captions_door(settings: Settings, work: Work) -> CaptionsDoor:
    engines = Engines.of(settings)
    return CaptionsDoor(
        ears=Ears(lambda: engines.transcriber(LANGUAGE), settings.captions_threads),
        mark=RiskRules(),
        keep=keeper_of_marks(work),
        tokens=CaptionTokens(settings.session_secret.get_secret_value()),
    )


async def serve_captions(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    engine = make_engine(
        settings.database_url.get_secret_value(), Keyring.parse(settings.data_keys.get_secret_value())
    )
    bus = EventBus(Redis.from_url(settings.redis_url.get_secret_value(), socket_connect_timeout=2))

    def work() -> UnitOfWork:
        # Rows that this process asks for are swept by the clock.
        return UnitOfWork(engine, system_clock, lambda told, _rows: bus.publish(told))

    door = make_captions_door(settings, work)
    await asyncio.to_thread(_begin_anew, work)
    loop = asyncio.get_running_loop()
    forget = forget_refused(door)

    def heard(event: Event) -> None:
        loop.call_soon_threadsafe(forget, event)

    bus.listen(heard)
    runner = web.AppRunner(door.app(), access_log=None, shutdown_timeout=CLOSING_SECONDS)
    await runner.setup()
    await web.TCPSite(runner, settings.host, settings.captions_port).start()
    log.info("captions listens on http://%s:%s", settings.host, settings.captions_port)
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    await ending.wait()
    await runner.cleanup()
    engine.dispose()


def forget_refused(door: CaptionsDoor) -> Callable[[Event], None]:
    """A consent was refused: what was shown until then is seen no more."""

    def heard(event: Event) -> None:
        if isinstance(event, ConsentChanged) and event.state in (
            ConsentState.REFUSED.value,
            ConsentState.WITHDRAWN.value,
        ):
            door.rooms.forget(event.call_id)

    return heard


def _begin_anew(work: Work) -> None:
    """The streams of a captions process that died are heard by nobody: they are begun again."""
    try:
        LiveCaptions(work, lambda: True).all_lost()
    except Exception:
        log.exception("lost streams could not be named; the clock heals them")

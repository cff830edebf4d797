"""The application of one process, and what its doors do with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hotline.bootstrap.core import (
    Announcer,
    Core,
    Routing,
    listen_in_process,
    make_core,
    make_dispatcher,
    make_routing,
)
from hotline.bootstrap.printing import DailySheets
from hotline.bootstrap.report_clock import ReportClock
from hotline.bootstrap.telephony import (
    Telephony,
    make_carrier_door,
    make_telephony,
)
from hotline.care.escalation import Escalation
from hotline.care.retention import Retention
from hotline.domain.local_day import ZONE
from hotline.domain.needed_seats import QUARTER_SECONDS
from hotline.job_rows import CARRIER, RQ_QUEUES
from hotline.jobs import Dispatcher, work_forever
from hotline.routing.deadlines import Deadlines
from hotline.settings import Settings
from hotline.telephony.heard import HeardCallbacks
from hotline.telephony.lost_recordings import LostRecordings
from hotline.workforce.absences import Absences
from hotline.workforce.reminders import Reminders
from hotline.workforce.rest_offers import RestOffers
from hotline.workforce.roster_retention import forget_old
from hotline.workforce.watch import Watch
from models.unit_of_work import system_clock

if TYPE_CHECKING:
    from flask import Flask

    from analytics.demonstration.outbreak import Times

FORGET_EVERY_TURNS = 3600
REMIND_EVERY_TURNS = 60
SWEEP_EVERY_TURNS = 5
"""The clock turns each second; rows for RQ are swept each fifth."""
LOST_EVERY_TURNS = 15
REST_EVERY_TURNS = 60


class Application:
    """Parts of one process, made by plain constructor calls; each door uses one method."""

    def __init__(self, settings: Settings, busy_seconds: float = 15.0) -> None:
        core, announcer = make_core(settings, busy_seconds)
        self.core: Core = core
        self.routing: Routing = make_routing(core)
        self.telephony: Telephony = make_telephony(core, self.routing)
        self._announcer: Announcer = announcer
        listen_in_process(core, self.routing)
        _, self.dispatcher = make_dispatcher(core, announcer, self.telephony.handlers)
        self._clock_work: ClockWork | None = None

    def migrate(self) -> None:
        from models.migrations import upgrade

        upgrade(self.core.engine)

    def carrier_door(self) -> Flask:
        return make_carrier_door(self.core, self.routing, self.telephony)

    def console(self) -> Flask:
        from hotline.bootstrap.console import make_console

        return make_console(self.core, self.routing)

    def tick(self) -> None:
        """One turn of the clock: deadlines of calls and seats, then work that fell due."""
        if self._clock_work is None:
            self._clock_work = ClockWork(self.core, self.routing, self.telephony, self.dispatcher)
        self._clock_work.turn()

    def run_worker(self) -> None:
        """Run jobs until told to end. It knows the carrier's commands too: fetching a recording is a job."""
        from hotline.bootstrap.hearing import make_pipeline, worker_jobs
        from hotline.workforce.demand import catch_up

        pipeline = make_pipeline(self.core)
        handlers = {
            **self.telephony.handlers,
            **worker_jobs(self.core, pipeline),
            "count_quarters": lambda _payload: catch_up(self.core.work),
        }
        runner, self.dispatcher = make_dispatcher(self.core, self._announcer, handlers)
        pipeline.load_models()
        work_forever(self.core.redis, runner)

    def play_outbreak(self, say: Callable[[str], None], seconds_a_day: float, here: bool) -> Times:
        """`here`: this process runs the pipeline's jobs itself, for want of a worker."""
        from hotline.bootstrap.demonstration import play_outbreak

        return play_outbreak(self.core, self._announcer, say, seconds_a_day, here)

    def clear_demonstration(self) -> None:
        from hotline.bootstrap.demonstration import clear

        clear(self.core)


class ClockWork:
    """What falls due with time, once a second."""

    def __init__(self, core: Core, routing: Routing, telephony: Telephony, dispatcher: Dispatcher) -> None:
        self._core = core
        self._dispatcher = dispatcher
        self._deadlines = Deadlines(
            core.work,
            system_clock,
            routing.intake,
            routing.offers,
            routing.conversation,
            routing.legs,
            telephony.carrier,
        )
        self._captions = telephony.captions
        self._lost_recordings = LostRecordings(core.work, telephony.carrier, telephony.facts)
        self._retention = Retention(core.work, core.audit_key)
        self._sheets = DailySheets(core, system_clock)
        self._escalation = Escalation(core.work)
        self._watch = Watch(core.work, core.audit_key)
        self._rests = RestOffers(core.work, ZONE)
        self._reports = ReportClock(core.work, system_clock)
        self._absences = Absences(core.work, core.audit_key)
        self._reminders = Reminders(core.work)
        self._turns = 0
        self._regrouped: date | None = None
        self._counted = 0

    def turn(self) -> None:
        self._deadlines.tick()
        every = self._turns % SWEEP_EVERY_TURNS == 0
        self._turns += 1
        self._dispatcher.sweep((CARRIER, *RQ_QUEUES) if every else (CARRIER,))
        if every:
            self._captions.heal()
            self._escalation.tick()
            self._watch.look()
            self._absences.look()
            self._close_yesterday()
            self._count_quarters()
            self._sheets.write_if_due()
            self._reports.ask_if_due()
        if self._turns % REST_EVERY_TURNS == 2:
            self._rests.look()
        if self._turns % LOST_EVERY_TURNS == 0:
            self._lost_recordings.look()
        if self._turns % REMIND_EVERY_TURNS == 1:
            self._reminders.look()
        if self._turns % FORGET_EVERY_TURNS == 1:
            HeardCallbacks(self._core.work).forget_old()
            self._retention.enforce()
            forget_old(self._core.work)

    def _close_yesterday(self) -> None:
        """The nightly pass over issues, asked once for each day that ended."""
        from analytics.days import day_of

        yesterday = day_of(system_clock()) - timedelta(days=1)
        if yesterday == self._regrouped:
            return
        with self._core.work() as unit:
            key = f"regroup:{yesterday.isoformat()}"
            unit.ask("regroup", "bulk", key, {"day": yesterday.isoformat()})
        self._regrouped = yesterday

    def _count_quarters(self) -> None:
        """Once in each quarter of an hour: what seats are needed follows from these counts."""
        quarter = int(system_clock().timestamp()) // QUARTER_SECONDS
        if quarter != self._counted:
            with self._core.work() as unit:
                unit.ask("count_quarters", "bulk", f"quarters:{quarter}", {})
            self._counted = quarter


def build(settings: Settings, busy_seconds: float = 15.0) -> Application:
    """`busy_seconds`: how long this process waits for another writer of an SQLite database."""
    return Application(settings, busy_seconds)

"""The order of the steps, and the jobs by their kind.

    transcribe {recording_id} -> understand {call_id} -> group {call_id} -> count {day} -> detect {day}
    recount {issue_id} (people merged or split it)     reembed {day} (another text model)
    regroup {day} (night)     deliver {delivery_id}       forget(call_id) when consent is withdrawn
    clock {subject, id}       notice {whom}               time limits of signals and alerts

A payload holds ids and days only. Each job is idempotent and inserts the next in the transaction that saves
its result. Nothing runs without the caller's consent: such a job ends, it does not fail. Errors carry no
data.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from analytics.alerts.notices import Notifier
from analytics.alerts.watch import Watch
from analytics.days import HOTLINE_ZONE, bounds_of, day_of
from analytics.flag import DetectionSettings
from analytics.report.delivery import Deliverer
from analytics.steps.count import Count, Recount
from analytics.steps.detect import WARM_UP_DAYS, Detect
from analytics.steps.forget import drop_contact, drop_words
from analytics.steps.group import Group
from analytics.steps.note_weights import NoteWeighing
from analytics.steps.permission import permitted_calls
from analytics.steps.reembed import Reembed, ask_reembed
from analytics.steps.regroup import Regroup
from analytics.steps.transcribe import Transcribe, TranscriberFor
from analytics.steps.understand import EmbedderFor, Understand, ask_count, ask_understand
from analytics.understand import LexiconRiskMarker, RiskLanguage
from analytics.understand.helplines import HELPLINES
from analytics.understand.risk_model import best_marker
from models.audit import write_audit
from models.crypto import Keyring
from models.unit_of_work import UnitOfWork, Work

log = logging.getLogger("hotline.analytics")

Job = Callable[[dict[str, Any]], None]


class Pipeline:
    """`transcriber_for` and `embedder_for` answer by language, and keep what they loaded for the worker's
    life. `helplines` are the organisation's own numbers, which redaction leaves standing. `give_way` is
    called between the pieces of a recording: what matters more is done meanwhile."""

    def __init__(
        self,
        work: Work,
        keyring: Keyring,
        recordings_dir: Path,
        transcriber_for: TranscriberFor,
        embedder_for: EmbedderFor,
        *,
        deliverer: Deliverer | None = None,
        notifier: Notifier | None = None,
        marker: RiskLanguage | None = None,
        helplines: Iterable[str] = (),
        audit_key: bytes | None = None,
        zone: tzinfo = HOTLINE_ZONE,
        language: str = "zh",
        detect_delay_seconds: int = 20,
        warm_up_days: int = WARM_UP_DAYS,
        detection: DetectionSettings | None = None,
        give_way: Callable[[], None] = lambda: None,
    ) -> None:
        numbers = HELPLINES | frozenset(helplines)
        self._work = work
        self._engines = (transcriber_for, embedder_for)
        self._language = language
        self._zone = zone
        self._deliverer = deliverer
        self._notifier = notifier
        self._audit_key = audit_key
        self._with_work: Callable[[Work], Pipeline] = lambda other: Pipeline(
            other,
            keyring,
            recordings_dir,
            transcriber_for,
            embedder_for,
            deliverer=deliverer.with_work(other) if deliverer is not None else None,
            notifier=notifier,
            marker=marker,
            helplines=numbers,
            audit_key=audit_key,
            zone=zone,
            language=language,
            detect_delay_seconds=detect_delay_seconds,
            warm_up_days=warm_up_days,
            detection=detection,
            give_way=give_way,
        )
        self.transcribe = Transcribe(
            work,
            keyring,
            recordings_dir,
            transcriber_for,
            marker or best_marker(),
            numbers,
            language,
            give_way,
        )
        # Operators write in another style than callers speak, which the classifier never learnt.
        self.weighing = NoteWeighing(work, embedder_for)
        self.understand = Understand(
            work, self.weighing, marker or LexiconRiskMarker(), numbers, zone, language
        )
        self.group = Group(work)
        self.regroup = Regroup(work, self.weighing, language)
        self.count = Count(work, zone, detect_delay_seconds)
        self.reembed = Reembed(work, self.weighing, language)
        self.recount = Recount(work, zone)
        self.detect = Detect(work, warm_up_days, detection)

    def load_models(self) -> None:
        """Before the first job: no call waits for a gigabyte to be read. A model that is missing is no fault,
        one that does not load is told by the job that needs it."""
        for engine_for in self._engines:
            try:
                engine_for(self._language)
            except Exception as error:
                log.warning("a model does not load: %s", type(error).__name__)

    def with_work(self, work: Work) -> Pipeline:
        """The same steps on other units of work: another clock, another audience."""
        return self._with_work(work)

    def jobs(self) -> dict[str, Job]:
        """Kind -> function of the payload, for the worker."""
        jobs: dict[str, Job] = {
            "transcribe": self.transcribe,
            "understand": lambda payload: self.understand([int(payload["call_id"])]),
            "group": self._group,
            "regroup": self._regroup,
            "count": lambda payload: self.count(date.fromisoformat(payload["day"])),
            "recount": self.recount,
            "reembed": self.reembed,
            "detect": self._detect,
        }
        jobs["clock"] = Watch(self._work)
        if self._deliverer is not None:
            jobs["deliver"] = self._deliverer.deliver
        if self._notifier is not None:
            jobs["notice"] = self._notifier
        return jobs

    def deliver(self, payload: dict[str, Any]) -> None:
        """The job `deliver {delivery_id}`; without a deliverer the delivery stays due."""
        if self._deliverer is not None:
            self._deliverer.deliver(payload)

    def forget(self, call_id: int) -> None:
        """Consent was withdrawn: transcript, marks, text, vector and membership go; the day counts anew."""
        with self._work() as unit:
            words = drop_words(unit.session, call_id)
            day = drop_contact(unit.session, call_id)
            if self._audit_key is not None and (words or day is not None):
                # That it was there and went stays in the chain; nothing else of it does.
                write_audit(
                    unit.session,
                    self._audit_key,
                    at=unit.now,
                    person_id=None,
                    action="analysis.forgotten",
                    subject=f"call:{call_id}",
                )
            if day is not None:
                ask_count(unit, day, call_id)
            if permitted_calls(unit.session, [call_id]):
                # Only the recording was withdrawn: the note alone goes on.
                ask_understand(unit, call_id)

    def run_day(self, day: date, call_ids: Sequence[int]) -> None:
        """A whole day at once through the same steps: for the demonstration and for catching up."""
        self.understand(call_ids, ask_next=False)
        self.group(call_ids, ask_next=False)
        changed = self.regroup(day, ask_next=False)
        for other in sorted({day, *changed}):
            self.count(other, ask_next=False, stress=other == day)
        self.detect(day)

    def _group(self, payload: dict[str, Any]) -> None:
        self.group([int(payload["call_id"])])
        with self._work() as unit:
            self._ask_tonight(unit, unit.now)

    def _regroup(self, payload: dict[str, Any]) -> None:
        day = date.fromisoformat(payload["day"])
        self.regroup(day)
        if self.weighing.learn(self._language):
            with self._work() as unit:
                ask_reembed(unit, day)

    def _detect(self, payload: dict[str, Any]) -> None:
        self.detect(date.fromisoformat(payload["day"]))

    def _ask_tonight(self, unit: UnitOfWork, now: datetime) -> None:
        """The pass over the day's contacts, ten minutes after midnight of the hotline's clock."""
        day = day_of(now, self._zone)
        _, end = bounds_of(day, self._zone)
        unit.ask(
            "regroup",
            "bulk",
            f"regroup:{day.isoformat()}",
            {"day": day.isoformat()},
            due_at=end + timedelta(minutes=10),
        )

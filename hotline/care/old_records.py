"""What a city's old register holds of its contacts, as rows of a table, when the city joins.

Each row becomes a finished contact on the day when it happened. No consent to analysis came with it, so that
it is on the timeline and in the register, and in no text analysis.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from sqlalchemy import select

from hotline.care.entries import BY_HAND, LONGEST_MINUTES
from hotline.care.forms import weightiest
from hotline.domain.local_day import ZONE
from models.audit import Written, written
from models.call_back_words import CallDirection
from models.calls import Call
from models.crypto import NumberHasher, normalise_number
from models.entries import ContactEntry
from models.notes import FORM_VERSION, Note
from models.places import Centre, Place
from models.policies import standing_policy
from models.unit_of_work import UnitOfWork
from models.vocabulary import CallOutcome, CallState, Code, NoteState, RiskLevel
from models.vocabulary_record import AgeBand, CallType, Channel, Disposition, Population, Problem, Sex

NUMBER = re.compile(r"[0-9 +-]{5,20}")
LONGEST_FORM_NUMBER = 40
LONGEST_SUMMARY = 300

CODED: Mapping[str, type[Code]] = {
    "call_type": CallType,
    "population": Population,
    "problem": Problem,
    "sex": Sex,
    "age_band": AgeBand,
}

C = TypeVar("C", bound=Code)
Row = Mapping[str, str]


class OldRecordTable:
    """`date` as 2026-01-31, `time` as 21:05, `dispositions` with semicolons; codes, or Chinese names."""

    columns = (
        "form_number",
        "date",
        "time",
        "minutes",
        "channel",
        "centre",
        "number",
        "call_type",
        "population",
        "problem",
        "place_code",
        "risk_level",
        "sex",
        "age_band",
        "dispositions",
        "summary",
    )
    needed = ("form_number", "call_type", "centre")

    def __init__(self, hasher: NumberHasher, by_id: int) -> None:
        self._hasher = hasher
        self._by_id = by_id

    def prepare(self, rows: Sequence[Row]) -> None:
        return

    def begin(self, unit: UnitOfWork) -> None:
        session = unit.session
        self._now = unit.now
        self._oldest = unit.now - timedelta(days=standing_policy(session).service_record_days)
        self._centres = {row.name_zh: row.id for row in session.scalars(select(Centre))}
        self._places = set(session.scalars(select(Place.code)))
        self._forms = set(session.scalars(select(ContactEntry.form_number)))

    def check(self, row: Row) -> Sequence[tuple[str, str]]:
        wrong = [(name, "name_missing") for name in self.needed if not row[name]]
        if len(row["form_number"]) > LONGEST_FORM_NUMBER:
            wrong.append(("form_number", "out_of_range"))
        elif row["form_number"] in self._forms:
            wrong.append(("form_number", "form_taken"))
        self._forms.add(row["form_number"])
        wrong += self._time_faults(row)
        if not (row["minutes"].isdecimal() and 1 <= int(row["minutes"]) <= LONGEST_MINUTES):
            wrong.append(("minutes", "minutes_form"))
        if _coded(Channel, row["channel"]) not in BY_HAND:
            wrong.append(("channel", "unknown"))
        if row["centre"] and row["centre"] not in self._centres:
            wrong.append(("centre", "unknown"))
        if row["place_code"] and row["place_code"] not in self._places:
            wrong.append(("place_code", "unknown"))
        if row["number"] and not NUMBER.fullmatch(row["number"]):
            wrong.append(("number", "number_form"))
        for name, kind in CODED.items():
            if row[name] and _coded(kind, row[name]) is None:
                wrong.append((name, "unknown"))
        if row["risk_level"] and _level(row["risk_level"]) is None:
            wrong.append(("risk_level", "risk_form"))
        if any(_coded(Disposition, one) is None for one in _several(row["dispositions"])):
            wrong.append(("dispositions", "unknown"))
        if len(row["summary"]) > LONGEST_SUMMARY:
            wrong.append(("summary", "text_too_long"))
        return wrong

    def keep(self, unit: UnitOfWork, row: Row) -> Written:
        call = self._call(row)
        unit.session.add(call)
        unit.session.flush()
        unit.session.add_all([self._entry(unit, row, call), _note(unit, row, call)])
        return written(f"call:{call.id}", row, ("form_number", "date", "channel", "centre"))

    def secrets(self) -> Sequence[tuple[str, str]]:
        return ()

    def _time_faults(self, row: Row) -> list[tuple[str, str]]:
        day, clock = _day(row["date"]), _clock(row["time"])
        wrong = [("date", "date_form")] if day is None else []
        if clock is None:
            wrong.append(("time", "clock_form"))
        if day is None or clock is None:
            return wrong
        at = _at(row)
        if at > self._now:
            return [("date", "in_the_future")]
        return [("date", "record_too_old")] if at <= self._oldest else []

    def _call(self, row: Row) -> Call:
        at, number = _at(row), normalise_number(row["number"]) or None
        return Call(
            direction=CallDirection.ENTERED,
            channel=_coded(Channel, row["channel"]),
            number_dialled="",
            caller_number=number,
            # Who left no number is a person of their own until somebody links them.
            caller_hash=self._hasher(number or f"entry:{secrets.token_hex(16)}"),
            place_code=row["place_code"] or None,
            place_source="operator" if row["place_code"] else None,
            centre_id=self._centres[row["centre"]],
            state=CallState.ENDED,
            state_since=self._now,
            arrived_at=at,
            answered_at=at,
            ended_at=min(self._now, at + timedelta(minutes=int(row["minutes"]))),
            outcome=CallOutcome.ANSWERED,
            ended_by="operator",
        )

    def _entry(self, unit: UnitOfWork, row: Row, call: Call) -> ContactEntry:
        return ContactEntry(
            call_id=call.id,
            entered_at=unit.now,
            entered_by_id=self._by_id,
            form_number=row["form_number"],
            late=True,
        )


def _note(unit: UnitOfWork, row: Row, call: Call) -> Note:
    dispositions = [str(_coded(Disposition, one)) for one in _several(row["dispositions"])]
    told = {name: _coded(CODED[name], row[name]) for name in ("sex", "age_band")}
    fields = {name: str(code) for name, code in told.items() if code is not None}
    return Note(
        call_id=call.id,
        form_version=FORM_VERSION,
        state=NoteState.CLOSED,
        call_type=_coded(CallType, row["call_type"]),
        population=_coded(Population, row["population"]),
        problem=_coded(Problem, row["problem"]),
        other_problems=[],
        place_code=row["place_code"] or None,
        risk_level=_level(row["risk_level"]),
        risk_floor=0,
        disposition=weightiest(dispositions),
        fields={**fields, "dispositions": dispositions} if dispositions else fields,
        summary=row["summary"] or None,
        created_at=unit.now,
        saved_at=unit.now,
        closed_at=unit.now,
    )


def _coded(kind: type[C], text: str) -> C | None:
    return next((each for each in kind if text and text in (str(each), each.zh)), None)


def _level(text: str) -> int | None:
    digit = text.upper().removeprefix("R")
    return int(digit) if digit.isdecimal() and int(digit) in set(RiskLevel) else None


def _several(text: str) -> list[str]:
    return [part.strip() for part in re.split("[;；]", text) if part.strip()]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text).replace(tzinfo=None) if ":" in text else None
    except ValueError:
        return None


def _at(row: Row) -> datetime:
    day, clock = _day(row["date"]), _clock(row["time"])
    assert day is not None
    assert clock is not None
    return datetime.combine(day, clock, ZONE).astimezone(UTC)

"""The hotline's figures a second time, from the event log alone: plain loops, none of the product's rules.

Boards and reports read records and let `hotline/domain/measures.py` count; this walks the lines of
`call_event` and `seat_event` in the order they were written. Where the two differ, one of them is wrong.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calls import Call, CallEvent
from models.seats import SeatEvent

ANSWER_WITHIN, SHORT = 15, 10


@dataclass
class Recount:
    received: int = 0
    answered: int = 0
    within: int = 0
    abandoned: int = 0
    abandoned_within: int = 0
    short: int = 0
    waiting: int = 0
    asa: float | None = None
    aht: float | None = None
    occupancy: float | None = None
    endings: Counter[str] = field(default_factory=Counter)


@dataclass
class _Story:
    """What the lines of one call told so far."""

    arrived: datetime | None = None
    entered: datetime | None = None
    talked: datetime | None = None
    over: datetime | None = None
    ended_by: str = ""
    state: str = "greeting"
    marks: set[str] = field(default_factory=set)


def recount(session: Session, since: datetime, until: datetime) -> Recount:
    """Of inbound calls that arrived in [since, until)."""
    stories = _stories(session)
    found = Recount()
    waits: list[float] = []
    handled: list[float] = []
    wrap_up, busy, working = _seats(session, since, until)
    for call_id, story in stories.items():
        found.waiting += story.state in ("queued", "connecting")
        if story.arrived is None or not since <= story.arrived < until:
            continue
        found.received += 1
        entered = story.entered or story.arrived
        if story.talked is not None:
            found.answered += 1
            found.endings["answered"] += 1
            wait = max(0.0, (story.talked - entered).total_seconds())
            waits.append(wait)
            found.within += wait <= ANSWER_WITHIN
            if story.over is not None:
                handled.append((story.over - story.talked).total_seconds() + wrap_up.get(call_id, 0.0))
        elif story.over is not None:
            wait = max(0.0, (story.over - entered).total_seconds())
            ending = _ending(story)
            found.endings[ending] += 1
            if ending in ("abandoned", "not_answered", "blocked"):
                if wait < SHORT:
                    found.short += 1
                else:
                    found.abandoned += 1
                    found.abandoned_within += wait <= ANSWER_WITHIN
    found.asa = sum(waits) / len(waits) if waits else None
    found.aht = sum(handled) / len(handled) if handled else None
    found.occupancy = busy / working if working else None
    return found


def _stories(session: Session) -> dict[int, _Story]:
    outbound = set(session.scalars(select(Call.id).where(Call.direction == "outbound")))
    stories: dict[int, _Story] = {}
    for line in session.scalars(select(CallEvent).order_by(CallEvent.id)):
        if line.call_id in outbound:
            continue
        story = stories.setdefault(line.call_id, _Story())
        match line.kind:
            case "arrived":
                story.arrived = line.at
            case "queued":
                story.entered = story.entered or line.at
                story.state = "queued"
                story.marks.discard("limited")
            case "connecting":
                story.state = "connecting"
            case "talking":
                story.talked = story.talked or line.at
                story.state = "talking"
            case "not_connected" | "operator_lost" | "put_back":
                story.state = "queued"
            case "came_back":
                story.over, story.state = None, "queued"
            case "message":
                story.state = "message"
            case "ended":
                story.over, story.state = line.at, "ended"
                story.ended_by = str(line.data.get("ended_by", "caller"))
            case "callback_owed":
                story.marks.add(str(line.data["callback_kind"]))
            case kind:
                story.marks.add(kind)
    return stories


def _ending(story: _Story) -> str:
    marks = story.marks
    if "standby_answered" in marks:
        return "saturated"
    for mark, ending in (("message", "message"), ("wish", "callback"), ("limited", "limited")):
        if mark in marks:
            return ending
    if story.ended_by not in ("caller", "operator"):
        return "failed"
    if "uncovered" in marks:
        return "closed" if "unrostered" in marks else "blocked"
    return "not_answered" if marks & {"offer_expired", "offer_declined"} else "abandoned"


class _Seat:
    """One seat, followed line by line."""

    def __init__(self) -> None:
        self.state, self.since = "offline", datetime.min.replace(tzinfo=UTC)
        self.status, self.live = "signed_out", False
        self.call_id: int | None = None

    def hears(self, line: SeatEvent) -> None:
        data = line.data
        match line.kind:
            case "found":
                self.state, self.since, self.call_id = data["state"], line.at, data["call_id"]
                self.status, self.live = data["status"], data["device_live"]
            case "status":
                self.status = data["status"]
            case "device":
                self.live = data["live"]
        if "before" in data:
            self.state, self.since = self._after(line.kind), line.at
            self.call_id = data.get("call_id") or self.call_id

    def _after(self, kind: str) -> str:
        match kind:
            case "offered" | "calls_back":
                return "offered"
            case "answered":
                return "talking"
            case "talk_ended":
                return "wrap_up"
            case "signed_off":
                self.status, self.live = "signed_out", False
                return "offline"
            case "signed_on" | "not_taken" | "line_lost" | "wrap_up_over" | "nothing_held" | "device_lost":
                return "paused"
        if self.status == "signed_out":
            return "offline"
        return "available" if self.status == "ready" and self.live else "paused"


def _seats(session: Session, since: datetime, until: datetime) -> tuple[dict[int, float], float, float]:
    """Wrap-up by call; seconds of talk and wrap-up; seconds signed on and not paused."""
    wrap_up: dict[int, float] = {}
    seats: dict[int, _Seat] = {}
    busy = working = 0.0

    def spend(seat: _Seat, ended: datetime) -> None:
        nonlocal busy, working
        seconds = max(0.0, (min(ended, until) - max(seat.since, since)).total_seconds())
        if seat.state in ("talking", "wrap_up"):
            busy += seconds
        if seat.state not in ("offline", "paused"):
            working += seconds
        if seat.state == "wrap_up" and seat.call_id is not None:
            wrap_up[seat.call_id] = wrap_up.get(seat.call_id, 0.0) + seconds

    for line in session.scalars(select(SeatEvent).order_by(SeatEvent.id)):
        seat = seats.setdefault(line.seat_id, _Seat())
        if "before" in line.data:
            spend(seat, line.at)
        seat.hears(line)
    for seat in seats.values():
        spend(seat, until)
    return wrap_up, busy, working

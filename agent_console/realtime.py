"""Committed facts reach the pages: names, ids and figures only, never a caller's word or number.

Rooms: `seat:<id>` (the person at that seat), `desks:<0-9>` (operators, in tenths), `board` (supervisors),
`officials:<place>` (officials of that place), `all`. A page fetches the fragment that changed.

What it costs at 500 consoles decides who is told what. A seat is told its own facts at once. Boards are told
danger, help and alarms at once, the rest once a second. Desks are never told of others' calls: once a second
they get the figures that they show, so that no fact of one call makes every desk ask for a page.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request
from flask_socketio import SocketIO, emit, join_room
from sqlalchemy import select

from agent_console.coalescing import Coalescer
from agent_console.desk_figures import DeskFigures, in_words
from agent_console.parts import ConsoleParts
from agent_console.permissions import Permission, may
from agent_console.sessions import current_person
from models import events
from models.calls import Call
from models.events import Event
from models.places import Place
from models.seats import Seat

log = logging.getLogger("hotline.console.realtime")

DESKS, BOARD = "desks", "board"
SLICES, SLICE_SECONDS = 10, 0.04
"""Idle desks are told one tenth after the other: hundreds of sockets that wake at once would keep an offer
waiting behind them."""
LISTS = frozenset(
    {"message.left", "callback.changed", "shift.changed", "duty.changed", "duty.overdue", "handover.changed"}
)
"""Facts by which the lists of an idle desk may have changed."""
URGENT_ON_BOARDS = frozenset(
    {"danger.raised", "danger.closed", "help.asked", "line.dropped", "call.uncovered", "alarm.changed"}
)
AT_ONCE = frozenset(
    {
        "offer.made",
        "offer.ended",
        "danger.raised",
        "danger.closed",
        "danger.changed",
        "caller.asked",
        "help.asked",
        "call.answered",
        "call.connecting",
        "call.uncovered",
        "participation.changed",
        "transfer.changed",
        "line.dropped",
        "alarm.changed",
        "link.lost",
        "link.back",
    }
)

_QUEUE = (
    events.CallQueued,
    events.CallConnecting,
    events.CallAnswered,
    events.CallReturnedToQueue,
    events.CallEnded,
    events.CallUncovered,
)
_CARE = (
    events.DangerRaised,
    events.DangerClosed,
    events.DangerChanged,
    events.CallerAsked,
    events.HelpAsked,
    events.MessageLeft,
    events.RiskMarked,
)
_SEATS = (events.SeatChanged, events.OfferMade, events.OfferEnded, events.ShiftChanged)
_PEOPLE = events.AdmissionChanged | events.RestOffered
_DUTIES = (events.DutyChanged, events.DutyOverdue, events.HandoverChanged)
_LEGS = (events.ParticipationChanged, events.TransferChanged, events.LinkageChanged)
_ANSWERS = (events.AlertAnswered, events.PaperAnswered)
_SIGNALS = (
    events.SignalRaised,
    events.SignalReviewed,
    events.AlertDrafted,
    events.AlertIssued,
    events.ClockRang,
)


COMING_AND_GOING = frozenset(
    events.wire_name(kind)
    for kind in (
        *(one for one in _QUEUE if one is not events.CallUncovered),
        events.SeatChanged,
        events.OfferMade,
        events.OfferEnded,
        events.RiskMarked,
    )
)
"""What calls and seats do, many times a second; nothing else on a board changes by it."""


@dataclass(frozen=True)
class BoardsTold:
    """Moments of the steady clock at which boards were last told something."""

    at: float
    of_the_rest_at: float
    """Of something else than calls and seats."""

    def told(self, names: set[str], now: float) -> BoardsTold:
        return BoardsTold(now, self.of_the_rest_at if names <= COMING_AND_GOING else now)


def fixed_rooms(event: Event) -> set[str]:
    """The rooms that follow from the event alone."""
    rooms: set[str] = set()
    if isinstance(event, events.ProgressMoved | events.LinkLost | events.LinkBack):
        rooms.add("all")
    if isinstance(event, _QUEUE + _SEATS):
        rooms |= {BOARD, DESKS}
    if isinstance(event, _CARE + _LEGS + _SIGNALS + _ANSWERS + (events.TranscriptFinished,)):
        rooms.add("board")
    if isinstance(event, events.MessageLeft | events.CallbackChanged):
        rooms |= {"board", "desks"}
    if isinstance(event, _DUTIES):
        rooms |= {"board", "desks"}
    if isinstance(event, events.LineDropped | events.AlarmChanged | _PEOPLE):
        rooms.add("board")
    seat_id = getattr(event, "seat_id", None)
    if isinstance(seat_id, int):
        rooms.add(f"seat:{seat_id}")
    return rooms


def is_at_once(room: str, name: str) -> bool:
    if room == DESKS:
        return False
    return name in (URGENT_ON_BOARDS if room == BOARD else AT_ONCE)


class Realtime:
    """Sockets of the pages. `tell` may be called from any thread."""

    def __init__(self, app: Flask, parts: ConsoleParts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._coalescer = Coalescer()
        self.desk_figures = DeskFigures(parts)
        self._figures_told: dict[str, Any] = {}
        self._link_lost = False
        self._heard = 0
        self.boards = BoardsTold(time.monotonic(), time.monotonic())
        self._timer: threading.Timer | None = None
        self._telling_desks = threading.Lock()
        self.sockets = SocketIO(
            app,
            async_mode="threading",
            transports=["websocket"],
            manage_session=False,
            ping_interval=20,
            ping_timeout=15,
            max_http_buffer_size=10_000,
            path="live",
        )
        self.sockets.on_event("connect", self._connected)
        app.before_request(self._remember)
        parts.subscribe(self.tell)

    def heard(self) -> str:
        """How many facts this process was told of: what a page was made before, and what its socket finds."""
        return f"{os.getpid()}-{self._heard}"

    def _remember(self) -> None:
        # Before the records are read: what comes between is then asked for once more, and never missed.
        g.facts_heard = self.heard()

    def tell(self, batch: Sequence[Event]) -> None:
        with self._lock:
            self._heard += len(batch)
        for event in batch:
            if isinstance(event, events.LinkLost | events.LinkBack):
                self._link_lost = isinstance(event, events.LinkLost)
            data = event.data()
            for room in self._rooms(event):
                if is_at_once(room, event.name):
                    self._emit(room, "fact", {"name": event.name, "data": data})
                else:
                    with self._lock:
                        self._coalescer.add(room, event.name, data)
        self._flush()

    def close(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _flush(self) -> None:
        with self._lock:
            self._timer = None
            now = time.monotonic()
            due = self._coalescer.due(now)
            wait = self._coalescer.next_due(now)
            if wait is not None:
                self._timer = threading.Timer(wait, self._flush)
                self._timer.daemon = True
                self._timer.start()
        for room, messages in due.items():
            if room == DESKS:
                self._tell_desks({name for name, _ in messages})
            else:
                self._emit(room, "facts", [{"name": name, "data": data} for name, data in messages])

    def _emit(self, room: str, kind: str, content: Any) -> None:
        if room == BOARD:
            facts = content if isinstance(content, list) else [content]
            with self._lock:
                self.boards = self.boards.told({fact["name"] for fact in facts}, time.monotonic())
        self.sockets.emit(kind, content, to=room)

    def _tell_desks(self, names: set[str]) -> None:
        """The figures that every idle desk shows, once for all; nothing when they still stand so."""
        figures = in_words(self.desk_figures.now())
        lists = bool(names & LISTS)
        if not lists and figures == self._figures_told:
            return
        self._figures_told = figures
        told = {"name": "desk.figures", "data": {**figures, "lists": lists}}
        # Not in the thread that hears the facts: the next of them may be an offer.
        threading.Thread(target=self._tell_in_tenths, args=(told,), name="desks", daemon=True).start()

    def _tell_in_tenths(self, told: dict[str, Any]) -> None:
        with self._telling_desks:
            for part in range(SLICES):
                self._emit(f"{DESKS}:{part}", "facts", [told])
                time.sleep(SLICE_SECONDS)

    def _rooms(self, event: Event) -> Iterable[str]:
        rooms = fixed_rooms(event)
        call_id = getattr(event, "call_id", None)
        waits = isinstance(event, events.CallQueued)
        if isinstance(call_id, int) and not waits and not any(room.startswith("seat:") for room in rooms):
            with self._parts.reading() as records:
                seat_id = records.scalar(select(Call.seat_id).where(Call.id == call_id))
                # Whoever is called in, and whoever handed over, sees it too.
                bound = select(Seat.id).where(Seat.call_id == call_id)
                called_in = records.scalars(bound).all() if isinstance(event, _LEGS) else ()
            rooms |= {f"seat:{one}" for one in (seat_id, *called_in) if one is not None}
        if isinstance(event, events.AlertIssued):
            with self._parts.reading() as records:
                code: str | None = event.place_code
                while code is not None:
                    rooms.add(f"officials:{code}")
                    code = records.scalar(select(Place.parent_code).where(Place.code == code))
        return rooms

    def _connected(self, _auth: Any = None) -> bool:
        """Only signed-in people; each joins the rooms of their role."""
        person = current_person()
        if person is None:
            log.info("a socket without a session was refused from %s", request.endpoint or "live")
            return False
        join_room("all")
        if self._link_lost:
            emit("fact", {"name": events.LinkLost().name, "data": {}})
        if may(person.role, Permission.ANSWER_CALLS):
            join_room(f"{DESKS}:{person.id % SLICES}")
            with self._parts.reading() as records:
                seat_id = records.scalar(select(Seat.id).where(Seat.person_id == person.id))
            if seat_id is not None:
                join_room(f"seat:{seat_id}")
        if may(person.role, Permission.SUPERVISE):
            join_room("board")
        if may(person.role, Permission.READ_ALERTS) and person.place_code:
            join_room(f"officials:{person.place_code}")
        emit("standing", self.heard())
        return True


def realtime() -> Realtime:
    """Of the running console."""
    found = current_app.extensions["console_realtime"]
    assert isinstance(found, Realtime)
    return found

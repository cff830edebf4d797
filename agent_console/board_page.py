"""What stands on a board and the wallboard, put together: read anew for a page, shared by its refreshes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from agent_console.notices import Cover, Notice, covers_of, notices
from agent_console.queries_board import REST_SECONDS, Board, BoardMemory, Told, read_board
from agent_console.queries_escalated import Escalated, escalated
from agent_console.queries_readiness import AskedFor, asked_for
from agent_console.realtime import realtime
from agent_console.sessions import parts
from agent_console.shared_reading import ANEW, SharedReading

SHOWN_OVERDUE = 6
"""Of each kind on the board; the whole list stands on the page of the shift's duties."""


@dataclass(frozen=True)
class BoardPage:
    board: Board
    covers: tuple[Cover, ...]
    notices: tuple[Notice, ...]
    escalated: Escalated
    asked_for: AskedFor

    @property
    def whole(self) -> Cover:
        return next(cover for cover in self.covers if cover.centre_id is None)

    def cover_of(self, centre_id: int) -> Cover | None:
        return next((cover for cover in self.covers if cover.centre_id == centre_id), None)


@dataclass(frozen=True)
class _Beside:
    """Read with the rest of the board, by the same rule (`queries_board.Rest`)."""

    coverage: Any
    escalated: Escalated
    asked_for: AskedFor


class _Kept:
    """Of this process."""

    def __init__(self) -> None:
        self.board = BoardMemory()
        self.beside: SharedReading[_Beside] = SharedReading(REST_SECONDS)


def read_anew() -> BoardPage:
    """For a whole page: whoever has just done something sees it done."""
    return _read(None)


def read_shared() -> BoardPage:
    """For a refresh after a fact."""
    told = realtime().boards
    return _read(Told(told.at, told.of_the_rest_at))


def _read(told: Told | None) -> BoardPage:
    ready, kept = parts(), _kept()
    now = ready.clock()
    with ready.reading() as records:
        board = read_board(records, now, kept.board, told)
        beside = kept.beside.get(lambda: _beside(records, now), told.of_the_rest_at if told else ANEW)
    covers = covers_of(beside.coverage, board)
    return BoardPage(board, covers, notices(board, covers), beside.escalated, beside.asked_for)


def _beside(records: Session, now: datetime) -> _Beside:
    return _Beside(
        parts().coverage(records, now), escalated(records, now, SHOWN_OVERDUE), asked_for(records, now)
    )


def _kept() -> _Kept:
    found = current_app.extensions.setdefault("console_board", _Kept())
    assert isinstance(found, _Kept)
    return found

"""Rows of the board, each rendered when what it says has changed, not whenever another's has.

Hundreds of seats and callers stand on a province's board, a dozen change in a second, and every board asks
each second. What is of the moment, how long it has lasted and its place in the line, is put in when the row
is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app
from markupsafe import Markup

from agent_console import words
from agent_console.queries_board import Board
from agent_console.queries_queue import WaitingCall
from agent_console.queries_seats import SeatCard
from agent_console.spans import span
from agent_console.translation import language
from hotline.domain.explanation import Part
from models.vocabulary_watch import Metric

SECONDS, NUMBER = "seconds-of-this-moment", "number-of-this-moment"
Kept = dict[int, tuple[object, str]]
"""Of one kind in one language: what each row said when it was last shown, and its text."""


@dataclass(frozen=True)
class QueueRow:
    """Equal as long as the row says the same but for its seconds and its number."""

    call: WaitingCall
    parts: tuple[Part, ...]
    score_minutes: int
    state: str


def seat_cards(seats: Iterable[SeatCard]) -> dict[int, Markup]:
    """The card of each seat as it is now."""
    rows = ((seat.seat_id, seat, {SECONDS: span(seat.seconds)}) for seat in seats)
    return _shown("supervisor/_seat_card.html", rows)


def queue_rows(board: Board) -> Iterable[Markup]:
    """In the order of service."""
    rows = (
        (
            call.call_id,
            QueueRow(
                call,
                call.order.parts,
                int(call.order.score_seconds // 60),
                board.state(Metric.LONGEST_WAIT, call.waited_seconds),
            ),
            {SECONDS: span(call.waited_seconds), NUMBER: str(number)},
        )
        for number, call in enumerate(board.waiting, 1)
    )
    return _shown("supervisor/_queue_row.html", rows).values()


def _shown(template: str, rows: Iterable[tuple[int, object, dict[str, str]]]) -> dict[int, Markup]:
    """By id; each with what stands for its marks. Any thread may do this at the same time.

    Rows that are shown no longer are forgotten.
    """
    kept: dict[tuple[str, str], Kept] = current_app.extensions.setdefault("console_kept_rows", {})
    of = (template, language())
    known, shown, found = kept.get(of, {}), {}, {}
    for key, row, marks in rows:
        before = known.get(key)
        shown[key] = before if before is not None and before[0] == row else (row, _rendered(template, row))
        text = shown[key][1]
        for mark, said in marks.items():  # not a format string: a label may hold braces
            text = text.replace(mark, said)
        found[key] = Markup(text)  # noqa: S704 - our own template, escaped as it was rendered
    kept[of] = shown
    return found


def _rendered(template: str, row: object) -> str:
    # Not `render_template`: what that reads for every page is in no row.
    return current_app.jinja_env.get_template(template).render(
        row=row, seconds_mark=SECONDS, number_mark=NUMBER, words=words
    )

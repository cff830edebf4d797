"""Cards of the seat board: each is rendered when what it says has changed, not whenever another seat's has.

Hundreds of seats stand on a province's board, a dozen change in a second, and every board asks each second.
One thing on it is of the moment, how long the state has lasted: it is put in when the card is shown.
"""

from __future__ import annotations

from flask import current_app
from markupsafe import Markup

from agent_console import words
from agent_console.queries_seats import SeatCard
from agent_console.spans import span
from agent_console.translation import language

SECONDS = "seconds-of-this-moment"
Kept = dict[tuple[int, str], tuple[SeatCard, str]]
"""The newest card of each seat in each language, and what it says. Any thread may read and write it."""


def seat_card(seat: SeatCard) -> Markup:
    """The card of this seat as it is now."""
    kept: Kept = current_app.extensions.setdefault("console_seat_cards", {})
    key = (seat.seat_id, language())
    known = kept.get(key)
    if known is None or known[0] != seat:
        known = kept[key] = (seat, _rendered(seat))
    # Not a format string: a label may hold braces.
    html = known[1].replace(SECONDS, span(seat.seconds))
    return Markup(html)  # noqa: S704 - our own template, escaped as it was rendered


def _rendered(seat: SeatCard) -> str:
    # Not `render_template`: what that reads for every page is on no card.
    return current_app.jinja_env.get_template("supervisor/_seat_card.html").render(
        seat=seat,
        seconds_mark=SECONDS,
        words=words,
    )

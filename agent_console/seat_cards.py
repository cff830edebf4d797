"""Cards of the seat board: each is rendered when what it says has changed, not whenever another seat's has.

Hundreds of seats stand on a province's board, a dozen change in a second, and every board asks each second.
A card holds two things of its own moment, how long the state has lasted and the token of whoever looks: they
are put in when it is shown.
"""

from __future__ import annotations

from flask import current_app
from markupsafe import Markup, escape

from agent_console import words
from agent_console.queries_seats import SeatCard
from agent_console.spans import span
from agent_console.translation import language
from models.vocabulary import AgentStatus

TOKEN = "token-of-whoever-looks"  # noqa: S105 - a mark in the text, no secret
SECONDS = "seconds-of-this-moment"
CHOSEN_BY_SUPERVISOR = (
    AgentStatus.READY,
    AgentStatus.BREAK,
    AgentStatus.MEAL,
    AgentStatus.TRAINING,
    AgentStatus.SUPERVISION,
    AgentStatus.AFTER_HARD_CALL,
    AgentStatus.SIGNED_OUT,
)

Kept = dict[tuple[int, str], tuple[SeatCard, str]]
"""The newest card of each seat in each language, and what it says. Any thread may read and write it."""


def seat_card(seat: SeatCard, token: str) -> Markup:
    """The card of this seat as it is now, with `token` in its form."""
    kept: Kept = current_app.extensions.setdefault("console_seat_cards", {})
    key = (seat.seat_id, language())
    known = kept.get(key)
    if known is None or known[0] != seat:
        known = kept[key] = (seat, _rendered(seat))
    # Not a format string: a label may hold braces.
    html = known[1].replace(SECONDS, span(seat.seconds)).replace(TOKEN, str(escape(token)))
    return Markup(html)  # noqa: S704 - our own template, escaped as it was rendered


def _rendered(seat: SeatCard) -> str:
    # Not `render_template`: what that reads for every page is on no card.
    return current_app.jinja_env.get_template("supervisor/_seat_card.html").render(
        seat=seat,
        seconds_mark=SECONDS,
        csrf_token=lambda: TOKEN,
        statuses=CHOSEN_BY_SUPERVISOR,
        words=words,
    )

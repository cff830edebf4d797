"""Redirect, Hangup, Reject and Leave: verbs after which nothing in the document is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline.exchange.program import HangUp, LeaveQueue, Outcome, Rejected

if TYPE_CHECKING:
    from hotline.exchange.context import Context
    from hotline.exchange.twiml import Verb


async def redirect(context: Context, verb: Verb) -> Outcome:
    return context.goto(verb.text, verb.method())


async def hang_up(context: Context, verb: Verb) -> Outcome:
    await context.call.answer()
    return HangUp()


async def reject(context: Context, verb: Verb) -> Outcome:
    """As the first verb the call is never answered: it ends busy or no-answer."""
    if context.call.answered.is_set():
        return HangUp()
    return Rejected("busy" if verb.get("reason") == "busy" else "no-answer")


async def leave(context: Context, verb: Verb) -> Outcome:
    """Outside of a queue there is nothing to leave, and the document goes on."""
    return LeaveQueue() if context.entry is not None else None

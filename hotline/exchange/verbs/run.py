"""Executes the verbs of a document in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from hotline.exchange.program import Outcome, Promote, Run
from hotline.exchange.twiml import VERBS, Document, Verb

if TYPE_CHECKING:
    from hotline.exchange.context import Context

CODE_SCHEMA_WARNING = 12200

Action = Callable[["Context", Verb], Awaitable[Outcome]]


async def run_document(context: Context, document: Document) -> Outcome:
    """Run until a verb decides where to go; None when the document ends by itself.

    An unknown or misplaced verb is a warning (12200) and is passed over, as the carrier does.
    """
    actions = _actions()
    for index, verb in enumerate(document.verbs):
        if verb.name not in VERBS:
            context.exchange.error(context.call, CODE_SCHEMA_WARNING, verb.name)
            continue
        if context.allowed is not None and verb.name not in context.allowed:
            if context.recovering:
                return Promote(Run(Document(document.verbs[index:]), context.url))
            context.exchange.error(
                context.call, 13238 if context.entry is None else CODE_SCHEMA_WARNING, verb.name
            )
            continue
        context.exchange.trace("verb", context.call, verb.name)
        # A document of verbs that take no time must not keep the audio waiting.
        await asyncio.sleep(0)
        outcome = await actions[verb.name](context, verb)
        if outcome is not None:
            return outcome
    if not document.verbs and context.allowed is None:
        await context.call.answer()
    return None


def _actions() -> dict[str, Action]:
    from hotline.exchange.verbs import control, dial, enqueue, gather, record, speak, stream

    return {
        "Say": speak.say,
        "Play": speak.play,
        "Pause": speak.pause,
        "Gather": gather.gather,
        "Redirect": control.redirect,
        "Hangup": control.hang_up,
        "Reject": control.reject,
        "Leave": control.leave,
        "Enqueue": enqueue.enqueue,
        "Dial": dial.dial,
        "Record": record.record,
        "Start": stream.start,
        "Stop": stream.stop,
        "Connect": stream.connect,
    }

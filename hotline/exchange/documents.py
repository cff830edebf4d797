"""Getting and following documents, and what happens when one cannot be had.

Source for the fallback: the carrier's page on availability and reliability (ErrorCode, ErrorUrl).
Kinder than the carrier: when the fallback fails too, the caller is kept, hears calm sound, and
fallback and voice URL are asked again in turn for as long as the caller stays.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from hotline.exchange import twiml
from hotline.exchange.context import Context, without_query
from hotline.exchange.fetcher import FetchFailed
from hotline.exchange.program import Goto, HangUp, Outcome, Run
from hotline.exchange.sound import calm_music
from hotline.exchange.verbs import run_document

if TYPE_CHECKING:
    from hotline.exchange.call import Call

log = logging.getLogger(__name__)

BACK_OFF_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
APOLOGY = "抱歉,系统出现错误。We are sorry, an application error has occurred."
PATIENCE = "系统正在恢复,请不要挂断,您的电话已为您保留。Please stay on the line. Your call is being kept."


class DocumentFailed(Exception):
    """A document could not be had or used; `code` and `url` are what the fallback is told."""

    def __init__(self, code: int, url: str) -> None:
        super().__init__(str(code))
        self.code, self.url = code, url


async def fetch(context: Context, goto: Goto) -> Run:
    """Ask the application. Raises DocumentFailed."""
    fields = {**context.call.parameters(), **context.more_fields(), **goto.fields}
    context.exchange.trace("request", context.call, goto.url)
    try:
        answer = await context.exchange.fetcher.request(goto.method, goto.url, fields)
        kind = answer.content_type.split(";")[0].lower()
        if kind.startswith("audio/") and answer.body:
            document = twiml.Document((twiml.Verb("Play", {}, goto.url),))
        else:
            document = twiml.read_answer(answer.content_type, answer.body)
    except FetchFailed as failed:
        context.exchange.error(context.call, failed.code, without_query(goto.url))
        raise DocumentFailed(failed.code, goto.url) from failed
    except twiml.BadDocument as bad:
        context.exchange.error(context.call, bad.code, without_query(goto.url))
        raise DocumentFailed(bad.code, goto.url) from bad
    return Run(document, goto.url.split("#", 1)[0])


async def follow(context: Context, step: Goto | Run) -> Outcome:
    """Run documents until one ends the flow or falls off its end. Raises DocumentFailed."""
    outcome: Outcome = step
    while isinstance(outcome, Goto | Run):
        run = await fetch(context, outcome) if isinstance(outcome, Goto) else outcome
        try:
            outcome = await run_document(context.at(run.url), run.document)
        except (DocumentFailed, asyncio.CancelledError):
            raise
        except Exception as error:
            log.exception("call %s: a verb failed", context.call.sid)
            raise DocumentFailed(11200, run.url) from error
    return outcome


async def converse(call: Call, first: Goto | Run) -> Outcome:
    """The whole main program of a call; comes back only when the call shall end."""
    context = Context(call.exchange, call)
    step: Goto | Run | None = first
    while step is not None:
        try:
            return await follow(context, step)
        except DocumentFailed as failed:
            step = await recover(context, failed)
    return HangUp()


async def recover(context: Context, failed: DocumentFailed) -> Goto | Run | None:
    """What to do instead of a document that failed; None is the spoken end of a call without fallback."""
    call, exchange = context.call, context.exchange
    fallback = call.settings.fallback
    error = {"ErrorCode": str(failed.code), "ErrorUrl": failed.url.split("#", 1)[0]}
    if fallback is not None and failed.url != fallback.url:
        try:
            return await fetch(context, Goto(fallback.url, fallback.method, error))
        except DocumentFailed:
            pass
    await call.answer()
    if fallback is None:
        await exchange.say(call, APOLOGY, "zh-CN")
        return None
    return await keep_and_retry(context, error)


async def keep_and_retry(context: Context, error: dict[str, str]) -> Goto | Run:
    """Keep the caller with calm sound until fallback or voice URL answers."""
    call, exchange = context.call, context.exchange
    fallback = call.settings.fallback
    assert fallback is not None
    exchange.event_log.write("call.kept", call=call.sid, code=error["ErrorCode"])
    attempt = 0
    with call.audio.looping(calm_music()):
        while True:
            if attempt % 6 == 0:
                await exchange.say(call, PATIENCE, "zh-CN")
            await asyncio.sleep(BACK_OFF_SECONDS[min(attempt, len(BACK_OFF_SECONDS) - 1)] * exchange.patience)
            attempt += 1
            chances = [Goto(fallback.url, fallback.method, error)]
            if isinstance(call.settings.voice, Goto):
                chances.append(call.settings.voice)
            for goto in chances:
                try:
                    return await fetch(context, goto)
                except DocumentFailed:
                    continue

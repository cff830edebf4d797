"""Start and Connect with Stream; Stop ends a stream by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline.exchange.program import Outcome
from hotline.exchange.streams import TRACKS, Stream, StreamRefused

if TYPE_CHECKING:
    from hotline.exchange.context import Context
    from hotline.exchange.twiml import Verb


def _stream(context: Context, noun: Verb, *, two_way: bool) -> Stream:
    tracks = TRACKS.get(noun.get("track", "inbound_track"), ("inbound",))
    callback = noun.get("statusCallback")
    return Stream(
        context.exchange,
        context.call,
        url=context.resolve(noun.get("url")),
        name=noun.get("name"),
        tracks=("inbound",) if two_way else tracks,
        two_way=two_way,
        parameters={p.get("name"): p.get("value") for p in noun.children if p.name == "Parameter"},
        callback_url=context.resolve(callback) if callback else "",
        callback_method=noun.method("statusCallbackMethod"),
    )


async def start(context: Context, verb: Verb) -> Outcome:
    """Does not block: the document goes on while the stream connects."""
    await context.call.answer()
    for noun in verb.children:
        if noun.name != "Stream":
            context.exchange.error(context.call, 12200, f"Start {noun.name}")
            continue
        stream = _stream(context, noun, two_way=False)
        context.exchange.spawn(context.exchange.stream(context.call, stream))
    return None


async def stop(context: Context, verb: Verb) -> Outcome:
    for noun in verb.children:
        if noun.name != "Stream":
            continue
        stream = context.exchange.find_stream(context.call, noun.get("name"))
        if stream is not None:
            stream.close()
    return None


async def connect(context: Context, verb: Verb) -> Outcome:
    """Blocks until the other side closes the stream; then the action, or the next verb."""
    await context.call.answer()
    for noun in verb.children:
        if noun.name != "Stream":
            context.exchange.error(context.call, 12200, f"Connect {noun.name}")
            continue
        stream = _stream(context, noun, two_way=True)
        try:
            await context.exchange.stream(context.call, stream)
        except StreamRefused:
            context.exchange.error(context.call, 31920, "Connect")
        if verb.get("action"):
            return context.goto(verb.get("action"), verb.method(), {"StreamSid": stream.sid})
        return None
    return None

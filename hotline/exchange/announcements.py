"""Announcements: a document heard once, by a whole conference over the talk or by one participant alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotline.exchange.context import CONFERENCE_WAIT, Context
from hotline.exchange.documents import DocumentFailed, fetch
from hotline.exchange.fetcher import FetchFailed
from hotline.exchange.program import Goto
from hotline.exchange.sound import RATE, Samples, UndecodableAudio, as_frames, seconds, silence
from hotline.exchange.verbs.speak import loops

if TYPE_CHECKING:
    from hotline.exchange.conferences import Conference, Participant
    from hotline.exchange.exchange import Exchange
    from hotline.exchange.twiml import Verb

MAX_DOCUMENTS = 10
LONGEST_SECONDS = 300


async def announce(
    exchange: Exchange, conference: Conference, url: str, method: str, only: Participant | None = None
) -> None:
    """Fetch, speak, and tell announcement-end or announcement-fail."""
    listener = only or next(iter(conference.participants.values()), None)
    if listener is None:
        return
    about = {"ConferenceSid": conference.sid, "FriendlyName": conference.name}
    context = Context(exchange, listener.call, allowed=CONFERENCE_WAIT, more_fields=lambda: about)
    try:
        samples = await _samples_of(context, Goto(url, method))
    except DocumentFailed as failed:
        reason = {"AnnounceUrl": url, "ReasonAnnouncementFailed": str(failed.code)}
        conference.tell("announcement-fail", "announcement", only, reason)
        return
    if only is not None:
        await only.call.audio.play(samples)
    else:
        await conference.room.announce(as_frames(samples)).wait()
    conference.tell("announcement-end", "announcement", only, {"AnnounceUrl": url})


async def _samples_of(context: Context, goto: Goto) -> Samples:
    """All that the document and those it redirects to would say. Raises DocumentFailed."""
    pieces: list[Samples] = [silence(0)]
    following: Goto | None = goto
    for _ in range(MAX_DOCUMENTS):
        if following is None:
            break
        run = await fetch(context, following)
        here, following = context.at(run.url), None
        for verb in run.document.verbs:
            if verb.name == "Redirect":
                following = here.goto(verb.text, verb.method())
                break
            pieces.append(await _sound(here, verb))
        if sum(map(seconds, pieces)) > LONGEST_SECONDS:
            break
    return np.concatenate(pieces)[: LONGEST_SECONDS * RATE]


async def _sound(context: Context, verb: Verb) -> Samples:
    exchange, call = context.exchange, context.call
    exchange.trace("verb", call, verb.name)
    if verb.name == "Pause":
        return silence(verb.number("length", 1, 0, LONGEST_SECONDS))
    if verb.name == "Say":
        exchange.trace("say", call, verb.text)
        once = await exchange.speech.say(verb.text, verb.get("language") or verb.get("voice"))
    elif verb.name == "Play":
        url = context.resolve(verb.text)
        try:
            once = await exchange.sounds.fetch(url)
        except (FetchFailed, UndecodableAudio):
            exchange.error(call, 11200, "Play")
            return silence(0)
        exchange.trace("play", call, url)
    else:
        exchange.error(call, 13238, verb.name)
        return silence(0)
    longest = max(1, int(LONGEST_SECONDS // max(seconds(once), 0.02)))
    return np.tile(once, min(loops(verb) or longest, longest))

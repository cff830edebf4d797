"""Where a verb stands: its call, the document it came from, and how that document may go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from hotline.exchange.program import Goto

if TYPE_CHECKING:
    from hotline.exchange.call import Call
    from hotline.exchange.exchange import Exchange
    from hotline.exchange.waiting import Entry

# Which verbs a document may use, by where it is run.
QUEUE_WAIT = frozenset({"Say", "Play", "Pause", "Redirect", "Hangup", "Leave", "Gather"})
CONFERENCE_WAIT = frozenset({"Say", "Play", "Pause", "Redirect"})
NESTED_IN_GATHER = frozenset({"Say", "Play", "Pause"})


def no_fields() -> dict[str, str]:
    return {}


@dataclass(frozen=True)
class Context:
    """`allowed` None means every verb. `entry` is the caller's place when a queue's document runs."""

    exchange: Exchange
    call: Call
    url: str = ""
    allowed: frozenset[str] | None = None
    entry: Entry | None = None
    recovering: bool = False
    more_fields: Callable[[], dict[str, str]] = field(default=no_fields)

    def at(self, url: str) -> Context:
        return replace(self, url=url)

    def resolve(self, reference: str) -> str:
        """An attribute's URL against the document's own; empty means the document itself."""
        return urljoin(self.url, reference.strip()) if reference.strip() else self.url

    def goto(self, reference: str, method: str, fields: dict[str, str] | None = None) -> Goto:
        return Goto(self.resolve(reference), method, {**(fields or {})})


def without_query(url: str) -> str:
    """A URL fit for a log: what follows the path may hold anything."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"

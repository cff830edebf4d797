"""Texts (SMS) of the account: taken, kept in this process, told by status callbacks. None leaves the machine.

    queued -> sent -> delivered        the only phone there is stands in this store, so that each one arrives

The event log holds sids alone; number and words live in memory until the exchange ends or they are deleted.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from hotline.exchange.moments import now
from hotline.exchange.sids import new_sid

if TYPE_CHECKING:
    from hotline.exchange.exchange import Exchange

KEPT_MESSAGES = 2000
STEP_SECONDS = 0.05
SINGLE, PART = (160, 153), (70, 67)
"""Characters of one text, and of each part of a longer one: GSM-7 and UCS-2 (3GPP TS 23.038, 23.040)."""
VERSION = "2010-04-01"


@dataclass
class Message:
    to: str
    sender: str
    body: str
    status_callback: str = ""
    status: str = "queued"
    sid: str = field(default_factory=lambda: new_sid("SM"))
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    sent_at: datetime | None = None

    @property
    def segments(self) -> int:
        """Chinese makes UCS-2 of a text: 70 characters, or 67 in each part."""
        single, part = SINGLE if self.body.isascii() else PART
        return 1 if len(self.body) <= single else -(-len(self.body) // part)


class Messages:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._kept: dict[str, Message] = {}

    def take(self, message: Message) -> Message:
        while len(self._kept) >= KEPT_MESSAGES:
            self._kept.pop(next(iter(self._kept)))
        self._kept[message.sid] = message
        self._exchange.event_log.write("message.queued", message=message.sid)
        self._exchange.spawn(self._go(message))
        return message

    def get(self, sid: str) -> Message | None:
        return self._kept.get(sid)

    def delete(self, message: Message) -> None:
        self._kept.pop(message.sid, None)
        self._exchange.event_log.write("message.deleted", message=message.sid)

    def newest_first(self) -> list[Message]:
        return list(self._kept.values())[::-1]

    async def _go(self, message: Message) -> None:
        for status in ("sent", "delivered"):
            await asyncio.sleep(STEP_SECONDS)
            message.status, message.updated_at = status, now()
            message.sent_at = message.sent_at or message.updated_at
            self._exchange.event_log.write(f"message.{status}", message=message.sid)
            if message.status_callback:
                self._exchange.callbacks.send(
                    message.sid, message.status_callback, "POST", self._fields(message)
                )

    def _fields(self, message: Message) -> dict[str, str]:
        return {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": message.status,
            "SmsStatus": message.status,
            "To": message.to,
            "From": message.sender,
            "AccountSid": self._exchange.configuration.account_sid,
            "ApiVersion": VERSION,
        }

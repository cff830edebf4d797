"""Texts: sent, listed, read, emptied and deleted as the carrier's resource Messages does."""

from __future__ import annotations

import re

from aiohttp import web

from hotline.exchange.exchange import Exchange
from hotline.exchange.messages import Message
from hotline.exchange.rest.errors import RestError, invalid, missing, not_found
from hotline.exchange.rest.form import Form
from hotline.exchange.rest.pages import answer, page_of
from hotline.exchange.rest.shapes import message_shape

NUMBER = re.compile(r"\+?[0-9]{3,15}")
LONGEST_BODY = 1600


class MessagesResource:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._account = exchange.configuration.account_sid

    def routes(self, root: str) -> list[web.RouteDef]:
        one = root + "/Messages/{sid:(?:SM|MM)[0-9a-fA-F]{32}}.json"
        return [
            web.get(root + "/Messages.json", self.list),
            web.post(root + "/Messages.json", self.create),
            web.get(one, self.fetch),
            web.post(one, self.update),
            web.delete(one, self.delete),
        ]

    async def list(self, request: web.Request) -> web.Response:
        to, sender = request.query.get("To"), request.query.get("From")
        found = [
            m
            for m in self._exchange.messages.newest_first()
            if (to is None or m.to == to) and (sender is None or m.sender == sender)
        ]
        return page_of(request, "messages", found, self._shape)

    async def create(self, request: web.Request) -> web.Response:
        form = await Form.of(request)
        to, sender, body = form.text("To"), form.text("From"), form.text("Body")
        if not to:
            raise missing(21604, "To")
        if not NUMBER.fullmatch(to):
            raise RestError(400, 21211, "Invalid 'To' Phone Number")
        if not sender:
            raise missing(21603, "From")
        if not body:
            raise missing(21602, "Body")
        if len(body) > LONGEST_BODY:
            raise RestError(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        taken = self._exchange.messages.take(Message(to, sender, body, form.text("StatusCallback")))
        return answer(self._shape(taken), 201)

    async def fetch(self, request: web.Request) -> web.Response:
        return answer(self._shape(self._message(request)))

    async def update(self, request: web.Request) -> web.Response:
        """An empty Body takes the words out; a text that has gone can't be called back."""
        message, form = self._message(request), await Form.of(request)
        if form.text("Status"):
            raise RestError(400, 30409, "The message is no longer in a state that can be canceled")
        if "Body" not in form or form.text("Body"):
            raise invalid("Body")
        message.body = ""
        return answer(self._shape(message))

    async def delete(self, request: web.Request) -> web.Response:
        self._exchange.messages.delete(self._message(request))
        return web.Response(status=204)

    def _shape(self, message: Message) -> dict[str, object]:
        return message_shape(message, self._account)

    def _message(self, request: web.Request) -> Message:
        found = self._exchange.messages.get(request.match_info["sid"])
        if found is None:
            raise not_found(request.path)
        return found

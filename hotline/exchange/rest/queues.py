"""Queues and their members."""

from __future__ import annotations

from aiohttp import web

from hotline.exchange.exchange import Exchange, run_twiml
from hotline.exchange.program import Goto
from hotline.exchange.rest.errors import RestError, missing, not_found
from hotline.exchange.rest.form import Form
from hotline.exchange.rest.pages import answer, page_of
from hotline.exchange.rest.shapes import member_shape, queue_shape
from hotline.exchange.waiting import CEILING, DEFAULT_MAX_SIZE, NAME_LIMIT, CallQueue, Entry


class QueuesResource:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._account = exchange.configuration.account_sid

    def routes(self, root: str) -> list[web.RouteDef]:
        one = root + "/Queues/{sid:QU[0-9a-fA-F]{32}}"
        member = one + "/Members/{call:CA[0-9a-fA-F]{32}|Front}.json"
        return [
            web.get(root + "/Queues.json", self.list),
            web.post(root + "/Queues.json", self.create),
            web.get(one + ".json", self.fetch),
            web.post(one + ".json", self.update),
            web.delete(one + ".json", self.delete),
            web.get(one + "/Members.json", self.members),
            web.get(member, self.member),
            web.post(member, self.dequeue),
        ]

    async def list(self, request: web.Request) -> web.Response:
        return page_of(request, "queues", list(self._exchange.queues)[::-1], self._shape)

    async def create(self, request: web.Request) -> web.Response:
        form = await Form.of(request)
        name = form.text("FriendlyName")
        if not name or len(name) > NAME_LIMIT:
            raise missing(20001, "FriendlyName of at most 64 characters")
        if self._exchange.queues.find(name) is not None:
            raise RestError(400, 22003, "Unable to create record: Queue name is not unique")
        size = form.number("MaxSize", DEFAULT_MAX_SIZE, 1, CEILING)
        return answer(self._shape(self._exchange.queues.create(name, size)), 201)

    async def fetch(self, request: web.Request) -> web.Response:
        return answer(self._shape(self._queue(request)))

    async def update(self, request: web.Request) -> web.Response:
        queue, form = self._queue(request), await Form.of(request)
        queue.max_size = form.number("MaxSize", queue.max_size, 1, CEILING)
        name = form.text("FriendlyName")
        if name and name != queue.name:
            if len(name) > NAME_LIMIT or self._exchange.queues.find(name) is not None:
                raise RestError(400, 22003, "Queue name is not unique or too long")
            queue.name = name
        return answer(self._shape(queue))

    async def delete(self, request: web.Request) -> web.Response:
        queue = self._queue(request)
        if queue.entries:
            raise RestError(400, 22004, "Queue is not empty")
        self._exchange.queues.delete(queue)
        return web.Response(status=204)

    async def members(self, request: web.Request) -> web.Response:
        return page_of(request, "queue_members", self._queue(request).entries, self._member_shape)

    async def member(self, request: web.Request) -> web.Response:
        return answer(self._member_shape(self._entry(request)))

    async def dequeue(self, request: web.Request) -> web.Response:
        """Take the member out and run `Url` on its call."""
        entry, form = self._entry(request), await Form.of(request)
        if not form.text("Url"):
            raise missing(20001, "Url")
        shape = self._member_shape(entry)
        step = Goto(form.text("Url"), form.method("Method"))
        entry.call.program.redirect(run_twiml(entry.call, step))
        return answer(shape)

    def _shape(self, queue: CallQueue) -> dict[str, object]:
        return queue_shape(queue, self._account)

    def _member_shape(self, entry: Entry) -> dict[str, object]:
        return member_shape(entry, self._account)

    def _queue(self, request: web.Request) -> CallQueue:
        queue = self._exchange.queues.get(request.match_info["sid"])
        if queue is None:
            raise not_found(request.path)
        return queue

    def _entry(self, request: web.Request) -> Entry:
        entry = self._queue(request).find(request.match_info["call"])
        if entry is None:
            raise not_found(request.path)
        return entry

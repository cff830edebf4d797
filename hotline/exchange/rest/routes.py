"""All resources under one root; everything else there is refused in the carrier's own shape."""

from __future__ import annotations

from aiohttp import web

from hotline.exchange.exchange import Exchange
from hotline.exchange.rest.calls import CallsResource
from hotline.exchange.rest.conferences import ConferencesResource
from hotline.exchange.rest.errors import not_found
from hotline.exchange.rest.messages import MessagesResource
from hotline.exchange.rest.queues import QueuesResource
from hotline.exchange.rest.recordings import RecordingsResource
from hotline.exchange.rest.streams import StreamsResource

ROOT = "/2010-04-01/Accounts/{account:AC[0-9a-fA-F]{32}}"


def add_rest(app: web.Application, exchange: Exchange) -> None:
    resources = (
        RecordingsResource,
        StreamsResource,
        CallsResource,
        QueuesResource,
        ConferencesResource,
        MessagesResource,
    )
    for resource in resources:
        app.router.add_routes(resource(exchange).routes(ROOT))
    app.router.add_route("*", "/2010-04-01/{rest:.*}", _nothing_here)


async def _nothing_here(request: web.Request) -> web.StreamResponse:
    raise not_found(request.path)

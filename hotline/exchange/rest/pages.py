"""Lists, a page at a time, with the keys that the carrier's clients follow."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from aiohttp import web

from hotline.exchange.rest.errors import invalid

T = TypeVar("T")
MAX_PAGE = 1000


def answer(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(
        text=json.dumps(body, ensure_ascii=False), status=status, content_type="application/json"
    )


def page_of(
    request: web.Request, key: str, items: Sequence[T], shape: Callable[[T], dict[str, Any]]
) -> web.Response:
    """The page that `Page` and `PageSize` ask for; items are newest first already."""
    size = _whole(request, "PageSize", 50, 1, MAX_PAGE)
    page = _whole(request, "Page", 0, 0, 1_000_000)
    start = page * size
    chosen = items[start : start + size]

    def uri(number: int) -> str:
        query = {k: v for k, v in request.query.items() if k not in ("Page", "PageSize", "PageToken")}
        return f"{request.path}?{urlencode({**query, 'PageSize': size, 'Page': number})}"

    return answer(
        {
            key: [shape(item) for item in chosen],
            "page": page,
            "page_size": size,
            "start": start,
            "end": start + len(chosen) - 1 if chosen else start,
            "uri": uri(page),
            "first_page_uri": uri(0),
            "next_page_uri": uri(page + 1) if start + size < len(items) else None,
            "previous_page_uri": uri(page - 1) if page else None,
        }
    )


def _whole(request: web.Request, name: str, default: int, low: int, high: int) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    if not text.isdigit():
        raise invalid(name)
    return min(max(int(text), low), high)

"""The carrier's client library, sent to the base address that is set, and its errors turned into ours.

Errors carry a status and a number, never the carrier's words or ours.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response

from hotline.routing.carrier_view import CarrierAway
from hotline.telephony.carrier import CarrierRefused

LIVE_BASE_URL = "https://api.twilio.com"
TIMEOUT_SECONDS = (3.05, 10.0)
GONE_CODES = frozenset({20404, 21220, 20009})
PAGE = 1000
"""The most that a page holds: two requests more for each thousand legs."""

P = ParamSpec("P")
T = TypeVar("T")


class BaseAddressClient(HttpClient):  # type: ignore[misc]
    """Sends the library's requests to another base address; keeps nothing of them."""

    def __init__(self, base_url: str) -> None:
        super().__init__(None, False, None)
        self._base_url = base_url.rstrip("/")
        self.session = requests.Session()
        # A proxy of the machine's environment must not stand between us and our own exchange.
        self.session.trust_env = self._base_url == LIVE_BASE_URL

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        answer = self.session.request(
            method.upper(),
            self._base_url + url.removeprefix(LIVE_BASE_URL),
            params=params,  # type: ignore[arg-type]
            data=data,
            headers=headers,
            auth=auth,
            timeout=timeout or TIMEOUT_SECONDS,
            allow_redirects=allow_redirects,
        )
        return Response(answer.status_code, answer.text, dict(answer.headers))


def translated(gone: type[Exception]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Turn the library's errors into ours, without their words: a message may hold a number."""

    def wrap(method: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(method)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return method(*args, **kwargs)
            except TwilioRestException as error:
                if error.status == 404 or error.code in GONE_CODES:
                    raise gone from None
                if error.status >= 500 or error.status == 429:
                    raise CarrierAway from None
                raise CarrierRefused(error.status, error.code) from None
            except (requests.RequestException, TwilioException):
                raise CarrierAway from None

        return call

    return wrap

"""Is it the carrier who speaks? HMAC-SHA1 over the configured public URL and the sorted parameters.

The Host header is not used: behind a proxy it is not what the carrier signed, and anybody can set it.
"""

from __future__ import annotations

from flask import Request
from twilio.request_validator import RequestValidator


class CarrierSignature:
    def __init__(self, auth_token: str, base_url: str) -> None:
        self._validator = RequestValidator(auth_token)
        self._base_url = base_url.rstrip("/")

    def is_valid(self, request: Request) -> bool:
        url = self._base_url + request.path
        if request.query_string:
            url += "?" + request.query_string.decode("latin-1")
        signature = request.headers.get("X-Twilio-Signature", "")
        return bool(signature) and bool(self._validator.validate(url, request.form, signature))

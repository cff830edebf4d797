"""A text through the carrier's Messages, judged by the carrier's own description of a request."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from twilio.http import HttpClient
from twilio.http.response import Response

from hotline.telephony.outgoing import OutgoingGuard
from hotline.telephony.texts import CarrierTexts
from tests.openapi import CarrierDescription, JudgedClient

ACCOUNT = "AC" + "0" * 32
NUMBER, TEXT = (
    "+8613800138000",
    "【心理援助热线】提示 〔2026〕1号（一级），请登录签收：https://h.example/alerts/1",
)


class Phone(HttpClient):  # type: ignore[misc]
    """The carrier's end: keeps what it was asked, answers as it is told."""

    def __init__(self, status: int = 201, code: int | None = None) -> None:
        self.status, self.code = status, code
        self.asked: list[dict[str, Any]] = []

    def request(self, method: str, url: str, **parts: Any) -> Response:
        if self.status == 0:
            raise requests.ConnectionError(NUMBER)
        self.asked.append({"path": url, **parts["data"]})
        body = {"sid": "SM" + "1" * 32} if self.status < 300 else {"code": self.code, "message": NUMBER}
        return Response(self.status, json.dumps(body))


def texts(
    phone: Phone, description: CarrierDescription | None = None, mode: str = "production"
) -> CarrierTexts:
    guard = OutgoingGuard(carrier_is_embedded=False, mode=mode, is_demonstration=lambda: False)
    made = CarrierTexts(
        account_sid=ACCOUNT, auth_token="t", base_url="https://carrier.example", sender="12356", guard=guard
    )
    made._client.http_client = JudgedClient(description, phone) if description else phone
    return made


def test_the_request_is_the_described_one(carrier_description: CarrierDescription) -> None:
    phone = Phone()
    assert texts(phone, carrier_description).send_text(NUMBER, TEXT) == (True, "carrier accepted")
    (asked,) = phone.asked
    assert asked["path"].endswith(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    assert (asked["To"], asked["From"], asked["Body"]) == (NUMBER, "12356", TEXT)


@pytest.mark.parametrize(
    ("phone", "mode", "detail"),
    [
        (Phone(400, 21211), "production", "carrier 400 21211"),
        (Phone(503), "production", "carrier 503"),
        (Phone(0), "production", "ConnectionError"),
        (Phone(), "test", "number not allowed in this mode"),
    ],
)
def test_a_refusal_tells_a_code_and_never_the_number(phone: Phone, mode: str, detail: str) -> None:
    sent, told = texts(phone, mode=mode).send_text(NUMBER, TEXT)
    assert (sent, told) == (False, detail)
    assert NUMBER not in told

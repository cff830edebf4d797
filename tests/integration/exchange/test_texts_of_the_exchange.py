"""The exchange takes texts as the carrier does, tells their way, and lets none out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from hotline.exchange.messages import Message
from hotline.telephony.outgoing import OutgoingGuard
from hotline.telephony.texts import CarrierTexts
from tests.integration.exchange.conftest import ACCOUNT, NUMBER, TOKEN, LocalHttpClient

PHONE, WORDS = "+8613800138000", "【心理援助热线】提示 〔2026〕1号（一级），请登录签收"


def eventually(look: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + 10
    while not (found := look()):
        assert time.monotonic() < end, what
        time.sleep(0.02)
    return found


def test_a_text_is_taken_told_and_kept_and_the_log_knows_its_sid_alone(
    application: Any, exchange: Any
) -> None:
    client = Client(ACCOUNT, TOKEN, http_client=LocalHttpClient(exchange.url))
    text = client.messages.create(
        to=PHONE, from_=NUMBER, body=WORDS, status_callback=application.url + "/text"
    )
    assert (text.status, text.num_segments) == ("queued", "1")

    def told() -> list[str]:
        return [a.fields["MessageStatus"] for a in application.asked if a.path == "/text"]

    eventually(lambda: len(told()) == 2, "both steps are told")
    assert told() == ["sent", "delivered"]
    assert all(
        a.signed and a.fields["MessageSid"] == text.sid for a in application.asked if a.path == "/text"
    )
    assert client.messages(text.sid).fetch().body == WORDS
    assert [m.sid for m in client.messages.list(to=PHONE)] == [text.sid]
    assert client.messages.list(to="+8613900000000") == []
    (file,) = exchange.data_dir.rglob("events.jsonl")
    log = file.read_text(encoding="utf-8")
    assert text.sid in log
    assert "13800138000" not in log
    assert "提示" not in log
    client.messages(text.sid).update(body="")
    assert client.messages(text.sid).fetch().body == ""
    client.messages(text.sid).delete()
    with pytest.raises(TwilioRestException) as gone:
        client.messages(text.sid).fetch()
    assert gone.value.status == 404


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "seat", "body": "x"}, 21211),
        ({"to": PHONE, "body": ""}, 21602),
        ({"to": PHONE, "body": "长" * 1601}, 21617),
        ({"to": PHONE, "body": "x", "from_": ""}, 21603),
    ],
)
def test_a_wrong_text_gets_the_carriers_error(exchange: Any, fields: dict[str, str], code: int) -> None:
    client = Client(ACCOUNT, TOKEN, http_client=LocalHttpClient(exchange.url))
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(**{"from_": NUMBER, **fields})
    assert refused.value.code == code


def test_the_products_own_texts_arrive_there(exchange: Any) -> None:
    guard = OutgoingGuard(carrier_is_embedded=True, mode="development", is_demonstration=lambda: True)
    texts = CarrierTexts(
        account_sid=ACCOUNT, auth_token=TOKEN, base_url=exchange.url, sender=NUMBER, guard=guard
    )
    assert texts.send_text(PHONE, WORDS) == (True, "carrier accepted")
    texts.close()


@pytest.mark.parametrize(
    ("body", "segments"), [("a" * 160, 1), ("a" * 161, 2), ("字" * 70, 1), ("字" * 71, 2), ("字" * 135, 3)]
)
def test_a_long_text_is_counted_in_parts(body: str, segments: int) -> None:
    assert Message(PHONE, NUMBER, body).segments == segments

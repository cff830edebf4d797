"""The carrier's signature, behind a proxy: over the configured public address, whatever the request says."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from flask import Flask, request

from hotline.telephony.addresses import RETRY, Addresses
from hotline.telephony.signature import CarrierSignature

TOKEN = "12345"
PUBLIC = "https://mycompany.com"
PATH = "/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}
OF_THE_MAKERS_OWN_TESTS = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
"""Signature of this very request in the tests of the maker's library."""


def signed(url: str, form: dict[str, str] | None = None, token: str = TOKEN) -> str:
    """The maker's rule, written out again: the address, then each field by name."""
    text = url + "".join(name + value for name, value in sorted((FORM if form is None else form).items()))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def is_taken(signature: str, *, base_url: str = PUBLIC, path: str = PATH, **headers: str) -> bool:
    checker = CarrierSignature(TOKEN, base_url)
    sent = {"X-Twilio-Signature": signature, **{name.replace("_", "-"): v for name, v in headers.items()}}
    with Flask("door").test_request_context(path, method="POST", data=FORM, headers=sent):
        return checker.is_valid(request)


def test_the_makers_own_vector_is_taken() -> None:
    assert signed(PUBLIC + PATH) == OF_THE_MAKERS_OWN_TESTS
    assert is_taken(OF_THE_MAKERS_OWN_TESTS)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "10.0.0.7:8001"},
        {"Host": "evil.test", "X_Forwarded_Host": "evil.test", "X_Forwarded_Proto": "http"},
        {"X_Forwarded_Port": "8443", "Forwarded": "host=evil.test;proto=http"},
    ],
)
def test_what_a_proxy_or_a_stranger_says_of_the_host_changes_nothing(headers: dict[str, str]) -> None:
    assert is_taken(signed(PUBLIC + PATH), **headers)
    assert not is_taken(signed("http://evil.test" + PATH), **headers)
    assert not is_taken(signed("http://10.0.0.7:8001" + PATH), **headers)


def test_a_proxy_that_takes_a_prefix_off_is_told_by_the_configured_address() -> None:
    assert is_taken(signed(PUBLIC + "/hotline" + PATH), base_url=PUBLIC + "/hotline/")


@pytest.mark.parametrize("port", ["", ":443"])
def test_the_standard_port_may_stand_in_the_signed_address_or_not(port: str) -> None:
    assert is_taken(signed(f"{PUBLIC}{port}{PATH}"))


def test_a_query_in_another_order_another_scheme_or_token_is_refused() -> None:
    assert not is_taken(signed(PUBLIC + "/myapp.php?bar=2&foo=1"))
    assert not is_taken(signed("http://mycompany.com" + PATH))
    assert not is_taken(signed(PUBLIC + PATH, token="another"))
    assert not is_taken("")


def test_overrides_stand_in_every_webhook_address_and_are_never_signed() -> None:
    to = Addresses(PUBLIC)
    documents = [to.voice, to.wait(1), to.wait(1, "breath=2"), to.call(1, "key", "where=wait")]
    facts = [to.status, to.recording, to.offer_status(1), to.conference(1), to.leg_status("call-1")]
    for address in documents + facts:
        asked, _, overrides = address.partition("#")
        assert "#" + overrides == RETRY
        assert is_taken(signed(asked), path=asked.removeprefix(PUBLIC))
        assert not is_taken(signed(address), path=asked.removeprefix(PUBLIC))

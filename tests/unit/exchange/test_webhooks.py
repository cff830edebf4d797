"""Signatures, connection overrides, tokens and session descriptions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from twilio.request_validator import RequestValidator

from hotline.exchange.access_token import TokenRefused, read_token
from hotline.exchange.configuration import Configuration
from hotline.exchange.overrides import Overrides, overrides_of
from hotline.exchange.sdp import prefer_pcmu
from hotline.exchange.signature import sign

SECRET = "a-secret-of-more-than-thirty-two-bytes"
CONFIGURATION = Configuration(
    "AC" + "1" * 32, "token", Path("unused"), api_key_sid="SK" + "2" * 32, api_key_secret=SECRET
)


@pytest.mark.parametrize("url", ["https://a.test/voice", "http://a.test:8001/v?x=1&y=2", "http://a.test/v"])
def test_the_carriers_own_validator_accepts_our_signature(url: str) -> None:
    fields = {"CallSid": "CA1", "From": "+1555", "Digits": "", "Name": "您好"}
    assert RequestValidator("secret").validate(url, fields, sign("secret", url, fields))
    assert not RequestValidator("secret").validate(url, {**fields, "From": "+2"}, sign("secret", url, fields))
    assert sign("secret", url + "#rc=3", fields) == sign("secret", url, fields)


def test_overrides_are_read_from_the_fragment() -> None:
    found = overrides_of("http://a.test/s#rc=3&rp=5xx,ct,rt&ct=2000&rt=99999")
    assert (found.retry_count, found.connect_seconds, found.read_seconds) == (3, 2.0, 15.0)
    assert found.retries("5xx")
    assert not found.retries("4xx")
    assert overrides_of("http://a.test/s") == Overrides()
    assert not Overrides().retries("5xx")
    assert overrides_of("http://a.test/s#rc=9").retry_count == 1


def made(secret: str = SECRET, account: str = CONFIGURATION.account_sid, ttl: int = 60) -> str:
    token = AccessToken(account, CONFIGURATION.api_key_sid, secret, identity="seat_7", ttl=ttl)
    token.add_grant(
        VoiceGrant(
            incoming_allow=True, outgoing_application_sid="AP1", outgoing_application_params={"a": "b"}
        )
    )
    return str(token.to_jwt())


def test_a_token_of_the_carriers_library_is_understood() -> None:
    grant = read_token(CONFIGURATION, made())
    assert (grant.identity, grant.may_receive, grant.application_sid) == ("seat_7", True, "AP1")
    assert grant.outgoing_parameters == {"a": "b"}
    assert 50 < grant.seconds_left <= 60


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: made(secret="another-secret-of-thirty-two-bytes-or-more"), 31204),
        (lambda: made(account="AC" + "9" * 32), 31204),
        (lambda: made(ttl=-1), 31205),
        (lambda: "nonsense", 31204),
        (str, 31204),
    ],
)
def test_any_other_token_is_refused(make: Callable[[], str], code: int) -> None:
    with pytest.raises(TokenRefused) as refused:
        read_token(CONFIGURATION, make())
    assert refused.value.code == code


OFFER = "\r\n".join(
    [
        "v=0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 110 126",
        "a=rtpmap:111 opus/48000/2",
        "a=rtcp-fb:111 transport-cc",
        "a=fmtp:111 minptime=10",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:126 telephone-event/8000",
        "",
    ]
)


def test_an_offer_keeps_pcmu_and_keys_alone() -> None:
    lines = prefer_pcmu(OFFER).split("\r\n")
    assert lines[1] == "m=audio 9 UDP/TLS/RTP/SAVPF 0 126"
    assert [line for line in lines if line.startswith("a=")] == [
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:126 telephone-event/8000",
    ]


def test_an_offer_without_pcmu_is_left_alone() -> None:
    offer = OFFER.replace(" 9 0 8 ", " 9 8 ")
    assert prefer_pcmu(offer) == offer

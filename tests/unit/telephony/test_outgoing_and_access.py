"""Which numbers may leave, and what a softphone's token allows."""

from __future__ import annotations

import jwt
import pytest

from hotline.telephony.access import SoftphoneTokens
from hotline.telephony.outgoing import NumberForbidden, OutgoingGuard


@pytest.mark.parametrize(
    ("embedded", "mode", "demonstration", "number", "allowed"),
    [
        (True, "demonstration", True, "13800138000", True),
        (True, "demonstration", True, "110", True),
        (False, "demonstration", True, "13800138000", False),
        (False, "production", True, "13800138000", False),
        (False, "test", False, "13800138000", False),
        (False, "test", False, "120", False),
        (False, "production", True, "110", False),
        (False, "production", False, "13800138000", True),
        (False, "production", False, "+86 110", True),
    ],
)
def test_nothing_leaves_the_exchange_outside_real_production(
    embedded: bool, mode: str, demonstration: bool, number: str, allowed: bool
) -> None:
    guard = OutgoingGuard(carrier_is_embedded=embedded, mode=mode, is_demonstration=lambda: demonstration)
    assert guard.allows(number) is allowed


@pytest.mark.parametrize("mode", ["demonstration", "test", "exercise"])
@pytest.mark.parametrize(
    "number",
    ["110", "120", "119", "122", "+86110", "0086 110", "0871-110", "１１０", "1-1-0", "110#", "tel:110"],
)
def test_no_spelling_of_an_emergency_number_leaves_outside_production(mode: str, number: str) -> None:
    guard = OutgoingGuard(carrier_is_embedded=False, mode=mode, is_demonstration=lambda: False)
    with pytest.raises(NumberForbidden) as told:
        guard.check(number)
    assert number not in str(told.value)


def test_what_holds_no_digit_is_no_number() -> None:
    guard = OutgoingGuard(carrier_is_embedded=True, mode="demonstration", is_demonstration=lambda: True)
    with pytest.raises(NumberForbidden):
        guard.check("client:seat_7")


@pytest.mark.parametrize(
    ("identity", "rings", "dials"),
    [("seat_7", True, False), ("person_3", True, False), ("caller_x", False, True)],
)
def test_a_token_is_short_lived_and_allows_one_direction(identity: str, rings: bool, dials: bool) -> None:
    secret = "a secret of thirty-two characters."
    tokens = SoftphoneTokens(
        account_sid="AC" + "0" * 32,
        api_key_sid="SK" + "0" * 32,
        api_key_secret=secret,
        twiml_app_sid="AP" + "0" * 32,
        signalling_url="ws://127.0.0.1:8002/signal",
    )
    claims = jwt.decode(tokens.token(identity), secret, algorithms=["HS256"])
    assert claims["exp"] - claims.get("nbf", claims.get("iat", claims["exp"] - 600)) <= 600
    voice = claims["grants"]["voice"]
    assert claims["grants"]["identity"] == identity
    assert bool(voice.get("incoming", {}).get("allow")) is rings
    assert ("outgoing" in voice) is dials

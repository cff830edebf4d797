"""What a carrier cannot do where the organisation is, and when it may serve real callers."""

from __future__ import annotations

from datetime import date

import pytest

from hotline.domain.carrier_reach import (
    EMBEDDED,
    LACKS,
    OTHER,
    TWILIO,
    Function,
    country_of,
    lacks,
    leaves_the_country,
    may_serve,
)

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("place_code", "country"),
    [("430000", "CN"), ("110000", "CN"), ("710000", "TW"), ("810000", "HK"), ("820000", "MO")],
)
def test_the_country_follows_from_the_place(place_code: str, country: str) -> None:
    assert country_of(place_code) == country


@pytest.mark.parametrize("carrier", [EMBEDDED, TWILIO])
def test_outgoing_calls_emergency_and_messages_are_named_for_the_mainland(carrier: str) -> None:
    found = lacks(carrier, "CN")
    assert found is not None
    assert {Function.OUTBOUND, Function.EMERGENCY, Function.SMS} <= {lack.function for lack in found}


def test_every_line_says_where_it_stands() -> None:
    for lines in LACKS.values():
        assert all(lack.source_zh and lack.source_en and lack.zh and lack.en for lack in lines)


def test_what_is_not_known_is_never_taken_for_complete() -> None:
    assert lacks(TWILIO, "HK") is None
    assert lacks(OTHER, "CN") is None


@pytest.mark.parametrize(
    ("carrier", "country", "until", "allowed"),
    [
        (EMBEDDED, "CN", None, True),
        (OTHER, "CN", None, True),
        (TWILIO, "HK", None, True),
        (TWILIO, "CN", None, False),
        (TWILIO, "CN", date(2026, 11, 21), False),
        (TWILIO, "CN", date(2026, 11, 22), True),
    ],
)
def test_a_carrier_abroad_serves_the_mainland_only_while_an_assessment_holds(
    carrier: str, country: str, until: date | None, allowed: bool
) -> None:
    assert may_serve(carrier=carrier, country=country, assessed_until=until, today=TODAY) is allowed
    assert leaves_the_country(carrier, country) is (carrier == TWILIO and country == "CN")

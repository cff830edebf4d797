"""What a number tells of a place: a landline its city, a mobile nothing."""

from __future__ import annotations

import pytest

from hotline.domain.area_codes import AREA_CODES
from hotline.routing.origin import place_of_number


@pytest.mark.parametrize(
    ("number", "place"),
    [
        ("02287654321", "120000"),
        ("+862287654321", "120000"),
        ("0571-87654321", "330100"),
        ("+86 571 8765 4321", "330100"),
        ("0691 2123456", "532800"),
        ("02487654321", "210000"),
        ("0999 8123456", "650000"),
        ("0317 2123456", None),
        ("13800138000", None),
        ("+8613800138000", None),
        ("01381234", None),
        ("12356", None),
        ("0999912", None),
        ("client:caller", None),
        ("anonymous", None),
        ("", None),
        ("+14155550100", None),
    ],
)
def test_a_landline_tells_its_city_and_a_mobile_nothing(number: str, place: str | None) -> None:
    assert place_of_number(number) == ((place, "landline") if place else (None, None))


def test_no_county_is_ever_told() -> None:
    assert all(code.endswith("00") and len(code) == 6 for code in AREA_CODES.values())

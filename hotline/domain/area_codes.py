"""Area code of a landline -> the city, or the province where several cities share the code. Pure.

Source: the geocoding data of libphonenumber (Google, Apache-2.0; release 9.0.43, Chinese names under 86),
with which each code below was compared one by one; places by GB/T 2260. A code that it gives to several
cities of a province (024, 028, 029, 0731, 0771, 0851, 0898) names the province; so do 0371, 0971, 0997,
0998 and 0999, which it gives to one place while neighbours may have come to share them. Codes that are not
here tell nothing. A county is never guessed, and a mobile number tells no place: people move.
"""

from __future__ import annotations

_CITIES = """
010 110000  021 310000  022 120000  023 500000  020 440100  024 210000  025 320100  027 420100
028 510000  029 610000  0311 130100 0312 130600 0315 130200 0351 140100 0352 140200 0411 210200
0431 220100 0432 220200 0433 222400 0451 230100 0452 230200 0471 150100 0472 150200 0477 150600
0479 152500 0510 320200 0512 320500 0513 320600 0516 320300 0519 320400 0531 370100 0532 370200
0535 370600 0536 370700 0551 340100 0571 330100 0573 330400 0574 330200 0575 330600 0577 330300
0579 330700 0591 350100 0592 350200 0595 350500 0596 350600 0631 371000 0691 532800 0692 533100
0731 430000 0755 440300 0756 440400 0757 440600 0769 441900 0771 450000 0772 450200 0773 450300
0791 360100 0834 513400 0851 520000 0871 530100 0872 532900 0873 532500 0891 540100 0898 460000
0931 620100 0951 640100 0971 630000 0991 650100 0997 650000 0998 650000 0999 650000 0371 410000
"""
AREA_CODES: dict[str, str] = dict(zip(_CITIES.split()[::2], _CITIES.split()[1::2], strict=True))
THREE_DIGITS = ("01", "02")
LANDLINE_DIGITS = (10, 12)
"""Area code and subscriber's number together, with the leading 0."""


def place_of_landline(digits: str) -> str | None:
    """Place of a domestic number as digits with its leading 0; None where it tells nothing."""
    if not (digits.startswith("0") and LANDLINE_DIGITS[0] <= len(digits) <= LANDLINE_DIGITS[1]):
        return None
    return AREA_CODES.get(digits[:3] if digits.startswith(THREE_DIGITS) else digits[:4])

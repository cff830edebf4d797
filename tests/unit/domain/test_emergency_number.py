"""Emergency numbers are known in every spelling, and no other number is taken for one."""

from __future__ import annotations

import pytest

from hotline.domain.emergency_number import is_emergency_number


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        *[(number, True) for number in ("110", "119", "120", "122", "1 1 0", "１１０", "110#")],
        *[(number, True) for number in ("+86110", "0086 120", "010-110", "0571-110", "+86 571 120")],
        *[(number, False) for number in ("12356", "12355", "12110", "13800138110", "057112355", "")],
        *[(number, False) for number in ("0571-8712 0120", "02166610120", "4001610120", "1101")],
    ],
)
def test_an_emergency_number_in_any_spelling(number: str, expected: bool) -> None:
    assert is_emergency_number(number) is expected

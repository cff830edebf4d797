"""Exits when nobody is on duty."""

from __future__ import annotations

import pytest

from hotline.domain.overflow import Cover, Exit, exits, is_uncovered


@pytest.mark.parametrize(
    ("cover", "ways"),
    [
        (Cover(1, 0, True), ()),
        (Cover(0, 2, True), (Exit.OTHER_CENTRE,)),
        (Cover(0, 0, True), (Exit.STANDBY_PHONE, Exit.MESSAGE, Exit.CALLBACK, Exit.EMERGENCY_WORDS)),
        (Cover(0, 0, False), (Exit.MESSAGE, Exit.CALLBACK, Exit.EMERGENCY_WORDS)),
        (Cover(0, 0, False, number_known=False), (Exit.MESSAGE, Exit.EMERGENCY_WORDS)),
    ],
)
def test_there_is_always_a_way_out(cover: Cover, ways: tuple[Exit, ...]) -> None:
    assert exits(cover) == ways
    assert is_uncovered(cover) == (Exit.EMERGENCY_WORDS in ways)

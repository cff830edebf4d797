"""Days and numbers that no calendar and no database holds: answered in words."""

from __future__ import annotations

import pytest

from tests.boards_kit import Night
from tests.console_kit import Console, csrf_of

Busy = tuple[Console, Night]
HUGE = "99999999999999999999"


@pytest.mark.parametrize(
    "address",
    [
        "/my-notes/?day=0001-01-01",
        f"/my-notes/?page={HUGE}",
        "/mine/?day=0001-01-01",
        "/mine/?day=9999-12-31",
        f"/desk/calls/{HUGE}/handled",
    ],
)
def test_an_operators_address_beyond_the_calendar_is_no_page(busy: Busy, address: str) -> None:
    console, night = busy
    answer = console.signed_in(night.people.operator).get(address)

    assert answer.status_code == 404
    assert "没有这一页" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        f"/calls/?page={HUGE}",
        f"/calls/{HUGE}",
        "/supervisor/seat-figures/?day=0001-01-01",
        "/supervisor/seat-figures/?day=9999-12-31",
        f"/issues/?back={HUGE}",
    ],
)
def test_a_supervisors_address_beyond_the_calendar_is_no_page(busy: Busy, address: str) -> None:
    console, night = busy

    assert console.signed_in(night.people.supervisor).get(address).status_code == 404


def test_a_number_beyond_the_database_is_refused_and_the_text_stays(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.administrator)
    form = {
        "csrf_token": csrf_of(client, "/administration/lines"),
        "line_id": HUGE,
        "number": "057185123456",
        "name_zh": "原市热线",
        "name_en": "Former city line",
        "language": "zh",
        "active": "yes",
    }

    answer = client.post("/administration/lines", data=form)

    assert answer.status_code == 422
    assert "有内容无法保存" in answer.text


def test_a_standing_signature_is_given_for_a_place_on_file_alone(busy: Busy) -> None:
    console, night = busy
    client = console.signed_in(night.people.supervisor)
    form = {"csrf_token": csrf_of(client, "/papers/"), "place": "nowhere", "days": "30", "reason": "试"}

    assert client.post("/papers/standing", data=form).status_code == 409

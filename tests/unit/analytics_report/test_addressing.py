"""Who is told, by place and level; pure."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from analytics.alerts.addressing import Body, above, address, allows_restricted
from analytics.report.delivery import phone_at, ways_to
from models.places import Mechanism
from models.vocabulary import PlaceLevel
from models.vocabulary_alerting import BodyKind
from models.vocabulary_surveillance import AlertLevel, DeliveryChannel, SignalKind

LINE = ("990101001", "990101", "990100", "990000")
TOWNSHIP, COUNTY, CITY, PROVINCE = (
    PlaceLevel.TOWNSHIP,
    PlaceLevel.COUNTY,
    PlaceLevel.CITY,
    PlaceLevel.PROVINCE,
)
BODIES = (
    Body(1, "990101001", TOWNSHIP, BodyKind.TOWNSHIP_WORKER),
    Body(2, "990101", COUNTY, BodyKind.COUNTY_OFFICER),
    Body(3, "990101", COUNTY, BodyKind.MECHANISM),
    Body(4, "990101", COUNTY, BodyKind.GOVERNMENT),
    Body(5, "990101", COUNTY, BodyKind.POLICE),
    Body(6, "990101", COUNTY, BodyKind.DEPARTMENT, "工会"),
    Body(7, "990100", CITY, BodyKind.CITY_TEAM),
    Body(8, "990000", PROVINCE, BodyKind.GOVERNMENT),
)


@pytest.mark.parametrize(
    ("start", "level", "main", "copies"),
    [
        (0, AlertLevel.BLUE, 1, ()),
        (1, AlertLevel.YELLOW, 2, ()),
        (1, AlertLevel.ORANGE, 3, ()),
        (1, AlertLevel.RED, 3, (4, 2)),
        (2, AlertLevel.ORANGE, 7, ()),
        (3, AlertLevel.BLUE, 8, ()),
    ],
)
def test_the_level_chooses_among_the_bodies_of_the_place(
    start: int, level: AlertLevel, main: int, copies: tuple[int, ...]
) -> None:
    found = address(LINE[start:], BODIES, level)
    assert found is not None
    assert found.main.mechanism_id == main
    assert tuple(body.mechanism_id for body in found.copies) == copies


@pytest.mark.parametrize("level", AlertLevel)
def test_police_and_departments_are_addressees_of_nothing(level: AlertLevel) -> None:
    found = address(LINE[1:], BODIES, level, {"工会"})
    assert found is not None
    assert not {found.main.mechanism_id, *(c.mechanism_id for c in found.copies)} & {5, 6}
    assert [body.mechanism_id for body in found.suggested] == [6]
    assert [body.mechanism_id for body in found.restricted] == [5]
    alone = [body for body in BODIES if body.mechanism_id in (5, 6)]
    assert address(LINE[1:], alone, level) is None


def test_silence_climbs_the_line_place_by_place() -> None:
    told = ["990101"]
    reached = []
    while (body := above(LINE[1:], BODIES, AlertLevel.ORANGE, told)) is not None:
        reached.append(body.mechanism_id)
        told.append(body.place_code)
    assert reached == [7, 8]


def test_restricted_bodies_need_a_stress_event_or_harm_to_others() -> None:
    assert not allows_restricted(SignalKind.PROMINENT_ISSUE, harm_to_others=False)
    assert allows_restricted(SignalKind.PROMINENT_ISSUE, harm_to_others=True)
    assert allows_restricted(SignalKind.STRESS_EVENT, harm_to_others=False)


def body(**fields: object) -> Mechanism:
    given = {"main_phone": "1", "duty_phone": "2", "duty_hours": "08:30-17:30", "file_drop": False} | fields
    return Mechanism(**given)


@pytest.mark.parametrize(
    ("hour_utc", "hours", "phone"),
    [(2, "08:30-17:30", "1"), (12, "08:30-17:30", "2"), (15, "20:00-08:00", "1"), (4, "20:00-08:00", "2")],
)
def test_the_duty_phone_is_texted_outside_the_main_persons_hours(
    hour_utc: int, hours: str, phone: str
) -> None:
    now = datetime(2026, 11, 20, hour_utc, 0, tzinfo=UTC)
    assert phone_at(body(duty_hours=hours), now) == phone
    assert phone_at(body(duty_hours=hours, duty_phone=None), now) == "1"


def test_texts_are_for_red_alerts_alone() -> None:
    assert DeliveryChannel.SMS in ways_to(body(), AlertLevel.RED)
    assert DeliveryChannel.SMS not in ways_to(body(), AlertLevel.ORANGE)
    assert DeliveryChannel.SMS not in ways_to(body(main_phone=None, duty_phone=None), AlertLevel.RED)

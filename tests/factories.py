"""Records named by situation, for any test that has a session. They are flushed, never committed here."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from hotline.domain.priority import CREDIT_SECONDS, Reason
from models.calls import Call
from models.crypto import NumberHasher
from models.people import Person
from models.places import Centre, Organisation, Place
from models.seats import Seat
from models.vocabulary import AgentStatus, CallOutcome, CallState, PlaceLevel, Role, SeatState
from models.vocabulary_record import Channel

NOW = datetime(2026, 11, 22, 15, 51, tzinfo=UTC)
"""23:51 in China, on a Sunday night."""

PASSWORD = "horse battery staple"
FAST_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD_HASH = FAST_HASHER.hash(PASSWORD)

number_hash = NumberHasher(b"a key for tests, 32 bytes long..")
_counter = itertools.count(1)


def a_province(session: Session) -> dict[str, Place]:
    """云川省 with two cities and a county in each; keys: province, city, county, other_city, other_county."""
    rows = {
        "province": ("990000", "云川省", "Yunchuan Province", PlaceLevel.PROVINCE, None),
        "city": ("990100", "云州市", "Yunzhou", PlaceLevel.CITY, "990000"),
        "county": ("990102", "临湖区", "Linhu District", PlaceLevel.COUNTY, "990100"),
        "county_2": ("990103", "河东区", "Hedong District", PlaceLevel.COUNTY, "990100"),
        "other_city": ("990200", "石门市", "Shimen", PlaceLevel.CITY, "990000"),
        "other_county": ("990202", "北岭县", "Beiling County", PlaceLevel.COUNTY, "990200"),
    }
    places = {}
    for name, (code, zh, en, level, parent) in rows.items():
        places[name] = Place(code=code, name_zh=zh, name_en=en, level=level, parent_code=parent)
        session.add(places[name])
        session.flush()
    return places


def an_organisation(session: Session, *, demonstration: bool = False) -> Organisation:
    organisation = Organisation(
        name_zh="云川省",
        name_en="Yunchuan Province",
        number="12356",
        place_code="990000",
        is_demonstration=demonstration,
        minimum_seats=2,
        created_at=NOW,
    )
    session.add(organisation)
    session.flush()
    return organisation


def a_centre(session: Session, place_code: str = "990100", name: str = "云州中心") -> Centre:
    centre = Centre(name_zh=name, name_en="Yunzhou Centre", place_code=place_code, minimum_seats=2)
    session.add(centre)
    session.flush()
    return centre


def a_person(
    session: Session,
    role: Role = Role.OPERATOR,
    *,
    login: str | None = None,
    name: str = "林晓",
    centre: Centre | None = None,
    place_code: str | None = None,
) -> Person:
    """Trained, sworn in, and able to sign in with `PASSWORD`."""
    person = Person(
        login=login or f"{role}{next(_counter)}",
        name=name,
        role=role,
        password_hash=PASSWORD_HASH,
        centre_id=centre.id if centre else None,
        place_code=place_code,
        confidentiality_signed_at=NOW - timedelta(days=90),
        trained_at=NOW - timedelta(days=80),
        created_at=NOW - timedelta(days=100),
    )
    session.add(person)
    session.flush()
    return person


def a_seat(
    session: Session,
    centre: Centre,
    person: Person | None = None,
    state: SeatState = SeatState.OFFLINE,
    *,
    label: str = "07",
) -> Seat:
    """Empty and offline, or with a person at it."""
    seat = Seat(
        label=label,
        centre_id=centre.id,
        person_id=person.id if person else None,
        state=state,
        state_since=NOW,
        status=AgentStatus.READY if person and state is not SeatState.PAUSED else AgentStatus.SIGNED_OUT,
        status_since=NOW,
        device_live=person is not None,
        seen_at=NOW,
        idle_since=NOW if state is SeatState.AVAILABLE else None,
    )
    session.add(seat)
    session.flush()
    return seat


def a_waiting_call(
    session: Session,
    *,
    number: str = "13800002716",
    waited_seconds: int = 84,
    danger: bool = False,
    place_code: str | None = "990102",
    centre: Centre | None = None,
    channel: Channel = Channel.PHONE,
) -> Call:
    arrived = NOW - timedelta(seconds=waited_seconds)
    call = Call(
        carrier_sid=f"CAfac{next(_counter):029x}",
        channel=channel,
        number_dialled="12356",
        caller_number=number,
        caller_hash=number_hash(number),
        place_code=place_code,
        place_source="mobile" if place_code else None,
        centre_id=centre.id if centre else None,
        state=CallState.QUEUED,
        state_since=arrived,
        danger=danger,
        arrived_at=arrived,
        queue_key=arrived.timestamp() - (CREDIT_SECONDS[Reason.DANGER] if danger else 0),
        queue_reasons=["danger"] if danger else [],
    )
    session.add(call)
    session.flush()
    return call


def a_talk(session: Session, seat: Seat, *, talked_seconds: int = 120, number: str = "13800002716") -> Call:
    """The call that this seat talks with now."""
    call = a_waiting_call(session, number=number, waited_seconds=talked_seconds + 84)
    call.state = CallState.TALKING
    call.state_since = call.answered_at = NOW - timedelta(seconds=talked_seconds)
    call.seat_id = seat.id
    call.person_id = seat.person_id
    call.operator_sid = f"CA{next(_counter):032x}"
    seat.state = SeatState.TALKING
    seat.call_id = call.id
    session.flush()
    return call


def an_ended_talk(session: Session, seat: Seat, *, number: str = "13800002716") -> Call:
    """The call whose wrap-up this seat does now."""
    call = a_talk(session, seat, number=number)
    call.state = CallState.ENDED
    call.ended_at = call.state_since = NOW
    call.outcome = CallOutcome.ANSWERED
    call.ended_by = "caller"
    seat.state = SeatState.WRAP_UP
    seat.wrap_up_until = NOW + timedelta(minutes=5)
    session.flush()
    return call

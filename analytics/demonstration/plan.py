"""Which contacts there were: a pure plan, the same whenever it is made for the same last moment."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from analytics.demonstration.geography import CITIES, COUNTIES, UNKNOWN, city_of
from analytics.demonstration.topics import TAP_WATER, TOPICS, UNPAID_WAGES, Topic
from models.vocabulary import RiskLevel
from models.vocabulary_record import CallType, Population

DAYS = 60
MEAN_A_DAY = 25
PERSONS = 1100
HOURS = (6, 4, 3, 2, 1, 2, 3, 6, 10, 14, 16, 14, 9, 11, 14, 15, 15, 16, 21, 26, 28, 24, 17, 10)
"""Weights of the hours: the peak is from 18 to 22."""
WEEKDAYS = (1.18, 1.06, 1.0, 1.0, 0.97, 0.88, 0.91)
INVALID = (CallType.SILENT, CallType.WRONG_NUMBER, CallType.NUISANCE, CallType.CUT_OFF)


@dataclass(frozen=True, slots=True)
class PlantedRise:
    """A subject that is new at one county: persons a day, counted in days before the last one."""

    topic: Topic
    county: str
    first_back: int
    last_back: int
    persons_a_day: float


OLD_RISE = PlantedRise(UNPAID_WAGES, "990121", 33, 24, 3.2)
OPEN_RISE = PlantedRise(TAP_WATER, "990221", 4, 0, 4.5)
RISES = (OLD_RISE, OPEN_RISE)


@dataclass(frozen=True, slots=True)
class PlannedContact:
    """One synthetic call. `place_code` None: not told. `topic` None: nobody to help, or nobody answered."""

    key: str
    arrived_at: datetime
    person: int
    place_code: str | None
    city: str
    call_type: CallType
    answered: bool
    topic: Topic | None
    population: Population
    risk: RiskLevel
    recorded: bool
    """False: pressed * and is not analysed either."""
    speaks: bool
    """With a synthetic transcript."""
    seed: int


def is_planted(topic: Topic) -> bool:
    return any(rise.topic is topic for rise in RISES)


def plan(last_moment: datetime, zone: tzinfo, days: int = DAYS) -> list[list[PlannedContact]]:
    """A list for each day, oldest first; nothing later than `last_moment`."""
    last_day = last_moment.astimezone(zone).date()
    return [
        [contact for contact in _day(last_day, back, zone) if contact.arrived_at <= last_moment]
        for back in range(days - 1, -1, -1)
    ]


def _day(last_day: date, back: int, zone: tzinfo) -> list[PlannedContact]:
    day = last_day - timedelta(days=back)
    chance = random.Random(f"{day.isoformat()}")
    found = []
    for _ in range(_poisson(chance, MEAN_A_DAY * WEEKDAYS[day.weekday()])):
        topic = chance.choices(TOPICS, [t.weight for t in TOPICS])[0]
        found.append(_contact(chance, day, zone, topic, _county(chance), chance.randrange(PERSONS)))
    for rise in RISES:
        if rise.last_back <= back <= rise.first_back:
            for _ in range(_poisson(chance, rise.persons_a_day)):
                person = PERSONS + chance.randrange(400)
                found.append(_contact(chance, day, zone, rise.topic, rise.county, person))
    found.sort(key=lambda contact: contact.arrived_at)
    return [_with_key(contact, f"DEMO{day:%Y%m%d}{n:03d}") for n, contact in enumerate(found)]


def _contact(
    chance: random.Random, day: date, zone: tzinfo, topic: Topic, county: str | None, person: int
) -> PlannedContact:
    at = datetime.combine(day, time(chance.choices(range(24), HOURS)[0]), tzinfo=zone)
    at += timedelta(seconds=chance.randrange(3600))
    planted = is_planted(topic)
    answered = planted or chance.random() < 0.92
    invalid = not planted and chance.random() < 0.05
    call_type = chance.choice(INVALID) if invalid else _call_type(chance, planted)
    risk = RiskLevel.R1 if planted else _risk(chance, call_type)
    if risk.is_high:
        call_type = CallType.CRISIS
    return PlannedContact(
        key="",
        arrived_at=at.astimezone(UTC),
        person=person,
        place_code=county,
        city=(city_of(county) if county else None) or chance.choice(CITIES),
        call_type=call_type,
        answered=answered,
        topic=None if invalid or not answered else topic,
        population=chance.choice(topic.populations),
        risk=risk,
        recorded=planted or chance.random() < 0.94,
        speaks=chance.random() < 0.14,
        seed=chance.randrange(2**31),
    )


def _with_key(contact: PlannedContact, key: str) -> PlannedContact:
    values = {name: getattr(contact, name) for name in PlannedContact.__slots__}
    return PlannedContact(**{**values, "key": key})


def _county(chance: random.Random) -> str | None:
    places = [*COUNTIES, UNKNOWN]
    code = chance.choices(places, [place.share for place in places])[0].code
    return None if code == UNKNOWN.code else code


def _call_type(chance: random.Random, planted: bool) -> CallType:
    if planted:
        return CallType.SUPPORT
    kinds = (
        (CallType.SUPPORT, 58),
        (CallType.ADVICE, 20),
        (CallType.FOR_ANOTHER, 10),
        (CallType.INFORMATION, 7),
        (CallType.FOLLOW_UP, 3),
        (CallType.COMPLAINT, 2),
    )
    return chance.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]


def _risk(chance: random.Random, call_type: CallType) -> RiskLevel:
    if call_type in (*INVALID, CallType.INFORMATION, CallType.COMPLAINT):
        return RiskLevel.R0
    return RiskLevel(chance.choices(range(5), (6, 77, 13, 3.4, 0.6))[0])


def _poisson(chance: random.Random, mean: float) -> int:
    """Knuth's product method; means here are small."""
    limit, product, count = 2.718281828459045**-mean, chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def total(days: Sequence[Sequence[PlannedContact]]) -> int:
    return sum(len(day) for day in days)

"""The demonstration's hotline: one number, two cities with a centre and five seats each, and people."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.days import HOTLINE_ZONE
from analytics.demonstration.geography import CENTRES, CITIES, PLACES, PROVINCE, UNKNOWN
from analytics.demonstration.network import write_network
from analytics.demonstration.readiness import served_days, write_readiness
from analytics.demonstration.roster import CentreStaff, write_rosters
from models.alerting import SigningDuty
from models.people import Person
from models.places import Centre, Mechanism, Organisation, Place
from models.seats import Seat
from models.unit_of_work import Work
from models.vocabulary import PlaceLevel, Role

NUMBER = "12356"
SEATS = 5
OPERATORS = 15
"""For each centre: three seats by night and four at busy hours, nobody above forty hours a week."""
DUTY_DAYS = 8
"""Who signs alerts: today and seven days more."""
PASSWORD_BYTES = 9

OPERATOR_NAMES = (
    "李敏", "陈静", "周洁", "赵磊", "孙悦", "马丽", "郭涛", "韩冰", "蒋蓉", "程远",
    "苏晴", "丁宁", "沈冬梅", "白露", "方舟",
    "王欣", "刘洋", "张岚", "黄蕾", "吴昊", "何雨", "林珊", "田野", "彭越", "秦朗",
    "余乐", "夏竹", "邓凯", "曹颖", "罗佳",
)  # fmt: skip
SUPERVISOR_NAMES = ("沈文", "许明")
OFFICIAL_NAMES = {PROVINCE: "省专班 郑宏", "990100": "澜州市专班 方颖", "990200": "岭川市专班 唐毅"}


class OrganisationExists(Exception):
    """There is a hotline that is no demonstration: none is written over it."""


@dataclass(frozen=True, slots=True)
class Account:
    role: Role
    login: str
    name: str
    password: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """Every demonstration account, with its password in the clear: to be shown once, never logged."""

    accounts: tuple[Account, ...]

    def by_role(self) -> dict[str, dict[str, str]]:
        """The first account of each role: {role: {"name": login, "password": ...}}, and `supervisor2`,
        since an alert needs a second signature."""
        chosen: dict[str, dict[str, str]] = {}
        for account in self.accounts:
            key = str(account.role)
            if key in chosen and account.role is Role.SUPERVISOR:
                key = "supervisor2"
            chosen.setdefault(key, {"name": account.login, "password": account.password})
        return chosen


def seed_organisation(
    work: Work,
    hash_password: Callable[[str], str],
    now: datetime,
    *,
    zone: tzinfo = HOTLINE_ZONE,
    number: str = NUMBER,
) -> Credentials:
    """Write the organisation in one transaction. Where it stands already, its accounts get new passwords,
    since nobody knows the old ones. Raises OrganisationExists for a hotline that is no demonstration."""
    with work() as unit:
        unit.only_read()
        known = unit.session.scalars(select(Person.login).where(Person.is_demonstration.is_(True))).all()
    made = {login: secrets.token_urlsafe(PASSWORD_BYTES) for login in known or _logins()}
    # Hashing takes a second or two: on all cores, before the transaction that keeps every writer waiting.
    with ThreadPoolExecutor() as pool:
        hashes = dict(zip(made, pool.map(hash_password, made.values()), strict=True))
    with work() as unit:
        organisation = unit.session.scalars(select(Organisation)).first()
        if organisation is not None and not organisation.is_demonstration:
            raise OrganisationExists
        if organisation is None:
            _write(unit.session, hashes, now, zone, number)
        else:
            for person in unit.session.scalars(select(Person).where(Person.is_demonstration.is_(True))):
                person.password_hash = hashes[person.login]
                person.session_epoch += 1
        people = unit.session.scalars(
            select(Person).where(Person.is_demonstration.is_(True)).order_by(Person.id)
        ).all()
        return Credentials(tuple(Account(p.role, p.login, p.name, made[p.login]) for p in people))


def _numbered(word: str, count: int) -> list[str]:
    """operator, operator2, operator3 ..."""
    return [word, *(f"{word}{n}" for n in range(2, count + 1))]


def _logins() -> list[str]:
    return [
        *_numbered("operator", len(OPERATOR_NAMES)),
        *_numbered("supervisor", len(SUPERVISOR_NAMES)),
        *_numbered("official", len(OFFICIAL_NAMES)),
        "administrator",
    ]


def _write(session: Session, hashes: Mapping[str, str], now: datetime, zone: tzinfo, number: str) -> None:
    _write_places(session)
    session.add(
        Organisation(
            name_zh="云江省心理援助热线（演示）",
            name_en="Yunjiang psychological-aid hotline (demonstration)",
            number=number,
            place_code=PROVINCE,
            is_demonstration=True,
            created_at=now,
        )
    )
    centres = {}
    for city in CITIES:
        zh, en = CENTRES[city]
        centres[city] = Centre(name_zh=zh, name_en=en, place_code=city, is_demonstration=True)
    session.add_all(centres.values())
    session.flush()

    everybody: list[Person] = []

    def person(
        role: Role, login: str, name: str, *, city: str | None = None, place: str | None = None
    ) -> Person:
        served = timedelta(days=served_days(len(everybody)))
        found = Person(
            login=login,
            name=name,
            role=role,
            password_hash=hashes[login],
            centre_id=centres[city].id if city else None,
            place_code=place,
            confidentiality_signed_at=now - served - timedelta(days=15),
            trained_at=now - served,
            created_at=now,
            is_demonstration=True,
        )
        session.add(found)
        session.flush()
        everybody.append(found)
        return found

    operators: dict[str, list[Person]] = {city: [] for city in CITIES}
    logins = _numbered("operator", len(OPERATOR_NAMES))
    for index, (login, name) in enumerate(zip(logins, OPERATOR_NAMES, strict=True)):
        city = CITIES[index // OPERATORS]
        operators[city].append(person(Role.OPERATOR, login, name, city=city))
    logins = _numbered("supervisor", len(SUPERVISOR_NAMES))
    signers = [
        person(Role.SUPERVISOR, login, name, city=city)
        for login, name, city in zip(logins, SUPERVISOR_NAMES, CITIES, strict=True)
    ]
    # Without an address: the console alone tells them.
    session.add(
        SigningDuty(
            person_id=signers[0].id,
            deputy_id=signers[1].id,
            starts_at=now,
            ends_at=now + timedelta(days=DUTY_DAYS),
            is_demonstration=True,
        )
    )
    logins = _numbered("official", len(OFFICIAL_NAMES))
    for login, (place, name) in zip(logins, OFFICIAL_NAMES.items(), strict=True):
        person(Role.OFFICIAL, login, name, place=place)
    person(Role.ADMINISTRATOR, "administrator", "系统管理员")
    write_readiness(session, [one for many in operators.values() for one in many], signers, now)
    write_network(session, number, [centres[city] for city in CITIES], operators)
    staff = [
        CentreStaff(centres[city], operators[city], _write_seats(session, centres[city], now), supervisor)
        for city, supervisor in zip(CITIES, signers, strict=True)
    ]
    write_rosters(session, staff, now, zone)


def _write_places(session: Session) -> None:
    known = set(session.scalars(select(Place.code)))
    for place in (UNKNOWN, *PLACES):
        if place.code not in known:
            session.add(
                Place(
                    code=place.code,
                    name_zh=place.zh,
                    name_en=place.en,
                    level=place.level,
                    parent_code=place.parent,
                )
            )
            session.flush()
    for place in PLACES:
        session.add(
            Mechanism(
                place_code=place.code,
                name_zh=f"{place.zh}联防联控机制（社会心理服务专班）",
                name_en=f"Joint prevention mechanism of {place.en}",
                email=f"duty-{place.code}@mechanism.example",
                webhook_url=f"https://exchange.example/{place.code}/alerts"
                if place.level is PlaceLevel.CITY
                else None,
                webhook_secret=secrets.token_hex(16) if place.level is PlaceLevel.CITY else None,
                is_demonstration=True,
            )
        )


def _write_seats(session: Session, centre: Centre, now: datetime) -> list[Seat]:
    first = 1 + SEATS * CITIES.index(centre.place_code)
    seats = [
        Seat(
            label=f"{first + n:02d}",
            centre_id=centre.id,
            state_since=now,
            status_since=now,
            is_demonstration=True,
        )
        for n in range(SEATS)
    ]
    session.add_all(seats)
    session.flush()
    return seats

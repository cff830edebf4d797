"""The demonstration's network: an old and a new number, mutual help, partner lines, and who speaks what.

Numbers of partners are made up, but for the public short ones, and nothing leaves a demonstration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from models.calls import Call
from models.network import OverflowAgreement, PartnerLine, PhoneLine
from models.people import Person
from models.places import Centre
from models.skills import PersonSkill
from models.vocabulary_network import Group, PartnerKind
from models.watch import Alarm, Threshold

OLD_NUMBER = "057112320"
PARTNERS: tuple[tuple[str, str, PartnerKind, str, list[str], list[str], bool], ...] = (
    ("公安报警", "Police", PartnerKind.POLICE, "110", [], [], False),
    ("消防救援", "Fire and rescue", PartnerKind.FIRE, "119", [], [], False),
    ("医疗急救", "Ambulance", PartnerKind.AMBULANCE, "120", [], [], False),
    (
        "青少年服务台 12355",
        "Youth line 12355",
        PartnerKind.YOUTH_LINE,
        "12355",
        ["1-5 09:00-21:00"],
        [str(Group.YOUTH)],
        True,
    ),
    (
        "省精神卫生中心",
        "Provincial mental health centre",
        PartnerKind.HOSPITAL,
        "057100000001",
        ["08:00-17:30"],
        [],
        False,
    ),
)
SKILLS: tuple[tuple[tuple[str, int, str], ...], ...] = (
    (("en", 3, ""), ("youth", 4, "")),
    (("mn", 4, ""), ("frontline", 3, "")),
    (("study", 5, "2"), ("youth", 3, "")),
    (("bereaved", 4, ""), ("trauma", 3, "")),
    (("dai", 4, ""), ("family", 4, "")),
    (("hani", 3, ""), ("crisis", 5, "")),
    (("elderly", 4, ""), ("sleep", 3, "")),
)
"""For the operators of a centre in turn: code, level, days (周二学业 is `study` on `2`)."""


def write_network(
    session: Session, number: str, centres: Sequence[Centre], operators: Mapping[str, Sequence[Person]]
) -> None:
    first, second = centres[0], centres[1]
    for dialled, zh, en, centre in (
        (number, "统一号码", "Unified number", None),
        (OLD_NUMBER, "原市级热线", "Former city line", first),
    ):
        session.add(
            PhoneLine(
                number=dialled,
                name_zh=zh,
                name_en=en,
                centre_id=centre.id if centre else None,
                is_demonstration=True,
            )
        )
    for one, other in ((first, second), (second, first)):
        session.add(
            OverflowAgreement(
                from_centre_id=one.id, to_centre_id=other.id, after_seconds=20, is_demonstration=True
            )
        )
    for zh, en, kind, partner, hours, groups, overflow in PARTNERS:
        session.add(
            PartnerLine(
                name_zh=zh,
                name_en=en,
                kind=kind,
                number=partner,
                hours=hours,
                groups=groups,
                takes_overflow=overflow,
                is_demonstration=True,
            )
        )
    for people in operators.values():
        for person, skills in zip(people, SKILLS, strict=False):
            session.add_all(
                PersonSkill(person_id=person.id, skill=code, level=level, weekdays=days)
                for code, level, days in skills
            )
    session.flush()


def clear_network(session: Session) -> None:
    """Before people and centres go; a real call keeps its number and loses only the made-up line."""
    lines = select(PhoneLine.id).where(PhoneLine.is_demonstration.is_(True))
    centres = select(Centre.id).where(Centre.is_demonstration.is_(True))
    people = select(Person.id).where(Person.is_demonstration.is_(True))
    # Alarms of that time were about made-up figures; limits of what stays, stay.
    session.execute(delete(Alarm))
    session.execute(
        delete(Threshold).where(or_(Threshold.centre_id.in_(centres), Threshold.line_id.in_(lines)))
    )
    session.execute(update(Call).where(Call.line_id.in_(lines)).values(line_id=None))
    session.execute(update(Call).where(Call.known_person_id.in_(people)).values(known_person_id=None))
    session.execute(delete(PhoneLine).where(PhoneLine.is_demonstration.is_(True)))
    session.execute(update(PhoneLine).where(PhoneLine.centre_id.in_(centres)).values(centre_id=None))
    session.execute(
        delete(OverflowAgreement).where(
            or_(
                OverflowAgreement.is_demonstration.is_(True),
                OverflowAgreement.from_centre_id.in_(centres),
                OverflowAgreement.to_centre_id.in_(centres),
            )
        )
    )
    session.execute(delete(PartnerLine).where(PartnerLine.is_demonstration.is_(True)))
    session.execute(delete(PersonSkill).where(PersonSkill.person_id.in_(people)))

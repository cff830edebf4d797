"""Lines, agreements, partner lines and skills, as frozen rows for the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.network import OverflowAgreement, PartnerLine, PhoneLine
from models.skills import PersonSkill
from models.vocabulary import Code
from models.vocabulary_network import DEFAULT_LANGUAGE, SKILLS, Group, Language, PartnerKind, Topic

SKILL_LISTS: tuple[tuple[str, tuple[Code, ...]], ...] = (
    ("language", tuple(code for code in Language if str(code) != DEFAULT_LANGUAGE)),
    ("group", tuple(Group)),
    ("topic", tuple(Topic)),
)


@dataclass(frozen=True)
class LineRow:
    line_id: int
    number: str
    name_zh: str
    name_en: str
    centre_id: int | None
    centre_zh: str | None
    centre_en: str | None
    language: str
    active: bool

    @property
    def spoken(self) -> Code | None:
        return SKILLS.get(self.language)


@dataclass(frozen=True)
class AgreementRow:
    agreement_id: int
    from_centre_id: int
    from_zh: str
    from_en: str
    to_centre_id: int
    to_zh: str
    to_en: str
    after_seconds: int
    hours: tuple[str, ...]
    active: bool


@dataclass(frozen=True)
class PartnerRow:
    """The number is read only where it is dialled or was typed: here stands that there is one."""

    partner_id: int
    name_zh: str
    name_en: str
    kind: PartnerKind
    place_code: str | None
    place_zh: str | None
    place_en: str | None
    hours: tuple[str, ...]
    groups: tuple[Code, ...]
    takes_overflow: bool
    active: bool


@dataclass(frozen=True)
class SkillRow:
    level: int
    weekdays: str


def lines(session: Session) -> tuple[LineRow, ...]:
    rows = session.scalars(
        select(PhoneLine)
        .options(joinedload(PhoneLine.centre))
        .order_by(PhoneLine.active.desc(), PhoneLine.number)
    )
    return tuple(
        LineRow(
            row.id,
            row.number,
            row.name_zh,
            row.name_en,
            row.centre_id,
            row.centre.name_zh if row.centre else None,
            row.centre.name_en if row.centre else None,
            row.language,
            row.active,
        )
        for row in rows
    )


def agreements(session: Session) -> tuple[AgreementRow, ...]:
    rows = session.scalars(
        select(OverflowAgreement)
        .options(joinedload(OverflowAgreement.from_centre), joinedload(OverflowAgreement.to_centre))
        .order_by(OverflowAgreement.from_centre_id, OverflowAgreement.after_seconds)
    )
    return tuple(
        AgreementRow(
            row.id,
            row.from_centre_id,
            row.from_centre.name_zh,
            row.from_centre.name_en,
            row.to_centre_id,
            row.to_centre.name_zh,
            row.to_centre.name_en,
            row.after_seconds,
            tuple(row.hours),
            row.active,
        )
        for row in rows
    )


def partners(session: Session) -> tuple[PartnerRow, ...]:
    rows = session.scalars(
        select(PartnerLine)
        .options(joinedload(PartnerLine.place))
        .order_by(PartnerLine.active.desc(), PartnerLine.kind, PartnerLine.id)
    )
    return tuple(
        PartnerRow(
            row.id,
            row.name_zh,
            row.name_en,
            row.kind,
            row.place_code,
            row.place.name_zh if row.place else None,
            row.place.name_en if row.place else None,
            tuple(row.hours),
            _codes(row.groups),
            row.takes_overflow,
            row.active,
        )
        for row in rows
    )


def skills_of(session: Session, person_id: int) -> Mapping[str, SkillRow]:
    rows = session.scalars(select(PersonSkill).where(PersonSkill.person_id == person_id))
    return {row.skill: SkillRow(row.level, row.weekdays) for row in rows}


def _codes(codes: Sequence[str]) -> tuple[Code, ...]:
    return tuple(SKILLS[code] for code in codes if code in SKILLS)

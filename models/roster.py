"""What the roster is made from: patterns, drafts, versions, exits of empty hours, wanted skills, holidays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.network import PartnerLine
from models.people import Person
from models.places import Centre
from models.vocabulary import ShiftKind
from models.vocabulary_roster import ExitKind, HolidayUse, OpenReason, OpenState


class ShiftPattern(Base):
    """A shift that repeats. Hours are of the centre's wall clock: summer time moves them along."""

    __tablename__ = "shift_pattern"

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: laid out as an open shift, to be signed up for."""
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    kind: Mapped[ShiftKind] = mapped_column(default=ShiftKind.SEAT)
    standby_order: Mapped[int] = mapped_column(default=1)
    line_id: Mapped[int | None] = mapped_column(ForeignKey("phone_line.id"))
    skill: Mapped[str | None] = mapped_column(String(12))
    rule: Mapped[str] = mapped_column(String(200))
    """RFC 5545 RRULE in whole days: FREQ=WEEKLY;BYDAY=MO,WE."""
    starts: Mapped[str] = mapped_column(String(5))
    """HH:MM."""
    minutes: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    holidays: Mapped[HolidayUse] = mapped_column(default=HolidayUse.AS_USUAL)
    active: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    exceptions: Mapped[list[PatternException]] = relationship(
        back_populates="pattern", order_by="PatternException.day", cascade="all, delete-orphan"
    )
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])


class PatternException(Base):
    """One date of a pattern that differs: cancelled, or another person, start or length."""

    __tablename__ = "pattern_exception"
    __table_args__ = (UniqueConstraint("pattern_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pattern_id: Mapped[int] = mapped_column(ForeignKey("shift_pattern.id"))
    day: Mapped[date]
    cancelled: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    starts: Mapped[str | None] = mapped_column(String(5))
    minutes: Mapped[int | None]

    pattern: Mapped[ShiftPattern] = relationship(back_populates="exceptions")


class RosterVersion(Base):
    """A publication of one centre's roster: for which time, by whom, and what was known to be broken."""

    __tablename__ = "roster_version"
    __table_args__ = (UniqueConstraint("centre_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    number: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    published_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: the shifts that stood when versions came."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why rest or hours were broken, when they were."""
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Counts: added, removed, kept, breaches, skill_holes, exit_minutes."""

    published_by: Mapped[Person | None] = relationship()


class RosterDraft(Base):
    """What one centre wants for some days, before it is published. One at a time for each centre."""

    __tablename__ = "roster_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), unique=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revision: Mapped[int] = mapped_column(default=0)
    """Raised with each change: what was previewed is what is published."""


class DraftShift(Base):
    __tablename__ = "draft_shift"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("roster_draft.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: published as an open shift."""
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    kind: Mapped[ShiftKind]
    standby_order: Mapped[int] = mapped_column(default=1)
    line_id: Mapped[int | None] = mapped_column(ForeignKey("phone_line.id"))
    skill: Mapped[str | None] = mapped_column(String(12))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    pattern_id: Mapped[int | None] = mapped_column(ForeignKey("shift_pattern.id"))

    person: Mapped[Person | None] = relationship()


class OpenShift(Base):
    """A shift in search of a person: planned so, freed by leave, or to fill a gap."""

    __tablename__ = "open_shift"

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    kind: Mapped[ShiftKind] = mapped_column(default=ShiftKind.SEAT)
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("phone_line.id"))
    skill: Mapped[str | None] = mapped_column(String(12))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    reason: Mapped[OpenReason]
    state: Mapped[OpenState] = mapped_column(default=OpenState.OPEN, index=True)
    pattern_id: Mapped[int | None] = mapped_column(ForeignKey("shift_pattern.id"))
    made_at: Mapped[datetime]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    centre: Mapped[Centre] = relationship()


class NamedExit(Base):
    """Who answers a centre's callers while it has no seat; the router goes by it at that hour."""

    __tablename__ = "named_exit"

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    kind: Mapped[ExitKind]
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner_line.id"))
    to_centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    named_at: Mapped[datetime]
    named_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    centre: Mapped[Centre] = relationship(foreign_keys=[centre_id])
    partner: Mapped[PartnerLine | None] = relationship()
    to_centre: Mapped[Centre | None] = relationship(foreign_keys=[to_centre_id])


class SkillNeed(Base):
    """A topic, group or language that somebody rostered must have in these hours (周二学业)."""

    __tablename__ = "skill_need"

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    line_id: Mapped[int | None] = mapped_column(ForeignKey("phone_line.id"))
    skill: Mapped[str] = mapped_column(String(12))
    hours: Mapped[list[str]] = mapped_column(default=list)
    """Windows as `hotline/domain/opening_hours.py` reads them; none: always."""
    is_demonstration: Mapped[bool] = mapped_column(default=False)


class Holiday(Base):
    """What an administrator wrote over the library's calendar: a day off, or a day of work."""

    __tablename__ = "holiday"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_off: Mapped[bool]
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    set_at: Mapped[datetime]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class RosterPolicy(Base):
    """A row for each decision; the newest of a centre stands before the newest of all."""

    __tablename__ = "roster_policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    time_zone: Mapped[str | None] = mapped_column(String(40))
    """IANA name of the clock on the centre's wall; None: the organisation's."""
    rest_hours: Mapped[int]
    shift_hours: Mapped[int]
    week_hours: Mapped[int]
    nights_in_row: Mapped[int]
    remind_hours: Mapped[int]
    """0: no reminder."""
    late_minutes: Mapped[int]
    standby_minutes: Mapped[int]
    """So long a stand-by has to answer before the next is called."""
    warn_days: Mapped[int]
    warn_hours: Mapped[int]
    swaps_by_rule: Mapped[bool]
    sign_up: Mapped[bool]
    by_mail: Mapped[bool]
    by_text: Mapped[bool]
    set_at: Mapped[datetime]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

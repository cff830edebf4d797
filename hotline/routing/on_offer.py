"""What the people on duty can give beyond plain Mandarin: told to callers who wait."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.domain.seat_state import ON_DUTY
from hotline.routing.scene import local_time
from models.needs import Profile
from models.seats import Seat
from models.vocabulary_network import Language, Topic

NOT_SPOKEN = frozenset({Language.CHINESE, Language.SIGN})
"""The language of everybody, and the one that a telephone can't carry."""


@dataclass(frozen=True)
class OnOffer:
    languages: tuple[Language, ...]
    """Beyond Mandarin; what most people on duty speak comes first."""
    topics: tuple[Topic, ...]
    """Subjects whose specialists are on duty because it is their day (周二学业)."""


def on_offer(session: Session, now: datetime) -> OnOffer:
    weekday = local_time(session, now).isoweekday()
    rows = session.execute(
        select(Seat.profile, func.count()).where(Seat.state.in_(ON_DUTY)).group_by(Seat.profile)
    )
    people: Counter[str] = Counter()
    of_today: set[str] = set()
    for code, count in rows:
        for skill in Profile.read(code).skills:
            if skill.counts_on(weekday):
                people[skill.code] += count
                if skill.weekdays:
                    of_today.add(skill.code)
    spoken = [language for language in Language if language not in NOT_SPOKEN and people[str(language)]]
    return OnOffer(
        languages=tuple(sorted(spoken, key=lambda language: -people[str(language)])),
        topics=tuple(topic for topic in Topic if str(topic) in of_today),
    )


def speaks(profile: str, language: str, weekday: int) -> bool:
    """Whether who sits there, by the seat's profile, serves in this language on this day."""
    return Profile.read(profile).level(language, weekday) > 0

"""Languages and skills of a person, changed with audit; a seat where they sit gives the new ones at once."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import select

from hotline.routing.profiles import refresh_profile
from hotline.workforce.changes import audit
from hotline.workforce.errors import FieldWrong, NotFound
from models.people import Person
from models.skills import HIGHEST_LEVEL, LOWEST_LEVEL, PersonSkill
from models.unit_of_work import Work
from models.vocabulary_network import SKILLS

WEEKDAYS = re.compile(r"[1-7]{0,7}")

SkillFile = Mapping[str, tuple[int, str]]
"""By code of the skill: level 1–5 and the digits of its weekdays (empty: every day)."""


class Skills:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def save(self, person_id: int, wanted: SkillFile, *, by_id: int) -> None:
        """What is not named is taken away. Raises NotFound, FieldWrong."""
        for code, (level, weekdays) in wanted.items():
            if code not in SKILLS:
                raise FieldWrong("skill", "unknown")
            if not LOWEST_LEVEL <= level <= HIGHEST_LEVEL:
                raise FieldWrong("level", "out_of_range")
            if not WEEKDAYS.fullmatch(weekdays):
                raise FieldWrong("weekdays", "weekdays_form")
        with self._work() as unit:
            person = unit.session.get(Person, person_id, with_for_update=True)
            if person is None:
                raise NotFound(person_id=person_id)
            rows = unit.session.scalars(select(PersonSkill).where(PersonSkill.person_id == person_id))
            known = {row.skill: row for row in rows}
            before = {code: [row.level, row.weekdays] for code, row in sorted(known.items())}
            for code, row in known.items():
                if code not in wanted:
                    unit.session.delete(row)
            for code, (level, weekdays) in wanted.items():
                days = "".join(sorted(set(weekdays)))
                row = known.get(code) or PersonSkill(person_id=person_id, skill=code)
                row.level, row.weekdays = level, days
                unit.session.add(row)
            refresh_profile(unit.session, person)
            after = {
                code: [level, "".join(sorted(set(days)))] for code, (level, days) in sorted(wanted.items())
            }
            if before != after:
                changes = {"skills": [before, after]}
                subject = f"person:{person_id}"
                audit(
                    unit, self._audit_key, by_id=by_id, action="skills.save", subject=subject, changes=changes
                )

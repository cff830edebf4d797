"""Which topic, group or language must be rostered when (周二学业): looked at in the preview of a draft."""

from __future__ import annotations

from collections.abc import Sequence

from hotline.domain.opening_hours import HoursUnreadable, read_window
from hotline.workforce.changes import audit
from hotline.workforce.errors import FieldWrong, NotFound
from models.network import PhoneLine
from models.places import Centre
from models.roster import SkillNeed
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_network import SKILLS


class SkillNeeds:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def add(
        self, centre_id: int, skill: str, hours: Sequence[str], *, by_id: int, line_id: int | None = None
    ) -> int:
        """`hours`: windows as `opening_hours` reads them; none: always. Raises FieldWrong."""
        if skill not in SKILLS:
            raise FieldWrong("skill", "unknown")
        for text in hours:
            try:
                read_window(text)
            except HoursUnreadable:
                raise FieldWrong("hours", "hours_form") from None
        with self._work() as unit:
            if unit.session.get(Centre, centre_id) is None:
                raise FieldWrong("centre_id", "unknown")
            if line_id is not None and unit.session.get(PhoneLine, line_id) is None:
                raise FieldWrong("line_id", "unknown")
            need = SkillNeed(centre_id=centre_id, skill=skill, hours=list(hours), line_id=line_id)
            unit.session.add(need)
            unit.session.flush()
            self._told(unit, by_id, "skill_need.add", need, [None, list(hours)])
            return need.id

    def remove(self, need_id: int, *, by_id: int) -> None:
        """Raises NotFound."""
        with self._work() as unit:
            need = unit.session.get(SkillNeed, need_id)
            if need is None:
                raise NotFound(need_id=need_id)
            self._told(unit, by_id, "skill_need.remove", need, [list(need.hours), None])
            unit.session.delete(need)

    def _told(
        self, unit: UnitOfWork, by_id: int, action: str, need: SkillNeed, hours: Sequence[object]
    ) -> None:
        audit(
            unit,
            self._audit_key,
            by_id=by_id,
            action=action,
            subject=f"skill_need:{need.id}",
            changes={"skill": [None, need.skill], "centre": [None, need.centre_id], "hours": hours},
        )

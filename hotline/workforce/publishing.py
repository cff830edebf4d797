"""A draft becomes the roster in force: as previewed, as a version, and never with an empty minute."""

from __future__ import annotations

from sqlalchemy import func, insert, select

from hotline.domain.roster_cover import Span
from hotline.workforce.changes import audit
from hotline.workforce.drafts import drop, window_of
from hotline.workforce.errors import DraftChanged, HoursUncovered, NotFound, RulesBroken, ShiftRefused
from hotline.workforce.preview import Preview, key_of, preview_of, replaced_by
from hotline.workforce.roster_facts import cover_kept
from hotline.workforce.staff_notices import tell
from models.events import ShiftChanged
from models.places import Centre
from models.roster import DraftShift, OpenShift, RosterDraft, RosterVersion
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_roster import NoticeKind, OpenReason, OpenState
from models.workforce import Shift

REASON_LEAST = 4


class Publishing:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def preview(self, draft_id: int) -> tuple[int, Preview]:
        """(revision, what it breaks). Raises NotFound."""
        with self._work() as unit:
            unit.only_read()
            draft = unit.session.get(RosterDraft, draft_id)
            if draft is None:
                raise NotFound(draft_id=draft_id)
            window = window_of(unit, draft)
            return draft.revision, preview_of(
                unit.session, draft.centre_id, window, _wanted(unit, draft), unit.now
            )

    def publish(self, draft_id: int, revision: int, *, by_id: int, reason: str = "") -> int:
        """The version's id. `revision`: of the preview that was seen; `reason`: why rest or hours are broken.

        Raises NotFound, DraftChanged, HoursUncovered, ShiftRefused, RulesBroken.
        """
        with self._work() as unit:
            draft = unit.session.get(RosterDraft, draft_id, with_for_update=True)
            if draft is None:
                raise NotFound(draft_id=draft_id)
            if draft.revision != revision:
                raise DraftChanged(draft_id=draft_id)
            unit.session.get(Centre, draft.centre_id, with_for_update=True)
            window, wanted = window_of(unit, draft), _wanted(unit, draft)
            found = preview_of(unit.session, draft.centre_id, window, wanted, unit.now)
            if found.gaps:
                raise HoursUncovered(draft.centre_id, found.gaps)
            if found.faults:
                raise ShiftRefused(sorted({code for fault in found.faults for code in fault.codes}))
            if found.broken and len(reason.strip()) < REASON_LEAST:
                raise RulesBroken(found.broken)
            version = _version(unit, draft.centre_id, found, by_id, reason.strip())
            reach = max([window.ends_at, *(row.ends_at for row in wanted)])
            # Others may have named this centre as their exit: their minutes are kept as well.
            with cover_kept(unit, draft.centre_id, window.starts_at, reach):
                people = _replace(unit, draft.centre_id, window, wanted, version.id)
            for person_id in people:
                key = f"roster:{version.id}:{person_id}"
                tell(unit, person_id, NoticeKind.ROSTER, key, centre_id=draft.centre_id)
            changes = {"version": [version.number - 1, version.number], **_told(found)}
            audit(
                unit,
                self._audit_key,
                by_id=by_id,
                action="roster.publish",
                subject=f"centre:{draft.centre_id}",
                changes={**changes, "reason": [None, reason.strip() or None]},
            )
            unit.tell(ShiftChanged(draft.centre_id))
            drop(unit, draft)
            return version.id


def _wanted(unit: UnitOfWork, draft: RosterDraft) -> list[DraftShift]:
    """Of the draft, what has not begun meanwhile."""
    return list(
        unit.session.scalars(
            select(DraftShift)
            .where(DraftShift.draft_id == draft.id, DraftShift.starts_at > unit.now)
            .order_by(DraftShift.starts_at, DraftShift.id)
        )
    )


def _version(unit: UnitOfWork, centre_id: int, found: Preview, by_id: int, reason: str) -> RosterVersion:
    last = unit.session.scalar(
        select(func.max(RosterVersion.number)).where(RosterVersion.centre_id == centre_id)
    )
    version = RosterVersion(
        centre_id=centre_id,
        number=(last or 0) + 1,
        starts_at=found.window.starts_at,
        ends_at=found.window.ends_at,
        published_at=unit.now,
        published_by_id=by_id,
        reason=reason or None,
        summary={name: after for name, (_before, after) in _told(found).items()},
    )
    unit.session.add(version)
    unit.session.flush()
    return version


def _told(found: Preview) -> dict[str, list[int | None]]:
    counts = {
        "added": found.added,
        "removed": found.removed,
        "kept": found.kept,
        "breaches": len(found.broken),
        "skill_holes": len(found.holes),
        "exit_minutes": sum(span.minutes for span in found.by_exit),
    }
    return {name: [None, count] for name, count in counts.items()}


def _replace(
    unit: UnitOfWork, centre_id: int, window: Span, wanted: list[DraftShift], version_id: int
) -> set[int]:
    """What stayed the same keeps its row, and with it reminders and swaps. Gives the people concerned."""
    stands: dict[tuple[object, ...], list[Shift]] = {}
    for shift in replaced_by(unit.session, centre_id, window, unit.now):
        stands.setdefault(key_of(shift), []).append(shift)
    fresh, people = [], set()
    for row in wanted:
        if row.person_id is None:
            continue
        same = stands.get(key_of(row))
        if same:
            same.pop().version_id = version_id
        else:
            fresh.append(row)
            people.add(row.person_id)
    for left in stands.values():
        for shift in left:
            people.add(shift.person_id)
            unit.session.delete(shift)
    unit.session.flush()
    if fresh:
        unit.session.execute(insert(Shift), [_as_shift(row, centre_id, version_id) for row in fresh])
    _reopen(unit, centre_id, window, [row for row in wanted if row.person_id is None])
    return people


def _as_shift(row: DraftShift, centre_id: int, version_id: int) -> dict[str, object]:
    return {
        "centre_id": centre_id,
        "person_id": row.person_id,
        "seat_id": row.seat_id,
        "kind": row.kind,
        "standby_order": row.standby_order,
        "line_id": row.line_id,
        "skill": row.skill,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "pattern_id": row.pattern_id,
        "version_id": version_id,
        "revision": 0,
        "is_demonstration": False,
    }


def _reopen(unit: UnitOfWork, centre_id: int, window: Span, wanted: list[DraftShift]) -> None:
    """The open shifts of this time are those of the draft."""
    for one in unit.session.scalars(
        select(OpenShift).where(
            OpenShift.centre_id == centre_id,
            OpenShift.state == OpenState.OPEN,
            OpenShift.starts_at >= window.starts_at,
            OpenShift.starts_at < window.ends_at,
        )
    ):
        one.state, one.closed_at = OpenState.CLOSED, unit.now
    for row in wanted:
        unit.session.add(
            OpenShift(
                centre_id=centre_id,
                kind=row.kind,
                seat_id=row.seat_id,
                line_id=row.line_id,
                skill=row.skill,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                reason=OpenReason.PLANNED,
                pattern_id=row.pattern_id,
                made_at=unit.now,
            )
        )

"""Swaps: asked of a colleague, accepted, and granted by rule where nothing breaks, else by a supervisor."""

from __future__ import annotations

from contextlib import ExitStack

from sqlalchemy import select

from hotline.domain.roster_cover import Span
from hotline.domain.roster_rules import new_breaches
from hotline.domain.shift_rules import PlannedShift, faults_of
from hotline.workforce.changes import audit
from hotline.workforce.errors import FieldWrong, NotFound, NotOpen, RulesBroken, ShiftRefused
from hotline.workforce.roster_facts import breaches_of, cover_kept, shifts_of, worker_of
from hotline.workforce.roster_policy import rules_of, standing_roster_policy
from hotline.workforce.shifts import AROUND
from hotline.workforce.staff_notices import tell
from models.duty_requests import Swap
from models.events import ShiftChanged
from models.people import Person
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_roster import AskState, NoticeKind
from models.workforce import Shift


class Swaps:
    """Every method raises NotFound for an id that is none, NotOpen where somebody answered first."""

    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def ask(self, shift_id: int, to_id: int, other_shift_id: int | None, *, from_id: int) -> int:
        """`other_shift_id`: what is wanted for it; None: it is given away. Raises FieldWrong."""
        with self._work() as unit:
            shift = unit.session.get(Shift, shift_id)
            if shift is None or shift.person_id != from_id or shift.starts_at <= unit.now:
                raise NotFound(shift_id=shift_id)
            taker = unit.session.get(Person, to_id)
            if taker is None or to_id == from_id or not taker.active:
                raise FieldWrong("to_id", "unknown")
            if other_shift_id is not None:
                other = unit.session.get(Shift, other_shift_id)
                if other is None or other.person_id != to_id or other.starts_at <= unit.now:
                    raise FieldWrong("other_shift_id", "unknown")
            open_states = (AskState.ASKED, AskState.ACCEPTED)
            if unit.session.scalar(
                select(Swap.id).where(Swap.shift_id == shift_id, Swap.state.in_(open_states))
            ):
                raise FieldWrong("shift_id", "swap_open")
            swap = Swap(
                shift_id=shift_id,
                other_shift_id=other_shift_id,
                from_id=from_id,
                to_id=to_id,
                asked_at=unit.now,
            )
            unit.session.add(swap)
            unit.session.flush()
            _tell(unit, swap, to_id, shift)
            return swap.id

    def accept(self, swap_id: int, person_id: int) -> AskState:
        """By the colleague. GRANTED: by rule, at once; ACCEPTED: a supervisor decides, since something breaks
        or the policy wants it so. Raises ShiftRefused, HoursUncovered where it can't be at all."""
        with self._work() as unit:
            swap = self._held(unit, swap_id, AskState.ASKED)
            if swap.to_id != person_id:
                raise NotFound(swap_id=swap_id)
            swap.state, swap.answered_at = AskState.ACCEPTED, unit.now
            shift = unit.session.get(Shift, swap.shift_id)
            policy = standing_roster_policy(unit.session, shift.centre_id if shift is not None else None)
            by_rule = policy.swaps_by_rule
        if not by_rule:
            return AskState.ACCEPTED
        try:
            self.grant(swap_id, by_id=None)
        except RulesBroken:
            return AskState.ACCEPTED
        return AskState.GRANTED

    def grant(self, swap_id: int, *, by_id: int | None, reason: str = "") -> None:
        """`by_id` None: by rule. `reason`: why rest or hours may be broken; without one they may not.

        Raises ShiftRefused, RulesBroken, HoursUncovered.
        """
        with self._work() as unit:
            swap = self._held(unit, swap_id, AskState.ACCEPTED)
            _carry_out(unit, swap, keep_rules=not reason.strip())
            swap.state, swap.decided_at, swap.decided_by_id = AskState.GRANTED, unit.now, by_id
            self._decided(unit, swap, by_id, reason.strip())

    def refuse(self, swap_id: int, *, by_id: int) -> None:
        """By a supervisor, or by the colleague who was asked."""
        with self._work() as unit:
            swap = self._held(unit, swap_id, AskState.ASKED, AskState.ACCEPTED)
            by = unit.session.get(Person, by_id)
            if by is None or (by_id != swap.to_id and by.role.value != "supervisor"):
                raise NotFound(swap_id=swap_id)
            swap.state, swap.decided_at, swap.decided_by_id = AskState.REFUSED, unit.now, by_id
            self._decided(unit, swap, by_id, "")

    def withdraw(self, swap_id: int, person_id: int) -> None:
        with self._work() as unit:
            swap = self._held(unit, swap_id, AskState.ASKED, AskState.ACCEPTED)
            if swap.from_id != person_id:
                raise NotFound(swap_id=swap_id)
            swap.state, swap.decided_at = AskState.WITHDRAWN, unit.now

    def _held(self, unit: UnitOfWork, swap_id: int, *states: AskState) -> Swap:
        swap = unit.session.get(Swap, swap_id, with_for_update=True)
        if swap is None:
            raise NotFound(swap_id=swap_id)
        if swap.state not in states:
            raise NotOpen(swap_id=swap_id)
        return swap

    def _decided(self, unit: UnitOfWork, swap: Swap, by_id: int | None, reason: str) -> None:
        for person_id in (swap.from_id, swap.to_id):
            tell(unit, person_id, NoticeKind.SWAP, f"swap:{swap.id}:{swap.state}:{person_id}")
        audit(
            unit,
            self._audit_key,
            by_id=by_id if by_id is not None else swap.to_id,
            action=f"swap.{swap.state}",
            subject=f"swap:{swap.id}",
            changes={
                "shift": [swap.from_id, swap.to_id],
                "by_rule": [None, by_id is None],
                "reason": [None, reason or None],
            },
        )


def _carry_out(unit: UnitOfWork, swap: Swap, *, keep_rules: bool) -> None:
    given = unit.session.get(Shift, swap.shift_id, with_for_update=True)
    taken = None
    if swap.other_shift_id is not None:
        taken = unit.session.get(Shift, swap.other_shift_id, with_for_update=True)
        if taken is None or taken.person_id != swap.to_id or taken.starts_at <= unit.now:
            raise NotOpen(swap_id=swap.id)
    if given is None or given.person_id != swap.from_id or given.starts_at <= unit.now:
        raise NotOpen(swap_id=swap.id)
    moved = [given] if taken is None else [given, taken]
    around = Span(min(s.starts_at for s in moved) - AROUND, max(s.ends_at for s in moved) + AROUND)
    rules = rules_of(standing_roster_policy(unit.session, given.centre_id))
    people = (swap.from_id, swap.to_id)
    before = [one for person in people for one in breaches_of(unit.session, person, around, rules)]
    with ExitStack() as kept:
        for centre_id in sorted({shift.centre_id for shift in moved}):
            own = [shift for shift in moved if shift.centre_id == centre_id]
            start, end = min(s.starts_at for s in own), max(s.ends_at for s in own)
            kept.enter_context(cover_kept(unit, centre_id, start, end))
        given.person_id = swap.to_id
        if taken is not None:
            taken.person_id = swap.from_id
        for shift in moved:
            shift.revision += 1
            shift.version_id = None
            unit.tell(ShiftChanged(shift.centre_id))
        unit.session.flush()
        faults = sorted({code for shift in moved for code in _faults(unit, shift)})
        if faults:
            raise ShiftRefused(faults)
    after = [one for person in people for one in breaches_of(unit.session, person, around, rules)]
    broken = new_breaches(before, after)
    if broken and keep_rules:
        raise RulesBroken(broken)


def _faults(unit: UnitOfWork, shift: Shift) -> list[str]:
    person = unit.session.get_one(Person, shift.person_id)
    others = shifts_of(unit.session, person.id, Span(shift.starts_at, shift.ends_at))
    return faults_of(
        PlannedShift(person.id, shift.centre_id, None, shift.starts_at, shift.ends_at),
        worker_of(person),
        [
            PlannedShift(s.person_id, s.centre_id, None, s.starts_at, s.ends_at)
            for s in others
            if s.id != shift.id
        ],
        seat_centre_id=None,
        now=unit.now,
    )


def _tell(unit: UnitOfWork, swap: Swap, person_id: int, shift: Shift) -> None:
    tell(
        unit,
        person_id,
        NoticeKind.SWAP,
        f"swap:{swap.id}:asked",
        starts_at=shift.starts_at,
        centre_id=shift.centre_id,
    )

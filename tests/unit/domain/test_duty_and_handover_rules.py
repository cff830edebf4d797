"""Which tasks a contact forces, in which order, and what nobody may leave behind."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hotline.domain.duty_rules import DUE_WITHIN, ContactFacts, forced_by, waits_for
from hotline.domain.handover import OpenItem, owed_by
from models.vocabulary import RiskLevel
from models.vocabulary_after import DutyKind, ItemKind
from models.vocabulary_record import AgeBand, CallType, Population

CASE = (DutyKind.REGISTER, DutyKind.REPORT, DutyKind.TRACK)
MINOR = (DutyKind.MINOR_REPORT, DutyKind.MINOR_REFERRAL)


@pytest.mark.parametrize("population", [Population.CONFIRMED, Population.SUSPECTED])
def test_a_suspected_or_confirmed_case_is_registered_reported_and_tracked(population: Population) -> None:
    assert forced_by(ContactFacts(CallType.ADVICE, population)) == CASE
    assert forced_by(ContactFacts(None, population)) == CASE, "a form half filled is no reason to wait"


def test_an_invalid_call_and_an_ordinary_one_force_nothing() -> None:
    assert forced_by(ContactFacts(CallType.WRONG_NUMBER, Population.CONFIRMED)) == ()
    assert forced_by(ContactFacts(CallType.SUPPORT, Population.PUBLIC, AgeBand.UNDER_14)) == ()


def test_a_child_whom_nobody_looks_after_goes_to_civil_affairs() -> None:
    assert forced_by(ContactFacts(CallType.SUPPORT, Population.CHILDREN)) == MINOR
    harmed = ContactFacts(CallType.SUPPORT, Population.STUDENT, AgeBand.UNDER_14, "guardian_harm")
    assert forced_by(harmed) == (DutyKind.MINOR_REFERRAL,), "the harm itself is reported by its own duty"
    assert forced_by(ContactFacts(CallType.SUPPORT, Population.STUDENT, AgeBand.UNDER_14, "yes")) == ()
    assert (
        forced_by(ContactFacts(CallType.SUPPORT, Population.STUDENT, AgeBand.FROM_25, "guardian_harm")) == ()
    )


def test_the_steps_are_done_in_their_order() -> None:
    assert waits_for(DutyKind.REGISTER, CASE) == ()
    assert waits_for(DutyKind.REPORT, CASE) == (DutyKind.REGISTER,)
    assert waits_for(DutyKind.TRACK, {DutyKind.REPORT, DutyKind.TRACK}) == (DutyKind.REPORT,)
    assert waits_for(DutyKind.TRACK, {DutyKind.TRACK}) == ()


def test_every_task_has_its_time() -> None:
    assert set(DUE_WITHIN) == set(DutyKind)


ME, OTHER = 1, 2


def item(level: int | None, owner: int | None, holds: bool = True) -> OpenItem:
    rated = None if level is None else RiskLevel(level)
    return OpenItem(ItemKind.FOLLOW_UP, 7, 70, rated, datetime(2026, 11, 22, tzinfo=UTC), owner, holds)


@pytest.mark.parametrize("level", [3, 4])
def test_nobody_leaves_what_they_hold_at_high_risk(level: int) -> None:
    mine = item(level, ME)
    assert owed_by(ME, [mine, item(level, OTHER)], is_last=False) == (mine,)


@pytest.mark.parametrize("level", [None, 0, 1, 2])
def test_lower_levels_are_shown_and_hold_nobody_back(level: int | None) -> None:
    assert owed_by(ME, [item(level, ME)], is_last=True) == ()


def test_who_leaves_last_passes_on_what_nobody_holds() -> None:
    unowned, orphaned, held = item(3, None, holds=False), item(4, OTHER, holds=False), item(3, OTHER)
    assert owed_by(ME, [unowned, orphaned, held], is_last=False) == ()
    assert owed_by(ME, [unowned, orphaned, held], is_last=True) == (unowned, orphaned)

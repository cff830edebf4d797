"""Who may answer, who is behind with the year's trainings, and when rest is offered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hotline.domain.local_day import ZONE
from hotline.domain.readiness import (
    NO_CONFIDENTIALITY,
    NO_TRAINING,
    NOT_ACTIVE,
    Attended,
    Papers,
    YearlyRule,
    admitted_until,
    lacks,
    refused_for,
    year_of,
)
from hotline.domain.workload import Load, LoadLimits, nights_in_a_row, shift_began, too_much
from models.vocabulary_readiness import Strain, TrainingKind, TrainingResult

NOW = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
"""03:00 in China, on a Monday."""
AGO = NOW - timedelta(days=400)
SYSTEM, DRILL, EXAM = TrainingKind.SYSTEM, TrainingKind.DRILL, TrainingKind.ASSESSMENT


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def hours(since: float, until: float) -> tuple[datetime, datetime]:
    """Hours before the present."""
    return NOW - timedelta(hours=since), NOW - timedelta(hours=until)


def test_two_records_stand_between_a_person_and_the_queue() -> None:
    assert lacks(Papers(True, AGO, AGO), NOW) == ()
    assert lacks(Papers(True, None, AGO), NOW) == (NO_TRAINING,)
    assert lacks(Papers(True, AGO, None), NOW) == (NO_CONFIDENTIALITY,)
    assert lacks(Papers(False, None, None), NOW) == (NOT_ACTIVE, NO_TRAINING, NO_CONFIDENTIALITY)
    tomorrow = NOW + timedelta(days=1)
    assert lacks(Papers(True, tomorrow, AGO), NOW) == (NO_TRAINING,), "a date to come counts for nothing"


def test_a_supervisors_leave_holds_for_its_time_and_opens_no_closed_account() -> None:
    until = NOW + timedelta(hours=5)
    assert refused_for(Papers(True, None, None, until), NOW) == ()
    assert refused_for(Papers(True, None, None, until), until) == (NO_TRAINING, NO_CONFIDENTIALITY)
    assert refused_for(Papers(False, None, AGO, until), NOW) == (NOT_ACTIVE,)


def test_leave_ends_with_the_shift_and_never_lasts_longer_than_one() -> None:
    assert admitted_until(NOW, NOW + timedelta(hours=5)) == NOW + timedelta(hours=5)
    assert admitted_until(NOW, None) == NOW + timedelta(hours=12)
    assert admitted_until(NOW, NOW + timedelta(days=3)) == NOW + timedelta(hours=16)


def test_a_year_asks_for_four_trainings_two_drills_and_an_assessment_that_was_passed() -> None:
    attended = [
        *(Attended(SYSTEM, days_ago(days), TrainingResult.ATTENDED) for days in (10, 100, 200, 366)),
        Attended(DRILL, days_ago(30), TrainingResult.ATTENDED),
        Attended(EXAM, days_ago(5), TrainingResult.FAILED),
    ]
    found = {one.kind: one for one in year_of(attended, YearlyRule(), AGO, NOW)}
    assert (found[SYSTEM].done, found[SYSTEM].due, found[SYSTEM].behind) == (3, 4, 1)
    assert (found[DRILL].done, found[DRILL].behind) == (1, 1)
    assert (found[EXAM].done, found[EXAM].behind) == (0, 1)


def test_nobody_is_behind_with_what_could_not_have_been_done_or_written_down_yet() -> None:
    """The night of an upgrade makes nobody late; half a year later half a year's share is due."""
    just_upgraded = YearlyRule(counted_from=days_ago(1))
    assert not any(one.behind for one in year_of([], just_upgraded, AGO, NOW))
    half_a_year = {one.kind: one.due for one in year_of([], YearlyRule(), days_ago(183), NOW)}
    assert half_a_year == {SYSTEM: 2, DRILL: 1, EXAM: 0}
    assert not any(one.due for one in year_of([], YearlyRule(), None, NOW)), "first the one before service"
    assert not any(one.due for one in year_of([], YearlyRule(0, 0, 0), AGO, NOW)), "0 asks for nothing"


@pytest.mark.parametrize(
    ("load", "strains"),
    [
        (Load(239.9, 1, 2), []),
        (Load(240, 1, 2), [(Strain.TALK, 1)]),
        (Load(30, 5, 0), [(Strain.HIGH_RISK, 2)]),
        (Load(480, 2, 5), [(Strain.TALK, 2), (Strain.HIGH_RISK, 1), (Strain.NIGHTS, 1)]),
    ],
)
def test_rest_is_offered_when_a_limit_is_passed_and_again_at_its_double(
    load: Load, strains: list[tuple[Strain, int]]
) -> None:
    assert [(one.strain, one.step) for one in too_much(load, LoadLimits())] == strains
    assert too_much(load, LoadLimits(0, 0, 0)) == ()


def test_a_short_absence_does_not_begin_a_new_shift() -> None:
    assert shift_began([hours(20, 12), hours(5, 3), hours(2.5, 0)], NOW) == NOW - timedelta(hours=5)
    assert shift_began([hours(5, 3)], NOW) is None, "they have gone home"
    assert shift_began([], NOW) is None


def test_nights_are_counted_by_hours_after_midnight_without_a_free_night_between() -> None:
    """It is 03:00: midnight was three hours ago."""
    today = NOW.astimezone(ZONE).date()
    tonight, last, before = hours(5, 0), hours(29, 21), hours(53, 45)
    assert nights_in_a_row([before, last, tonight], today, ZONE) == 3
    assert nights_in_a_row([before, tonight], today, ZONE) == 1, "a free night lies between"
    assert nights_in_a_row([before, last], today, ZONE) == 2, "this night has only begun, and without them"
    assert nights_in_a_row([hours(8, 2)], today, ZONE) == 0, "an evening that lasted until one is no night"

"""What must hold of every count and every answer, whatever came in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.flag import ContactRow, CountSeries, count_persons, counted_days, detect

START = date(2024, 1, 1)
LAST = START + timedelta(27)
KINDS = ("01", "02", "03", "06", "09", "11")
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def contacts(draw: st.DrawFn) -> list[ContactRow]:
    return [
        ContactRow(
            f"c{number}",
            topic=draw(st.sampled_from(["issue:1", "problem:N"])),
            place=draw(st.sampled_from(["120101", "120102", None])),
            day=START + timedelta(draw(st.integers(-8, 27))),
            person=draw(st.sampled_from(["a", "b", "c", None])),
            population=draw(st.sampled_from(["*", "P19"])),
            call_type=draw(st.sampled_from(KINDS)),
            outbound=draw(st.booleans()) and draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 40)))
    ]


def same(one: CountSeries, other: CountSeries) -> bool:
    return (
        one.keys == other.keys
        and one.members == other.members
        and np.array_equal(one.counts, other.counts)
        and np.array_equal(one.calls, other.calls)
    )


@QUICK
@given(contacts(), st.randoms(use_true_random=False))
def test_counts_are_the_same_in_any_order_and_when_rows_come_twice(
    rows: list[ContactRow], chance: object
) -> None:
    shuffled = [*rows, *rows[::2]]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert same(count_persons(rows, START, LAST), count_persons(shuffled, START, LAST))


@QUICK
@given(contacts())
def test_calls_equal_the_contacts_in_them_and_a_person_counts_once_in_any_week(
    rows: list[ContactRow],
) -> None:
    series = count_persons(rows, START, LAST)
    inside = [row for row in rows if row.counts and START <= row.day <= LAST]
    assert series.calls.sum() == len(inside) == sum(len(ids) for ids in series.members.values())
    assert (series.counts <= series.calls).all()
    for number, key in enumerate(series.keys):
        mine = [r for r in inside if (r.topic, r.place or "unknown", r.population) == key]
        named = {row.person for row in mine if row.person is not None}
        nameless = sum(row.person is None for row in mine)
        for first in range(len(series.days) - 6):
            week = series.counts[number, first : first + 7].sum()
            assert week <= len(named) + nameless


@QUICK
@given(contacts(), st.data())
def test_a_late_or_corrected_note_changes_its_own_week_and_no_other_day(
    rows: list[ContactRow], data: st.DataObject
) -> None:
    late = ContactRow("late", "issue:1", "120101", START + timedelta(data.draw(st.integers(0, 27))), "a")
    before, after = (count_persons(those, START, LAST) for those in (rows, [*rows, late]))
    for number, key in enumerate(after.keys):
        old = before.counts[before.keys.index(key)] if key in before.keys else np.zeros(28, int)
        changed = np.flatnonzero(old != after.counts[number])
        day = (late.day - START).days
        assert all(key.topic == "issue:1" and day <= at < day + 7 for at in changed)
    corrected = [replace(row, call_type="11") if row.contact_id == "late" else row for row in [*rows, late]]
    taken_back = count_persons(corrected, START, LAST)
    assert same(taken_back, before)


@QUICK
@given(st.sets(st.integers(0, 60)))
def test_the_days_that_count_are_a_week_apart_and_none_depends_on_a_later_one(heard: set[int]) -> None:
    days = {START + timedelta(number) for number in heard}
    counted = counted_days(days)
    assert all((later - earlier).days >= 7 for earlier, later in pairwise(counted))
    for day in days:
        assert (day in counted) == (day in counted_days({d for d in days if d <= day}))
        assert (day in counted) == (not any(1 <= (day - other).days <= 6 for other in days))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.sampled_from([0.05, 1.0, 12.0]))
def test_cutting_the_future_changes_no_answer_before_it_and_a_rerun_gives_the_same(
    seed: int, cut: int, level: float
) -> None:
    chance = np.random.default_rng(seed)
    counts = chance.negative_binomial(level, 0.5, (4, 300)).astype(np.int32)
    counts[0, -30:-20] += 5
    days = [START + timedelta(number) for number in range(300)]
    whole, again = detect(counts, days, evaluate=60), detect(counts, days, evaluate=60)
    assert np.array_equal(whole.score, again.score)
    part = detect(counts[:, :-cut], days[:-cut], evaluate=10)
    at = slice(60 - cut - 10, 60 - cut)
    for name in ("observed", "expected", "upper", "p", "q"):
        assert np.allclose(getattr(part, name), getattr(whole, name)[:, at], rtol=1e-9), name
    assert np.array_equal(part.alarm, whole.alarm[:, at])

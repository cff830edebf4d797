"""Who is offered which call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.domain.assignment import FreeSeat, Offer, Snapshot, Wait, WaitingCall, assign
from hotline.domain.place_widening import Centres
from hotline.domain.reach import Reach, Scene
from hotline.domain.routing_policy import Policy
from models.needs import Need, Profile, Skill
from models.vocabulary_network import Keeping, Strategy

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TUESDAY, SUNDAY = 2, 7
CITIES = Centres({1: "990100", 2: "990200", 3: "980100"})
NOTHING_KEPT = Policy(keeping=Keeping.NONE)
# How fast a busy machine draws examples says nothing of the rule.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def profile(centre_id: int = 1, *skills: str, supervisor: bool = False) -> Profile:
    """`profile(1, "mn:4", "study:3@2")`."""
    return Profile.read(f"{centre_id}|{'s' if supervisor else ''}|{','.join(skills)}")


def idle(seat_id: int, minutes: int, *skills: str, centre_id: int = 1, **more: Any) -> FreeSeat:
    supervisor = more.pop("supervisor", False)
    return FreeSeat(
        seat_id,
        profile(centre_id, *skills, supervisor=supervisor),
        NOON - timedelta(minutes=minutes),
        person_id=seat_id * 100,
        **more,
    )


def answer(
    waiting: Sequence[WaitingCall],
    seats: Sequence[FreeSeat],
    *,
    policy: Policy = NOTHING_KEPT,
    weekday: int = SUNDAY,
    centres: Centres = CITIES,
    busy: Sequence[Profile] = (),
) -> list[Offer] | Wait:
    free: dict[Profile, int] = {}
    for seat in seats:
        free[seat.profile] = free.get(seat.profile, 0) + 1
    on_duty = dict(free)
    for each in busy:
        on_duty[each] = on_duty.get(each, 0) + 1
    return assign(Snapshot(waiting, seats, Scene(on_duty, free, weekday, policy, centres)))


def pairs(made: list[Offer] | Wait) -> list[tuple[int, int]]:
    return [] if isinstance(made, Wait) else [(offer.call_id, offer.seat_id) for offer in made]


@pytest.mark.parametrize(
    ("waiting", "seats", "expected"),
    [
        ([], [idle(1, 5)], Wait("nobody_waits")),
        ([WaitingCall(1)], [], Wait("no_free_seat")),
        ([WaitingCall(1)], [idle(1, 5), idle(2, 9)], [Offer(1, 2)]),
        ([WaitingCall(1, missed_by=frozenset({2}))], [idle(1, 1), idle(2, 9)], [Offer(1, 1)]),
        ([WaitingCall(1, missed_by=frozenset({2}))], [idle(2, 9)], [Offer(1, 2)]),
        ([WaitingCall(7), WaitingCall(8)], [idle(1, 5), idle(2, 9)], [Offer(7, 2), Offer(8, 1)]),
        ([WaitingCall(7), WaitingCall(8)], [idle(1, 5)], [Offer(7, 1)]),
        ([WaitingCall(1)], [idle(5, 1), idle(4, 1)], [Offer(1, 4)]),
    ],
)
def test_the_head_is_offered_to_the_longest_idle(
    waiting: list[WaitingCall], seats: list[FreeSeat], expected: list[Offer] | Wait
) -> None:
    assert answer(waiting, seats) == expected


def test_least_talk_time_goes_before_the_longest_idle_when_chosen() -> None:
    seats = [idle(1, 30, talked_seconds=4000.0), idle(2, 1, talked_seconds=60.0)]
    policy = Policy(strategy=Strategy.LEAST_TALK, keeping=Keeping.NONE)
    assert pairs(answer([WaitingCall(1)], seats, policy=policy)) == [(1, 2)]
    assert pairs(answer([WaitingCall(1)], seats)) == [(1, 1)]


def test_several_seats_ring_for_the_first_call_once_each_call_rings_one() -> None:
    policy = Policy(strategy=Strategy.RING_SEVERAL, ring_at_once=3, keeping=Keeping.NONE)
    seats = [idle(n, 10 - n) for n in range(1, 6)]
    assert pairs(answer([WaitingCall(7), WaitingCall(8)], seats, policy=policy)) == [
        (7, 1),
        (8, 2),
        (7, 3),
        (7, 4),
        (8, 5),
    ]


@pytest.mark.parametrize(
    ("waited", "expected"),
    [(0, []), (19, []), (20, [(1, 5)])],
)
def test_a_wanted_skill_is_waited_for_only_so_long(waited: float, expected: list[tuple[int, int]]) -> None:
    """Nobody waits for ever for a skill."""
    call = WaitingCall(1, Need(skills=("youth",)), waited)
    assert pairs(answer([call], [idle(5, 9)], busy=[profile(1, "youth:4")])) == expected


def test_a_skill_that_nobody_on_duty_has_is_not_waited_for() -> None:
    call = WaitingCall(1, Need(language="mn", skills=("bereaved",)), 0)
    assert pairs(answer([call], [idle(5, 9)])) == [(1, 5)]


def test_the_higher_level_of_a_wanted_skill_goes_before_the_longer_idle() -> None:
    seats = [idle(1, 60, "youth:2"), idle(2, 1, "youth:5"), idle(3, 90)]
    assert pairs(answer([WaitingCall(1, Need(skills=("youth",)))], seats)) == [(1, 2)]


@pytest.mark.parametrize(
    ("waited", "expected"),
    [(0, []), (179, []), (180, [(1, 5)])],
)
def test_the_own_language_is_required_while_somebody_on_duty_speaks_it(
    waited: float, expected: list[tuple[int, int]]
) -> None:
    call = WaitingCall(1, Need(language="dai"), waited)
    assert pairs(answer([call], [idle(5, 9)], busy=[profile(1, "dai:4")])) == expected
    assert pairs(answer([call], [idle(5, 9), idle(6, 1, "dai:1")])) == [(1, 6)]


def test_who_has_only_other_languages_on_file_speaks_the_common_one_too() -> None:
    assert pairs(answer([WaitingCall(1)], [idle(5, 9, "hani:5")])) == [(1, 5)]


def test_a_topic_specialist_counts_on_the_set_day_alone() -> None:
    """周二学业: on Tuesdays the subject of study has its specialist."""
    call = WaitingCall(1, Need(skills=("study",)), 0)
    seats = [idle(1, 90), idle(2, 1, "study:5@2")]
    assert pairs(answer([call], seats, weekday=TUESDAY)) == [(1, 2)]
    assert pairs(answer([call], seats, weekday=SUNDAY)) == [(1, 1)]


@pytest.mark.parametrize(
    ("waited", "expected"),
    [(0, []), (29, []), (30, [(1, 9)])],
)
def test_another_city_answers_after_set_seconds_while_the_own_one_is_on_duty(
    waited: float, expected: list[tuple[int, int]]
) -> None:
    call = WaitingCall(1, Need(centre_id=1, place_code="990102"), waited)
    assert pairs(answer([call], [idle(9, 5, centre_id=2)], busy=[profile(1)])) == expected
    assert pairs(answer([call], [idle(9, 5, centre_id=2)])) == [(1, 9)], "nobody on duty is not waited for"
    assert pairs(answer([call], [idle(9, 99, centre_id=2), idle(8, 1)])) == [(1, 8)]


def test_what_two_centres_agreed_on_goes_before_the_general_time() -> None:
    agreed = Centres(CITIES.place_of, {(1, 2): 5, (1, 3): 90})
    for waited, centre_id, expected in ((5, 2, [(1, 9)]), (4, 2, []), (60, 3, []), (90, 3, [(1, 9)])):
        call = WaitingCall(1, Need(centre_id=1), waited)
        made = answer([call], [idle(9, 5, centre_id=centre_id)], busy=[profile(1)], centres=agreed)
        assert pairs(made) == expected, (waited, centre_id)


def test_danger_waits_for_no_place_and_no_skill() -> None:
    call = WaitingCall(1, Need(centre_id=1, skills=("youth",), urgent=True), 0)
    busy = [profile(1, "youth:5")]
    assert pairs(answer([call], [idle(9, 5, centre_id=3)], busy=busy)) == [(1, 9)]


def test_danger_goes_to_who_knows_crises() -> None:
    call = WaitingCall(1, Need(urgent=True))
    assert pairs(answer([call], [idle(1, 90), idle(2, 1, "crisis:5", centre_id=2)])) == [(1, 2)]


@pytest.mark.parametrize("strategy", list(Strategy))
def test_the_last_operator_comes_first_for_a_repeat_caller_and_rings_shortly(strategy: Strategy) -> None:
    policy = Policy(strategy=strategy, keeping=Keeping.NONE)
    seats = [idle(1, 90), idle(2, 1), idle(3, 30)]
    call = WaitingCall(1, known_person_id=200)
    assert answer([call], seats, policy=policy) == [Offer(1, 2, seconds=12)], "and rings alone"


def test_a_last_operator_who_is_busy_or_missed_the_call_delays_nobody() -> None:
    assert answer([WaitingCall(1, known_person_id=999)], [idle(1, 9)]) == [Offer(1, 1)]
    missed = WaitingCall(1, known_person_id=200, missed_by=frozenset({2}))
    assert answer([missed], [idle(1, 9), idle(2, 90)]) == [Offer(1, 1)]
    off = Policy(known_operator_seconds=0, keeping=Keeping.NONE)
    assert answer([WaitingCall(1, known_person_id=200)], [idle(1, 9), idle(2, 1)], policy=off) == [
        Offer(1, 1)
    ]


def test_the_last_operator_of_a_later_call_is_left_to_it_when_another_is_free() -> None:
    waiting = [WaitingCall(1), WaitingCall(2, known_person_id=200)]
    assert pairs(answer(waiting, [idle(1, 1), idle(2, 90)])) == [(1, 1), (2, 2)]


def test_one_seat_is_kept_for_a_life_in_danger() -> None:
    policy = Policy(keep_from_seats=3)
    busy = [profile(), profile()]
    ordinary, danger = WaitingCall(1), WaitingCall(2, Need(urgent=True))
    assert answer([ordinary], [idle(1, 5)], policy=policy, busy=busy) == Wait("no_seat_fits")
    assert pairs(answer([ordinary, danger], [idle(1, 5)], policy=policy, busy=busy)) == [(2, 1)]
    assert pairs(answer([ordinary], [idle(1, 5), idle(2, 1)], policy=policy, busy=busy)) == [(1, 1)]


def test_no_seat_is_kept_while_few_are_on_duty() -> None:
    policy = Policy(keep_from_seats=3)
    assert pairs(answer([WaitingCall(1)], [idle(1, 5)], policy=policy, busy=[profile()])) == [(1, 1)]
    assert pairs(answer([WaitingCall(1)], [idle(1, 5)], policy=policy)) == [(1, 1)]


def test_supervisors_are_kept_for_danger_unless_they_are_alone_on_duty() -> None:
    policy = Policy(keeping=Keeping.SUPERVISOR)
    seat = idle(1, 5, supervisor=True)
    assert pairs(answer([WaitingCall(1)], [seat], policy=policy, busy=[profile()])) == []
    urgent = WaitingCall(2, Need(urgent=True))
    assert pairs(answer([WaitingCall(1), urgent], [seat], policy=policy, busy=[profile()])) == [(2, 1)]
    assert pairs(answer([WaitingCall(1)], [seat], policy=policy)) == [(1, 1)]


def test_calls_that_wait_for_a_rare_skill_do_not_starve_those_behind() -> None:
    waiting = [WaitingCall(n, Need(language="mn"), 0) for n in range(1, 40)] + [WaitingCall(99)]
    assert pairs(answer(waiting, [idle(5, 9)], busy=[profile(1, "mn:5")])) == [(99, 5)]


NEEDS = st.builds(
    Need,
    language=st.sampled_from(["zh", "mn", "dai"]),
    centre_id=st.none() | st.integers(1, 3),
    skills=st.lists(st.sampled_from(["youth", "study"]), unique=True).map(tuple),
    urgent=st.booleans(),
)
PROFILES = st.builds(
    Profile,
    st.integers(1, 3),
    st.booleans(),
    st.lists(
        st.builds(Skill, st.sampled_from(["mn", "dai", "youth", "study"]), st.integers(1, 5)),
        unique_by=lambda skill: skill.code,
    ).map(tuple),
)


@unhurried
@given(
    st.lists(
        st.builds(WaitingCall, st.integers(1, 50), NEEDS, st.integers(0, 1000).map(float)),
        unique_by=lambda c: c.call_id,
    ),
    st.lists(
        st.builds(FreeSeat, st.integers(1, 50), PROFILES, st.none() | st.just(NOON)),
        unique_by=lambda s: s.seat_id,
    ),
    st.lists(PROFILES),
    st.sampled_from(list(Strategy)),
    st.sampled_from(list(Keeping)),
)
def test_no_seat_is_used_twice_and_whoever_waited_long_gets_any_seat(
    waiting: list[WaitingCall],
    seats: list[FreeSeat],
    busy: list[Profile],
    strategy: Strategy,
    keeping: Keeping,
) -> None:
    """asterisk#1691: the fairness option could stop all offers. Here no option may: unless the last seat is
    kept for a life in danger, a call that waited its widening out is offered a free seat."""
    policy = Policy(strategy=strategy, keeping=keeping, ring_at_once=2)
    made = answer(waiting, seats, policy=policy, busy=busy)
    offers = [] if isinstance(made, Wait) else made
    assert len({offer.seat_id for offer in offers}) == len(offers)
    most = 2 if strategy is Strategy.RING_SEVERAL else 1
    for call in waiting:
        assert sum(offer.call_id == call.call_id for offer in offers) <= most
    left = {seat.seat_id: seat for seat in seats}
    for offer in offers:
        del left[offer.seat_id]
    unserved = [
        c for c in waiting if c.call_id not in {o.call_id for o in offers} and c.waited_seconds >= 180
    ]
    kept_one = keeping is Keeping.SEAT and len(left) == 1 and len(seats) + len(busy) >= policy.keep_from_seats
    if unserved and left:
        only_supervisors = keeping is Keeping.SUPERVISOR and all(s.profile.supervisor for s in left.values())
        assert kept_one or only_supervisors
        assert not any(call.need.urgent for call in unserved)


def every_seat_looked_at(
    waiting: Sequence[WaitingCall], seats: Sequence[FreeSeat], scene: Scene
) -> list[Any]:
    """The same rule in its plainest words, one call and one seat at a time; one seat rings for each call."""
    reach, left = Reach(scene), list(seats)
    made: list[tuple[int, int]] = []
    known_ones = {call.known_person_id for call in waiting} - {None}
    for call in waiting:
        if scene.free_total - len(made) <= int(scene.keeps_one) and not call.need.urgent:
            continue

        def rank(seat: FreeSeat, call: WaitingCall = call) -> tuple[Any, ...]:
            missed = seat.seat_id in call.missed_by
            return (
                missed,
                missed or seat.person_id is None or seat.person_id != call.known_person_id,
                not reach.speaks(call.need, seat.profile),
                0 if call.need.urgent else reach.ring(call.need, seat.profile),
                -reach.fit(call.need, seat.profile),
                seat.person_id in known_ones,
                seat.talked_seconds if scene.policy.strategy is Strategy.LEAST_TALK else 0.0,
                seat.idle_since or datetime.min.replace(tzinfo=UTC),
                seat.seat_id,
            )

        fitting = [
            seat
            for seat in left
            if (after := reach.after(call.need, seat.profile)) is not None and after <= call.waited_seconds
        ]
        if fitting:
            best = min(fitting, key=rank)
            left.remove(best)
            made.append((call.call_id, best.seat_id))
    return made


@unhurried
@given(
    st.lists(
        st.builds(
            WaitingCall,
            st.integers(1, 50),
            NEEDS,
            st.sampled_from([0.0, 10.0, 20.0, 60.0, 1000.0]),
            st.none() | st.integers(1, 4),
            st.frozensets(st.integers(1, 8), max_size=3),
        ),
        unique_by=lambda c: c.call_id,
        max_size=8,
    ),
    st.lists(
        st.builds(
            FreeSeat,
            st.integers(1, 8),
            PROFILES | st.just(Profile(1)),
            st.sampled_from([None, NOON, NOON - timedelta(minutes=5)]),
            st.sampled_from([0.0, 60.0]),
            st.none() | st.integers(1, 4),
        ),
        unique_by=lambda s: s.seat_id,
        max_size=8,
    ),
    st.sampled_from([Strategy.LONGEST_IDLE, Strategy.LEAST_TALK]),
    st.sampled_from(list(Keeping)),
)
def test_the_head_of_each_profile_is_looked_at_and_every_seat_would_give_the_same(
    waiting: list[WaitingCall], seats: list[FreeSeat], strategy: Strategy, keeping: Keeping
) -> None:
    policy = Policy(strategy=strategy, keeping=keeping, keep_from_seats=3)
    free = Counter(seat.profile for seat in seats)
    expected = every_seat_looked_at(waiting, seats, Scene(free, free, SUNDAY, policy, CITIES))
    assert pairs(answer(waiting, seats, policy=policy)) == expected


@pytest.mark.parametrize(
    ("given_away", "urgent", "expected"),
    [(0, False, True), (2, False, False), (2, True, True), (3, True, False)],
)
def test_another_round_is_for_those_whom_a_seat_is_left_for(
    given_away: int, urgent: bool, expected: bool
) -> None:
    """Three seats are free, one of them is kept for a life in danger."""
    three = {profile(): 3}
    reach = Reach(Scene(three, three, SUNDAY, Policy(keep_from_seats=3)))
    assert reach.serves_more([Need(), Need(urgent=urgent)], given_away) is expected


@unhurried
@given(NEEDS, PROFILES)
def test_a_need_and_a_profile_come_back_from_their_codes(need: Need, given_profile: Profile) -> None:
    assert Need.read(need.code) == Need(
        need.language, need.centre_id, need.place_code, tuple(sorted(need.skills)), need.urgent
    )
    assert Profile.read(given_profile.code).code == given_profile.code

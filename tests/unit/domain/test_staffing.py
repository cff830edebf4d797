"""Erlang B, C and A against closed forms and published figures."""

from __future__ import annotations

from fractions import Fraction
from math import factorial

import pytest

from hotline.domain.staffing import answered_within, answered_within_patience, erlang_a, erlang_b, erlang_c


@pytest.mark.parametrize(
    ("load", "seats", "blocked"),
    # Tables of the Erlang loss formula: the traffic at which n lines lose that share.
    [(0.0101, 1, 0.01), (1.36, 5, 0.01), (4.46, 10, 0.01), (12.03, 20, 0.01), (6.22, 10, 0.05)],
)
def test_erlang_b_is_that_of_the_tables(load: float, seats: int, blocked: float) -> None:
    assert erlang_b(load, seats) == pytest.approx(blocked, rel=0.02)


def test_erlang_c_of_one_and_of_two_seats_is_the_closed_form() -> None:
    assert erlang_c(0.75, 1.0, 1).waits == pytest.approx(0.75)
    assert erlang_c(0.75, 1.0, 1).mean_wait == pytest.approx(0.75 / 0.25)
    assert erlang_c(1.5, 1.0, 2).waits == pytest.approx(9 / 14)


def test_a_call_centre_with_and_without_patience_is_that_of_garnett_mandelbaum_and_reiman() -> None:
    """Their example: 50 seats, 48 calls a minute, 1 minute of service, 2 minutes of patience."""
    patient = erlang_c(48, 1, 50)
    assert patient.mean_wait * 60 == pytest.approx(20.8, abs=0.05)
    assert patient.queue == pytest.approx(17, abs=0.5)
    impatient = erlang_a(48, 1, 50, 1 / 2)
    assert impatient.abandons == pytest.approx(0.031, abs=0.0005)
    assert impatient.mean_wait * 60 == pytest.approx(3.7, abs=0.05)
    assert impatient.queue == pytest.approx(3, abs=0.1)


def test_endless_patience_is_erlang_c_and_one_without_any_is_erlang_b() -> None:
    calm, wild = erlang_a(4, 1, 5, 1e-9), erlang_a(4, 1, 5, 1e9)
    assert calm.mean_wait == pytest.approx(erlang_c(4, 1, 5).mean_wait, rel=1e-6)
    assert wild.abandons == pytest.approx(erlang_b(4, 5), rel=1e-6)


def test_a_load_above_the_seats_is_borne_with_patience_alone() -> None:
    assert erlang_a(2000, 1, 1000, 1).abandons == pytest.approx(0.5, abs=0.001)
    assert erlang_a(20000, 1, 1000, 1).abandons == pytest.approx(0.95, abs=0.001)
    with pytest.raises(ValueError, match="for ever"):
        erlang_c(5, 1, 5)


def test_the_service_level_falls_from_who_is_served_at_once_to_all() -> None:
    assert answered_within(4, 1, 5, 0) == pytest.approx(1 - erlang_c(4, 1, 5).waits)
    assert answered_within(4, 1, 5, 100) == pytest.approx(1)


@pytest.mark.parametrize(
    ("load", "seats", "blocked"),
    # Published to four digits in every table of the loss formula.
    [(1.0, 1, 0.5), (10.0, 10, 0.2146), (20.0, 20, 0.1589), (100.0, 100, 0.0757)],
)
def test_erlang_b_at_full_load_is_published_to_four_digits(load: float, seats: int, blocked: float) -> None:
    assert erlang_b(load, seats) == pytest.approx(blocked, abs=0.00005)


@pytest.mark.parametrize("load", [0.5, 2.0, 4.5, 8.0, 17.5])
@pytest.mark.parametrize("spare", [1, 2, 5])
def test_erlang_c_is_its_textbook_sum_in_exact_fractions(load: float, spare: int) -> None:
    """The formula as tables are made from it, without a recursion: exact rational numbers."""
    a, n = Fraction(load), int(load) + spare
    last = a**n / factorial(n) * n / (n - a)
    exact = last / (sum(a**k / factorial(k) for k in range(n)) + last)
    assert erlang_c(load, 1.0, n).waits == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize(("arrivals", "seats"), [(3.0, 5), (4.9, 5), (9.0, 5), (60.0, 50), (0.3, 2)])
@pytest.mark.parametrize("giving_up", [0.1, 0.5, 3.0])
def test_who_is_ever_answered_is_who_does_not_give_up(arrivals: float, seats: int, giving_up: float) -> None:
    """Two independent ways: the integral over the virtual wait, and the birth and death states."""
    ever = answered_within_patience(arrivals, 1.0, seats, giving_up, 1e6)
    assert ever == pytest.approx(1 - erlang_a(arrivals, 1.0, seats, giving_up).abandons, abs=2e-5)
    at_once = answered_within_patience(arrivals, 1.0, seats, giving_up, 0.0)
    assert at_once == pytest.approx(1 - erlang_a(arrivals, 1.0, seats, giving_up).waits, abs=2e-5)


def test_endless_patience_has_the_service_level_of_erlang_c() -> None:
    for seconds in (0.0, 0.1, 0.5, 2.0):
        patient = answered_within_patience(4, 1, 5, 1e-7, seconds)
        assert patient == pytest.approx(answered_within(4, 1, 5, seconds), abs=1e-5)

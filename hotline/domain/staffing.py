"""How many wait, how long, and how many give up: the formulas of queues with n seats.

Offered load a = rate / service rate, in erlang. Rates are per second (or any one unit of time).

Erlang C (M/M/n): A. K. Erlang 1917, by the recursion of Erlang B (R. B. Cooper, Introduction to Queueing
Theory, 1981, chapter 3). Erlang A (M/M/n+M): C. Palm 1946; O. Garnett, A. Mandelbaum, M. Reiman, "Designing a
Call Center with Impatient Customers", M&SOM 4(3), 2002; here by its birth and death states. The share
answered within a bound: S. Zeltyn, A. Mandelbaum, "Call Centers with Impatient Customers: Many-Server
Asymptotics of the M/M/n+G Queue", Queueing Systems 51, 2005, section 2, for exponential patience.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from math import exp, log

STEPS = 400
"""Of the integral over the virtual wait (Simpson's rule): five digits."""
LARGEST = 1e200
"""States are scaled down from here on: only their proportions count."""


@dataclass(frozen=True)
class Waiting:
    """In the long run, over all who arrive."""

    waits: float
    """Probability that somebody waits at all."""
    mean_wait: float
    """Of all, also of those who wait nothing or give up; in the unit of time of the rates."""
    abandons: float
    """Share that gives up before being answered."""
    queue: float
    """Mean number of waiting callers."""


def erlang_b(load: float, seats: int) -> float:
    """Probability that all seats are busy when who finds them busy goes away."""
    blocked = 1.0
    for n in range(1, seats + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(arrivals: float, service: float, seats: int) -> Waiting:
    """Everybody waits as long as it takes. Raises ValueError when the seats can't keep up."""
    load = arrivals / service
    if load >= seats:
        raise ValueError("the load reaches the seats: the queue grows for ever")
    blocked = erlang_b(load, seats)
    waits = seats * blocked / (seats - load * (1 - blocked))
    mean_wait = waits / (seats * service - arrivals)
    return Waiting(waits, mean_wait, 0.0, arrivals * mean_wait)


def answered_within(arrivals: float, service: float, seats: int, seconds: float) -> float:
    """Service level by Erlang C: the share answered within `seconds`."""
    waits = erlang_c(arrivals, service, seats).waits
    return 1 - waits * exp(-(seats * service - arrivals) * seconds)


def erlang_a(arrivals: float, service: float, seats: int, giving_up: float) -> Waiting:
    """Who waits gives up at the rate `giving_up` (1 / mean patience), so that any load is borne."""
    if giving_up <= 0:
        return erlang_c(arrivals, service, seats)
    blocked = erlang_b(arrivals / service, seats)
    if blocked == 0.0:
        return Waiting(0.0, 0.0, 0.0, 0.0)
    # In units of the state "all busy, nobody waits", which Erlang B sets beside all states below it.
    weight, total, waits, queue = 1.0, 1 / blocked, 1.0, 0.0
    for waiting in count(1):
        before, weight = weight, weight * arrivals / (seats * service + waiting * giving_up)
        total, waits, queue = total + weight, waits + weight, queue + waiting * weight
        if weight < before and weight * waiting < 1e-16 * total:
            break
        if total > LARGEST:
            weight, waits, queue, total = weight / total, waits / total, queue / total, 1.0
    queue /= total
    return Waiting(waits / total, queue / arrivals, giving_up * queue / arrivals, queue)


def answered_within_patience(
    arrivals: float, service: float, seats: int, giving_up: float, seconds: float
) -> float:
    """Service level by Erlang A: the share of all callers answered within `seconds`, the impatient counted.

    The virtual wait v has the density arrivals * exp(h(v) - seats * service * v) / (1/B + arrivals * J),
    where h(v) = arrivals * (1 - exp(-giving_up * v)) / giving_up, B is Erlang B of one seat less and J the
    integral of that exponential; who meets v is still there with probability exp(-giving_up * v).
    """
    if giving_up <= 0:
        return answered_within(arrivals, service, seats, seconds)
    if arrivals <= 0:
        return 1.0
    blocked = erlang_b(arrivals / service, seats - 1)
    if blocked == 0.0:
        return 1.0

    def exponent(wait: float) -> float:
        return arrivals * (1 - exp(-giving_up * wait)) / giving_up - seats * service * wait

    # The exponent is concave: it rises to the wait at which so many gave up that the seats keep up.
    peak = max(0.0, log(arrivals / (seats * service))) / giving_up
    highest = exponent(peak)
    end = peak + 1 / (seats * service)
    while exponent(end) > highest - 35:
        end = peak + 2 * (end - peak)
    whole = _simpson(lambda wait: exp(exponent(wait) - highest), 0.0, end)
    bound = min(seconds, end)
    served = _simpson(lambda wait: exp(exponent(wait) - highest - giving_up * wait), 0.0, bound)
    # Everything is divided by exp(highest), which alone could be too large for a float.
    at_once = (1 / blocked) * exp(-highest) if highest < 700 else 0.0
    return min(1.0, (at_once + arrivals * served) / (at_once + arrivals * whole))


def _simpson(function: Callable[[float], float], low: float, high: float) -> float:
    if high <= low:
        return 0.0
    step = (high - low) / STEPS
    inner = sum((4 if n % 2 else 2) * function(low + n * step) for n in range(1, STEPS))
    return (function(low) + inner + function(high)) * step / 3

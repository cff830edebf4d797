"""Any history of callers, keys, operators, transfers, call-backs, callbacks and deaths, before two routers.

Drawn by Hypothesis: arrivals, hang-ups, keys, answers and refusals, dropped lines, seats that come and go;
consultations, three-way talks, hand-overs to seats, partner lines and the queue, targets that fail, 110
beside the caller, supervisors who listen, whisper and join; wishes, messages and broken lines that are
dialled back, three times; the stand-by phone, a partner line by key; recordings that are paused, refused or
never told of; a carrier that is away, callbacks that come late, twice, in another order or never, two
requests at the same moment, and a process that dies before it commits, after it committed, or before it wrote
down what it did.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tests.fake_carrier import Callback
from tests.integration.histories import at_rest, figures, invariants
from tests.integration.histories.callers_and_seats import CallersAndSeats
from tests.integration.histories.in_the_talk import InTheTalk
from tests.integration.histories.owed_calls import OwedCalls
from tests.integration.histories.recorded import Recorded, sound_is_kept_sealed_or_gone
from tests.integration.histories.router import MOMENTS, Death, Router

QUIET_LOOKS = 8
"""Looks at the carrier, 7 s apart: within a minute every lost callback is made up for."""


class AnyHistory(CallersAndSeats, InTheTalk, OwedCalls, Recorded):
    # -- the wire, deaths and time
    @precondition(lambda self: self.phone.unsent)
    @rule(data=st.data(), fate=st.sampled_from(["all", "all", "all", "first", "any", "twice", "lost"]))
    def callbacks_come(self, data: st.DataObject, fate: str) -> None:
        if fate == "all":
            self.phone.deliver_all()
            return
        unsent = self.phone.unsent
        index = 0 if fate == "first" else data.draw(st.integers(0, len(unsent) - 1))
        callback = unsent[index] if fate == "twice" else unsent.pop(index)
        if fate != "lost":
            self.phone.deliver([callback])

    @rule(what=st.sampled_from([*MOMENTS, "away", "back", "back"]), after=st.integers(0, 3))
    def something_breaks(self, what: str, after: int) -> None:
        """A process will die at its n-th such moment, or the carrier does not answer for a while."""
        if what in MOMENTS:
            self.fate.moment, self.fate.after = what, after
        else:
            self.phone.away = what == "away"
            self.phone.work_off()

    @rule(data=st.data(), clocks=st.sampled_from(["tick", "distribute"]))
    def two_things_happen_at_once(self, data: st.DataObject, clocks: str) -> None:
        """A callback at one router's door while the other's clock turns; then all comes to rest."""
        unsent = self.phone.unsent
        callback = unsent.pop(data.draw(st.integers(0, len(unsent) - 1))) if unsent else None
        seen = len(self.watch.faults)
        one, other = self.routers
        busy = self.together.submit(self._quietly, lambda: self._turn(one, clocks))
        if callback is not None:
            self._quietly(lambda: self._told(other, callback))
        else:
            self._quietly(lambda: self._turn(other, "distribute"))
        busy.result()
        # What changed again between a commit and our look at it proves nothing.
        del self.watch.faults[seen:]
        self.phone.work_off()

    def _told(self, router: Router, callback: Callback) -> None:
        status, _ = router.answer(callback.url, callback.form)
        if status >= 500:
            self.phone.unsent.append(callback)

    def _turn(self, router: Router, clocks: str) -> None:
        if clocks == "tick":
            router.deadlines.tick()
        else:
            router.offers.distribute()

    def _quietly(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Death:
            return

    @rule(
        seconds=st.sampled_from([1, 6, 12, 25, 40, 70, 70, 310, 960, 7800]),
        desks_are_open=st.sampled_from([True, True, True, False]),
    )
    def time_passes(self, seconds: int, desks_are_open: bool) -> None:
        """Up to the next try of a call-back, or until a seat that prepares gives it back."""
        self.let_pass(seconds, desks_are_open)

    # -- what must hold
    @invariant()
    def nobody_is_in_two_places(self) -> None:
        invariants.nobody_is_in_two_places(self.engine)

    @invariant()
    def what_is_owed_is_rung_as_promised(self) -> None:
        invariants.what_is_owed_is_rung_as_promised(self.engine, self.phone)

    @invariant()
    def order_and_transfers_are_kept_and_nobody_is_hung_up_on_or_overheard(self) -> None:
        assert self.watch.faults == []
        assert self.phone.hung_up_by_product == []
        invariants.supervisors_are_heard_only_when_they_joined(self.phone, self.joined)

    def teardown(self) -> None:
        """Left alone, with callbacks lost for ever, everything comes to agree again."""
        try:
            if self.people:
                self.settle()
        finally:
            self.clear_away()

    def settle(self) -> None:
        self.phone.unsent.clear()
        self.phone.away, self.fate.moment = False, None
        for look in range(QUIET_LOOKS):
            self.let_pass(7, desks_are_open=look % 3 == 0)
            self.phone.unsent.clear()
        at_rest.records_equal_the_carrier(self.engine, self.phone, self.callers)
        at_rest.talks_are_whole(self.engine, self.phone)
        at_rest.each_owed_call_has_its_place(self.engine)
        figures.remember(self.engine, self.began, self.clock.now, self.memory)
        invariants.nobody_is_in_two_places(self.engine)
        self.let_pass(500)
        self.let_pass(5)
        at_rest.seats_are_understood(self.engine)
        at_rest.the_log_rebuilds_the_records(self.engine)
        sound_is_kept_sealed_or_gone(self.engine, self.phone, self.folder)
        figures.the_figures_follow_from_the_log(self.engine, self.began, self.clock.now, self.memory)

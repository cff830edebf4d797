"""Who can be rung: registered browsers by identity, scripted answerers by number.

No number leaves the process: what is not known here is refused.
"""

from __future__ import annotations

from collections.abc import Callable

from hotline.exchange.leg import Leg
from hotline.exchange.scripted import AnswerPlan, ScriptedLeg

LegMaker = Callable[[], Leg]


class FarEnds:
    def __init__(self) -> None:
        self._makers: dict[str, LegMaker] = {}
        self._plans: dict[str, AnswerPlan] = {}

    def register(self, address: str, maker: LegMaker) -> None:
        """The newest registration of an address is the one that rings."""
        self._makers[address] = maker

    def unregister(self, address: str, maker: LegMaker) -> None:
        if self._makers.get(address) is maker:
            del self._makers[address]

    def is_registered(self, address: str) -> bool:
        return address in self._makers

    def plan(self, number: str, plan: AnswerPlan) -> None:
        """`*` stands for every number without a plan of its own."""
        self._plans[number] = plan

    def leg_for(self, address: str) -> Leg:
        maker = self._makers.get(address)
        if maker is not None:
            return maker()
        plan = self._plans.get(address)
        if plan is None and not address.startswith("client:"):
            plan = self._plans.get("*")
        if plan is not None:
            return ScriptedLeg(plan)
        return Unreachable("no-answer" if address.startswith("client:") else "failed")


class Unreachable(ScriptedLeg):
    """Nobody there: refuses as soon as it is rung."""

    def __init__(self, status: str) -> None:
        super().__init__(AnswerPlan(outcome=status, after_seconds=0.0))
        self._status = status

    async def ring(self, call_sid: str, caller: str, parameters: dict[str, str]) -> None:
        self._later(self._refuse())

    async def _refuse(self) -> None:
        self._finish(self._status)
        self.listener.leg_refused(self._status)

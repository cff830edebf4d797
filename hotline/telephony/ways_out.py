"""Where else a caller can be put through: forced when nobody is on duty, chosen by key after a long wait."""

from __future__ import annotations

from dataclasses import dataclass

from hotline.domain.emergency_number import is_emergency_number
from hotline.routing.standby import Standby, WayOut
from hotline.telephony import prompts
from hotline.telephony.outgoing import OutgoingGuard
from hotline.telephony.prompts import Line


@dataclass(frozen=True)
class WaysOut:
    """No way leads to a number that may not be dialled in this mode, nor ever to an emergency line."""

    standby: Standby
    guard: OutgoingGuard

    def now(self, call_id: int) -> WayOut | None:
        """Whom to dial now."""
        return self._allowed(self.standby.way_for(call_id))

    def untold(self, call_id: int) -> Line | None:
        """That another service could take this caller, who waits for long; said once."""
        way = self._allowed(self.standby.offered(call_id))
        if way is None or self.standby.told(call_id):
            return None
        return prompts.partner_told(way.name_zh, way.name_en)

    def menu(self, call_id: int, usual: Line) -> list[Line]:
        """The keys, with that of the other service where there is one."""
        way = self._allowed(self.standby.offered(call_id))
        return [usual] if way is None else [prompts.partner_key(way.name_zh, way.name_en), usual]

    def choose(self, call_id: int) -> bool:
        """Key 4. False: there is no such service any more."""
        return self._allowed(self.standby.offered(call_id)) is not None and self.standby.choose(call_id)

    def _allowed(self, way: WayOut | None) -> WayOut | None:
        if way is None or is_emergency_number(way.number) or not self.guard.allows(way.number):
            return None
        return way


def words_of(way: WayOut) -> Line:
    return prompts.passed_on(way.name_zh, way.name_en, way.chosen)

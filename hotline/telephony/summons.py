"""The call that asks somebody who stands by to come: who it is, why, and a key. No caller is in it."""

from __future__ import annotations

import logging
from typing import Any

from hotline.routing.transactions import reading
from hotline.telephony.addresses import Addresses
from hotline.telephony.carrier import Carrier, CarrierRefused, LegGone, NumberForbidden
from hotline.telephony.prompts import Line
from hotline.telephony.twiml import Documents
from hotline.workforce.errors import Refused
from hotline.workforce.roster_policy import zone_of
from hotline.workforce.summons import Summoning
from models.duty_requests import DutyContact, Summons
from models.places import Centre
from models.unit_of_work import Work
from models.vocabulary_roster import SummonsAnswer

log = logging.getLogger("hotline.carrier")

RING_SECONDS = 40
COMES, COMES_NOT = "1", "2"
ROUNDS = 2

THANKS = Line("好的，谢谢您，请按时上岗。", "Thank you. Please sign on in time.")
UNDERSTOOD = Line("知道了，我们再找别人。", "Understood. We ask somebody else.")
OVER = Line("这个班次已经有人了，谢谢您。", "This shift has somebody by now. Thank you.")


class SummonsCalls:
    """Work of the outbox, and the documents of the call."""

    def __init__(self, work: Work, summoning: Summoning, addresses: Addresses) -> None:
        self._work = work
        self._summoning = summoning
        self._documents = Documents(addresses)

    def call_standby(self, carrier: Carrier, payload: dict[str, Any]) -> None:
        with reading(self._work) as unit:
            summons = unit.session.get(Summons, int(payload["summons_id"]))
            contact = unit.session.get(DutyContact, summons.person_id) if summons is not None else None
            now = unit.now
        if summons is None or contact is None or not contact.phone or summons.leg_sid is not None:
            return
        if summons.answer is not SummonsAnswer.WAITING or summons.ends_at <= now:
            return
        try:
            leg_sid = carrier.call_staff(
                number=contact.phone, summons_id=summons.id, timeout_seconds=RING_SECONDS
            )
        except (NumberForbidden, CarrierRefused, LegGone):
            # Their page, mail and text say the same; the next of the list is called when no answer comes.
            log.warning("somebody who stands by may not be dialled here, or the carrier refused it")
            return
        self._summoning.rang(summons.id, leg_sid)

    def words(self, summons_id: int) -> str:
        """Who calls and for what; asked twice, then it ends and the next one is called."""
        with reading(self._work) as unit:
            summons = unit.session.get(Summons, summons_id)
            centre = unit.session.get(Centre, summons.centre_id) if summons is not None else None
            if summons is None or centre is None or summons.ends_at <= unit.now:
                return self._documents.over(OVER)
            zone = zone_of(unit.session, centre.id)
            begins, ends = summons.starts_at.astimezone(zone), summons.ends_at.astimezone(zone)
            when_zh, when_en = "现在", "now"
            if summons.starts_at > unit.now:
                when_zh = f"{begins.month}月{begins.day}日{begins:%H:%M}起"
                when_en = f"from {begins:%H:%M} on {begins.day} {begins:%B}"
        line = Line(
            f"这里是心理援助热线。{centre.name_zh}{when_zh}缺人，请您上岗到{ends:%H:%M}。能来请按1，不能来请按2。",
            f"The hotline needs you at {centre.name_en} {when_en} until {ends:%H:%M}. "
            "Press 1 if you come, 2 if not.",
        )
        return self._documents.asks_to_come(summons_id, line, ROUNDS)

    def answer(self, summons_id: int, key: str) -> str:
        if key not in (COMES, COMES_NOT):
            return self.words(summons_id)
        try:
            said = self._summoning.answer(summons_id, key == COMES)
        except Refused:
            return self._documents.over(OVER)
        return self._documents.over(THANKS if said is SummonsAnswer.COMING else UNDERSTOOD)

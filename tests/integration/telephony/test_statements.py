"""What the carrier's questions cost while somebody listens to silence: statements, on the whole way in."""

from __future__ import annotations

import re

from hotline.telephony import language_prompts
from tests.integration.statements import statements_of
from tests.integration.telephony.switchboard import BASE, Switchboard
from tests.integration.telephony.test_languages import a_busy_speaker

CALL = re.compile(r"/carrier/calls/(\d+)/")


def at_the_door(switchboard: Switchboard, path: str, sid: str) -> str:
    """The answer alone, without the carrier's work that a switchboard looks for after each one."""
    form = {"CallSid": sid, "From": "13900000000", "To": "12356"}
    signature = switchboard.sign(BASE + path, form)
    answer = switchboard.client.post(path, data=form, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 200
    return str(answer.text)


def test_a_first_answer_is_one_question_and_two_rows_also_while_languages_are_offered(
    switchboard: Switchboard,
) -> None:
    a_busy_speaker(switchboard, "en")
    with statements_of(switchboard.engine) as seen:
        document = at_the_door(switchboard, "/carrier/voice", "CAfirst")
    assert language_prompts.GREETING_OFFERS.en in document
    assert seen == ["SELECT", "INSERT", "INSERT"]


def test_a_round_of_waiting_that_tells_nothing_reads_little_and_writes_nothing(
    switchboard: Switchboard,
) -> None:
    a_busy_speaker(switchboard, "en")
    found = CALL.search(at_the_door(switchboard, "/carrier/voice", "CAwaits"))
    assert found is not None
    at_the_door(switchboard, f"/carrier/calls/{found[1]}/enqueue?notice=1", "CAwaits")
    first = at_the_door(switchboard, f"/carrier/wait/{found[1]}", "CAwaits")
    with statements_of(switchboard.engine) as seen:
        second = at_the_door(switchboard, f"/carrier/wait/{found[1]}", "CAwaits")
    assert "<Say" in first
    assert "<Say" not in second
    assert seen == ["SELECT", "SELECT"], "the call, and who is on duty"

"""Key 2: which languages are named, who then answers, and in which language the lines are said."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hotline.routing.profiles import refresh_profile
from hotline.telephony import language_prompts, prompts
from models.network import PhoneLine
from models.people import Person
from models.skills import PersonSkill
from models.vocabulary import CallState
from models.vocabulary_network import Language, Topic
from tests.fake_carrier import Leg
from tests.integration.telephony.switchboard import Switchboard

SUNDAY, OTHER_DAYS = "7", "123456"


def can(switchboard: Switchboard, person_id: int, *skills: str, weekdays: str = "") -> None:
    with Session(switchboard.engine) as session, session.begin():
        session.add_all(
            PersonSkill(person_id=person_id, skill=skill, level=4, weekdays=weekdays) for skill in skills
        )
        refresh_profile(session, session.get_one(Person, person_id))


def a_busy_speaker(switchboard: Switchboard, *skills: str, weekdays: str = "") -> tuple[Leg, int]:
    """(the caller who talks to the only seat, the person at it)."""
    _, person_id = switchboard.a_ready_seat()
    can(switchboard, person_id, *skills, weekdays=weekdays)
    return switchboard.a_talk()[0], person_id


def said(leg: Leg) -> str:
    return "".join(leg.heard)


def test_languages_are_offered_in_words_only_while_somebody_on_duty_speaks_them(
    switchboard: Switchboard,
) -> None:
    switchboard.a_ready_seat()
    switchboard.a_talk()
    plain = switchboard.a_caller("13900000000")
    assert plain.heard[0] == prompts.GREETING.zh
    assert "请按2" not in said(plain)
    _, person_id = switchboard.a_ready_seat()
    can(switchboard, person_id, "en", "dai", "sign")
    switchboard.offers.distribute()
    offered = switchboard.a_caller("13700000000")
    assert offered.heard[:2] == [language_prompts.GREETING_OFFERS.zh, language_prompts.GREETING_OFFERS.en]
    assert "换语言或方言请按2" in said(offered)
    switchboard.phone.press(offered, "2")
    assert "傣语请按3" in offered.heard[-2]
    assert "手语" not in offered.heard[-2], "no telephone carries it"
    assert offered.heard[-1].startswith("English: press 2.")


def test_who_chooses_english_in_the_greeting_is_spoken_to_in_english_and_served_by_who_speaks_it(
    switchboard: Switchboard,
) -> None:
    talking, _ = a_busy_speaker(switchboard, "en")
    switchboard.a_ready_seat()
    caller = switchboard.phone.a_call_comes_in("13900000000")
    switchboard.phone.press(caller, "2")
    assert switchboard.call_of(caller).state is CallState.GREETING, "nobody is rung before the choice"
    before = len(caller.languages)
    switchboard.phone.press(caller, "2")
    switchboard.work_off()
    call = switchboard.call_of(caller)
    assert (call.language, call.state, call.seat_id) == ("en", CallState.QUEUED, None)
    assert set(caller.languages[before:]) == {"en-US"}
    assert language_prompts.chosen(Language.ENGLISH, True).en in said(caller)
    assert prompts.NOTICE_WAITING.en in said(caller), "the notice that the key cut off follows"
    switchboard.stopped.advance(seconds=181)
    switchboard.offers.distribute()
    assert switchboard.call_of(caller).seat_id is not None, "a person is better than nobody"
    assert (talking.lives, caller.lives) == (True, True)


def test_a_language_that_nobody_on_duty_speaks_is_said_and_the_caller_is_served_all_the_same(
    switchboard: Switchboard,
) -> None:
    seat_id, _ = switchboard.a_ready_seat()
    caller = switchboard.phone.a_call_comes_in("13900000000")
    switchboard.phone.press(caller, "2")
    switchboard.phone.press(caller, "2")
    assert "Nobody on duty speaks English now" in said(caller)
    switchboard.work_off()
    assert switchboard.call_of(caller).seat_id == seat_id


def test_a_seat_that_rings_without_the_language_is_freed_for_one_that_has_it(
    switchboard: Switchboard,
) -> None:
    first, _ = switchboard.a_ready_seat()
    caller = switchboard.a_caller()
    assert switchboard.call_of(caller).seat_id == first
    other, person_id = switchboard.a_ready_seat()
    can(switchboard, person_id, "yue")
    switchboard.phone.press(caller, "2")
    switchboard.phone.press(caller, "3")
    switchboard.work_off()
    call = switchboard.call_of(caller)
    assert (call.language, call.seat_id) == ("yue", other)
    assert switchboard.seat(first).state_reason is None, "nobody is to blame"
    assert "先等会说粤语的接线员" in said(caller)


def test_a_key_that_was_not_named_changes_nothing_and_danger_works_in_the_list(
    switchboard: Switchboard,
) -> None:
    a_busy_speaker(switchboard, "en")
    caller = switchboard.a_caller("13900000000")
    switchboard.phone.press(caller, "2")
    switchboard.phone.press(caller, "9")
    assert (switchboard.call_of(caller).language, caller.lives) == ("zh", True)
    switchboard.phone.press(caller, "2")
    switchboard.phone.press(caller, "1")
    assert switchboard.call_of(caller).danger
    assert caller.in_queue


def test_a_line_whose_callers_speak_english_greets_in_english(switchboard: Switchboard) -> None:
    with Session(switchboard.engine) as session, session.begin():
        session.add(PhoneLine(number="12356", name_zh="英语专线", name_en="English line", language="en"))
    caller = switchboard.phone.a_call_comes_in()
    assert caller.heard == [language_prompts.GREETING_ENGLISH.en]
    assert caller.languages == ["en-US"]


def test_todays_specialists_are_told_once_in_a_sentence_and_nobody_has_to_choose(
    switchboard: Switchboard,
) -> None:
    sentence = language_prompts.specialists([Topic.STUDY]).zh
    a_busy_speaker(switchboard, "study", weekdays=SUNDAY)
    caller = switchboard.a_caller("13900000000")
    assert caller.heard[-2].count(sentence) == 1
    switchboard.stopped.advance(seconds=61)
    switchboard.phone.time_passes(caller)  # the calm sound ends
    switchboard.phone.time_passes(caller)
    assert "您是下一位" in caller.heard[-2]
    assert said(caller).count(sentence) == 1
    assert switchboard.call_of(caller).wanted_skills == []


def test_a_specialist_of_another_day_is_not_told(switchboard: Switchboard) -> None:
    a_busy_speaker(switchboard, "study", weekdays=OTHER_DAYS)
    caller = switchboard.a_caller("13900000000")
    assert "擅长学业" not in said(caller)

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from analytics.days import HOTLINE_ZONE, day_of
from analytics.demonstration.plan import DAYS, OLD_RISE, OPEN_RISE, plan, total
from analytics.demonstration.texts import fields_of, summary_of, words_of
from models.vocabulary import RiskLevel

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DAYS_OF_CONTACTS = plan(NOW, HOTLINE_ZONE)
EVERYBODY = [contact for day in DAYS_OF_CONTACTS for contact in day]


def test_the_plan_is_the_same_each_time_it_is_made() -> None:
    assert plan(NOW, HOTLINE_ZONE) == DAYS_OF_CONTACTS


def test_there_are_sixty_days_of_contacts_none_of_them_to_come() -> None:
    assert len(DAYS_OF_CONTACTS) == DAYS == 60
    assert 1200 <= total(DAYS_OF_CONTACTS) <= 2000
    assert max(contact.arrived_at for contact in EVERYBODY) <= NOW
    assert len({contact.key for contact in EVERYBODY}) == len(EVERYBODY)


def test_evenings_are_busy_and_nights_are_not() -> None:
    hours = Counter(contact.arrived_at.astimezone(HOTLINE_ZONE).hour for contact in EVERYBODY)
    assert sum(hours[h] for h in range(18, 22)) > 5 * sum(hours[h] for h in range(2, 6))


def test_both_rises_stand_at_one_county_each() -> None:
    for rise in (OLD_RISE, OPEN_RISE):
        contacts = [contact for contact in EVERYBODY if contact.topic is rise.topic]
        assert len(contacts) >= 10
        assert {contact.place_code for contact in contacts} == {rise.county}
        days = {(day_of(NOW) - day_of(contact.arrived_at)).days for contact in contacts}
        assert min(days) >= rise.last_back
        assert max(days) <= rise.first_back


def test_every_level_of_risk_occurs_and_most_are_low() -> None:
    levels = Counter(contact.risk for contact in EVERYBODY)
    assert set(levels) == set(RiskLevel)
    assert levels[RiskLevel.R1] > 0.5 * len(EVERYBODY)
    assert levels[RiskLevel.R4] < 0.02 * len(EVERYBODY)


def test_summaries_fit_the_form_and_vary() -> None:
    summaries = [text for contact in EVERYBODY if (text := summary_of(contact)) is not None]
    assert max(map(len, summaries)) <= 300
    assert len(set(summaries)) > 0.75 * len(summaries)
    assert all("{" not in text for text in summaries)


def test_high_levels_carry_a_safety_plan() -> None:
    high = [contact for contact in EVERYBODY if contact.risk.is_high and contact.topic is not None]
    assert high
    assert all({"safety_contact", "safety_means", "plan"} <= set(fields_of(contact)) for contact in high)


def test_who_declined_recording_left_no_words() -> None:
    declined = [contact for contact in EVERYBODY if not contact.recorded]
    assert declined
    assert all(words_of(contact) is None for contact in declined)
    assert any(words_of(contact) is not None for contact in EVERYBODY)

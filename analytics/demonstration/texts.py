"""Words for a planned contact: the operator's summary, the form's other answers, and what was said."""

from __future__ import annotations

import random
from typing import Any

from analytics.demonstration.geography import PLACES
from analytics.demonstration.phrases import (
    CLOSING_WORDS,
    EFFECTS,
    FOR_ANOTHER,
    GIVEN,
    HANDLING,
    OPENINGS,
    OPERATOR_WORDS,
    PERSONAL_DETAILS,
    R2_LINES,
    R3_LINES,
    R4_LINES,
    SURNAMES,
)
from analytics.demonstration.plan import PlannedContact, is_planted
from analytics.transcribe import Transcript, TranscriptState, Utterance
from models.vocabulary import RiskLevel
from models.vocabulary_record import CallType, Disposition, Relation, Sex

_COUNTY_NAMES = {place.code: place.zh for place in PLACES}
_RISK_LINES = {RiskLevel.R2: R2_LINES, RiskLevel.R3: R3_LINES, RiskLevel.R4: R4_LINES}
_SPOKEN_DIGITS = str.maketrans("0123456789", "零幺二三四五六七八九")


def summary_of(contact: PlannedContact) -> str | None:
    """At most 300 characters; None for a call with nobody to help."""
    if contact.topic is None:
        return None
    chance = random.Random(contact.seed)
    opening = chance.choice(FOR_ANOTHER if contact.call_type is CallType.FOR_ANOTHER else OPENINGS)
    situation = _filled(chance.choice(contact.topic.situations), chance)
    sentences = [opening + situation]
    if chance.random() < 0.55:
        sentences.append(_filled(chance.choice(contact.topic.situations), chance))
    if not is_planted(contact.topic) and chance.random() < 0.35:
        sentences.append(chance.choice(EFFECTS))
    sentences += _risk_line(contact, chance)
    if not is_planted(contact.topic) and chance.random() < 0.15:
        sentences.append(chance.choice(HANDLING))
    sentences = list(dict.fromkeys(sentences))
    return "。".join(part for part in sentences if part)[:299] + "。"


def disposition_of(contact: PlannedContact) -> Disposition:
    chance = random.Random(contact.seed + 1)
    if contact.risk is RiskLevel.R4:
        return Disposition.EMERGENCY
    if contact.risk is RiskLevel.R3:
        return Disposition.TO_SUPERVISOR
    if contact.risk is RiskLevel.R2:
        return chance.choice((Disposition.WATCH, Disposition.REFERRAL))
    return chance.choices(
        (Disposition.CLOSED, Disposition.WATCH, Disposition.APPOINTMENT, Disposition.REFERRAL), (76, 12, 6, 6)
    )[0]


def fields_of(contact: PlannedContact) -> dict[str, Any]:
    """The answers of the form that have no column of their own."""
    chance = random.Random(contact.seed + 2)
    if contact.topic is None:
        return {"heard_danger": "no"}
    ideation = contact.risk >= RiskLevel.R2
    before = chance.randint(5, 9)
    fields: dict[str, Any] = {
        "relation": str(Relation.FAMILY if contact.call_type is CallType.FOR_ANOTHER else Relation.SELF),
        "sex": str(chance.choices((Sex.FEMALE, Sex.MALE, Sex.UNTOLD), (60, 36, 4))[0]),
        "age_band": chance.choice(contact.topic.ages),
        "two_weeks": "yes" if ideation else "no",
        "distress_before": before,
        "distress_after": max(0, before - chance.randint(0, 4)),
        "harm_others": 0,
        "dispositions": [str(disposition_of(contact))],
    }
    if ideation:
        high = contact.risk.is_high
        fields |= {
            "acting": "yes" if contact.risk is RiskLevel.R4 else "no",
            "plan": "yes" if high else "no",
            "means": "yes" if high else "no",
            "when": {RiskLevel.R4: "now", RiskLevel.R3: "week"}.get(contact.risk, "unasked"),
            "attempt_two_weeks": "no",
            "alone": chance.choice(("yes", "no")),
        }
    if contact.risk.is_high:
        fields |= {"safety_contact": "家属已知情并陪伴", "safety_means": "已请家人收走"}
    return fields


def words_of(contact: PlannedContact) -> Transcript | None:
    """A synthetic transcript in two channels, personal details in it as callers do tell them."""
    if contact.topic is None or not (contact.speaks and contact.recorded):
        return None
    chance = random.Random(contact.seed + 3)
    said = [("operator", OPERATOR_WORDS[0])]
    told = list(contact.topic.spoken)
    chance.shuffle(told)
    if chance.random() < 0.7:
        said.append(("caller", _personal_detail(chance, contact)))
    for line in told:
        said += [("caller", line), ("operator", chance.choice(OPERATOR_WORDS[1:]))]
    said.append(("caller", chance.choice(CLOSING_WORDS)))
    utterances, at = [], 1.0
    for who, text in said:
        length = 0.22 * len(text)
        utterances.append(
            Utterance(0 if who == "caller" else 1, who, round(at, 2), round(at + length, 2), text, ())
        )
        at += length + chance.uniform(0.4, 2.5)
    return Transcript(
        TranscriptState.TRANSCRIBED, "zh", "synthetic", "1", at, 2, 8000, at, False, tuple(utterances)
    )


def _risk_line(contact: PlannedContact, chance: random.Random) -> tuple[str, ...]:
    lines = _RISK_LINES.get(contact.risk)
    return (chance.choice(lines),) if lines else ()


def _filled(template: str, chance: random.Random) -> str:
    return template.format(n=chance.randint(2, 6), c=chance.choice("一二三"))


def _personal_detail(chance: random.Random, contact: PlannedContact) -> str:
    digits = f"13{chance.randint(0, 9)}{chance.randint(0, 99_999_999):08d}"
    surname = chance.choice(SURNAMES)
    return chance.choice(PERSONAL_DETAILS).format(
        name=surname + chance.choice(GIVEN),
        surname=surname,
        digits=digits,
        spoken=digits.translate(_SPOKEN_DIGITS),
        county=_COUNTY_NAMES.get(contact.place_code or "", "城里"),
        n=chance.randint(10, 99),
        c=chance.choice("一二三四"),
    )

"""What a waiting call needs and what a seat can give, each as one short code that an index can hold. Pure.

A decision then compares the few different codes, never every call with every seat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.vocabulary_network import DEFAULT_LANGUAGE

URGENT_REASONS = frozenset({"danger", "risk_history"})
"""Reasons of the queue with which no place is waited for, and for which a seat is kept."""


@dataclass(frozen=True)
class Need:
    """`language|centre|place|skills|!`: what the call asks of a seat."""

    language: str = DEFAULT_LANGUAGE
    centre_id: int | None = None
    place_code: str | None = None
    skills: tuple[str, ...] = ()
    urgent: bool = False

    @property
    def code(self) -> str:
        centre = "" if self.centre_id is None else str(self.centre_id)
        mark = "!" if self.urgent else ""
        return "|".join((self.language, centre, self.place_code or "", ",".join(sorted(self.skills)), mark))

    @classmethod
    def read(cls, code: str) -> Need:
        language, centre, place, skills, mark = code.split("|")
        return cls(
            language,
            int(centre) if centre else None,
            place or None,
            tuple(skills.split(",")) if skills else (),
            mark == "!",
        )


@dataclass(frozen=True)
class Skill:
    """`weekdays`: digits of the days on which it counts, Monday is 1; empty is every day."""

    code: str
    level: int
    weekdays: str = ""

    def counts_on(self, weekday: int) -> bool:
        return not self.weekdays or str(weekday) in self.weekdays


@dataclass(frozen=True)
class Profile:
    """`centre|role mark|skill:level@days,…`: what the person at a seat can give."""

    centre_id: int
    supervisor: bool = False
    skills: tuple[Skill, ...] = ()

    @property
    def code(self) -> str:
        words = (
            f"{skill.code}:{skill.level}" + (f"@{skill.weekdays}" if skill.weekdays else "")
            for skill in sorted(self.skills, key=lambda skill: skill.code)
        )
        return f"{self.centre_id}|{'s' if self.supervisor else ''}|{','.join(words)}"

    @classmethod
    def read(cls, code: str) -> Profile:
        centre, mark, words = code.split("|")
        return cls(int(centre), mark == "s", tuple(_skill(word) for word in words.split(",") if word))

    def level(self, skill: str, weekday: int) -> int:
        """0: cannot, or not on this day. Who has no language on file speaks the default one."""
        for known in self.skills:
            if known.code == skill:
                return known.level if known.counts_on(weekday) else 0
        return 1 if skill == DEFAULT_LANGUAGE else 0


def _skill(word: str) -> Skill:
    code, _, rest = word.partition(":")
    level, _, weekdays = rest.partition("@")
    return Skill(code, int(level), weekdays)


def urgent(reasons: Sequence[str]) -> bool:
    return not URGENT_REASONS.isdisjoint(reasons)

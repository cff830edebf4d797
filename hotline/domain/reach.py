"""After how long may a seat of one profile take a call of one need. Pure; no single call or seat is seen.

Language is required, groups and topics are preferred; all of it widens with time, and what nobody on duty
has is not waited for, so that nobody waits for ever for a skill. A life in danger waits for no place and
no skill.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hotline.domain.place_widening import Centres, Ring, place_wait, ring_of
from hotline.domain.routing_policy import DEFAULT, Policy
from models.needs import Need, Profile
from models.vocabulary_network import Group, Keeping

URGENT_LANGUAGE_SECONDS = 10
"""Even in danger the own language is tried first, so long."""


@dataclass(frozen=True)
class Scene:
    """Who is on duty and free now, by profile, and the rules in force."""

    on_duty: Mapping[Profile, int]
    free: Mapping[Profile, int]
    weekday: int
    """Monday is 1, in the hotline's own zone."""
    policy: Policy = DEFAULT
    centres: Centres = field(default_factory=Centres)

    @property
    def free_total(self) -> int:
        return sum(self.free.values())

    @property
    def keeps_one(self) -> bool:
        """One free seat is left for a life in danger."""
        enough = sum(self.on_duty.values()) >= self.policy.keep_from_seats
        return self.policy.keeping is Keeping.SEAT and enough

    @property
    def keeps_supervisors(self) -> bool:
        """Supervisors' seats are left for it, while an operator is on duty beside them."""
        others = any(count and not profile.supervisor for profile, count in self.on_duty.items())
        return self.policy.keeping is Keeping.SUPERVISOR and others


class Reach:
    """The table of need x profile of one decision; each pair is worked out once."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._on_duty = tuple(profile for profile, count in scene.on_duty.items() if count)
        self._centres_on_duty = frozenset(profile.centre_id for profile in self._on_duty)
        self._known: dict[tuple[Need, Profile], int | None] = {}

    def after(self, need: Need, profile: Profile) -> int | None:
        """Seconds of waiting; None: not at all while things stand as they do."""
        pair = (need, profile)
        if pair not in self._known:
            self._known[pair] = self._work_out(need, profile)
        return self._known[pair]

    def groups(self, needs: list[Need]) -> dict[int, list[Need]]:
        """Needs by the least waiting with which some free seat may take them; what none may is left out."""
        found: dict[int, list[Need]] = {}
        spare = self.scene.free_total - (1 if self.scene.keeps_one else 0)
        for need in needs:
            if spare <= 0 and not need.urgent:
                continue
            waits = [wait for profile in self.scene.free if (wait := self.after(need, profile)) is not None]
            if waits:
                found.setdefault(min(waits), []).append(need)
        return found

    def serves_more(self, needs: list[Need], given: int) -> bool:
        """Whether a seat is left for somebody after so many were given away."""
        left = self.scene.free_total - given
        spare = left - (1 if self.scene.keeps_one else 0)
        return spare > 0 or (left > 0 and any(need.urgent for need in needs))

    def ring(self, need: Need, profile: Profile) -> Ring:
        return ring_of(self.scene.centres, need.centre_id, need.place_code, profile.centre_id)

    def fit(self, need: Need, profile: Profile) -> int:
        """Levels of what the call asks for, together: the greater the better."""
        asked = [*need.skills, *([str(Group.CRISIS)] if need.urgent else [])]
        return sum(profile.level(skill, self.scene.weekday) for skill in asked)

    def speaks(self, need: Need, profile: Profile) -> bool:
        return profile.level(need.language, self.scene.weekday) > 0

    def _work_out(self, need: Need, profile: Profile) -> int | None:
        if profile.supervisor and not need.urgent and self.scene.keeps_supervisors:
            return None
        language = 0
        if not self.speaks(need, profile) and self._somebody_has(need.language):
            language = self.scene.policy.language_after_seconds
        if need.urgent:
            return min(language, URGENT_LANGUAGE_SECONDS)
        missing = (s for s in need.skills if not profile.level(s, self.scene.weekday))
        skill = self.scene.policy.skill_after_seconds if any(map(self._somebody_has, missing)) else 0
        place = place_wait(
            self.scene.centres,
            self._centres_on_duty,
            need.centre_id,
            need.place_code,
            profile.centre_id,
            self.scene.policy,
        )
        return max(language, skill, place)

    def _somebody_has(self, skill: str) -> bool:
        return any(profile.level(skill, self.scene.weekday) for profile in self._on_duty)

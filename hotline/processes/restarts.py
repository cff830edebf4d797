"""When a process that died is started again: at once the first time, then with growing pauses."""

from __future__ import annotations

from dataclasses import dataclass, replace

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 30.0
LOOP_DEATHS = 4


@dataclass(frozen=True)
class Restarts:
    """How often a process died in a row. `told`: the crash loop was already reported."""

    deaths: int = 0
    told: bool = False

    def after_death(self, lived_seconds: float) -> Restarts:
        """One that ran steadily and then died begins anew."""
        if lived_seconds >= STEADY_SECONDS:
            return Restarts(deaths=1)
        return replace(self, deaths=self.deaths + 1)

    @property
    def pause_seconds(self) -> float:
        if self.deaths <= 1:
            return FIRST_PAUSE_SECONDS
        return float(min(2 ** (self.deaths - 2), LONGEST_PAUSE_SECONDS))

    @property
    def is_new_loop(self) -> bool:
        return self.deaths >= LOOP_DEATHS and not self.told

    def mark_told(self) -> Restarts:
        return replace(self, told=True)

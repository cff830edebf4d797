"""What an idle desk shows of the whole line: the same for every desk, so it is read once for all."""

from __future__ import annotations

from dataclasses import dataclass

from agent_console.desk_lists import HourBar, calls_by_hour
from agent_console.parts import ConsoleParts
from agent_console.shared_reading import SharedReading
from agent_console.spans import span
from hotline.domain.local_day import day_start
from hotline.domain.measures import figures
from hotline.workforce.measured import call_facts, rule_of
from hotline.workforce.standing import right_now


@dataclass(frozen=True)
class QueueFigures:
    waiting: int
    longest_seconds: float | None
    free: int
    on_duty: int
    connect_rate: float | None


def in_words(queue: QueueFigures) -> dict[str, str | float | None]:
    """As the page shows them; digits alone, the same in every language. `longest_seconds` runs on there."""
    share = queue.connect_rate
    return {
        "waiting": str(queue.waiting),
        "longest": span(queue.longest_seconds),
        "longest_seconds": queue.longest_seconds,
        "free": str(queue.free),
        "on_duty": str(queue.on_duty),
        "connected": "–" if share is None else f"{100 * share:.1f}%",
    }


class DeskFigures:
    """Read once for all desks that ask or are told in the same moment; the day's rate, which single calls
    hardly move, once in five seconds."""

    def __init__(self, parts: ConsoleParts) -> None:
        self._parts = parts
        self._now: SharedReading[QueueFigures] = SharedReading(0.5)
        self._rate: SharedReading[float | None] = SharedReading(5.0)
        self._hours: SharedReading[list[HourBar]] = SharedReading(15.0)

    def now(self) -> QueueFigures:
        return self._now.get(self._read)

    def by_hour(self) -> list[HourBar]:
        return self._hours.get(self._read_hours)

    def _read_hours(self) -> list[HourBar]:
        with self._parts.reading() as records:
            return calls_by_hour(records, self._parts.clock())

    def _read(self) -> QueueFigures:
        with self._parts.reading() as records:
            stands = right_now(records, self._parts.clock())
        return QueueFigures(
            stands.waiting,
            stands.longest_seconds,
            stands.free,
            stands.on_duty,
            self._rate.get(self._read_rate),
        )

    def _read_rate(self) -> float | None:
        """Of today, by the definitions of every board."""
        now = self._parts.clock()
        with self._parts.reading() as records:
            return figures(call_facts(records, day_start(now), now), rule_of(records)).connect_rate

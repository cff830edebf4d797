"""Connection overrides in a webhook URL's fragment: `#rc=3&rp=5xx,ct,rt&ct=2000`.

Source: the carrier's page "webhooks connection overrides". Times are milliseconds there, seconds here.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Overrides:
    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = 15.0
    retry_count: int = 1
    retry_policy: frozenset[str] = frozenset({"ct"})

    def retries(self, failure: str) -> bool:
        """Whether a failure (`ct` connect, `rt` read time-out, `4xx`, `5xx`) is tried again."""
        return "all" in self.retry_policy or failure in self.retry_policy


def overrides_of(url: str) -> Overrides:
    """Read the fragment; what is missing, unknown or out of range keeps its default."""
    values = dict(parse_qsl(urlsplit(url).fragment))

    def milliseconds(key: str, low: int, high: int, default: float) -> float:
        text = values.get(key, "")
        return int(text) / 1000 if text.isdigit() and low <= int(text) <= high else default

    count = values.get("rc", "")
    policy = frozenset(part.strip() for part in values.get("rp", "ct").split(",") if part.strip())
    return Overrides(
        connect_seconds=milliseconds("ct", 100, 10_000, 5.0),
        read_seconds=milliseconds("rt", 100, 15_000, 15.0),
        total_seconds=milliseconds("tt", 100, 15_000, 15.0),
        retry_count=int(count) if count.isdigit() and int(count) <= 5 else 1,
        retry_policy=policy,
    )

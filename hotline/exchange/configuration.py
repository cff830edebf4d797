"""What the exchange is told at start."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Route:
    """A number or an application: where a call that comes in there is taken."""

    voice_url: str
    voice_method: str = "POST"
    fallback_url: str = ""
    fallback_method: str = "POST"
    status_url: str = ""
    status_events: frozenset[str] = frozenset({"completed"})


@dataclass(frozen=True)
class Configuration:
    account_sid: str
    auth_token: str
    data_dir: Path
    api_key_sid: str = ""
    api_key_secret: str = ""
    public_url: str = "http://127.0.0.1:8002"
    numbers: dict[str, Route] = field(default_factory=dict)
    applications: dict[str, Route] = field(default_factory=dict)
    hosts: dict[str, tuple[str, int]] = field(default_factory=dict)
    patience: float = 1.0  # multiplies the waits before a failed webhook is asked again

    @property
    def recordings_dir(self) -> Path:
        return self.data_dir / "recordings"

    @property
    def speech_dir(self) -> Path:
        return self.data_dir / "speech"

    @property
    def log_path(self) -> Path:
        return self.data_dir / "events.jsonl"

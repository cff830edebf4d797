"""What the house adds to a report: the board's figures of calls, the training ledger, and the proof of
coverage; handed in by the assembly.

Analytics does not know how waiting and answering are counted, who is behind with training, nor who was on
duty: `hotline/domain` does (`measures.py`, `readiness.py`, `cover_proof.py`), for boards, pages and reports
alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class CallCount:
    """Calls, and by how many distinct numbers: fewer than five persons are not told of."""

    calls: int = 0
    persons: int = 0


@dataclass(frozen=True, slots=True)
class Reception:
    """Of the calls that arrived in [since, until). Shares in 0..1; None: nothing to divide by."""

    received: CallCount = CallCount()
    endings: Mapping[str, CallCount] = field(default_factory=dict)
    """By code of `Ending`."""
    channels: Mapping[str, CallCount] = field(default_factory=dict)
    """By code of `Channel`; contacts entered by hand count too."""
    outbound: CallCount = CallCount()
    """Call-backs and care calls that were dialled: apart from the others."""
    connect_rate: float | None = None
    service_level: float | None = None
    asa_seconds: float | None = None
    longest_wait_seconds: float | None = None
    aht_seconds: float | None = None
    occupancy: float | None = None
    signed_on_hours: float = 0.0
    staff: int = 0
    """Distinct operators who talked."""


class ReceptionOf(Protocol):
    def __call__(
        self, session: Session, since: datetime, until: datetime, centre_ids: tuple[int, ...] | None
    ) -> Reception:
        """`centre_ids` None: of the whole hotline."""
        ...


@dataclass(frozen=True, slots=True)
class Trained:
    """Staff, never callers. S4: 每年至少 4 次系统培训; 危机团队每年至少 2 次培训和演练."""

    trainings: int = 0
    """Held in the period: one title on one day is one training, however many were there."""
    drills: int = 0
    attended: int = 0
    """Persons at one or more of them, each once."""
    hours: float = 0.0
    """Hours times persons."""
    behind: int = 0
    """People at the seats who lack something of the year at its end."""


class TrainedOf(Protocol):
    def __call__(
        self, session: Session, since: datetime, until: datetime, centre_ids: tuple[int, ...] | None
    ) -> Trained: ...


@dataclass(frozen=True, slots=True)
class Covered:
    """7×24: each moment was of a seat on duty, of an exit by name, or of nobody. Of days that the log of the
    seats knows whole."""

    days: int = 0
    proved: int = 0
    """Of those, with no moment of nobody."""
    exit_seconds: float = 0.0
    uncovered_seconds: float = 0.0


class CoveredOf(Protocol):
    def __call__(
        self, session: Session, since: datetime, until: datetime, centre_ids: tuple[int, ...] | None
    ) -> Covered: ...


@dataclass(frozen=True, slots=True)
class Ledgers:
    """The house's own books."""

    reception_of: ReceptionOf
    trained_of: TrainedOf
    covered_of: CoveredOf

"""Which risk marker the product uses."""

from __future__ import annotations

from analytics.understand.risk import LexiconRiskMarker, RiskLanguage


def best_marker() -> RiskLanguage:
    """The best marker there is."""
    return LexiconRiskMarker()

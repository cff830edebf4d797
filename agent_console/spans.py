"""A span as people read it."""

from __future__ import annotations


def span(seconds: float | None) -> str:
    """12:46, or 2:14:20 from one hour on."""
    if seconds is None:
        return "–"
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

"""Whether a note speaks of a minor, by the age that was told or by a child's voice (DOMAIN.md f5).

A voice counts only while no age was told. What the note then asks of the guardian is the form's (c8).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.vocabulary_record import AgeBand

MINOR_BANDS = frozenset({str(AgeBand.UNDER_14), str(AgeBand.FROM_14)})
UNTOLD = frozenset({None, "", str(AgeBand.UNTOLD)})


def is_minor(content: Mapping[str, Any]) -> bool:
    """`content`: a note's fields by code."""
    age = content.get("age_band")
    return age in MINOR_BANDS or (bool(content.get("child_voice")) and age in UNTOLD)

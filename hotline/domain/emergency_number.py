"""Is it a number of the police, of rescue or of the fire brigade, in whatever spelling? Pure.

Such a line is rung only by a person, beside the caller, for a life in danger; software passes nobody there.
"""

from __future__ import annotations

import re
import unicodedata

EMERGENCY = re.compile(r"(?:(?:00)?86(?:[1-9]\d{1,2})?|0[1-9]\d{1,2})?1(?:10|19|20|22)")
"""110, 119, 120, 122, also behind a country and an area code (0571-110)."""


def is_emergency_number(number: str) -> bool:
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", number) if sign.isdigit())
    return EMERGENCY.fullmatch(digits) is not None

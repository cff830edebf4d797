"""The shape of an expression of risk: what is said, what it means, and how much it says by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Level = Literal["none", "low", "high"]
Category = Literal["suicide", "self_harm", "harm_to_others"]


@dataclass(frozen=True, slots=True)
class Expression:
    """One kind of expression. `weight` (0..1) is how much it says by itself; guards may lower it."""

    key: str
    category: Category
    level: Level
    weight: float
    pattern: re.Pattern[str]
    reason_zh: str
    reason_en: str


def expression(
    key: str, category: Category, level: Level, weight: float, pattern: str, zh: str, en: str
) -> Expression:
    return Expression(key, category, level, weight, re.compile(pattern), zh, en)

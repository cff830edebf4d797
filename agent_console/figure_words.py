"""Figures of a signed paper, which is Chinese, as a reader of English has them beside it."""

from __future__ import annotations

import re

from agent_console.translation import in_language

COUNTED = re.compile(r"(\d+)[人次]")
SAID_ZH = ("少于5人", "不足一成", "一成至三成", "三成至五成", "五成以上")
SAID_EN = ("fewer than 5", "below 10%", "10% to 30%", "30% to 50%", "50% or more")


def figure_words(text: str) -> str:
    """`47人` is 47 in English; what is none of these stands as it was signed."""
    if text in SAID_ZH:
        return in_language(text, SAID_EN[SAID_ZH.index(text)])
    counted = COUNTED.fullmatch(text)
    return in_language(text, counted[1]) if counted else text

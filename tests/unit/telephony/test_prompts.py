"""What callers hear keeps to the design's wording."""

from __future__ import annotations

import re

import pytest

from hotline.domain.overflow import Exit
from hotline.telephony import prompts
from hotline.telephony.prompts import Line

LINES = {name: line for name, line in vars(prompts).items() if isinstance(line, Line)} | {
    "next": prompts.position(0, None, True),
    "minutes": prompts.position(3, 290.0, False),
    "nobody": prompts.nobody_on_duty((Exit.MESSAGE, Exit.CALLBACK, Exit.EMERGENCY_WORDS)),
}
NEVER = re.compile("患者|自杀|风险|工单|请耐心等待|亲[，。]|！|一定|保证|马上为您接通")


@pytest.mark.parametrize("name", sorted(LINES))
def test_a_line_is_said_in_both_languages_and_promises_nothing(name: str) -> None:
    line = LINES[name]
    assert not NEVER.search(line.zh)
    assert line.en.strip()
    assert "!" not in line.en


def test_people_and_minutes_are_told_and_minutes_only_when_known() -> None:
    assert "您前面还有3人，大约还要5分钟" in prompts.position(3, 290.0, False).zh
    assert "分钟" not in prompts.position(3, None, False).zh
    assert "您是下一位" in prompts.position(0, None, True).zh


def test_nobody_on_duty_names_each_exit_and_the_emergency_numbers() -> None:
    told = prompts.nobody_on_duty((Exit.MESSAGE, Exit.CALLBACK, Exit.EMERGENCY_WORDS)).zh
    for words in ("没有接线员在岗", "留言", "回电", "110", "120"):
        assert words in told
    assert "回电" not in prompts.nobody_on_duty((Exit.MESSAGE, Exit.EMERGENCY_WORDS)).zh

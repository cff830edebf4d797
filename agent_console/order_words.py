"""Why a call stands where it stands, in words: each reason with its minutes, and the wait."""

from __future__ import annotations

from collections.abc import Sequence

from agent_console import words
from agent_console.translation import gettext, label
from hotline.domain.explanation import Explanation, Part
from models.vocabulary_network import DEFAULT_LANGUAGE, SKILLS


def part_words(part: Part) -> str:
    """「危险键 −60 分钟」; a reason that gives no minutes stands alone."""
    if part.code == "bound":
        return gettext("合计以上限为止")
    reason = words.in_words(words.QUEUE_REASONS, part.code)
    minutes = round(part.seconds / 60)
    return gettext("%(reason)s −%(n)s 分钟", reason=reason, n=minutes) if minutes else reason


def order_words(explanation: Explanation) -> str:
    """The whole line: 「危险键 −60 分钟 · 24 小时内高风险后再来电 −10 分钟 · 已等 3 分钟」."""
    waited = gettext("已等 %(n)s 分钟", n=int(explanation.waited_seconds // 60))
    return " · ".join([*(part_words(part) for part in explanation.parts), waited])


def score_words(explanation: Explanation) -> str:
    return gettext("相当于已等 %(n)s 分钟", n=int(explanation.score_seconds // 60))


def needs_words(language: str, skills: Sequence[str]) -> str:
    """「蒙古语、青少年」: what the caller wants of who answers."""
    wanted = [*([language] if language != DEFAULT_LANGUAGE else []), *skills]
    known = (SKILLS.get(code) for code in wanted)
    return gettext("、").join(label(code) for code in known if code is not None)

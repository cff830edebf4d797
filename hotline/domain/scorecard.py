"""A scorecard as data: sections of items scored 0, 1 or 2, and bands of the share reached. Pure.

The one to start with has seven sections after the shape of OpenCHS, the open-source call-centre system of
child helplines, whose reviewers score 0/1/2 by section. Its wording is ours: no item text was copied, and
a supervisor changes it on a page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_SCORE = 2
SECTIONS_AT_MOST, ITEMS_AT_MOST, NAME_LENGTH = 12, 12, 120
CODE = re.compile(r"[a-z][a-z0-9_]{1,29}")


@dataclass(frozen=True)
class Item:
    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Section:
    code: str
    zh: str
    en: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Band:
    """Holds from this share of the points that could be reached, in percent."""

    from_percent: int
    zh: str
    en: str


@dataclass(frozen=True)
class Scorecard:
    sections: tuple[Section, ...]
    bands: tuple[Band, ...]
    """The highest first; the last begins at 0."""

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for section in self.sections for item in section.items)


@dataclass(frozen=True)
class Result:
    """`percent` None: nothing was scored. Items that did not apply count neither way."""

    points: int
    possible: int
    percent: int | None
    band: Band | None


def read_scorecard(content: Mapping[str, Any]) -> Scorecard:
    """Raises ValueError(code) for what is no scorecard."""
    sections = tuple(
        Section(
            _code(section),
            *_names(section),
            tuple(Item(_code(item), *_names(item)) for item in _rows(section, "items", ITEMS_AT_MOST)),
        )
        for section in _rows(content, "sections", SECTIONS_AT_MOST)
    )
    bands = tuple(
        Band(int(band["from_percent"]), *_names(band)) for band in _rows(content, "bands", SECTIONS_AT_MOST)
    )
    codes = [item.code for section in sections for item in section.items]
    if len(set(codes)) != len(codes):
        raise ValueError("code_twice")
    steps = [band.from_percent for band in bands]
    if steps != sorted(set(steps), reverse=True) or steps[-1] != 0 or steps[0] > 100:
        raise ValueError("bands_order")
    return Scorecard(sections, bands)


def _rows(holder: Mapping[str, Any], name: str, most: int) -> list[Mapping[str, Any]]:
    rows = holder.get(name)
    if not isinstance(rows, list) or not 1 <= len(rows) <= most:
        raise ValueError(f"{name}_number")
    return rows


def _code(row: Mapping[str, Any]) -> str:
    code = str(row.get("code", ""))
    if not CODE.fullmatch(code):
        raise ValueError("code_form")
    return code


def _names(row: Mapping[str, Any]) -> tuple[str, str]:
    zh, en = str(row.get("zh", "")).strip(), str(row.get("en", "")).strip()
    if not zh or not en or max(len(zh), len(en)) > NAME_LENGTH:
        raise ValueError("name_missing")
    return zh, en


def result_of(card: Scorecard, scores: Mapping[str, int]) -> Result:
    counted = [scores[item.code] for item in card.items if item.code in scores]
    points, possible = sum(counted), MOST_SCORE * len(counted)
    if not possible:
        return Result(0, 0, None, None)
    percent = round(100 * points / possible)
    return Result(points, possible, percent, next(b for b in card.bands if percent >= b.from_percent))


def wrong_scores(card: Scorecard, scores: Mapping[str, Any]) -> list[str]:
    """Codes whose score this card does not know."""
    known = {item.code for item in card.items}
    return [code for code, score in scores.items() if code not in known or score not in range(MOST_SCORE + 1)]


def _section(code: str, zh: str, en: str, *items: tuple[str, str, str]) -> dict[str, Any]:
    return {"code": code, "zh": zh, "en": en, "items": [{"code": c, "zh": z, "en": e} for c, z, e in items]}


FIRST_SCORECARD: dict[str, Any] = {
    "sections": [
        _section(
            "opening",
            "开场",
            "Opening",
            ("greeting", "按规范问候，语气平稳", "Greets as agreed, in a calm voice"),
            (
                "consent",
                "说明保密与例外，问录音是否可以",
                "Tells privacy and its limits, asks about recording",
            ),
        ),
        _section(
            "listening",
            "倾听",
            "Listening",
            ("space", "给对方说话的时间，不打断", "Leaves room, does not interrupt"),
            ("reflects", "说出听到的内容和感受", "Reflects content and feeling"),
        ),
        _section(
            "assessing",
            "弄清问题",
            "Understanding",
            ("clarifies", "弄清来电的原因和期望", "Clarifies why the person calls and what they hope for"),
            ("two_weeks", "问了两周内的首问", "Asked the two-week question"),
            ("risk", "按回答追问计划、方法、时间、独处", "Followed up plan, means, time, being alone"),
        ),
        _section(
            "helping",
            "一起想办法",
            "Options",
            ("options", "和对方一起找办法，不说教", "Looks for options together, without preaching"),
            ("within_role", "不诊断、不许诺", "Makes no diagnosis and no promise"),
        ),
        _section(
            "safety",
            "安全",
            "Safety",
            ("plan", "需要时一起定了安全计划", "Agreed a safety plan where needed"),
            (
                "help",
                "需要时求助督导、启动危险流程",
                "Asked for help or raised the danger where needed",
            ),
        ),
        _section(
            "closing",
            "结束",
            "Closing",
            ("summary", "小结，说清下一步和随访", "Sums up, names the next step and the follow-up"),
            ("again", "告知可以随时再打来", "Says that they can call again at any time"),
        ),
        _section(
            "record",
            "登记",
            "Record",
            ("facts", "登记与谈话相符，风险有依据", "The note fits the talk, the level has its grounds"),
            ("privacy", "摘要里没有能认出本人的内容", "Nothing in the summary identifies the person"),
        ),
    ],
    "bands": [
        {"from_percent": 85, "zh": "很好", "en": "Very good"},
        {"from_percent": 70, "zh": "达到要求", "en": "Meets the standard"},
        {"from_percent": 50, "zh": "需要练习", "en": "Needs practice"},
        {"from_percent": 0, "zh": "需要督导陪同", "en": "Needs close supervision"},
    ],
}

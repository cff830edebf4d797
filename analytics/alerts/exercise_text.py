"""The words of an exercise: marked as one in title, first sentence and limits. It has no figure."""

from __future__ import annotations

from datetime import date
from typing import Any

from analytics.report.suppression import HIDDEN
from models.places import Place
from models.vocabulary_surveillance import AlertLevel, SignalKind

MARK = "【演练】"


def exercise_title(place_name: str, kind: SignalKind) -> str:
    return f"{MARK}关于{place_name}{kind.zh}的提示"[:160]


def exercise_content(
    place: Place, kind: SignalKind, level: AlertLevel, task: str, today: date
) -> dict[str, Any]:
    """The shape of `analytics.report.bulletin.compose`."""
    day = today.isoformat()
    return {
        "form": 2,
        "demonstration": False,
        "exercise": True,
        "subject": f"{MARK}{kind.zh}",
        "place": {"code": place.code, "name": place.name_zh},
        "period": {"onset": day, "from": day, "to": day},
        "figures": dict.fromkeys(("persons", "calls", "share", "expected", "upper"), HIDDEN),
        "sections": [
            _section("situation", "一、基本情况", "这是一次演练，没有真实来电，请勿据此开展现场处置。"),
            _section("manifestation", "二、演练内容", task),
            _section("risk", "三、演练级别", f"按{level.zh}提示的时限签收、承办和反馈。"),
            _section("measures", "四、请完成", "签收、承办、登记处置情况并办结；签收用时计入演练记录。"),
            _section("advice", "五、说明", "演练提示的编号单独排列，不计入统计。"),
        ],
        "chart": {"unit": "", "points": [], "expected": None, "upper": None},
        "tables": [],
        "method": {
            "name": "exercise",
            "version": "1",
            "window_days": 1,
            "history_days": 0,
            "p_value": None,
            "q_value": None,
        },
        "limits": ["本提示为演练。"],
    }


def _section(key: str, heading: str, text: str) -> dict[str, Any]:
    return {"key": key, "heading": heading, "paragraphs": [text], "items": []}

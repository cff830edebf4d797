"""The fixed words of the printed bulletin: a Chinese official document, whatever the reader's language."""

from __future__ import annotations

from datetime import datetime

from agent_console.local_time import local_day

NUMERALS = "〇一二三四五六七八九十"

WORDS: dict[str, str] = {
    "grade": "内部资料　不得公开",
    "demonstration": "演示数据",
    "redhead": "心理援助热线专报",
    "hotline": "心理援助热线",
    "draft": "（草稿）",
    "weeks": "每 7 天合计人数（互不重叠；“—”为少于 5 人）",
    "to": "主送：",
    "and": "、",
    "mechanism": "联防联控机制",
    "level": "提示级别：",
    "verified": "核实：",
    "signed": "签发：",
}


def numeral(number: int) -> str:
    """（一） … （十九）, as official documents number their paragraphs."""
    words = NUMERALS[number] if number <= 10 else f"十{NUMERALS[number - 10]}"
    return f"（{words}）"


def long_date(at: datetime) -> str:
    """2026年11月22日"""
    day = local_day(at)
    return f"{day.year}年{day.month}月{day.day}日"


def item(number: int, unit: str, advice: str) -> str:
    return f"{numeral(number)}{unit}：{advice}"


def footnote(
    method: str, version: str, window_days: int, history_days: int, q_value: float | None, limits: list[str]
) -> str:
    rate = "" if q_value is None else f"，错误发现率 {100 * q_value:.1f}%"
    return (
        f"方法：{method}（{version}），窗口 {window_days} 天，历史 {history_days} 天{rate}。{''.join(limits)}"
    )

"""Codes of reports: what they tell of, and how far each has come."""

from __future__ import annotations

from models.vocabulary import Code


class PaperKind(Code):
    """S4: 每日一汇总、两天一梳理、五天一总结; the sheets of month, quarter and half-year."""

    DAILY = ("daily", "日报", "Daily report")
    TWO_DAY = ("two_day", "两日梳理", "Two-day review")
    FIVE_DAY = ("five_day", "五日总结", "Five-day summary")
    MONTH = ("month", "月报", "Monthly sheet")
    QUARTER = ("quarter", "季报", "Quarterly sheet")
    HALF_YEAR = ("half_year", "半年报", "Half-year sheet")
    DIGEST = ("digest", "趋势摘要", "Trend digest")
    """Figures that are public already, put side by side; may go out on a standing signature."""


class PaperState(Code):
    DRAFT = ("draft", "待签发", "Awaiting signature")
    SIGNED = ("signed", "已签发", "Signed")
    DROPPED = ("dropped", "未签发", "Not signed")

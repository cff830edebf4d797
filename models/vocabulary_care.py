"""Codes of scales, consultations and reports of harm to minors: pure words."""

from __future__ import annotations

from models.vocabulary import Code


class Recommendation(Code):
    """Made after the expert's opinion (联防联控机制综发〔2020〕224号)."""

    INDIVIDUAL = ("individual", "个体干预", "Individual")
    FAMILY = ("family", "家庭干预", "Family")
    GROUP = ("group", "团体干预", "Group")
    NONE = ("none", "无需干预", "None")


class ConsultationState(Code):
    ASKED = ("asked", "待送出", "Asked")
    SENT = ("sent", "待会诊意见", "Sent")
    ANSWERED = ("answered", "已有意见", "Answered")
    WITHDRAWN = ("withdrawn", "已撤回", "Withdrawn")


class ForcedReportState(Code):
    DUE = ("due", "待报告", "Due")
    REPORTED = ("reported", "已报告", "Reported")
    NOT_SENT = ("not_sent", "已研判，未报告", "Considered, not sent")

"""Codes of quality review and of the protocol library: pure words, no input or output."""

from __future__ import annotations

from models.vocabulary import Code


class SampleReason(Code):
    """Why a call is proposed for review."""

    HIGH_RISK = ("high_risk", "高危来电，全部复核", "High risk: every one")
    RANDOM = ("random", "随机抽取", "Drawn at random")
    CHOSEN = ("chosen", "督导选取", "Chosen by a supervisor")


class ReviewState(Code):
    PROPOSED = ("proposed", "待评", "To be reviewed")
    DONE = ("done", "已评", "Reviewed")


class Phase(Code):
    """Phase of an epidemic for which a protocol is written (分级分阶段处置方法, S4)."""

    ORDINARY = ("ordinary", "常态", "Ordinary times")
    OUTBREAK = ("outbreak", "流行期", "During an outbreak")
    RECOVERY = ("recovery", "恢复期", "Recovery")


class ProtocolState(Code):
    DRAFT = ("draft", "待签发", "Waits for the second signature")
    SIGNED = ("signed", "已签发", "Signed")
    RETIRED = ("retired", "已停用", "Retired")

"""Codes of bodies that are told, of messages, clocks and published figures: pure words."""

from __future__ import annotations

from models.vocabulary import Code


class BodyKind(Code):
    """What kind of body an address belongs to (S1: the mechanism or people's government; 三专 of S1)."""

    TOWNSHIP_WORKER = ("township_worker", "乡镇（街道）心理专干", "Township worker")
    COUNTY_OFFICER = ("county_officer", "县（市、区）心理专员", "County officer")
    CITY_TEAM = ("city_team", "市心理服务专班", "City team")
    MECHANISM = ("mechanism", "联防联控机制", "Joint prevention mechanism")
    GOVERNMENT = ("government", "人民政府", "People's government")
    DEPARTMENT = ("department", "责任单位", "Department")
    POLICE = ("police", "公安机关", "Public security")
    POLITICAL_LEGAL = ("political_legal", "政法委", "Political and legal committee")
    PETITION = ("petition", "信访部门", "Petition office")

    @property
    def is_restricted(self) -> bool:
        """Never told by default: a cry for help must not become a file at the police."""
        return self in (BodyKind.POLICE, BodyKind.POLITICAL_LEGAL, BodyKind.PETITION)


class DeliveryRole(Code):
    MAIN = ("main", "主送", "Addressee")
    COPY = ("copy", "抄送", "Copy")
    ESCALATION = ("escalation", "逾期上送", "Escalated for silence")


class MessageKind(Code):
    """`msgType` of CAP 1.2."""

    ALERT = ("Alert", "签发", "Issue")
    UPDATE = ("Update", "更新", "Update")
    CANCEL = ("Cancel", "撤销", "Cancel")


class ClockStep(Code):
    """What a clock did when it ran out; each is told once."""

    TOLD_SIGNERS = ("told_signers", "已通知值班核签人", "Duty signer told")
    TOLD_DEPUTIES = ("told_deputies", "已通知备岗核签人", "Deputy told")
    TOLD_ALL = ("told_all", "已通知全部督导", "Every supervisor told")
    OVERDUE = ("overdue", "超过时限", "Past the time limit")
    SINGLE_ALLOWED = ("single_allowed", "可单人签发", "One person may send")
    DEPUTY_REMINDED = ("deputy_reminded", "已提醒副职", "Deputy of the body reminded")
    ESCALATED = ("escalated", "已上送上一级", "Sent to the level above")
    NOBODY_ABOVE = ("nobody_above", "上级没有地址", "Nobody above")


class ProposalState(Code):
    PROPOSED = ("proposed", "待审", "Proposed")
    ACCEPTED = ("accepted", "已采纳", "Accepted")
    REFUSED = ("refused", "未采纳", "Refused")


class RejectionCause(Code):
    """Why a signal was nothing: what a threshold may learn from, and what it may not."""

    NATURAL = ("natural", "自然波动", "Natural variation")
    KNOWN = ("known", "已知情况", "Known already")
    SAME_CALLERS = ("same_callers", "少数人反复来电", "Few callers, many calls")
    CODING = ("coding", "登记或归类有误", "Wrong coding or grouping")
    HOTLINE_CHANGED = ("hotline_changed", "热线自身变化", "The hotline itself changed")
    ONE_PERSON = ("one_person", "单人危险，已联动 110", "One person in danger: handed to 110")


class FigureAxis(Code):
    """By what a published figure is cut, besides series, place and days."""

    TOTAL = ("total", "合计", "Total")
    POPULATION = ("population", "人群", "Population")
    RISK = ("risk", "高危", "High risk")
    HANDED_ON = ("handed_on", "转介", "Handed on")
    FOLLOW_UP = ("follow_up", "随访", "Follow-up")
    SHARE = ("share", "占比", "Share of all callers")
    MARGIN = ("margin", "分项", "Part")
    """One part of a report's one-way table: `channel:01`, `hour:18` …"""

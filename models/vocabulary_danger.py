"""Codes of the danger protocol: whom a report goes to, on which ground, and what was decided. Pure words."""

from __future__ import annotations

from models.vocabulary import Code


class ReportTo(Code):
    """Who may be told of a person in danger."""

    POLICE = ("110", "公安 110 指挥中心", "Police command centre (110)")
    AMBULANCE = ("120", "急救 120 指挥中心", "Ambulance command centre (120)")
    FIRE = ("119", "消防救援 119", "Fire and rescue (119)")
    TOWNSHIP = ("township", "街道（乡镇）政府", "Township or street government")
    GRID = ("grid", "社区（村）网格", "Community grid")
    CIVIL_AFFAIRS = ("civil_affairs", "民政部门", "Civil affairs")

    @property
    def is_rescue(self) -> bool:
        return self in (ReportTo.POLICE, ReportTo.AMBULANCE, ReportTo.FIRE)


class Ground(Code):
    """Why something about a person may leave the hotline."""

    CONSENT = ("consent", "本人同意", "The person's consent")
    LIFE = ("life", "紧急保护生命", "Urgent protection of life")
    ADMITTED = ("admitted", "已收治入院，反馈社区", "Admitted to hospital: feedback to the community")


class ReportDecision(Code):
    TOLD = ("told", "决定告知，已由我告知", "Decided to tell, and I told them")
    NOT_SENT = ("not_sent", "考虑过，没有告知", "Considered, not sent")


class TickAnswer(Code):
    DONE = ("done", "已做", "Done")
    NOT_POSSIBLE = ("not_possible", "做不到", "Not possible")
    NOT_NEEDED = ("not_needed", "这次不需要", "Not needed this time")


class Support(Code):
    """What an operator was offered after a danger."""

    TALK = ("talk", "当面谈一谈", "A talk")
    REST = ("rest", "休息", "Rest")
    SUPERVISION = ("supervision", "个别督导", "Individual supervision")
    COUNSELLING = ("counselling", "心理咨询", "Counselling")
    END_OF_SHIFT = ("end_of_shift", "提前下班", "Going home early")


class AskState(Code):
    """A question that an operator put on the caller's page."""

    ASKED = ("asked", "已请来电人填写", "Asked on the caller's page")
    ANSWERED = ("answered", "来电人已填写", "The caller answered")
    REFUSED = ("refused", "来电人不想说", "The caller would rather not say")

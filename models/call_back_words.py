"""Codes of calls that go out: their direction, and how a try to reach somebody ended."""

from __future__ import annotations

from models.vocabulary import Code


class CallDirection(Code):
    INBOUND = ("inbound", "呼入", "Inbound")
    OUTBOUND = ("outbound", "呼出", "Outbound")
    ENTERED = ("entered", "人工登记", "Entered by hand")
    """No leg was ever on a line: it counts among contacts, never among calls that rang."""


class TryResult(Code):
    """How one try to reach somebody ended."""

    REACHED = ("reached", "已与本人通话", "Reached")
    NO_ANSWER = ("no_answer", "无人接听", "No answer")
    BUSY = ("busy", "占线", "Busy")
    FAILED = ("failed", "线路不通", "Line failed")
    MACHINE = ("machine", "答录机，没有留言", "Answering machine, nothing said")
    OTHER_PERSON = ("other_person", "不是本人，没有说明来意", "Another person, nothing told")

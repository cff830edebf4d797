"""Codes of signals, alerts and their delivery: pure words, no input or output."""

from __future__ import annotations

from models.vocabulary import Code


class SignalKind(Code):
    PROMINENT_ISSUE = ("prominent_issue", "突出问题", "Prominent issue")
    STRESS_EVENT = ("stress_event", "可能应激事件", "Possible stress event")


class PossibleCause(Code):
    """What changed at the hotline itself about when a signal rose, and may be all there is to it."""

    OPENING_HOURS = ("opening_hours", "接听时段有变", "Hours of service changed")
    SEATS = ("seats", "接听坐席数有变", "Number of seats changed")
    CODING = ("coding", "登记口径有变", "Coding of notes changed")


class SignalState(Code):
    NEW = ("new", "待核实", "To be checked")
    WATCHED = ("watched", "继续观察", "Watched")
    REJECTED = ("rejected", "已排除", "Rejected")
    VERIFIED = ("verified", "已核实", "Verified")
    CLOSED = ("closed", "已结束", "Closed")
    MERGED = ("merged", "已并入", "Merged")


class AlertState(Code):
    AWAITING_SIGNATURE = ("awaiting_signature", "待签发", "Awaiting signature")
    RETURNED = ("returned", "退回修改", "Returned")
    ISSUED = ("issued", "已签发", "Issued")
    ACKNOWLEDGED = ("acknowledged", "已签收", "Acknowledged")
    CLOSED = ("closed", "已办结", "Closed")
    CANCELLED = ("cancelled", "已撤销", "Cancelled")


class AlertLevel(Code):
    """提示级别一至四级（红橙黄蓝）: a hotline's advice, not a government warning."""

    RED = ("red", "一级", "Level 1")
    ORANGE = ("orange", "二级", "Level 2")
    YELLOW = ("yellow", "三级", "Level 3")
    BLUE = ("blue", "四级", "Level 4")


class DeliveryChannel(Code):
    EMAIL = ("email", "电子邮件", "E-mail")
    WEBHOOK = ("webhook", "系统接口", "Webhook")
    INBOX = ("inbox", "平台收件箱", "Inbox on the platform")
    SMS = ("sms", "短信", "SMS")
    FEED = ("feed", "订阅源", "Feed")
    FILE = ("file", "公文交换文件", "File for document exchange")


class DeliveryState(Code):
    DUE = ("due", "待发送", "Due")
    SENT = ("sent", "已送达", "Sent")
    RECEIVED = ("received", "已签收", "Received")
    HELD = ("held", "演示数据，未外发", "Held: demonstration data")
    FAILED = ("failed", "发送失败", "Failed")


class AlertActionKind(Code):
    ACKNOWLEDGE = ("acknowledge", "签收", "Acknowledge")
    OWN = ("own", "承办", "Take ownership")
    ACT = ("act", "处置措施", "Action")
    ASK = ("ask", "询问热线", "Ask the hotline")
    ANSWER = ("answer", "热线答复", "Answer of the hotline")
    CLOSE = ("close", "办结", "Close")

"""Words of the supervisor's watch: how calls came out, what is measured, how bad it is. Pure."""

from __future__ import annotations

from models.vocabulary import Code


class Ending(Code):
    """What became of one inbound call, for boards and reports: each call that ended is exactly one."""

    ANSWERED = ("answered", "已接听", "Answered")
    """A talk took place, however it ended."""
    ABANDONED = ("abandoned", "等待中挂断", "Hung up while waiting")
    """Hung up before any seat had rung in vain."""
    NOT_ANSWERED = ("not_answered", "振铃无人接", "Rang, not taken")
    """A seat rang and did not take it, and the caller hung up after that."""
    BLOCKED = ("blocked", "应到无人在岗", "Nobody at the seats")
    """Seats were rostered, nobody was on duty, and the caller hung up."""
    CLOSED = ("closed", "未排班时段", "Outside rostered hours")
    """No seat was rostered anywhere at that hour, and the caller hung up."""
    SATURATED = ("saturated", "转值班电话或合作热线", "Passed on to a stand-by phone or partner line")
    MESSAGE = ("message", "留言", "Left a message")
    CALLBACK = ("callback", "预约回拨", "Asked for a call-back")
    LIMITED = ("limited", "频率限制", "Limited")
    FAILED = ("failed", "线路中断", "Line failed")


class Metric(Code):
    """What a threshold may be set on."""

    WAITING = ("waiting", "正在等待", "Waiting now")
    LONGEST_WAIT = ("longest_wait", "最长等待", "Longest wait now")
    FREE_SEATS = ("free_seats", "空闲坐席", "Free seats")
    SERVICE_LEVEL = ("service_level", "时限内接起率", "Service level")
    SERVICE_LEVEL_2 = ("service_level_2", "计入放弃的接起率", "Service level with hang-ups")
    ABANDONMENT = ("abandonment", "放弃率", "Abandonment")
    CONNECT_RATE = ("connect_rate", "接通率", "Connect rate")
    ASA = ("asa", "平均等待", "Average speed of answer")
    AHT = ("aht", "平均处理时长", "Average handling time")
    OCCUPANCY = ("occupancy", "坐席占用率", "Occupancy")


class AlarmLevel(Code):
    WARNING = ("warn", "注意", "Attention")
    """Developing: look at it."""
    CRITICAL = ("crit", "立即处理", "Critical")
    """Act now."""

"""States of calls, seats, consents and what follows them: pure words, no input or output.

Every code carries its Chinese and English label, so that a form, a report and a test speak of the same
thing. The codes of the call record stand in `vocabulary_record`.
"""

from __future__ import annotations

from enum import Enum, IntEnum, StrEnum


class Code(str, Enum):
    """A code with its Chinese and English label; equal to its plain string value."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str = "", en: str = "") -> Code:
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        member.en = en
        return member

    def __str__(self) -> str:
        return str(self.value)


class Role(Code):
    OPERATOR = ("operator", "接线员", "Operator")
    SUPERVISOR = ("supervisor", "督导", "Supervisor")
    OFFICIAL = ("official", "联防联控机制人员", "Official")
    ADMINISTRATOR = ("administrator", "管理员", "Administrator")


class RiskLevel(IntEnum):
    """Suicide risk R0–R4 (DOMAIN.md b2). Software may raise it; only a named person lowers it."""

    R0 = 0
    R1 = 1
    R2 = 2
    R3 = 3
    R4 = 4

    @property
    def zh(self) -> str:
        return ("不适用", "低（无自杀想法）", "中危", "高危", "极高危")[self]

    @property
    def en(self) -> str:
        return ("Not applicable", "Low (no ideation)", "Moderate", "High", "Imminent")[self]

    @property
    def is_high(self) -> bool:
        return self >= RiskLevel.R3


class PlaceLevel(Code):
    PROVINCE = ("province", "省", "Province")
    CITY = ("city", "市", "City")
    COUNTY = ("county", "县（区）", "County or district")
    TOWNSHIP = ("township", "乡镇（街道）", "Township or street")


class CallState(Code):
    """Where a call is, as the carrier confirmed it."""

    GREETING = ("greeting", "问候中", "Greeting")
    QUEUED = ("queued", "等待中", "Waiting")
    CONNECTING = ("connecting", "接通中", "Connecting")
    TALKING = ("talking", "通话中", "Talking")
    MESSAGE = ("message", "留言中", "Leaving a message")
    ENDED = ("ended", "已结束", "Ended")

    @property
    def is_waiting(self) -> bool:
        return self is CallState.QUEUED


class CallOutcome(Code):
    """How a call ended; the taxonomy of the wallboard and the reports."""

    ANSWERED = ("answered", "已接听", "Answered")
    ABANDONED = ("abandoned", "来电人挂断", "Abandoned")
    MESSAGE = ("message", "留言", "Left a message")
    CALLBACK = ("callback", "预约回拨", "Asked for a call-back")
    TRANSFERRED = ("transferred", "转出", "Transferred out")
    FAILED = ("failed", "线路中断", "Line failed")
    UNREACHED = ("unreached", "回拨未接通", "Call-back not reached")
    """Outbound only."""
    LIMITED = ("limited", "频率限制", "Limited")
    """Told that this number called too often for now, and what it can do; never silent."""


class OfferState(Code):
    MADE = ("made", "振铃中", "Ringing")
    ACCEPTED = ("accepted", "已接听", "Accepted")
    DECLINED = ("declined", "暂不接", "Declined")
    EXPIRED = ("expired", "未接", "Expired")
    WITHDRAWN = ("withdrawn", "已撤回", "Withdrawn")


class SeatState(Code):
    """Set by the system, never chosen."""

    OFFLINE = ("offline", "离线", "Offline")
    AVAILABLE = ("available", "空闲", "Available")
    OFFERED = ("offered", "振铃", "Ringing")
    TALKING = ("talking", "通话", "Talking")
    WRAP_UP = ("wrap_up", "整理", "Wrap-up")
    PAUSED = ("paused", "暂停", "Paused")


class AgentStatus(Code):
    """Chosen by the person, kept apart from the seat's state."""

    READY = ("ready", "就绪", "Ready")
    BREAK = ("break", "小休", "Break")
    MEAL = ("meal", "用餐", "Meal")
    TRAINING = ("training", "培训", "Training")
    SUPERVISION = ("supervision", "督导", "Supervision")
    AFTER_HARD_CALL = ("after_hard_call", "高危后休息", "Rest after a hard call")
    SIGNED_OUT = ("signed_out", "未上岗", "Off duty")


class ConsentKind(Code):
    NOTE = ("note", "服务登记", "Service note")
    RECORDING = ("recording", "录音", "Recording")
    ANALYSIS = ("analysis", "汇总分析", "Aggregate analysis")
    SHARING = ("sharing", "转介共享", "Sharing for referral")
    CAPTIONS = ("captions", "实时字幕", "Live captions")
    MESSAGE = ("message", "程序识别留言", "A program reads the message")


class ConsentState(Code):
    UNASKED = ("unasked", "未问", "Not asked")
    GRANTED = ("granted", "同意", "Granted")
    REFUSED = ("refused", "不同意", "Refused")
    WITHDRAWN = ("withdrawn", "已撤回", "Withdrawn")


class NoteState(Code):
    DRAFT = ("draft", "未完成", "Draft")
    CLOSED = ("closed", "已完成", "Closed")


class RecordingKind(Code):
    TALK = ("talk", "通话录音", "Talk")
    MESSAGE = ("message", "留言", "Message")


class RecordingState(Code):
    STARTED = ("started", "录音中", "Recording")
    READY_AT_CARRIER = ("at_carrier", "待取回", "At the carrier")
    STORED = ("stored", "已加密保存", "Stored, encrypted")
    ABSENT = ("absent", "无录音", "Absent")
    ERASED = ("erased", "已删除", "Erased")


class AnalysisState(Code):
    """State of a step on a recording or note; each is an end that a person can read."""

    PENDING = ("pending", "待处理", "Pending")
    DONE = ("done", "已完成", "Done")
    NOT_PERMITTED = ("not_permitted", "来电人未同意", "Not permitted")
    NO_MODEL = ("no_model", "未装语音模型", "No speech model installed")
    DAMAGED = ("damaged", "录音损坏", "Recording damaged")
    EMPTY = ("empty", "没有语音", "No speech")
    FAILED = ("failed", "处理失败", "Failed")


class CallbackKind(Code):
    WISH = ("wish", "回拨请求", "Call-back wish")
    MESSAGE = ("message", "语音留言", "Voice message")
    DROPPED = ("dropped", "通话中断", "Dropped call")
    FOLLOW_UP = ("follow_up", "随访", "Follow-up")
    """Dialled when somebody on duty takes it: it never stands in line by itself."""


class CallbackState(Code):
    DUE = ("due", "待回拨", "Due")
    """For its time: at once, or when the next try is due."""
    IN_LINE = ("in_line", "排队等坐席", "Waits for a seat")
    """Stands among the waiting callers, by the place of its wish."""
    DIALLING = ("dialling", "拨号中", "Dialling")
    DONE = ("done", "已接通", "Reached")
    UNREACHED = ("unreached", "未能联系上", "Not reached")
    CALLED_AGAIN = ("called_again", "本人已再来电", "Called again")
    WITH_SUPERVISOR = ("with_supervisor", "转督导处理", "With the supervisor")
    """A danger that was not reached: open until a person closes it."""
    NO_NUMBER = ("no_number", "没有号码，只听留言", "No number: message only")

    @property
    def is_open(self) -> bool:
        return self not in (CallbackState.DONE, CallbackState.UNREACHED, CallbackState.CALLED_AGAIN)


class ShiftKind(Code):
    SEAT = ("seat", "坐席班", "Seat")
    STANDBY = ("standby", "备班电话", "Stand-by phone")


class DangerState(Code):
    OPEN = ("open", "处理中", "Open")
    CLOSED = ("closed", "已关闭", "Closed")


class FollowUpState(Code):
    DUE = ("due", "待随访", "Due")
    DONE = ("done", "已完成", "Done")
    UNREACHED = ("unreached", "未能联系上", "Not reached")
    REFUSED = ("refused", "已谢绝", "Declined by the person")


class OutboxState(StrEnum):
    DUE = "due"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"

"""Codes and states of the field: pure words, no input or output.

Code lists follow the call record (来电登记表, DOMAIN.md section c). Every code carries its Chinese
and English label, so that a form, a report and a test speak of the same thing.
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


class Channel(Code):
    PHONE = ("01", "电话", "Phone")
    WEB_TEXT = ("02", "网络文字", "Web text")
    APP = ("03", "APP/公众号", "App")
    VIDEO = ("04", "视频", "Video")
    WALK_IN = ("05", "面询", "Walk-in")
    OUTBOUND = ("06", "外呼回访", "Outbound follow-up")
    MESSAGE_CALLBACK = ("07", "语音留言回拨", "Voice message call-back")


class CallType(Code):
    ADVICE = ("01", "咨询", "Advice")
    SUPPORT = ("02", "心理疏导", "Counselling")
    CRISIS = ("03", "危机干预", "Crisis intervention")
    INFORMATION = ("04", "信息查询", "Information")
    FOR_ANOTHER = ("05", "替他人求助", "For another person")
    FOLLOW_UP = ("06", "随访", "Follow-up")
    APPOINTMENT = ("07", "预约", "Appointment")
    COMPLAINT = ("08", "投诉建议", "Complaint or suggestion")
    SILENT = ("09", "沉默", "Silent")
    NUISANCE = ("10", "骚扰", "Nuisance")
    WRONG_NUMBER = ("11", "拨错", "Wrong number")
    CUT_OFF = ("12", "中断", "Cut off")

    @property
    def is_valid_contact(self) -> bool:
        """09–12 are 无效来电: they count as calls, never as contacts on a subject."""
        return str(self.value) < "09"


class Relation(Code):
    SELF = ("self", "本人", "Self")
    FAMILY = ("family", "家属", "Family")
    FRIEND = ("friend", "亲友", "Friend")
    TEACHER = ("teacher", "教师", "Teacher")
    COLLEAGUE = ("colleague", "同事", "Colleague")
    COMMUNITY = ("community", "社区工作者", "Community worker")
    MEDICAL = ("medical", "医务", "Medical staff")
    POLICE = ("police", "警务", "Police")
    OTHER = ("other", "其他", "Other")


class Sex(Code):
    FEMALE = ("f", "女", "Female")
    MALE = ("m", "男", "Male")
    UNTOLD = ("u", "未告知", "Not told")


class AgeBand(Code):
    UNDER_14 = ("<14", "14岁以下", "Under 14")
    FROM_14 = ("14-17", "14–17岁", "14–17")
    FROM_18 = ("18-24", "18–24岁", "18–24")
    FROM_25 = ("25-34", "25–34岁", "25–34")
    FROM_35 = ("35-44", "35–44岁", "35–44")
    FROM_45 = ("45-59", "45–59岁", "45–59")
    FROM_60 = ("60-69", "60–69岁", "60–69")
    FROM_70 = ("70+", "70岁及以上", "70 and over")
    UNTOLD = ("u", "未告知", "Not told")


class Population(Code):
    CONFIRMED = ("P01", "确诊患者", "Confirmed patient")
    RECOVERED = ("P02", "治愈患者", "Recovered patient")
    PATIENT_FAMILY = ("P03", "患者家属", "Patient's family")
    BEREAVED = ("P04", "病亡者家属", "Bereaved family")
    SUSPECTED = ("P05", "疑似患者", "Suspected patient")
    ISOLATED = ("P06", "隔离医学观察人员", "In isolation")
    FRONTLINE_MEDICAL = ("P07", "一线医务人员", "Front-line medical staff")
    POLICE = ("P08", "公安民警(辅警)/司法干警", "Police and justice staff")
    COMMUNITY = ("P09", "社区/基层/下沉干部/志愿者", "Community workers and volunteers")
    FALLEN_FAMILY = ("P10", "殉职人员家属", "Family of staff lost on duty")
    POVERTY = ("P11", "低保/特困", "On subsistence allowance")
    ELDERLY = ("P12", "特殊困难老年人", "Older people in special need")
    CHILDREN = ("P13", "困境儿童/监护缺失儿童/孤儿", "Children without care")
    DISABLED = ("P14", "残疾人", "Disabled people")
    HOMELESS = ("P15", "流浪乞讨人员", "Homeless people")
    SUPERVISED = ("P16", "被监管/服刑/社区矫正/刑满释放", "Under or after correction")
    REHABILITATION = ("P17", "戒毒人员", "In drug rehabilitation")
    SEVERE_DISORDER = ("P18", "严重精神障碍患者", "With severe mental disorder")
    STUDENT = ("P19", "学生", "Student")
    MEDICAL_CHILDREN = ("P20", "医护人员子女", "Children of medical staff")
    AGGRIEVED = ("P21", "利益受损/上访人员", "Aggrieved people")
    STRANDED = ("P22", "滞留人员", "Stranded people")
    PUBLIC = ("P23", "社会公众", "General public")
    UNTOLD = ("P99", "未告知", "Not told")


class Problem(Code):
    HEALTH = ("A", "健康问题", "Health")
    DISORDER = ("B", "精神疾病问题", "Mental disorder")
    EMOTION = ("C", "情绪问题", "Emotion")
    SLEEP = ("D", "睡眠", "Sleep")
    SOMATIC = ("E", "躯体化", "Somatic symptoms")
    TRAUMA = ("F", "创伤后应激", "Post-traumatic stress")
    SELF_HARM = ("G", "自杀自伤", "Suicide and self-harm")
    VIOLENCE = ("H", "伤人冲动", "Impulse to harm others")
    LOVE = ("I", "恋爱", "Love")
    MARRIAGE = ("J", "婚姻", "Marriage")
    FAMILY = ("K", "家庭/亲子/子女教育", "Family and parenting")
    RELATIONSHIPS = ("L", "人际", "Relationships")
    STUDY = ("M", "学业", "Study")
    WORK = ("N", "职业/失业/经济", "Work and money")
    SEXUAL = ("O", "性问题", "Sexual matters")
    ADDICTION = ("P", "成瘾/物质", "Addiction")
    STIGMA = ("Q", "歧视与污名", "Stigma")
    ISOLATION = ("R", "隔离与生活不便", "Isolation")
    PRACTICAL = ("S", "现实问题", "Practical problem")
    POLICY = ("T", "疫情信息/政策", "Epidemic information")
    ABUSE = ("U", "被侵害", "Abuse")
    RUMOUR = ("V", "网络/谣言", "Internet and rumour")
    RECOVERY = ("W", "危机后重建", "Life after crisis")
    OTHER = ("Z", "其他", "Other")


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


class Disposition(Code):
    CLOSED = ("D1", "结束", "Closed")
    WATCH = ("D2", "继续关注", "Keep watching")
    APPOINTMENT = ("D3", "预约", "Appointment")
    TO_SUPERVISOR = ("D4", "转督导", "To supervisor")
    CONSULTATION = ("D5", "会诊", "Consultation")
    REFERRAL = ("D6", "转介", "Referral")
    REPORTED = ("D7", "上报", "Reported")
    EMERGENCY = ("D8", "110/120 联动", "110/120 linkage")
    ADMITTED = ("D9", "收治入院", "Admitted to hospital")
    LOST = ("D10", "中断，未能联系上", "Cut off, not reached again")


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

"""Codes of what follows a contact: referrals, follow-ups, appointments, duties, the hand-over of a shift."""

from __future__ import annotations

from models.vocabulary import Code


class ReferralTarget(Code):
    """转介去向 (DOMAIN.md c, field 21)."""

    PSYCHIATRY = ("psychiatry", "精神专科", "Psychiatric hospital")
    GENERAL_HOSPITAL = ("general_hospital", "综合医院心理门诊", "Psychology clinic of a general hospital")
    PRIMARY_CARE = ("primary_care", "基层医疗", "Primary care")
    ISOLATION_SITE = ("isolation_site", "隔离场所", "Isolation site")
    HEART_STATION = ("heart_station", "心灵驿站", "Heart station")
    TOWNSHIP = ("township", "街道(乡镇)", "Street or township office")
    COMMUNITY_GRID = ("community_grid", "社区(村)网格", "Community grid")
    CIVIL_AFFAIRS = ("civil_affairs", "民政救助", "Civil affairs")
    DISABLED_FEDERATION = ("disabled_federation", "残联", "Disabled people's federation")
    WOMENS_FEDERATION = ("womens_federation", "妇联", "Women's federation")
    YOUTH_LEAGUE = ("youth_league", "团委12355", "Youth service line 12355")
    EDUCATION = ("education", "教育", "Education")
    POLICE = ("police", "公安", "Police")
    JUSTICE = ("justice", "司法", "Justice")
    PETITIONS = ("petitions", "信访", "Petitions office")
    TRADE_UNION = ("trade_union", "工会", "Trade union")
    FAMILY_DOCTOR = ("family_doctor", "家庭医生", "Family doctor")


class ReferralState(Code):
    SENT = ("sent", "已发出", "Sent")
    RECEIVED = ("received", "已收到", "Received")
    ACCEPTED = ("accepted", "已接受", "Accepted")
    REFUSED = ("refused", "未接受", "Refused")
    DONE = ("done", "已办结", "Done")

    @property
    def is_open(self) -> bool:
        return self not in (ReferralState.REFUSED, ReferralState.DONE)


class ReferralGround(Code):
    """On what ground something of a caller leaves the hotline."""

    CONSENT = ("consent", "本人同意", "The person's consent")
    PROTECTION_OF_LIFE = ("protection_of_life", "紧急保护生命", "Urgent protection of life")
    LEGAL_REPORT = ("legal_report", "依法报告（未成年人）", "Report required by law (minors)")


class SentBy(Code):
    """How it went out. The hotline's own systems send nothing by themselves."""

    TELEPHONE = ("telephone", "电话告知", "By telephone")
    DOCUMENT = ("document", "转介单（纸质或公文）", "Referral sheet")
    IN_PERSON = ("in_person", "当面交接", "In person")


class ContactMethod(Code):
    PHONE = ("phone", "电话", "Phone")
    FACE_TO_FACE = ("face_to_face", "面对面", "Face to face")
    VIDEO = ("video", "视频", "Video")


class FollowUpResult(Code):
    """随访结果 (DOMAIN.md c, field 22)."""

    REACHED = ("reached", "接通", "Reached")
    REFUSED = ("refused", "拒绝", "Declined")
    DEAD_NUMBER = ("dead_number", "空号", "Number not in use")
    LOST = ("lost", "未能联系上（已试 3 次）", "Not reached (3 tries)")


class AppointmentState(Code):
    PLANNED = ("planned", "已约定", "Planned")
    ATTENDED = ("attended", "已到", "Attended")
    MISSED = ("missed", "未到", "Did not come")
    CANCELLED = ("cancelled", "已取消", "Cancelled")


class DutyKind(Code):
    """A forced task of a contact, which ends only with an outcome."""

    REGISTER = ("register", "疑似/确诊求助：登记", "Suspected or confirmed case: register")
    REPORT = ("report", "疑似/确诊求助：上报", "Suspected or confirmed case: report")
    TRACK = ("track", "疑似/确诊求助：跟踪", "Suspected or confirmed case: track")
    MINOR_REFERRAL = ("minor_referral", "未成年人无人监护：转介民政", "Minor without guardian: civil affairs")
    MINOR_REPORT = ("minor_report", "未成年人无人监护：报告", "Minor without guardian: report")
    FIND_PERSON = ("find_person", "高危随访未能联系上：督导处理", "High risk, not reached: supervisor")


class DutyState(Code):
    OPEN = ("open", "待办", "Open")
    DONE = ("done", "已办结", "Done")


class DutyOutcome(Code):
    DONE = ("done", "已办", "Done")
    HANDED_ON = ("handed_on", "已移交主管单位", "Handed on to the unit in charge")
    NOT_NEEDED = ("not_needed", "核实后不需要", "Checked: not needed")
    IMPOSSIBLE = ("impossible", "无法办理，已说明原因", "Not possible, with the reason")


class ItemKind(Code):
    """What a shift holds open and passes on."""

    DANGER = ("danger", "有生命危险", "Danger to life")
    LINKAGE = ("linkage", "110/120 联动单", "110/120 hand-off")
    CALLBACK = ("callback", "待回拨", "Call-back")
    FOLLOW_UP = ("follow_up", "到期随访", "Follow-up due")
    NOTE = ("note", "未完成的登记", "Unfinished note")
    REFERRAL = ("referral", "转介", "Referral")
    DUTY = ("duty", "必办事项", "Forced task")
    APPOINTMENT = ("appointment", "预约", "Appointment")
    FORCED_REPORT = ("forced_report", "强制报告（未成年人）", "Report required by law (minors)")
    CONSULTATION = ("consultation", "会诊", "Consultation")


class HandoverState(Code):
    OFFERED = ("offered", "等待接受", "Offered")
    ACCEPTED = ("accepted", "已接受", "Accepted")
    DECLINED = ("declined", "未接受", "Declined")
    WITHDRAWN = ("withdrawn", "已收回", "Withdrawn")
    TAKEN = ("taken", "督导接手", "Taken over by a supervisor")

    @property
    def makes_owner(self) -> bool:
        return self in (HandoverState.ACCEPTED, HandoverState.TAKEN)

"""Codes of trainings, qualifications, admissions, supervision and rest: pure words."""

from __future__ import annotations

from models.vocabulary import Code


class TrainingKind(Code):
    """What the ledger holds (S2: before service; S4: four trainings and two drills a year, assessments)."""

    PRE_SERVICE = ("pre_service", "岗前培训", "Pre-service training")
    SYSTEM = ("system", "系统培训", "System training")
    DRILL = ("drill", "危机演练", "Crisis drill")
    ASSESSMENT = ("assessment", "考核", "Assessment")


class TrainingResult(Code):
    ATTENDED = ("attended", "已参加", "Attended")
    """Of a training or drill without an examination."""
    PASSED = ("passed", "合格", "Passed")
    FAILED = ("failed", "不合格", "Failed")


class QualificationKind(Code):
    PSYCHIATRIST = ("psychiatrist", "精神科医师", "Psychiatrist")
    THERAPIST = ("therapist", "心理治疗师", "Psychotherapist")
    COUNSELLOR = ("counsellor", "心理咨询师", "Counsellor")
    SOCIAL_WORKER = ("social_worker", "社会工作者", "Social worker")
    NURSE = ("nurse", "护士", "Nurse")
    TEACHER = ("teacher", "心理健康教师", "School counsellor")
    OTHER = ("other", "其他", "Other")


class SupervisionForm(Code):
    INDIVIDUAL = ("individual", "个别督导", "Individual")
    GROUP = ("group", "团体督导", "Group")
    LIVE = ("live", "现场督导", "Live, beside the call")
    DEBRIEF = ("debrief", "危机后谈话", "Debriefing after a crisis")


class AdmissionState(Code):
    ASKED = ("asked", "待督导决定", "Waits for a supervisor")
    GRANTED = ("granted", "已准许", "Granted")
    DECLINED = ("declined", "未准许", "Declined")


class Strain(Code):
    """What a shift can be too much of."""

    TALK = ("talk", "通话时间长", "Long talk time")
    HIGH_RISK = ("high_risk", "高危来电多", "Many high-risk calls")
    NIGHTS = ("nights", "连续夜班", "Nights in a row")


class RestAnswer(Code):
    TAKEN = ("taken", "去休息", "Rests")
    LATER = ("later", "先不休息", "Not now")

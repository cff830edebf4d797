"""Lines of the audit in words: what was done, and to what. An unknown code is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping

from agent_console.audit_actions import ACTIONS
from agent_console.translation import gettext, in_language, label
from models.vocabulary import Code, ConsentState, FollowUpState
from models.vocabulary_after import AppointmentState, DutyOutcome, HandoverState, ReferralState
from models.vocabulary_alerting import ProposalState
from models.vocabulary_care import ConsultationState, ForcedReportState
from models.vocabulary_surveillance import AlertActionKind

FAMILIES: Mapping[str, tuple[str, str, type[Code]]] = {
    "appointment": ("预约", "Appointment", AppointmentState),
    "consultation": ("会诊", "Consultation", ConsultationState),
    "duty": ("必办事项", "Forced task", DutyOutcome),
    "follow_up": ("随访", "Follow-up", FollowUpState),
    "forced_report": ("强制报告", "Mandatory report", ForcedReportState),
    "handover": ("交接", "Handover", HandoverState),
    "referral": ("转介", "Referral", ReferralState),
    "report": ("报告", "Report", AlertActionKind),
    "sharing": ("转介同意", "Consent to refer", ConsentState),
    "threshold": ("阈值建议", "Proposed threshold", ProposalState),
}
"""What is written as `family.state`: the state has its own words."""

SUBJECTS: Mapping[str, tuple[str, str]] = {
    "absence": ("缺勤", "Absence"),
    "agreement": ("互助约定", "Agreement"),
    "alarm": ("超限提醒", "Alarm"),
    "alert": ("提示", "Alert"),
    "appointment": ("预约", "Appointment"),
    "audit": ("审计", "Audit"),
    "call": ("来电", "Call"),
    "callback": ("回拨", "Call-back"),
    "calls": ("来电列表", "List of calls"),
    "centre": ("中心", "Centre"),
    "contact": ("接触", "Contact"),
    "draft": ("班表草稿", "Roster draft"),
    "draw": ("质检抽样", "Quality sample"),
    "duties": ("本班事项", "Duties of the shift"),
    "duty": ("必办事项", "Forced task"),
    "entry": ("补录", "Late entry"),
    "evaluation": ("评价导出", "Evaluation export"),
    "exit": ("出路", "Exit"),
    "follow_up": ("随访", "Follow-up"),
    "form": ("登记表", "Contact form"),
    "handover": ("交接班", "Handover"),
    "holiday": ("节假日", "Holiday"),
    "import": ("导入", "Import"),
    "isolation_site": ("隔离场所", "Isolation site"),
    "issue": ("问题", "Issue"),
    "issues": ("问题列表", "List of issues"),
    "leave": ("请假", "Leave"),
    "limit": ("频率限制", "Call limit"),
    "line": ("号码", "Number dialled"),
    "mechanism": ("报送地址", "Address"),
    "note": ("登记", "Note"),
    "open_shift": ("空班", "Open shift"),
    "organisation": ("本热线", "This hotline"),
    "partner": ("合作热线", "Partner line"),
    "pattern": ("重复班次", "Repeating shift"),
    "person": ("人员", "Person"),
    "place": ("地区", "Place"),
    "problem": ("主要问题", "Problem"),
    "prompt": ("提示音", "Prompt"),
    "protocol": ("规程", "Protocol"),
    "readiness_policy": ("上岗要求", "Readiness rules"),
    "recording": ("录音", "Recording"),
    "recording_policy": ("录音与保存", "Recording and keeping"),
    "referral": ("转介", "Referral"),
    "report": ("报告", "Report"),
    "roster_policy": ("排班规定", "Roster rules"),
    "routing": ("接听规则", "Answering rules"),
    "scale": ("量表", "Scale"),
    "scale_text": ("量表文本", "Text of a scale"),
    "scorecard": ("评分表", "Scorecard"),
    "seat": ("坐席", "Seat"),
    "service_rule": ("指标口径", "Definition of figures"),
    "shift": ("班次", "Shift"),
    "signal": ("信号", "Signal"),
    "signing_duty": ("核签值班", "Signing duty"),
    "skill_need": ("所需专长", "Wanted skill"),
    "staffing_policy": ("席位推算依据", "Staffing basis"),
    "summons": ("叫到岗", "Summons"),
    "supervision": ("督导记录", "Supervision"),
    "swap": ("换班", "Swap"),
    "threshold": ("限值", "Limit"),
    "training": ("培训", "Training"),
    "watch_hook": ("提醒接口", "Alarm webhook"),
}


def action_words(code: str) -> str:
    if code in ACTIONS:
        return str(ACTIONS[code])
    head, _dot, state = code.partition(".")
    if head not in FAMILIES or state not in {one.value for one in FAMILIES[head][2]}:
        return code
    zh, en, states = FAMILIES[head]
    return gettext("%(what)s：%(state)s", what=in_language(zh, en), state=label(states(state)))


def subject_words(subject: str) -> str:
    """`call:31` is 来电 31; a page (`duties:today`) is its name alone."""
    head, _colon, which = subject.partition(":")
    if head not in SUBJECTS:
        return subject
    named = in_language(*SUBJECTS[head])
    return f"{named} {which}" if any(letter.isdigit() for letter in which) else named

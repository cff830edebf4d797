"""Words of the roster: patterns, leave, swaps, exits, and who is asked to come. Pure."""

from __future__ import annotations

from models.vocabulary import Code


class HolidayUse(Code):
    """What a repeating shift does on a public holiday."""

    AS_USUAL = ("as_usual", "节假日照常", "As usual on holidays")
    NOT_THEN = ("not_then", "节假日不排", "Not on holidays")
    ONLY_THEN = ("only_then", "只在节假日", "On holidays alone")


class ExitKind(Code):
    """Who answers an hour in which a centre has no seat. A message alone is none of these."""

    STANDBY_PHONE = ("standby_phone", "备班电话", "Stand-by phone")
    PARTNER_LINE = ("partner_line", "合作热线", "Partner line")
    AGREEMENT = ("agreement", "其他城市承接", "Another city, by agreement")
    PROVINCE = ("province", "省级承接", "The province")


class LeaveKind(Code):
    ANNUAL = ("annual", "年假", "Annual leave")
    SICK = ("sick", "病假", "Sick leave")
    TRAINING = ("training", "培训", "Training")
    OTHER = ("other", "其他", "Other")


class AskState(Code):
    """Of a leave or a swap."""

    ASKED = ("asked", "待答复", "Asked")
    ACCEPTED = ("accepted", "同事已同意，待批准", "Accepted by the colleague")
    GRANTED = ("granted", "已批准", "Granted")
    REFUSED = ("refused", "未同意", "Refused")
    WITHDRAWN = ("withdrawn", "已撤回", "Withdrawn")


class OpenReason(Code):
    PLANNED = ("planned", "空班", "Planned without a person")
    LEAVE = ("leave", "请假空出", "Freed by leave")
    GAP = ("gap", "补缺口", "To fill a gap")
    ABSENCE = ("absence", "应到未到", "Somebody did not come")


class OpenState(Code):
    OPEN = ("open", "待报名", "Open")
    TAKEN = ("taken", "已有人", "Taken")
    CLOSED = ("closed", "已关闭", "Closed")


class AbsenceEnd(Code):
    CAME = ("came", "本人已到岗", "The person came")
    STANDBY = ("standby", "备班到岗", "A stand-by came")
    OVER = ("over", "班次已结束", "The shift is over")


class SummonsAnswer(Code):
    WAITING = ("waiting", "等待答复", "Waiting for an answer")
    COMING = ("coming", "答应到岗", "Coming")
    DECLINED = ("declined", "不能来", "Cannot come")
    SILENT = ("silent", "没有答复", "No answer")


class NoticeKind(Code):
    REMINDER = ("reminder", "班次提醒", "A shift begins soon")
    SUMMONS = ("summons", "请您到岗", "Please come on duty")
    VOLUNTEERS = ("volunteers", "征求加班", "Volunteers wanted")
    ABSENCE = ("absence", "有人应到未到", "Somebody did not come")
    GAP = ("gap", "缺口预警", "A gap lies ahead")
    NOT_ADMITTED = ("not_admitted", "排了班却不能上岗", "Rostered, but may not answer")
    SWAP = ("swap", "换班", "A swap")
    LEAVE = ("leave", "请假", "Leave")
    ROSTER = ("roster", "班表已更新", "The roster has changed")

"""Words of transfers and of who is in a talk: why not, to whom, and who hears whom."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext

from agent_console.translation import gettext, label
from models.participation import Participation
from models.vocabulary_talk import AudioMode, ParticipantRole

REASONS: dict[str, Any] = {
    "not_in_talk": lazy_gettext("来电人还没有接通，接通后可以转接"),
    "transfer_running": lazy_gettext("正在转接，先完成或取消这一次"),
    "others_in_talk": lazy_gettext("通话里已有第三人，请对方离开后再转"),
    "supervisor_joined": lazy_gettext("督导已加入通话，请督导退回旁听后再转"),
    "own_seat": lazy_gettext("这是您自己的坐席"),
    "target_offline": lazy_gettext("不在岗"),
    "target_busy": lazy_gettext("正在通话"),
    "target_paused": lazy_gettext("暂停接听"),
    "target_wraps_up": lazy_gettext("正在整理"),
    "target_closed": lazy_gettext("不在服务时间"),
    "no_number": lazy_gettext("这不是能拨的号码"),
    "nobody_to_hand_to": lazy_gettext("对方还没有接通"),
    "keep_the_line": lazy_gettext("紧急联动时由您留在线上，直到确认救援到达"),
    "number_forbidden": lazy_gettext("演示、测试和演练中不拨出真实号码"),
    "busy": lazy_gettext("对方忙"),
    "no_answer": lazy_gettext("对方没有接"),
    "declined": lazy_gettext("对方暂不接或正忙"),
    "leg_failed": lazy_gettext("对方线路没有接通"),
    "target_left": lazy_gettext("对方已离开"),
    "operator_gone": lazy_gettext("原接线员的线路断了"),
    "caller_left": lazy_gettext("来电人已挂断"),
}


def transfer_reason(code: str | None) -> str:
    """What stands against it, or why it did not come about; an unknown code is shown, never hidden."""
    return str(REASONS.get(code or "", code or ""))


def transfer_target(one: Participation) -> str:
    if one.role is ParticipantRole.SECOND_OPERATOR:
        seat = one.seat.label if one.seat is not None else "–"
        name = one.person.name if one.person is not None else ""
        return gettext("坐席 %(n)s %(who)s", n=seat, who=name)
    if one.role is ParticipantRole.EMERGENCY:
        return gettext("紧急救援 %(n)s", n=one.number or "")
    return gettext("外部电话")


def supervisor_line(one: Participation) -> str:
    """What the operator reads of who is there."""
    who = one.person.name if one.person is not None else label(ParticipantRole.SUPERVISOR)
    sentences = {
        AudioMode.LISTEN: gettext("督导%(who)s在旁听，您和来电人都听不到", who=who),
        AudioMode.WHISPER: gettext("督导%(who)s在耳语，只有您听得到", who=who),
        AudioMode.JOIN: gettext("督导%(who)s已加入，来电人也听得到", who=who),
    }
    return sentences[one.mode]

"""Sentences for the reasons a use case gives when it refuses: what happened, then what to do."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from flask_babel import lazy_gettext

from agent_console.translation import gettext
from agent_console.words import SEAT_REASONS


@runtime_checkable
class Refusal(Protocol):
    """Every use case refuses in this shape, in whichever package it lives."""

    code: str
    details: dict[str, Any]


SENTENCES: dict[str, Any] = {
    "paper_already_signed": lazy_gettext("这份报告已经签发或作废，不能再改。"),
    "paper_changed_meanwhile": lazy_gettext(
        "这份报告刚被另一位督导改过。下面是最新内容，请看过再保存或签发。"
    ),
    "person_named": lazy_gettext(
        "没有保存：文字里有电话、证件等能找到个人的号码。请删去后再发，原文还在框里。"
    ),
    "period_not_over": lazy_gettext("这一期还没有结束，结束后才能编制。"),
    "evaluation_over": lazy_gettext("这个口令不存在、已过期或已停用。请联系热线重新开具。"),
    "call_back_owed": lazy_gettext("刚才的高危通话中断了，请先回拨，或交给其他坐席。"),
    "cannot_call_back": lazy_gettext("现在不能从这个坐席回拨，请看最新的状态。"),
    "already_dialled": lazy_gettext("已经在拨号了。"),
    "unknown_callback": lazy_gettext("这个回拨已经有人处理。"),
    "nothing_owed": lazy_gettext("这一通不需要回拨，或者没有可回拨的号码。"),
    "unknown_limit": lazy_gettext("没有这一条限制，或者它已经解除。"),
    "note_changed_elsewhere": lazy_gettext("这份登记在另一处改过，请比较后再保存。"),
    "note_incomplete": lazy_gettext("登记还没有填完，请先补上标出的各项。"),
    "note_invalid": lazy_gettext("有一项内容不在可选范围内，没有保存。原文还在页面上。"),
    "note_already_closed": lazy_gettext("这份登记已经完成，不能再改。需要更正请联系督导。"),
    "no_such_call": lazy_gettext("没有这一通来电，或者它不由您负责。"),
    "no_such_danger": lazy_gettext("没有这一条危险记录。"),
    "no_such_follow_up": lazy_gettext("没有这一项随访，或者它已经完成。"),
    "no_such_scale": lazy_gettext("这份量表还没有经核实的文本，不能提供。"),
    "scale_text_incomplete": lazy_gettext("版本、出处和许可都要写明。"),
    "scale_consent_first": lazy_gettext("请先征得来电人同意，再做量表。"),
    "scale_answers_invalid": lazy_gettext("有一题的答案不在可选范围内，没有保存。"),
    "no_such_consultation": lazy_gettext("没有这一项会诊，或者它已经有意见。"),
    "opinion_incomplete": lazy_gettext("请写明专家姓名、意见和建议。"),
    "no_such_forced_report": lazy_gettext("没有待办的强制报告，或者已经办结。"),
    "record_incomplete": lazy_gettext("还有一项没有写，请补上再保存。"),
    "not_open": lazy_gettext("这一项已经有人办结，或不由您负责。请看最新的列表。"),
    "comes_first": lazy_gettext("前面的一步还没有办结。"),
    "no_number": lazy_gettext("没有可以拨打的号码，请记录结果或改用其他方式。"),
    "cannot_take": lazy_gettext("不能这样交接，请看最新的列表。"),
    "hand_over_owed": lazy_gettext("还有高危事项没有人接手，请先到“交接班”交出。"),
    "outcome_missing": lazy_gettext("请写明结果后再关闭。"),
    "seat_taken": lazy_gettext("这个坐席已有人在岗，请换一个。"),
    "not_admitted": lazy_gettext("您还不能上岗，请联系管理员核对培训和保密承诺的记录。"),
    "cannot_be_ready": lazy_gettext("现在还不能接听，请看设备一栏写明的原因。"),
    "not_signed_on": lazy_gettext("您还没有上岗，请先选择坐席。"),
    "offer_already_taken": lazy_gettext("这一通来电已转给其他坐席。"),
    "offer_already_ended": lazy_gettext("这一通来电已不再等您接听。"),
    "in_call": lazy_gettext("正在通话，请先结束。"),
    "not_in_talk": lazy_gettext("这一通通话已经结束，或不由您负责。"),
    "unknown_call": lazy_gettext("没有这一通来电，或者它不由您负责。"),
    "unknown_seat": lazy_gettext("没有这个坐席。"),
    "offer_over": lazy_gettext("这一通来电已不再等您接听。"),
    "cannot_transfer": lazy_gettext("现在不能转接。"),
    "not_listening": lazy_gettext("您已不在这通通话里，请重新旁听。"),
    "no_such_linkage": lazy_gettext("没有这一张联动单。"),
    "rescue_unknown": lazy_gettext("联动单还没有写明救援是否到达本人身边，写明后才能关闭。"),
    "rescue_undecided": lazy_gettext("还没有写明是否联系 110/120。请写明告知了谁，或为什么没有告知。"),
    "next_step_missing": lazy_gettext("救援没有到达或还不知道时，请写明下一步做什么。"),
    "report_not_allowed": lazy_gettext("这个决定还不能记下，请看写明的原因。"),
    "no_such_step": lazy_gettext("清单里没有这一项，请刷新页面。"),
    "no_such_ask": lazy_gettext("现在没有要您填写的内容。"),
    "no_such_protocol": lazy_gettext("没有这一份规程，或者它已经签发、停用。"),
    "signer_is_author": lazy_gettext("起草人不能签发自己写的规程，请由另一位督导签发。"),
    "protocol_invalid": lazy_gettext("规程没有写全，没有保存。"),
    "call_already_ended": lazy_gettext("通话已经结束。"),
    "reason_missing": lazy_gettext("请写明依据，再提交。"),
    "signal_already_decided": lazy_gettext("这条信号已有人作出结论，请看最新的状态。"),
    "alert_not_awaiting_signature": lazy_gettext("这份提示不在待签发状态，请看最新的状态。"),
    "nobody_to_tell": lazy_gettext("这个地区及上级都没有报送地址，请先让管理员登记。"),
    "not_found": lazy_gettext("没有这一项，或者它不由您负责。"),
    "not_permitted": lazy_gettext("您的账号不能做这一步。"),
    "text_missing": lazy_gettext("请先写明内容，再提交。"),
    "nothing_asked": lazy_gettext("现在没有待答复的询问。"),
    "alert_not_issued": lazy_gettext("这份提示还没有签发。"),
    "alert_not_acknowledged": lazy_gettext("请先签收，再登记办理。"),
    "alert_already_closed": lazy_gettext("这份提示已经办结。"),
    "signals_do_not_match": lazy_gettext("只能并入同一地区或上下级地区的另一条信号。"),
    "one_person_is_no_alert": lazy_gettext("只涉及一个人的危险请联动 110，不发提示。"),
    "body_not_allowed": lazy_gettext("这个单位不能抄送：只有可能应激事件或涉及伤害他人时才可以。"),
    "too_early_to_sign_alone": lazy_gettext(
        "还不能单人签发：须等第二签发人 30 分钟无应答，且限可能应激事件。"
    ),
    "not_signed_alone": lazy_gettext("这份提示不在待补签状态，请看最新的状态。"),
    "change_already_drafted": lazy_gettext("已有一份变更在等签发。"),
    "message_already_decided": lazy_gettext("这份变更已有人处理，请看最新的状态。"),
    "proposal_already_decided": lazy_gettext("这条建议已有人处理。"),
    "duty_wrong": lazy_gettext("值班没有登记：请核对时间先后、备岗不能是本人、邮箱和电话的写法。"),
    "address_wrong": lazy_gettext("邮箱写法有误，请核对。"),
    "issue_is_merged": lazy_gettext("这个问题已并入另一个，请在那里操作，或先取消合并。"),
    "issue_name_invalid": lazy_gettext("名称须为 1 到 80 个字。没有更改。"),
    "issues_do_not_match": lazy_gettext("这两个问题不能合并，请另选一个。"),
    "nothing_to_split": lazy_gettext("不能这样拆分：两边都要至少有两通近期来电。"),
    "signer_is_verifier": lazy_gettext("核实人不能签发自己核实的提示，请由另一位督导签发。"),
}

REASONS: dict[str, Any] = {
    "no_training": lazy_gettext("没有岗前培训合格的记录"),
    "no_confidentiality": lazy_gettext("没有签署保密承诺的记录"),
    "no_microphone": lazy_gettext("听不到麦克风的声音"),
    "no_sound": lazy_gettext("声音没有打开"),
    "not_signed_on": lazy_gettext("还没有上岗"),
    "not_registered": lazy_gettext("软电话没有连上线路"),
    "note_open": lazy_gettext("上一通来电的登记还没有完成"),
    "wrap_up": lazy_gettext("正在整理上一通来电"),
    "in_call": lazy_gettext("正在通话"),
    "device_lost": lazy_gettext("设备断开了"),
    "reloaded": lazy_gettext("页面重新打开过，请再按“准备就绪”"),
    "not_active": lazy_gettext("账号已停用"),
    "heartbeat_lost": lazy_gettext("工作台断开过，请再按“准备就绪”"),
    "line_lost": lazy_gettext("您的电话线路断开，来电人已回到队首"),
    "declined": lazy_gettext("您选择了暂不接，准备好后再按“准备就绪”"),
    "expired": lazy_gettext("上一通来电没有接，准备好后再按“准备就绪”"),
    "no_answer": lazy_gettext("上一通来电没有接"),
    "leg_failed": lazy_gettext("您的线路没有接通，来电人仍在队首"),
    "reconciled": lazy_gettext("通话已不在线路上，坐席已放回，准备好后再按“准备就绪”"),
    "wrap_up_over": lazy_gettext("整理时间已到，可以延长；登记会一直保留"),
    "note_owed": lazy_gettext("整理时间已到，登记还没写完；写完后再按“准备就绪”"),
}


def sentence_of(refusal: Refusal) -> str:
    """What happened, in the language of the request. An unknown code is shown as it is, never hidden."""
    sentence = SENTENCES.get(refusal.code)
    if sentence is None:
        return gettext("没有做成（%(code)s）。请刷新页面看最新的状态。", code=refusal.code)
    reason = refusal.details.get("reason")
    return f"{sentence} {reason_in_words(reason)}" if reason else str(sentence)


def reason_in_words(reason: str | None) -> str:
    if not reason:
        return ""
    known = REASONS.get(reason) or SEAT_REASONS.get(reason)
    return str(known) if known is not None else reason

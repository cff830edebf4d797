"""Codes of queue, call log, pipeline and faults in words. An unknown code is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

QUEUE_REASONS: Mapping[str, Any] = {
    "danger": _("按了危险键"),
    "risk_history": _("同一号码曾评为高危"),
    "operator_lost": _("接线员线路中断，优先接回"),
    "called_again": _("约好回电的人又打进来，保留原来的位置"),
    "transferred": _("由接线员转回等待"),
    "transfer_bounced": _("转接没有成功，优先接回"),
    "cut_off": _("刚才中断，恢复原来的位置"),
    "repeat_after_risk": _("高危后 24 小时内再次来电"),
    "minor": _("未成年人"),
}

SEAT_REASONS: Mapping[str, Any] = {
    "no_answer": _("上一通没有接"),
    "not_taken": _("上一通没有接"),
    "declined": _("暂不接"),
    "device_lost": _("麦克风或声音断开"),
    "heartbeat_lost": _("页面断开"),
    "line_lost": _("线路中断"),
    "by_supervisor": _("由督导设置"),
    "leg_failed": _("线路没有接通"),
    "reconciled": _("通话已不在，坐席已放回"),
    "wrap_up_over": _("整理超时"),
    "note_owed": _("整理超时，登记还没写完"),
}

CALL_EVENTS: Mapping[str, Any] = {
    "arrived": _("来电接入"),
    "danger": _("按了危险键"),
    "placed": _("排队位置提前"),
    "recording_declined": _("来电人不同意录音"),
    "queued": _("进入等待"),
    "uncovered": _("无人在岗，播报出路"),
    "unrostered": _("当时没有排班"),
    "offer_made": _("送到坐席"),
    "offer_accepted": _("坐席接听"),
    "offer_declined": _("坐席暂不接"),
    "offer_expired": _("坐席未接"),
    "offer_withdrawn": _("撤回振铃"),
    "wants": _("改变所需语言或专长"),
    "connecting": _("正在接通"),
    "connect_again": _("再次接通"),
    "talking": _("双方通话"),
    "not_connected": _("没有接通，继续等待"),
    "operator_lost": _("接线员线路中断，回到最前面"),
    "back_in_queue": _("回到等待的最前面"),
    "held": _("保持"),
    "unheld": _("恢复通话"),
    "hold_asked": _("请求保持"),
    "pause_recording_asked": _("请求暂停录音"),
    "recording_asked": _("开始录音"),
    "erasure_asked": _("停止录音并删除"),
    "help_asked": _("求助督导"),
    "standby_answered": _("备班电话接听"),
    "message": _("留言"),
    "message_looked_for": _("向运营商核对留言"),
    "callback_owed": _("要求回拨"),
    "callback_by_hand": _("回拨由人处理"),
    "callback_handed_over": _("回拨交给其他坐席"),
    "dial_asked": _("拨号回拨"),
    "dialled": _("对方振铃"),
    "not_reached": _("没有联系上"),
    "taken_by_hand": _("由坐席主动回拨"),
    "line_dropped": _("高危通话中断，坐席立即回拨"),
    "limited": _("来电太频繁，播报限制和出路"),
    "limit_not_set": _("标为骚扰，但不限制（高危或未成年）"),
    "end_asked": _("接线员结束通话"),
    "came_back": _("被误认为已结束，仍在线上，继续等待"),
    "put_back": _("回到等待"),
    "exits_told": _("播报无人在岗时的出路"),
    "standby_dialled": _("转拨备班电话或合作热线"),
    "partner_told": _("告知可以转合作热线"),
    "partner_chosen": _("来电人选择转合作热线"),
    "mute_asked": _("请求静音或恢复"),
    "muted": _("静音"),
    "unmuted": _("恢复发言"),
    "recording_refused": _("接线员代为停止录音"),
    "recording_paused": _("录音已暂停"),
    "recording_resumed": _("录音已继续"),
    "place_told": _("登记所在地"),
    "served_by": _("换人接听"),
    "transfer_asked": _("请求转接"),
    "transfer": _("转接有变化"),
    "leg_asked": _("呼叫第三方"),
    "leg_in": _("第三方进入通话"),
    "leg_out": _("第三方离开"),
    "leg_took_over": _("第三方接手"),
    "mode_asked": _("督导请求改变旁听方式"),
    "mode_is": _("督导旁听方式已改变"),
    "ended": _("通话结束"),
}

STEPS: Mapping[str, Any] = {
    "fetch_recording": _("取回录音"),
    "transcribe": _("转写"),
    "understand": _("脱敏、风险词与向量"),
    "group": _("归入问题"),
    "count": _("每日计数"),
    "detect": _("检测信号"),
}

JOB_STATES: Mapping[str, Any] = {
    "due": _("等待处理"),
    "leased": _("正在处理"),
    "done": _("已完成"),
    "dead": _("多次失败，已停"),
}

ISSUE_EVENTS: Mapping[str, Any] = {
    "born": _("首次出现"),
    "named": _("命名"),
    "renamed": _("改名"),
    "split": _("拆分"),
    "merged": _("合并"),
    "muted": _("不再提示"),
    "unmuted": _("恢复提示"),
    "parted": _("取消合并"),
}

DANGER_SOURCES: Mapping[str, Any] = {
    "key": _("来电人按了危险键"),
    "mark": _("软件标出风险词"),
    "desk": _("接线员标记"),
    "message": _("留言中的风险词"),
}

MARK_SOURCES: Mapping[str, Any] = {
    "caption": _("字幕"),
    "transcript": _("转写"),
    "message": _("留言"),
    "note": _("登记"),
}

PLACE_SOURCES: Mapping[str, Any] = {
    "caller": _("来电人所述"),
    "operator": _("接线员登记"),
    "home": _("常住地"),
    "landline": _("固话区号"),
    "mobile": _("手机号段"),
    "trunk": _("接入线路"),
}

CONSENT_WAYS: Mapping[str, Any] = {
    "notice": _("听过告知后继续"),
    "key": _("按键"),
    "operator": _("接线员询问"),
    "request": _("本人要求"),
}

METHODS: Mapping[str, Any] = {
    "quasi-poisson-nb": _("准泊松基线与负二项检验，7 天合计"),
    "cluster-6h": _("应激事件规则：数小时内集中来电"),
}

METHODS_ZH: Mapping[str, str] = {
    "quasi-poisson-nb": "准泊松基线与负二项检验，7 天合计",
    "cluster-6h": "应激事件规则：数小时内集中来电",
}
"""For the printed bulletin, which is Chinese in either language."""

FIELD_FAULTS: Mapping[str, Any] = {
    "login_form": _("账号用小写字母、数字、点、横线，3 到 60 个字符。"),
    "name_missing": _("请填写名称。"),
    "centre_missing": _("接线员须属于一个中心。"),
    "place_missing": _("联防联控机制人员须属于一个地区。"),
    "unknown": _("没有这一项，请重新选择。"),
    "out_of_range": _("数目不在可选范围内。"),
    "reference_form": _("文号为 3 到 120 个字符。"),
    "in_the_past": _("有效期已过，请填写仍然有效的日期。"),
    "phone_form": _("电话只含数字、空格和横线。"),
    "label_form": _("坐席编号用数字、字母或横线。"),
    "label_taken": _("这个中心已有同名坐席。"),
    "address_missing": _("邮箱和接口地址至少填一项。"),
    "email_form": _("邮箱格式不对。"),
    "url_form": _("接口地址须以 https:// 开头，不含账号密码。"),
    "secret_missing": _("接口须有签名密钥。"),
    "secret_short": _("签名密钥至少 16 个字符。"),
    "hours_form": _("时段写作 08:00-18:00，可加星期，例如 1-5 08:00-18:00；多个时段用分号隔开。"),
    "number_form": _("号码只含数字，3 到 20 位，可用空格和横线分开。"),
    "number_taken": _("这个号码已经登记。"),
    "same_centre": _("两个中心不能相同。"),
    "agreement_taken": _("这两个中心之间已有约定，请修改原有的一条。"),
    "emergency_overflow": _("110、119、120 不接收溢出来电，只在有生命危险时由人拨打。"),
    "weekdays_form": _("星期只写数字 1 到 7，例如 2 表示周二。"),
    "date_form": _("日期格式不对，例如 2026-11-22。"),
    "limit_taken": _("这个范围的这项指标已有限值，请修改原有的一条。"),
    "line_has_no_seats": _("坐席属于中心，不属于号码；请选全线或一个中心。"),
    "crit_above_warn": _("这项指标越低越差，“立即处理”不能高于“注意”。"),
    "crit_below_warn": _("“立即处理”不能低于“注意”。"),
    "text_long": _("每种语言最多 400 个字。"),
    "danger_key_missing": _("这段话必须说到有危险按 1。"),
    "star_missing": _("这段话必须说到不同意录音按星号。"),
    "code_form": _("地区代码为 6、9 或 12 位数字。"),
    "code_twice": _("同一个代码出现了两次。"),
    "parent_missing": _("上级地区不在表里，也没有登记；请把上级写在前面。"),
    "place_has_places": _("下面还有在用的地区，请先停用它们。没有更改。"),
    "place_has_centre": _("有中心设在这里，不能停用。没有更改。"),
    "login_taken": _("这个账号已有人使用，或在表里出现了两次。"),
    "partner_taken": _("这个地区已有同名的合作热线。"),
    "yes_or_no": _("请填 yes 或 no。"),
    "time_form": _("时间格式不对，例如 2026-11-22 20:00。"),
    "clock_form": _("时刻格式不对，例如 21:05。"),
    "form_taken": _("这个登记号已经录入，或在表里出现了两次。"),
    "minutes_form": _("分钟数为 1 到 480。"),
    "risk_form": _("风险等级为 R0 到 R4。"),
    "text_too_long": _("摘要最多 300 个字。"),
    "in_the_future": _("这个时间还没有到。"),
    "record_too_old": _("已超过登记的保存期限，不能导入。"),
    "exit_relied": _("有已发布的时段靠它接听，请先为那些时段另外安排。"),
}

ACCOUNT_FAULTS: Mapping[str, Any] = {
    "seat_has_history": _("这个坐席有过通话、班次或上岗记录，不能删除，可以停用。没有更改。"),
    "seat_in_use": _("有人正在这个坐席上，离岗后再停用。没有更改。"),
    "seat_rostered": _("这个坐席还有未结束的班次，请先调整班次。没有更改。"),
    "login_taken": _("这个账号已有人使用，请换一个。"),
    "last_administrator": _("须至少保留一名在用的管理员。没有更改。"),
    "person_in_call": _("此人正在通话，通话结束后再停用。没有更改。"),
    "not_found": _("没有这一项，请重新选择。"),
}

SHIFT_FAULTS: Mapping[str, Any] = {
    "person_cannot_answer": _("此人已停用，或不是接线员、督导。"),
    "no_training": _("此人没有岗前培训合格的记录。"),
    "no_confidentiality": _("此人没有签署保密承诺的记录。"),
    "ends_before_start": _("结束时间须在开始时间之后。"),
    "too_long": _("一个班次最长 16 小时。"),
    "already_over": _("这个班次的时间已经过去。"),
    "seat_of_another_centre": _("坐席不属于所选的中心。"),
    "person_is_rostered": _("此人在这段时间已有班次。"),
    "seat_is_rostered": _("这个坐席在这段时间已排给别人。"),
}


def in_words(table: Mapping[str, Any], code: str | None) -> str:
    """The code's words, or the code itself."""
    if not code:
        return ""
    found = table.get(code) or table.get(code.partition(".")[2])
    return str(found) if found is not None else code

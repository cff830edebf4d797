"""What the pages of readiness say of codes: in both languages, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

LACKS: Mapping[str, Any] = {
    "no_training": _("没有岗前培训合格的记录"),
    "no_confidentiality": _("没有签署保密承诺的记录"),
    "not_active": _("账号已停用"),
}

TO_DO: Mapping[str, Any] = {
    "no_training": _("请完成岗前培训；已培训过的，请管理员或督导补录合格日期。"),
    "no_confidentiality": _("请签署保密承诺，交管理员登记签署日期。"),
    "not_active": _("请联系管理员。"),
}

FAULTS: Mapping[str, Any] = {
    "reason_short": _("请写明原因，4 到 300 个字。没有更改，内容还在。"),
    "not_vouched": _("请先核对此人受过培训、知道保密要求，并勾选确认。没有更改。"),
    "own_admission": _("不能准许自己，请另一位督导决定。"),
    "cannot_answer": _("此人的账号已停用，或不是接线员、督导。"),
    "nothing_lacking": _("此人的记录已经齐全，可以直接上岗。"),
    "nobody_chosen": _("请至少选一个人。没有保存，内容还在。"),
    "in_the_future": _("日期还没有到，请填写已经举行的日期。"),
    "result_missing": _("岗前培训和考核须写明合格或不合格。"),
    "login_unknown": _("没有这个账号。"),
    "number_wanted": _("请填数字。"),
    "on_file": _("这一条已经登记，或在表里出现了两次。"),
    "expires_early": _("有效期须在发证日期之后。"),
    "content_missing": _("请写下督导内容，最多 2000 个字；不要写来电人的姓名和号码。"),
    "own_supervision": _("督导记录不能写给自己。"),
    "name_missing": _("请填写名称，最多 120 个字。"),
    "text_long": _("文字太长，请缩短。内容还在。"),
    "out_of_range": _("数目不在可选范围内。"),
    "date_form": _("日期格式不对，例如 2026-11-22。"),
    "hours_form": _("时段写作 08:00-18:00，可加星期，例如 1-5 18:00-22:00；多个时段用分号隔开。"),
    "unknown": _("没有这一项，请重新选择。"),
    "place_missing": _("请选择所在地区。"),
}

STRAINS: Mapping[str, Any] = {
    "talk": _("这一班已通话 %(n)s 分钟"),
    "high_risk": _("这一班已接 %(n)s 通高危来电"),
    "nights": _("已连续 %(n)s 个夜班"),
}

COVERS: Mapping[str, Any] = {
    "seat": _("本中心坐席在岗"),
    "named": _("班表指定的出路"),
    "other_centre": _("其他中心坐席在岗"),
    "standby": _("备班电话有人"),
    "partner": _("合作热线开放"),
    "nobody": _("无人在岗"),
    "unknown": _("没有日志，无法证明"),
}

"""The kinds of personal detail, the tag that stands for each, and which wins where two overlap."""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    """A detail found in the original text."""

    type: str
    start: int
    end: int


LABELS = {
    "id_card": "身份证号",
    "mobile": "手机号",
    "landline": "固定电话",
    "bank_card": "银行卡号",
    "plate": "车牌号",
    "document": "证件号",
    "email": "邮箱",
    "wechat": "微信号",
    "qq": "QQ号",
    "account": "账号",
    "number": "号码",
    "birth_date": "出生日期",
    "movement": "行踪",
    "school": "学校班级",
    "employer": "工作单位",
    "family": "家庭情况",
    "address": "地址",
    "name": "姓名",
}

PRECEDENCE = {kind: rank for rank, kind in enumerate(LABELS)}

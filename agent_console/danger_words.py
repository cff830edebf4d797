"""Words of the danger protocol: what may be handed over, and why a decision is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

FIELDS: Mapping[str, Any] = {
    "place": _("人在哪里"),
    "number": _("联系号码"),
    "state": _("现在的情况"),
    "means": _("方法与手边的东西"),
    "alone": _("是否一个人、谁在身边"),
    "called_by": _("谁打来的"),
    "wishes": _("本人的意愿"),
}

AGAINST: Mapping[str, Any] = {
    "why_missing": _("没有告知也要写明原因（至少 4 个字）。"),
    "ground_missing": _("请选择依据：本人同意，或紧急保护生命。"),
    "nothing_told": _("请至少填写一项要告知的内容。"),
    "too_much": _("这个对象只能收到列出的几项。"),
    "no_consent": _("没有本人同意的记录。本人刚才口头同意的，请勾选。"),
    "not_admitted": _("登记里还没有“收治入院”的处置，不能以此反馈社区网格。"),
    "grid_needs_admission_or_consent": _("社区网格只在收治入院后，或本人同意时反馈。"),
    "danger_over": _("危险已关闭，不能再以紧急保护生命为依据。"),
    "support_missing": _("请写明提供了哪些支持。"),
    "accepted_not_offered": _("接受的支持须是提供过的。"),
    "rest_out_of_range": _("休息时间填 0 到 1440 分钟。"),
}

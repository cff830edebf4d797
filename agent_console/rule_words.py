"""Words of the routing rules, and the unit in which a person reads each number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

MINUTE, HOUR, DAY = 60, 3600, 86400

UNITS: Mapping[str, int] = {
    "most_credit_seconds": MINUTE,
    "wrap_up_over_seconds": MINUTE,
    "nuisance_window_seconds": MINUTE,
    "nuisance_lasts_seconds": HOUR,
    "nuisance_repeated_within_seconds": DAY,
    "nuisance_repeated_lasts_seconds": DAY,
}
"""Seconds in a unit; the others are read in seconds, or counted."""

RULE_NAMES: Mapping[str, Any] = {
    "most_credit_seconds": _("优先合计上限（分钟）：谁也不会被晚来这么久的人赶过"),
    "city_after_seconds": _("本县区无人空闲，几秒后由本市其他中心接"),
    "province_after_seconds": _("几秒后由本省其他中心接（有互助约定的按约定）"),
    "anywhere_after_seconds": _("几秒后由任何中心接"),
    "partner_after_seconds": _("等几秒后告知可以转合作热线，由来电人按键选择（0 为不告知）"),
    "skill_after_seconds": _("等所需专长最多几秒，之后谁都可以接"),
    "language_after_seconds": _("等所需语言最多几秒，之后谁都可以接"),
    "known_operator_seconds": _("再次来电先响上次接线员几秒（0 为不优先；不空闲则不等）"),
    "ring_at_once": _("同时振铃时最多几席"),
    "keep_from_seats": _("在岗不少于几席时才留席"),
    "wrap_up_seconds": _("通话后整理几秒；到时只提醒，不派来电"),
    "wrap_up_over_seconds": _("超时几分钟后暂停坐席，登记仍须补完"),
    "rest_after_decline_seconds": _("“暂不接”后几秒自动恢复可接听（0 为由本人恢复）"),
    "rest_after_no_answer_seconds": _("没有接听后几秒自动恢复可接听（0 为由本人恢复）"),
    "nuisance_calls": _("限制期间每个时段最多接通几次"),
    "nuisance_window_seconds": _("时段长几分钟"),
    "nuisance_lasts_seconds": _("标为骚扰后限制几小时"),
    "nuisance_repeated_from": _("第几次标为骚扰起加长"),
    "nuisance_repeated_within_seconds": _("几天内的次数累计"),
    "nuisance_repeated_lasts_seconds": _("加长为几天"),
}

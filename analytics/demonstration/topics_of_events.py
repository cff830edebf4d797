"""What nobody rang about before it happened: the two events of the demonstration."""

from __future__ import annotations

from analytics.demonstration.topic import ADULT, PUBLIC, Topic
from models.vocabulary_record import Problem

UNPAID_WAGES = Topic(
    "unpaid_wages",
    Problem.WORK,
    0,
    PUBLIC,
    ADULT,
    (
        "所在化工厂停产，拖欠工资{n}个月，工友讨薪无果，全家断了收入",
        "化工厂停产后工资拖欠，厂方推脱，家里只靠这份工资，焦虑愤怒",
        "厂里停产欠薪，工友多次讨薪未果，担心过年没钱，彻夜难眠",
        "丈夫在停产的化工厂上班，工资被拖欠，家中老人看病无钱",
        "化工厂拖欠工资并宣布停产，社保断缴，工友无处讨薪",
    ),
    ("厂子停产了，工资拖了好几个月不给", "我们几十个工友去讨薪，厂里没人管", "家里就靠我这点工资，现在断了"),
    (Problem.EMOTION,),
)

TAP_WATER = Topic(
    "tap_water",
    Problem.RUMOUR,
    0,
    PUBLIC,
    ("25-34", "35-44", "45-59", "60-69"),
    (
        "家中自来水有异味发黄，网传水源被污染，全家不敢喝水，十分恐慌",
        "看到群里说自来水污染致病，孩子喝了水后肚子不适，家长极度担心",
        "自来水异味持续数日，抢购桶装水，打多个部门电话得不到答复，焦虑",
        "网传水厂污染被隐瞒，来电人不知该信谁，反复查看短视频，心慌",
        "孕妇担心饮用有异味的自来水影响胎儿，夜里睡不着",
    ),
    (
        "家里的自来水又黄又有味道，群里都说被污染了",
        "孩子喝了水说肚子疼，我吓坏了",
        "到处买不到桶装水，打电话也没人说清楚",
    ),
    (Problem.HEALTH, Problem.EMOTION),
)

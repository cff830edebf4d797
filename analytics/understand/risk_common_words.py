"""Words of risk that were not taken from the labelled texts: what open crisis-word lists of chat projects
have in common, and what the C-SSRS (Posner 2011) asks for: a wish not to wake, means at hand, farewell.
What is too common in other talk was struck out on the unlabelled dialogues (SMILE, CC0), never on a set that
is reported.
"""

from __future__ import annotations

from analytics.understand.risk_expression import Expression
from analytics.understand.risk_expression import expression as _x

_OWN_DEATH = (
    r"自刎|自戕|自裁|抹脖子|了断(?:自己|此生|生命|一切)|了结(?:此生|生命|一切|这一切)|了却(?:此生|生命)"
    r"|(?:杀了?|杀掉|弄死|毒死|掐死|勒死|捂死|闷死|饿死|淹死|吊死)我?自己|非死不可|不得不(?:去)?死"
    r"|紫砂(?!壶|锅|杯|茶|器|煲|泥|罐|陶)|自鲨"
    r"|结束(?:掉)?这?一切(?!关系|联系|往来|合作)"
)
_MEANS = (
    r"跳窗|跳崖|跳井|跳水库|投湖|投海|投井|吞枪|吞刀片|吞[下了食]?[一-龥]{0,4}(?:安眠药|药片|药丸)"
    r"|喝(?:敌敌畏|毒药|老鼠药|洁厕[灵液]|消毒[液水])|吃毒药|[服吃吞]药过量|过量[服吃吞]药?|过量的?安眠药"
    r"|割大?动脉|把自己[吊勒淹烧毒]死|冲[到进向](?:马路|车流)"
    r"|[攒囤存][够了好满][一-龥]{0,6}药|药片?[一-龥]{0,3}[攒囤存][够好齐]"
)
_SELF_HARM = (
    r"伤害[了过]?我自己|自我伤害|[划刺扎抓挠烧砍][伤破烂]了?我?自己|[刺捅砍]自己"
    r"|拿着?(?:刀|小刀|剪刀|美工刀|圆规|玻璃)[一-龥]{0,4}[割划刺扎戳](?:自己|手腕|手臂|胳膊|大腿)"
)
_FAREWELL = (
    r"[写立]好?了?遗嘱|(?:明天|以后|再也|永远)[一-龥]{0,4}[见看]不到我了"
    r"|[跟和向]这?个?(?:世界|人间|人世|大家|所有人)(?:告别|道别|说再见)"
)
_WISH = (
    r"不想(?:再|继续)?存在|不想再撑|不想再要?醒|不[要用再必]再?醒[来过]|[永就](?:远|这么|这样)地?睡(?:下去|过去)"
    r"|睡[着过]去?了?[一-龥]{0,4}(?:不醒|不再醒)|长睡不醒"
    r"|(?:希望|宁愿|但愿|要是|如果)(?:自己|我)?(?:从未|从来没有?|从没|没有?|不曾)(?:存在|出生|来过|被生下来)"
    r"|不如(?:没有?|从未|不曾)(?:来过|出生|存在)|不存在(?:就|该多)好"
    r"|消失了?掉?(?:就|该多)(?:算了|好)|消失算了|[从在]这?个?世界上?(?:彻底|永远)?消失|永远消失|我(?:要是|如果)消失了"
    r"|生无可恋|了无生趣|人间不值得|不值得我?再?活|没有?必要(?:再|继续)?活|没法(?:再|继续)?活|无法(?:再|继续)?活下去"
    r"|没有?勇气(?:再|继续)?活|生命(?:没有?|毫无)意义|活着不值得|活着是个错误"
    r"|彻底解脱(?!出来)|(?:最好|唯一)的解脱|让我解脱|[撑熬]不下去"
    r"|(?:我|自己)[要就快将会该想]要?离开这?个?(?:世界|人世|人间)|(?:如果|要是|假如|等)我(?:哪天)?不在了"
    r"|下辈子[一-龥]{0,4}(?:做人|投胎|不来)|重新投胎|去另一个世界|(?:想|希望|恨不得)[被让]车撞"
)

COMMON_HIGH: tuple[Expression, ...] = (
    _x("intent", "suicide", "high", 0.9, _OWN_DEATH, "说出自杀的意图或念头", "suicidal intent or thoughts"),
    _x(
        "means_or_plan",
        "suicide",
        "high",
        0.93,
        _MEANS,
        "提到方法、工具或计划",
        "method, means or plan named",
    ),
    _x("self_harm", "self_harm", "high", 0.85, _SELF_HARM, "自伤行为或念头", "self-harm"),
    _x(
        "farewell",
        "suicide",
        "high",
        0.8,
        _FAREWELL,
        "像是在告别或安排身后事",
        "farewell, or affairs put in order",
    ),
)

COMMON_WISH = _x("death_wish", "suicide", "low", 0.75, _WISH, "不想活、想死或希望消失", "wish to be dead")

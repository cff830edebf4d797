"""What is hard at home and between people."""

from __future__ import annotations

from analytics.demonstration.topic import ADULT, PUBLIC, STUDENT, Topic
from models.vocabulary_record import Population, Problem

RELATIONS: tuple[Topic, ...] = (
    Topic(
        "school_refusal",
        Problem.FAMILY,
        10,
        (Population.PUBLIC, Population.STUDENT),
        ("35-44", "45-59"),
        (
            "孩子上初{c}，拒绝上学已{n}周，在家沉迷手机游戏，亲子争吵频繁",
            "孩子厌学请假在家，家长一提学校就锁门不语，不知如何沟通",
            "家长反映孩子早晨肚子疼不肯去学校，周末则一切正常",
            "孩子因手机被没收与父母冲突，离家到亲戚家住，不愿返校",
            "青春期孩子与家长对立，成绩下滑后不愿进教室，家长焦虑",
            "夫妻对孩子教育意见不一，孩子休学在家，家庭气氛紧张",
        ),
        (
            "孩子就是不肯去学校，一说上学就把门锁上",
            "天天抱着手机打游戏，我一说他就跟我吵",
            "老师打电话来我都不知道怎么回，真的很着急",
        ),
        (Problem.STUDY,),
    ),
    Topic(
        "marriage",
        Problem.MARRIAGE,
        9,
        PUBLIC,
        ADULT,
        (
            "发现配偶出轨后反复争吵，在离婚与维持之间犹豫",
            "丈夫长期不归家、冷暴力，来电人委屈无助，考虑离婚",
            "婆媳矛盾激化，丈夫不表态，夫妻分居{n}个月",
            "妻子提出离婚并带走孩子，来电人难以接受，情绪激动",
            "再婚家庭因财产和子女抚养争执，夫妻沟通困难",
        ),
        (
            "他在外面有人了，我不知道这个婚还要不要",
            "婆婆天天挑我的毛病，他一句话也不说",
            "我们已经分居几个月了",
        ),
        (Problem.FAMILY,),
    ),
    Topic(
        "love",
        Problem.LOVE,
        7,
        (Population.STUDENT, Population.PUBLIC),
        ("18-24", "25-34"),
        (
            "恋爱{n}年被提出分手，反复翻看聊天记录，无法放下",
            "异地恋对方态度冷淡，怀疑被欺骗，情绪起伏大",
            "分手后仍每天给前任发消息，被拉黑后痛哭",
            "父母反对恋爱对象，来电人夹在中间左右为难",
            "单恋同学被拒，觉得自己不够好，不愿见人",
        ),
        (
            "谈了几年说分就分了，我怎么也放不下",
            "他把我拉黑了，我每天都在看以前的聊天记录",
            "爸妈就是不同意我们在一起",
        ),
    ),
    Topic(
        "postpartum",
        Problem.EMOTION,
        5,
        PUBLIC,
        ("25-34", "35-44"),
        (
            "产后{n}个月情绪低落易哭，夜间喂奶睡眠不足，觉得自己不是好妈妈",
            "带二孩无人分担，对孩子发火后自责，丈夫不理解",
            "产妇与婆家育儿观念冲突，坐月子期间委屈落泪",
            "孕晚期担心胎儿健康，反复上网查询，焦虑不安",
        ),
        (
            "生完孩子以后总想哭，觉得自己当不好妈妈",
            "晚上喂奶睡不了，白天还要带大的",
            "我一发火就后悔，他还说我矫情",
        ),
        (Problem.SLEEP, Problem.FAMILY),
    ),
    Topic(
        "bullying",
        Problem.ABUSE,
        5,
        STUDENT,
        ("<14", "14-17"),
        (
            "学生在校被同学起绰号、孤立，不敢告诉老师",
            "宿舍关系紧张，被室友排挤嘲笑，想换宿舍",
            "家长反映孩子被同学勒索零花钱，回家后沉默寡言",
            "被同学在群里造谣，害怕进教室，吃饭总是一个人",
        ),
        ("他们给我起外号，都不跟我玩", "室友在背后说我坏话，我不想回宿舍", "群里有人造我的谣，我不敢进教室"),
        (Problem.RELATIONSHIPS,),
    ),
)

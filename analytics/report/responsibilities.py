"""Who can act on what: suggested responsible units (责任单位) by main problem, after the duties by department
in the plan 联防联控机制综发〔2020〕224号. Public security, political-legal committees and petition offices
are never suggested by default.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.vocabulary_record import Problem


@dataclass(frozen=True, slots=True)
class Suggestion:
    unit: str
    advice: str


HEALTH = "卫生健康部门"
CIVIL = "民政部门"
EDUCATION = "教育部门"
LABOUR = "人力资源社会保障部门"
JUSTICE = "司法行政部门"
WOMEN = "妇联"
YOUTH = "共青团（12355）"
UNION = "工会"
DISABLED = "残联"
COMMUNITY = "街道（乡镇）"
NETWORK = "网信部门"
INSURANCE = "医疗保障部门"

UNITS = (
    HEALTH,
    CIVIL,
    EDUCATION,
    LABOUR,
    JUSTICE,
    WOMEN,
    YOUTH,
    UNION,
    DISABLED,
    COMMUNITY,
    NETWORK,
    INSURANCE,
)

_CARE = Suggestion(HEALTH, "组织精神卫生医疗机构和心理援助队伍，对有需要的人群开展心理疏导，畅通转诊渠道。")
_STUDENTS = Suggestion(EDUCATION, "指导学校开展学生心理排查与疏导，加强家校沟通，减轻压力来源。")
_RELIEF = Suggestion(CIVIL, "核实生活困难情况，落实临时救助与走访关爱。")
_WORK = Suggestion(LABOUR, "核实用工与工资支付情况，提供就业服务和劳动权益咨询。")
_GRID = Suggestion(COMMUNITY, "组织社区核实面上情况，做好解释说明和上门关爱。")
_WOMEN = Suggestion(WOMEN, "提供婚姻家庭辅导和权益维护服务。")
_YOUTH = Suggestion(YOUTH, "联动青少年服务台开展同伴支持和在线辅导。")
_LAW = Suggestion(JUSTICE, "提供法律援助和纠纷调解。")

BY_PROBLEM: dict[Problem, tuple[Suggestion, ...]] = {
    Problem.HEALTH: (
        Suggestion(HEALTH, "核实就诊与健康服务需求，公布权威信息和咨询渠道。"),
        Suggestion(INSURANCE, "解答参保与报销疑问，公布办理渠道。"),
    ),
    Problem.DISORDER: (Suggestion(HEALTH, "保障精神科药品供应与复诊渠道，落实社区随访。"), _GRID),
    Problem.EMOTION: (_CARE, _GRID),
    Problem.SLEEP: (_CARE, _GRID),
    Problem.SOMATIC: (_CARE,),
    Problem.TRAUMA: (_CARE, _RELIEF),
    Problem.SELF_HARM: (Suggestion(HEALTH, "启动心理危机干预力量，优先安排高危人员评估与随访。"), _GRID),
    Problem.VIOLENCE: (_CARE, _GRID),
    Problem.LOVE: (_CARE, _YOUTH),
    Problem.MARRIAGE: (_WOMEN, _LAW),
    Problem.FAMILY: (_WOMEN, _STUDENTS),
    Problem.RELATIONSHIPS: (_CARE, _YOUTH),
    Problem.STUDY: (_STUDENTS, _YOUTH),
    Problem.WORK: (_WORK, Suggestion(UNION, "了解职工诉求，开展困难帮扶和心理关爱。")),
    Problem.SEXUAL: (_CARE,),
    Problem.ADDICTION: (_CARE, _GRID),
    Problem.STIGMA: (Suggestion(HEALTH, "开展科普宣传，消除误解与歧视。"), _GRID),
    Problem.ISOLATION: (_GRID, _CARE),
    Problem.PRACTICAL: (_GRID, _RELIEF),
    Problem.POLICY: (Suggestion(HEALTH, "通过权威渠道及时解读政策，集中回应疑问。"), _GRID),
    Problem.ABUSE: (_WOMEN, _LAW, _STUDENTS),
    Problem.RUMOUR: (Suggestion(NETWORK, "核实网传信息，及时发布权威说明。"),),
    Problem.RECOVERY: (_CARE, _RELIEF),
    Problem.OTHER: (_CARE,),
}


def suggestions_for(problem: Problem | None) -> tuple[Suggestion, ...]:
    return BY_PROBLEM.get(problem, (_CARE,)) if problem is not None else (_CARE,)

"""The texts that come with the product: only what a clause of DOMAIN.md states, each with that clause.

Nobody has signed them: a supervisor adopts one as a draft, a second person signs it, and then it holds.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ProtocolText:
    code: str
    title_zh: str
    title_en: str
    card_zh: tuple[str, ...]
    card_en: tuple[str, ...]
    clause: str
    """Of DOMAIN.md, for who checks the text."""
    source: str
    """The same for who reads it at the desk: the document by its name."""
    source_en: str
    script_zh: tuple[str, ...] = ()
    script_en: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()


SHIPPED: tuple[ProtocolText, ...] = (
    ProtocolText(
        "imminent",
        "R4 极高危：正在实施，或方法在身边、现在就要做",
        "R4 imminent: an act in progress, or means at hand and now",
        (
            "督导 10 秒内收到提醒；接线员留在线上。",
            "110/120 联动马上准备好；是否联系，由接线员或督导决定。",
            "先用影响最小的办法；正在实施时，保护生命不必等本人同意。",
            "来电人的号码在手边；替他人来电同样适用。",
            "确认救援到达本人身边；没有到达，采取下一步。",
            "写明救援是否到达本人，才能关闭。",
        ),
        (
            "The supervisor is alerted within 10 seconds; the operator keeps the line.",
            "110/120 is prepared at once; operator or supervisor decides whether to call.",
            "Least invasive first; life is saved without consent while an attempt is in progress.",
            "The caller's number is at hand; third-party callers are covered too.",
            "Confirm that rescue reached the person; else take further steps.",
            "Closing needs: did rescue reach the person.",
        ),
        "DOMAIN.md b2, working default R4 [D]; Lifeline imminent-risk policy #24 [V]",
        "本产品的建议值（R4）；国际生命热线的紧迫风险做法",
        "This product's working value (R4); Lifeline's policy on imminent risk",
        ("若您或他人有生命危险，我们会联系救援。",),
        ("If your life or somebody else's is in danger, we will call for help.",),
        levels=("4",),
    ),
    ProtocolText(
        "high",
        "R3 高危：72 小时或一周内有计划，或两周内尝试过",
        "R3 high: a plan for within 72 hours or a week, or an attempt within two weeks",
        (
            "督导同班加入或复核。",
            "随访：第 1、7、30、90、365 天。",
            "高分是多关心的理由，不是标签；不能只凭分数告知社区。",
        ),
        (
            "A supervisor joins, or reviews it in the same shift.",
            "Follow-up on days 1, 7, 30, 90 and 365.",
            "A high score is a reason to care, never a label to send to the community by itself.",
        ),
        "DOMAIN.md b2, working default R3 [D]; follow-up plan #20 [V]; PPV 14.4 % #18 [V]",
        "本产品的建议值（R3）；北京高危来电随访方案；十二要素量表的阳性预测值 14.4%",
        "This product's working value (R3); Beijing's follow-up plan; predictive value 14.4 % of its scale",
        levels=("3",),
    ),
    ProtocolText(
        "moderate",
        "R2 中危：有想法，没有计划",
        "R2 moderate: ideation without a plan",
        ("一起定安全计划。", "随访：第 7 天前、第 90 天。"),
        ("Agree a safety plan.", "Follow-up by day 7 and on day 90."),
        "DOMAIN.md b2, working default R2 [D]",
        "本产品的建议值（R2）",
        "This product's working value (R2)",
        levels=("2",),
    ),
    ProtocolText(
        "screen",
        "首问与追问：每一通都问",
        "The first question and what follows: on every call",
        (
            "每一通先问两周内的首问。",
            "有想法：追问计划、方法、时间、以往、是否一个人。",
            "再谈希望、活下去的理由，定安全计划。",
            "陪到有人接手。",
        ),
        (
            "Ask the two-week question first, on every call.",
            "Where there are thoughts: plan, means, when, past attempt, alone.",
            "Then hope, reasons for living, a safety plan.",
            "Stay until linked.",
        ),
        "DOMAIN.md f6; b2 #19 [V]",
        "两周内首问与量表的随访比较（Arch Suicide Res 2025）",
        "Follow-up study of the two-week question beside the scale (Arch Suicide Res 2025)",
        ("最近两周，您有没有想过结束自己的生命？",),
        ("In the last two weeks, have you thought of ending your life?",),
    ),
    ProtocolText(
        "silent",
        "沉默来电",
        "Silent call",
        ("等待，慢慢说。", "请对方按键回答：1 是，2 否。"),
        ("Wait, speak slowly.", "Offer keys: 1 yes, 2 no."),
        "DOMAIN.md f6",
        "本产品的建议做法",
        "This product's own advice",
    ),
    ProtocolText(
        "minors",
        "未成年人",
        "Minors",
        (
            "14 岁以下：请监护人同意；有危险、或伤害来自监护人时除外。",
            "发现未成年人受侵害：有报告义务的人员向公安报告。",
            "没有监护人照料：对接民政，及时发现、报告、救助。",
        ),
        (
            "Under 14: ask for the guardian, unless there is danger or the harm comes from the guardian.",
            "Harm to a minor: those under the duty report to the police.",
            "A child without a guardian: civil affairs, to find, report and help in time.",
        ),
        "DOMAIN.md f2 [D]; b4 forced report #36 [V]; a1 S4",
        "九部门强制报告制度（2020 年 5 月）；社会心理服务体系建设试点 2020 年重点工作；本产品的建议做法",
        "Mandatory report (nine departments, May 2020); key tasks of the pilot, 2020; own advice",
        populations=("P13", "P19"),
    ),
    ProtocolText(
        "severe_disorder",
        "严重精神障碍：危险评估 3–5 级",
        "Severe mental disorder: danger level 3–5",
        (
            "3 级：不限于家里；4 级：持续，针对财物或人，包括自伤自杀；5 级：持械、放火。",
            "立即转诊，必要时请公安协助。",
            "没有住院的，2 周内随访；稳定的，3 个月随访一次。",
        ),
        (
            "3: not limited to home; 4: continued, things or people, self-harm too; 5: weapon, arson.",
            "Refer at once, police if needed.",
            "Not admitted: follow up in 2 weeks; stable: every 3 months.",
        ),
        "DOMAIN.md b2 #21 [V]",
        "国家基本公共卫生服务规范：危险性评估",
        "National public-health service specification: danger levels",
        populations=("P18",),
    ),
    ProtocolText(
        "recovered",
        "治愈患者",
        "Recovered patients",
        (
            "量表测评先征得同意；不同意是正常结果，服务照常。",
            "至少半年随访一次；记录测评、疏导、健康指导三部分。",
            "测评提示或基层反映的重点对象：专人一对一。",
            "明显自杀自伤风险：及时收治入院，同时反馈社区纳入重点人群。",
        ),
        (
            "Consent before any scale; refusal is a normal outcome and service goes on.",
            "Follow-up at least every half year: assessment, counselling, health guidance.",
            "Key persons by scale or by grass-roots report: a named one-to-one worker.",
            "Clear risk of suicide or self-harm: admission, and feedback to the community.",
        ),
        "DOMAIN.md a2 S0, S1",
        "联防联控机制综发〔2020〕224号，治愈患者心理疏导工作方案",
        "Counselling plan for recovered patients, No. 224 of 2020",
        populations=("P02",),
        phases=("recovery", "ordinary"),
    ),
    ProtocolText(
        "suspected",
        "疑似及确诊患者的求助",
        "Help for suspected and confirmed patients",
        ("及时登记、上报、跟踪；每一步有时限。", "没有结果不能关闭。"),
        ("Register, report, track, each with its due time.", "Never closed without an outcome."),
        "DOMAIN.md a1 S4",
        "社会心理服务体系建设试点 2020 年重点工作",
        "Key tasks of the national social-psychology pilot, 2020",
        populations=("P01", "P05"),
        phases=("outbreak",),
    ),
    ProtocolText(
        "bereaved",
        "病亡者家属",
        "Bereaved families",
        ("一人一档，确定专人对接。", "定期评估。"),
        ("One file for each person, with a named contact.", "Periodic re-assessment."),
        "DOMAIN.md a2 S2",
        "天津市新冠肺炎疫情心理疏导实施方案",
        "Tianjin's counselling plan in the epidemic",
        populations=("P04", "P10"),
    ),
    ProtocolText(
        "township",
        "告知街道（乡镇）与社区网格",
        "Telling township and community grid",
        (
            "自伤、自杀、冲动伤人的高危：第一时间向街道（乡镇）报告。",
            "社区网格只在收治入院后、或本人同意时反馈，只给必要的几项。",
            "每一次告知都写明依据、对象和内容。",
        ),
        (
            "High risk of self-harm, suicide or violence: report to township or street at once.",
            "Feedback to the grid only after admission or with consent, and only the least.",
            "Each time: ground, recipient and exact content on record.",
        ),
        "DOMAIN.md a2 S0, S1, S2",
        "联防联控机制综发〔2020〕224号，治愈患者心理疏导工作方案；天津市新冠肺炎疫情心理疏导实施方案",
        "Counselling plan for recovered patients, No. 224 of 2020; Tianjin's counselling plan",
        levels=("3", "4"),
    ),
    ProtocolText(
        "transfer",
        "转接",
        "Transfer",
        (
            "先和对方商议，三方通话；告诉来电人转给谁、为什么。",
            "原始号码和登记随来电走。",
            "没有转成，回到原接线员。",
        ),
        (
            "Consult first, three-way; tell the caller to whom and why.",
            "Original number and note travel with the call.",
            "A failed transfer returns to the first operator.",
        ),
        "DOMAIN.md f8",
        "本产品的建议做法",
        "This product's own advice",
    ),
    ProtocolText(
        "closing",
        "结束通话",
        "Closing a call",
        ("小结、下一步、随访时间。", "R3、R4 之后不请对方评分。"),
        ("Summary, next step, time of the follow-up.", "Never ask for a rating after R3 or R4."),
        "DOMAIN.md f10",
        "本产品的建议做法",
        "This product's own advice",
        ("您可以随时再拨打12356。",),
        ("You can call 12356 again at any time.",),
    ),
    ProtocolText(
        "paper",
        "系统停了怎么办",
        "When the system is down",
        (
            "分析停了：通话和登记不受影响。",
            "服务器停了：用纸质来电登记表，编号不变，事后补录并注明“补录”。",
            "线路或场地停了：转省级热线或值班手机。",
            "应急联系单在手边：110/120、医院、督导。",
        ),
        (
            "Analytics down: calls and notes go on.",
            "Server down: the paper form with the same numbers, entered later and marked as such.",
            "Trunk or site down: the provincial line or duty mobiles.",
            "The emergency sheet is at hand: 110/120, hospitals, supervisors.",
        ),
        "DOMAIN.md f9 [D]",
        "本产品的建议做法",
        "This product's own advice",
    ),
)

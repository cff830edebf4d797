"""Codes of the call record (来电登记表, DOMAIN.md section c): who called, about what, and how it ended."""

from __future__ import annotations

from models.vocabulary import Code


class Channel(Code):
    PHONE = ("01", "电话", "Phone")
    WEB_TEXT = ("02", "网络文字", "Web text")
    APP = ("03", "APP/公众号", "App")
    VIDEO = ("04", "视频", "Video")
    WALK_IN = ("05", "面询", "Walk-in")
    OUTBOUND = ("06", "外呼回访", "Outbound follow-up")
    MESSAGE_CALLBACK = ("07", "语音留言回拨", "Voice message call-back")


class CallType(Code):
    ADVICE = ("01", "咨询", "Advice")
    SUPPORT = ("02", "心理疏导", "Counselling")
    CRISIS = ("03", "危机干预", "Crisis intervention")
    INFORMATION = ("04", "信息查询", "Information")
    FOR_ANOTHER = ("05", "替他人求助", "For another person")
    FOLLOW_UP = ("06", "随访", "Follow-up")
    APPOINTMENT = ("07", "预约", "Appointment")
    COMPLAINT = ("08", "投诉建议", "Complaint or suggestion")
    SILENT = ("09", "沉默", "Silent")
    NUISANCE = ("10", "骚扰", "Nuisance")
    WRONG_NUMBER = ("11", "拨错", "Wrong number")
    CUT_OFF = ("12", "中断", "Cut off")

    @property
    def is_valid_contact(self) -> bool:
        """09–12 are 无效来电: they count as calls, never as contacts on a subject."""
        return str(self.value) < "09"


class Relation(Code):
    SELF = ("self", "本人", "Self")
    FAMILY = ("family", "家属", "Family")
    FRIEND = ("friend", "亲友", "Friend")
    TEACHER = ("teacher", "教师", "Teacher")
    COLLEAGUE = ("colleague", "同事", "Colleague")
    COMMUNITY = ("community", "社区工作者", "Community worker")
    MEDICAL = ("medical", "医务", "Medical staff")
    POLICE = ("police", "警务", "Police")
    OTHER = ("other", "其他", "Other")


class Sex(Code):
    FEMALE = ("f", "女", "Female")
    MALE = ("m", "男", "Male")
    UNTOLD = ("u", "未告知", "Not told")


class AgeBand(Code):
    UNDER_14 = ("<14", "14岁以下", "Under 14")
    FROM_14 = ("14-17", "14–17岁", "14–17")
    FROM_18 = ("18-24", "18–24岁", "18–24")
    FROM_25 = ("25-34", "25–34岁", "25–34")
    FROM_35 = ("35-44", "35–44岁", "35–44")
    FROM_45 = ("45-59", "45–59岁", "45–59")
    FROM_60 = ("60-69", "60–69岁", "60–69")
    FROM_70 = ("70+", "70岁及以上", "70 and over")
    UNTOLD = ("u", "未告知", "Not told")


class Population(Code):
    CONFIRMED = ("P01", "确诊患者", "Confirmed patient")
    RECOVERED = ("P02", "治愈患者", "Recovered patient")
    PATIENT_FAMILY = ("P03", "患者家属", "Patient's family")
    BEREAVED = ("P04", "病亡者家属", "Bereaved family")
    SUSPECTED = ("P05", "疑似患者", "Suspected patient")
    ISOLATED = ("P06", "隔离医学观察人员", "In isolation")
    FRONTLINE_MEDICAL = ("P07", "一线医务人员", "Front-line medical staff")
    POLICE = ("P08", "公安民警(辅警)/司法干警", "Police and justice staff")
    COMMUNITY = ("P09", "社区/基层/下沉干部/志愿者", "Community workers and volunteers")
    FALLEN_FAMILY = ("P10", "殉职人员家属", "Family of staff lost on duty")
    POVERTY = ("P11", "低保/特困", "On subsistence allowance")
    ELDERLY = ("P12", "特殊困难老年人", "Older people in special need")
    CHILDREN = ("P13", "困境儿童/监护缺失儿童/孤儿", "Children without care")
    DISABLED = ("P14", "残疾人", "Disabled people")
    HOMELESS = ("P15", "流浪乞讨人员", "Homeless people")
    SUPERVISED = ("P16", "被监管/服刑/社区矫正/刑满释放", "Under or after correction")
    REHABILITATION = ("P17", "戒毒人员", "In drug rehabilitation")
    SEVERE_DISORDER = ("P18", "严重精神障碍患者", "With severe mental disorder")
    STUDENT = ("P19", "学生", "Student")
    MEDICAL_CHILDREN = ("P20", "医护人员子女", "Children of medical staff")
    AGGRIEVED = ("P21", "利益受损/上访人员", "Aggrieved people")
    STRANDED = ("P22", "滞留人员", "Stranded people")
    PUBLIC = ("P23", "社会公众", "General public")
    UNTOLD = ("P99", "未告知", "Not told")


ONLY_WHEN_SAID = frozenset(
    {Population.SUPERVISED, Population.REHABILITATION, Population.SEVERE_DISORDER, Population.AGGRIEVED}
)
"""Noted only when the caller says so, not asked or guessed; no dimension of a table below the province."""


class Problem(Code):
    HEALTH = ("A", "健康问题", "Health")
    DISORDER = ("B", "精神疾病问题", "Mental disorder")
    EMOTION = ("C", "情绪问题", "Emotion")
    SLEEP = ("D", "睡眠", "Sleep")
    SOMATIC = ("E", "躯体化", "Somatic symptoms")
    TRAUMA = ("F", "创伤后应激", "Post-traumatic stress")
    SELF_HARM = ("G", "自杀自伤", "Suicide and self-harm")
    VIOLENCE = ("H", "伤人冲动", "Impulse to harm others")
    LOVE = ("I", "恋爱", "Love")
    MARRIAGE = ("J", "婚姻", "Marriage")
    FAMILY = ("K", "家庭/亲子/子女教育", "Family and parenting")
    RELATIONSHIPS = ("L", "人际", "Relationships")
    STUDY = ("M", "学业", "Study")
    WORK = ("N", "职业/失业/经济", "Work and money")
    SEXUAL = ("O", "性问题", "Sexual matters")
    ADDICTION = ("P", "成瘾/物质", "Addiction")
    STIGMA = ("Q", "歧视与污名", "Stigma")
    ISOLATION = ("R", "隔离与生活不便", "Isolation")
    PRACTICAL = ("S", "现实问题", "Practical problem")
    POLICY = ("T", "疫情信息/政策", "Epidemic information")
    ABUSE = ("U", "被侵害", "Abuse")
    RUMOUR = ("V", "网络/谣言", "Internet and rumour")
    RECOVERY = ("W", "危机后重建", "Life after crisis")
    OTHER = ("Z", "其他", "Other")


class Disposition(Code):
    CLOSED = ("D1", "结束", "Closed")
    WATCH = ("D2", "继续关注", "Keep watching")
    APPOINTMENT = ("D3", "预约", "Appointment")
    TO_SUPERVISOR = ("D4", "转督导", "To supervisor")
    CONSULTATION = ("D5", "会诊", "Consultation")
    REFERRAL = ("D6", "转介", "Referral")
    REPORTED = ("D7", "上报", "Reported")
    EMERGENCY = ("D8", "110/120 联动", "110/120 linkage")
    ADMITTED = ("D9", "收治入院", "Admitted to hospital")
    LOST = ("D10", "中断，未能联系上", "Cut off, not reached again")

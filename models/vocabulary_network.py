"""Codes of languages, skills and partner lines: pure words, no input or output."""

from __future__ import annotations

from models.vocabulary import Code


class Language(Code):
    """A tongue in which somebody can be served: ISO 639 where there is a code, else a plain word.

    Dialects of Chinese stand beside the languages, since to a caller they are the same question.
    """

    CHINESE = ("zh", "普通话", "Mandarin")
    ENGLISH = ("en", "英语", "English")
    CANTONESE = ("yue", "粤语", "Cantonese")
    MIN = ("nan", "闽南语", "Southern Min")
    HAKKA = ("hak", "客家话", "Hakka")
    WU = ("wuu", "吴语", "Wu")
    MONGOLIAN = ("mn", "蒙古语", "Mongolian")
    TIBETAN = ("bo", "藏语", "Tibetan")
    UYGHUR = ("ug", "维吾尔语", "Uyghur")
    KAZAKH = ("kk", "哈萨克语", "Kazakh")
    KOREAN = ("ko", "朝鲜语", "Korean")
    YI = ("ii", "彝语", "Yi")
    ZHUANG = ("za", "壮语", "Zhuang")
    DAI = ("dai", "傣语", "Dai")
    HANI = ("hani", "哈尼语", "Hani")
    SIGN = ("sign", "手语（视频）", "Sign language (video)")


DEFAULT_LANGUAGE = str(Language.CHINESE)


class Group(Code):
    """People whom an operator knows how to serve."""

    YOUTH = ("youth", "青少年", "Young people")
    ELDERLY = ("elderly", "老年人", "Older people")
    FRONTLINE = ("frontline", "一线工作人员", "Front-line staff")
    BEREAVED = ("bereaved", "丧亲者", "Bereaved people")
    PATIENTS = ("patients", "患者与家属", "Patients and families")
    DISABLED = ("disabled", "残疾人", "Disabled people")
    PERINATAL = ("perinatal", "孕产妇", "Expectant and new mothers")
    CRISIS = ("crisis", "危机干预", "Crisis intervention")


class Topic(Code):
    """Subjects that have specialists, perhaps on set days of the week (周二学业)."""

    STUDY = ("study", "学业", "Study")
    FAMILY = ("family", "家庭与亲子", "Family and parenting")
    MARRIAGE = ("marriage", "婚恋", "Love and marriage")
    WORK = ("work", "职业与经济", "Work and money")
    SLEEP = ("sleep", "睡眠", "Sleep")
    TRAUMA = ("trauma", "创伤", "Trauma")
    ADDICTION = ("addiction", "成瘾", "Addiction")
    LAW = ("law", "法律与政策", "Law and policy")


SKILLS: dict[str, Code] = {str(code): code for kind in (Language, Group, Topic) for code in kind}
"""Every code that a person may have; no code stands in two lists."""
WANTED: dict[str, Code] = {str(code): code for kind in (Group, Topic) for code in kind}
"""Codes that a call may want; its language is a field of its own."""


class PartnerKind(Code):
    YOUTH_LINE = ("youth_line", "青少年服务台（12355）", "Youth service line (12355)")
    WOMEN_LINE = ("women_line", "妇女维权热线（12338）", "Women's line (12338)")
    HOTLINE = ("hotline", "其他心理援助热线", "Another psychological-aid line")
    HOSPITAL = ("hospital", "医院", "Hospital")
    COMMUNITY = ("community", "社区与社会工作", "Community and social work")
    POLICE = ("police", "公安（110）", "Police (110)")
    FIRE = ("fire", "消防救援（119）", "Fire and rescue (119)")
    AMBULANCE = ("ambulance", "医疗急救（120）", "Medical emergency (120)")

    @property
    def is_emergency(self) -> bool:
        """Called for a life in danger by a person of the hotline: never a way out of a full queue."""
        return self in (PartnerKind.POLICE, PartnerKind.FIRE, PartnerKind.AMBULANCE)


class Strategy(Code):
    """Which of the seats that fit is rung."""

    LONGEST_IDLE = ("longest_idle", "空闲最久者先接", "Longest idle first")
    LEAST_TALK = ("least_talk", "本班通话最少者先接", "Least talk time in this shift first")
    RING_SEVERAL = ("ring_several", "几个坐席同时振铃", "Several seats ring at once")


class Keeping(Code):
    """What is kept free for a life in danger."""

    SEAT = ("seat", "留一个坐席", "One seat")
    SUPERVISOR = ("supervisor", "留督导的坐席", "Supervisors' seats")
    NONE = ("none", "不留", "Nothing")

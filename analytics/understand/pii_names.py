"""Names of people: after a cue (我叫, 姓), before a title (老师, 医生), after a kinship word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analytics.understand.pii_types import Found

# The commonest 250 surnames (Ministry of Public Security's lists), without those that are rather words.
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦"
    "邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕"
    "单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟"
    "邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
COMPOUND = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "夏侯",
    "端木",
)
# Surnames that are common words: they need a cue, never a title or kinship alone.
_WORDLIKE = set("和应全解成时向单师明连路和都边宗管车党古农司查麻池米商文安方高白于常何万金")
_SAFE_BEFORE_TITLE = "".join(sorted(set(SURNAMES) - set("和应全解成时向单师明连路边管车党古农司查麻池商")))

GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玲梅红玉建国华文斌辉鹏飞龙波海燕云雪琴莉萍志雨欣怡佳梓涵子轩浩然宇思睿晨阳梦琪诗雅婷慧颖晓琳丹凤春秋冬夏晶莹洁"
    "鑫淼森林松柏竹菊莲荷花香珍珠宝银铁光荣富贵福寿康宁安乐永恒德仁义礼智信忠孝诚正立新民生东西南北中山川江河湖天星月辰宏伟俊豪帅凯旋毅坚韧学习博士瑞祥吉庆世长"
    "家振兴业昌盛根树元亮彬彪锋钢权胜泽润泉清源浩淑贤惠芬芝蓉薇蕾倩茜媛嫣妍妮婉姗妹娇美艺歌舞琦瑶璐琼瑾瑜璇珊玥琬彤虹霖露霜冰寒一二三小大亚可嘉哲翰墨书画诗词凡尘"
    "逸尧舜禹启航远帆翔腾跃奔峰岩岚岳岭坤乾朝晖旭昊昕晴朗阔纯真爱心念慈恩惜悦欢喜萌朵果苗豆丁依若如诺言语成功利达顺通进步连旺财保全友善良朴素丰满金水火土木士巧迪"
    "卓越群雄雁鸿鹤凰麟麒虎豹马羊卫先启迎盼望希冉苒苏茵茹菲菡萱葵蓓蕊薛卉芙茗荣莎莺翠翎羽舒畅恬甜婕妙娅媚芸苓苇"
    "鸣鹃鹂昀昱晗晔煜烨熠炜炎焱灿炳焕燃尔蔚蓝皓皎皖祺祯禄禧稷穗竣笛筠箐粟素紫绍络绮维绪缘缨罡翊翰聪肖胤腾舟航芃芊芮茉莘菁萧蕴薪虞行衍裕誉谦谨豫贞贤赋赫跃轶辰逊遥邦郁醒钧钰铭铮锐锦镇闻阅陶雍霏霆靖静韬韵颂颐飒馨骁骏骥魁鲲鹭麒默齐"
)
_GIVEN = f"[{''.join(sorted(set(GIVEN)))}]"
_FAMILY = f"(?:{'|'.join(COMPOUND)}|[{''.join(sorted(set(SURNAMES)))}])"
_TITLED_FAMILY = f"(?:{'|'.join(COMPOUND)}|[{_SAFE_BEFORE_TITLE}])"

# Characters that never stand in a given name: a match that holds one is a sentence, not a name.
_NOT_GIVEN = set(
    "去来了的是在不就也都着过吗呢吧啊呀我你他她它这那哪什么怎很太还又才只个们和跟被把给让对从向到没有会能想要说话做吃喝睡得地上下里外车人医生师早晚饭菜救"
)

_ANY = r"[一-龥]"
_STRONG_CUE = re.compile(
    r"(?:我叫做?|我的名字是?|我名字叫?|名字叫做?|名字是|名叫|姓名[是:：]?|真名叫?|大名叫?|本名叫?|全名叫?|户口本上叫)"
    rf"\s*({_FAMILY}{_ANY}{{1,2}})"
)
_NICK_CUE = re.compile(
    rf"(?:小名|乳名|网名|昵称|外号|绰号|曾用名)(?:叫做?|是|[:：])?\s*({_ANY}{{2,4}}?)(?=[，。！？、；\s,.!?;]|的|$)"
)
_SURNAME_CUE = re.compile(
    rf"(?:我|他|她|免贵|本人|家里|老公|老板|老师|医生|同学|同事)?姓({_FAMILY})(?![一-龥]?名)"
)
_TITLES = (
    "老师|医生|大夫|护士长?|主任|教授|博士|警官|同学|先生|女士|小姐姐?|阿姨|叔叔?|伯伯|大爷|大妈|大娘|大姐|大哥|奶奶|爷爷|"
    "经理|老板娘?|校长|院长|队长|书记|师傅|律师|教练|局长|处长|科长|所长|部长|班长|组长|厂长|村长|镇长|主管|秘书|会计|"
    "社工|法官|咨询师|辅导员|导师|嫂子?|总监|董事长"
)
_TITLED = re.compile(rf"({_TITLED_FAMILY}{_GIVEN}{{0,2}})(?:{_TITLES})")
_CALLED_TITLE = re.compile(
    rf"({_TITLED_FAMILY})(?:姐|哥|总|工|导)(?=[，。！？、,.!?说跟和找让给对的人他她帮叫]|$)"
)
_OLD_YOUNG = re.compile(
    rf"(?<![一-龥])(?:叫我|我叫|我是|叫|找|跟|和|同事|邻居|同学|朋友|室友|闺蜜|领导|老板)?([小老阿][{_SAFE_BEFORE_TITLE}])"
    rf"(?=[，。！？、,.!?说跟和找让给对的人他她帮叫是在也都就又总]|$)"
)
_KIN = (
    "爸爸?|妈妈?|父亲|母亲|儿子|女儿|孩子|小孩|宝宝|老公|丈夫|老婆|妻子|爱人|媳妇|对象|男朋友|女朋友|男友|女友|前夫|前妻|前男友|前女友|"
    "哥哥?|姐姐?|弟弟?|妹妹?|爷爷|奶奶|外公|外婆|姥姥|姥爷|公公|婆婆|岳父|岳母|孙子|孙女|侄子|侄女|外甥女?|表哥|表姐|表弟|表妹|堂哥|堂姐|"
    "堂弟|堂妹|舅舅|姑姑|姨妈|叔叔|伯伯|同学|同事|室友|舍友|朋友|闺蜜|邻居|班主任|领导|老板|上司|同桌|队友|客户|房东|那个人|患者|病人"
)
_KIN_CALLED = re.compile(
    rf"(?:{_KIN})[，,]?(?:他|她|的?名字)?(?:叫做?|名叫|是叫)\s*({_FAMILY}{_ANY}{{1,2}}|{_GIVEN}{{2,3}}(?=[，。！？、,.!?的]|$))"
)
_KIN_NAME = re.compile(
    rf"(?:{_KIN})({_TITLED_FAMILY}{_GIVEN}{{1,2}})(?=[，。！？、,.!?说跟和找让给对的他她在也都就又总不是今昨打骂要去已因想天每从被]|$)"
)
_KIN_AGED = re.compile(
    rf"(?:{_KIN})((?!高[一二三中]){_TITLED_FAMILY}{_GIVEN}{{1,2}})(?=[，,]?(?:今年|现年)?[0-9一二三四五六七八九十]{{1,3}}岁)"
)
_I_AM = re.compile(
    rf"(?:我是|这里是|他是|她是|[叫找]|认识|联系)({_TITLED_FAMILY}{_GIVEN}{{2}})(?=[，。！？、,.!?的她他]|$)"
)
_ENGLISH = re.compile(
    r"(?:[Mm]y name is\s|[Mm]y name's\s|I am called\s|I'm called\s|[Tt]his is\s|我叫|名叫|英文名[叫是]?)\s*((?:[A-Z][a-z'’-]+)(?:\s+[A-Z][a-z'’-]+){0,2})"
)

_WORDS = frozenset(
    ("万一", "高中", "高兴", "平安", "安宁", "方向", "成长", "时光", "白天", "金钱", "安全", "文明", "和平")
)
_NOT_BEFORE = {
    "任": "主责班",
    "关": "有相无海机",
    "高": "提升最很更",
    "安": "平不晚早保",
    "方": "对一地双男女官",
    "白": "明坦表空",
    "文": "语中英作",
    "何": "如任为几",
    "于": "对由关等至终",
    "万": "千百一二三四五六七八九十几",
    "金": "现奖资基",
    "马": "立上",
    "江": "",
    "常": "经平非正",
    "张": "紧夸主一",
    "严": "",
    "余": "其多业剩",
    "程": "过课工",
    "游": "旅导",
    "景": "",
    "章": "文",
    "项": "",
    "包": "",
    "路": "",
    "温": "体",
    "石": "",
    "祝": "",
    "代": "",
    "卫": "",
    "荣": "光",
    "盛": "",
    "康": "健",
    "宁": "安",
    "米": "厘毫",
    "钱": "有没用花赚的块挣",
    "曾": "",
    "武": "",
    "费": "",
    "席": "",
    "水": "",
}


def find_names(text: str) -> Iterator[Found]:
    """Names of people; a kinship word or title beside the name stays, it tells who is meant."""
    for pattern in (_STRONG_CUE, _KIN_CALLED, _KIN_AGED):
        for match in pattern.finditer(text):
            yield from _name(text, match.start(1), match.end(1), strong=True)
    for match in _SURNAME_CUE.finditer(text):
        yield Found("name", *match.span(1))
    for match in _NICK_CUE.finditer(text):
        if not set(match.group(1)) & _NOT_GIVEN - set("大小"):
            yield Found("name", *match.span(1))
    for pattern in (_TITLED, _CALLED_TITLE, _OLD_YOUNG, _KIN_NAME, _I_AM):
        for match in pattern.finditer(text):
            yield from _name(text, match.start(1), match.end(1), strong=False)
    for match in _ENGLISH.finditer(text):
        yield Found("name", *match.span(1))


def _name(text: str, start: int, end: int, *, strong: bool) -> Iterator[Found]:
    word = text[start:end]
    family = next((name for name in COMPOUND if word.startswith(name)), word[:1])
    if strong:
        for index in range(start + len(family), end):
            if text[index] in _NOT_GIVEN:
                end = index
                break
        if end - start > len(family) or family in COMPOUND:
            yield Found("name", start, end)
        return
    if word in _WORDS:
        return
    before = text[start - 1 : start]
    if before and before in _NOT_BEFORE.get(word[:1], ""):
        return
    yield Found("name", start, end)

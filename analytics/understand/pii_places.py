"""Where a person can be found: address below the district, school and class, employer, traces of movement."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analytics.understand.pii_types import Found

_H = r"[一-龥]"
# The view writes 第一中学 as 第1中学.
_D = r"[一-龥0-9]"
_N = r"[0-9一二三四五六七八九十百两]{1,6}"
_UNIT = rf"(?:[A-Za-z]?{_N}?[A-Za-z]?(?:号楼|号院|栋|幢|座)|{_N}(?:单元|门洞?)|(?:[A-Za-z]-?)?{_N}(?:-{_N})*(?:号|室|户|房|层|楼))"
_UNITS = rf"(?:[，,、\s]?(?:的)?{_UNIT}){{1,5}}(?:[，,\s-]?[0-9]{{2,4}}(?![0-9年元块个人万月]))?"
_CROSSING = re.compile(rf"{_H}{{2,5}}[路街道][和与跟]{_H}{{2,5}}[路街道](?:交叉口|路口|交口|交汇处)")
_STREET = re.compile(
    rf"({_H}{{2,8}}?(?:路|大街|街(?!道)|大道|巷|弄|胡同|里|条))(?:与{_H}{{2,5}}[路街]交叉口|{_N}(?:号院?|弄|支弄|巷)(?:{_UNITS})?|(?={_H}{{2,6}}(?:小区|花园)))"
)
_ESTATE = re.compile(
    rf"({_H}{{2,10}}?(?:小区|花园|家园|公寓|新村|新城|嘉园|雅苑|花苑|名苑|豪庭|华庭|家属院|大院|大厦|山庄|公馆|社区|苑))({_UNITS})?"
)
_UNIT_CHAIN = re.compile(
    rf"{_N}(?:号楼|栋|幢|座)[，,\s]?(?:{_N}单元)?[，,\s]?(?:{_N}(?:号|室|户|层|楼))|{_N}单元[，,\s]?{_N}(?:号|室|户)?|(?<!\d)\d{{3,4}}室"
)
_NAMED_BLOCK = re.compile(
    rf"([一-龥A-Za-z]{{2,10}})(?:[A-Za-z]|{_N})(?:号楼|号院|栋|幢|座)[，,\s]?(?:{_N}(?:单元|门洞?|号|室|户|层|楼)|\d{{3,4}}(?!\d))"
)
"""Whatever the estate is called, a block with its entrance or room says that a name stands before it."""
_LED_TO = re.compile(
    r"^.*(?:住在|家住|家在|老家|地址|住址|位于|租在|搬到|[省市区县州旗在到住是去从往了的、，])(?=[一-龥A-Za-z]{2})"
)
_NO_ESTATE = re.compile(
    r"(?:我们?|你们?|他们?|她们?|咱们?|这|那|家|住|在|的|是|有|去|从|到|上|第|楼|小区|学校|宿舍|公司|医院|单位|公寓|厂|病房)+"
)
_VILLAGE = re.compile(
    rf"({_H}{{2,4}}?(?:镇|乡|街道|苏木))({_H}{{1,5}}?(?:村|社区|居委会|嘎查|屯))?(?:(?:第?{_N})(?:组|队|社|号))?|"
    rf"({_H}{{1,5}}?(?:村|屯|寨|庄))(?:第?{_N})(?:组|队|社|号)"
)
_HOME_CUE = r"(?:住在|我住|家住|家在|老家在|老家是|地址[是:：]?|住址[是:：]?|租在|租房在|搬到|位置在|定位在?)"
_HOME = re.compile(
    rf"{_HOME_CUE}({_H}{{0,12}}?(?:省|市|自治区|区|县|州|旗))?({_H}{{1,10}}?(?:路|街|大道|巷|弄|胡同|小区|花园|家园|公寓|新村|村|镇|乡|屯|苑|社区|广场|大厦|宿舍|城))({_UNITS})?"
)
_KEPT_PREFIX = re.compile(
    rf"^.*(?:住在|家住|家在|老家|地址|住址|位于|租在|搬到|[省市区县州旗在到住是去从往了的，、,:：])(?={_H}{{2}})"
)
_GENERIC_PLACE = re.compile(
    r"^(?:我们?|你们?|他们?|她们?|咱们?|这个?|那个?|哪个?|某个?|一个|一条|同一个?|整个|每个|老|旧|新|本|该|自己|同|隔壁|附近|旁边|别的|其他|"
    r"出|走|过|马|公|铁|网|思|套|道|高速|水|电|线|大|小|半|一|逛|上|下|沿|农|全|城中|居民|封闭|高档|普通|心理|网络|虚拟|"
    r"所|外|前|后|里|进|回|路|街|人生|心|生|什么|怎么|无|没|死|绝|有|多|各|几|两|三|找|带|领|让|指|同路|顺|半路|"
    r"住|租|买|卖|搬|家里|学生|职工|员工|教师|单身|精神|家|广大)+(?:条|里|家)?"
    r"(?:路|街|大街|大道|巷|弄|胡同|里|条|小区|花园|家园|公寓|新村|村|镇|乡|屯|苑|社区|广场|大厦|宿舍|城|街道|庄|寨|大院|家属院)$"
)

_SCHOOL = re.compile(
    rf"({_D}{{2,12}}?(?:大学|学院|中学|小学|高中|初中|幼儿园|职高|中专|技校|附中|附小|实验学校|外国语学校|学校)|{_D}{{1,6}}?(?:第?[1-9一二三四五六七八九十]{{1,3}}中学?)(?![一-龥]{{0,1}}[个年天心间国]))"
)
_SCHOOL_PREFIX = re.compile(
    r"^.*?(?:选了|来了|可以上|上了|离|适应|像个?|穿|说|为什么|都|在|到|去|从|是|读|上|考上|考到|考进|转到|转去|转学到|就读于?|毕业于|儿子|女儿|孩子|我|他|她|的|了|和|跟|给|于|叫|念)(?=[一-龥0-9]{2})"
)
_GENERIC_SCHOOL = re.compile(
    r"^(?:[0-9]|公办|民办|中职|高职|特殊|我们?|你|他|她|这|那|哪|某|一|所|个|家|间|座|当地|本地|外地|重点|普通|私立|公立|民办|全日制|县城?|市里?|省|镇|乡|村|区|最好|好|差|烂|名牌|国外|国内|国际|寄宿|"
    r"自己|同|原来|以前|现在|新|老|大学|中学|小学|高中|初中|学校|没|不|想|要|能|肯|愿|考|读|上|念|去|回|到|在|退|休|离开|从|进|开始|初|"
    r"时候?|期|年|后|前|里|外|毕业|业|了|的|是|就|还|也|都|刚|正|被|让|对|和|跟|给|理想|喜欢|满意|封闭式?|军事化|补习|师范|医|理工|艺术|体育|职业|技术|"
    r"成人|老年|电视|开放|本科|专科|双一流|985|211|不同|别的|其他|隔壁|全|整个|每|各|两|几|孩子|儿子|女儿|送|接|找|换|转|关于|因为|一直|下|半|三|四|五|六|七|八|九|十|二|"
    r"那么|很|太|多|早|晚|第|该|心理|教育|为|着|过|来|但|而|所以|如果|可|才|又|再|只)*(?:大学|学院|中学|小学|高中|初中|幼儿园|职高|中专|技校|附中|附小|学校|实验学校|外国语学校)$"
)
_CLASS = re.compile(
    r"(?:高|初|大|研|小学|[一二三四五六七八九123456789])(?:[一二三四五六123456])?年?级?[（(]?[0-9一二三四五六七八九十]{1,3}[)）]?班"
)

_EMPLOYER = re.compile(
    r"(?:在|于|进了?|是|去了?)([一-龥A-Za-z0-9]{2,16}?(?:公司|集团|厂|银行|研究所|研究院|派出所|局|事务所|医院|超市|酒店|饭店|中心|工作室|支行|分行|法院|检察院|街道办|政府|委员会|部队|店)(?:医院|公司|集团|支行|分行|分局)?)"
    r"(?=[一-龥A-Za-z，,]{0,6}?(?:上班|工作|任职|就职|实习|当|做|打工|的员工|的职工|的护士|的医生|的会计|的经理|的司机|值班|干了|入职))"
)
_GENERIC_EMPLOYER = re.compile(
    r"^(?:[0-9]|我们?|你们?|他们?|她们?|咱们?|自己|这|那|某|一|所|个|家|间|老|大|小|新|外地|本地|当地|县|市|区|省|镇|国|私|外|民|上市|互联网|外贸|保险|物流|快递|装修|科技|房地产|"
    r"中介|广告|游戏|培训|教育|传媒|电商|食品|服装|电子|玩具|机械|化工|建筑|物业|家政|人力|中小|大型|小型|知名|"
    r"国有|企业|事业|单位|同|原来|以前|现在|别的|其他|附近|家附近|家里|亲戚|朋友|三甲|社区|人民|中心|精神|精神病|儿童|妇幼|中医|综合|便利|奶茶|咖啡|早餐|理发|美容|水果|服务|工地|"
    r"公安|税务|教育|民政|一线|隔离|定点|某某|里|的|疾控|会展|购物|健身|心理|卫生)*"
    r"(?:公司|集团|厂|银行|研究所|研究院|派出所|局|事务所|医院|超市|酒店|饭店|中心|工作室|支行|分行|法院|检察院|街道办|政府|委员会|部队|店)$"
)
_KIN = (
    r"(?:爸爸?|妈妈?|父亲|母亲|继父|继母|后爸|后妈|养父|养母|老公|丈夫|老婆|妻子|爱人|对象|前夫|前妻|男朋友|女朋友|公公|婆婆|"
    r"岳父|岳母|丈母娘|老丈人|哥哥?|姐姐?|弟弟?|妹妹?|姐夫|妹夫|嫂子|叔叔?|伯伯|大伯|伯父|婶婶|舅舅|舅妈|姑姑|姑父|姑妈|姨妈|姨父|小姨|大姨|"
    r"爷爷|奶奶|姥爷|姥姥|外公|外婆|儿子|女儿|女婿|儿媳妇?)"
)
_POST = (
    r"(?:副?(?:局长|处长|科长|校长|院长|书记|镇长|乡长|县长|区长|市长|所长|村长|村主任|村支书|部长|厅长|站长|厂长|行长|台长|馆长|"
    r"连长|营长|团长|队长|检察长|主席|董事长|总经理|主任|教导主任|护士长|庭长)|政委|总工程师|总工|法官|检察官|民警|警察|教授)"
)
_FAMILY = re.compile(
    rf"{_KIN}(?:以前|从前|原来|现在|曾经|曾|一直|就|刚)?(?:是|在|当|做|任|升了|当上了?|调去|调到)"
    rf"([一-龥0-9]{{2,14}}?{_POST})(?!们|都|说)"
)
_GENERIC_FAMILY = re.compile(
    rf"^(?:[一个名位当做了过的]|老|大|小|前|普通|退休|人民|基层|单位|公司|销售|部门|项目|包工|学校|了?[1一]辈子|几十年|多年|我们?|他们?|那边|这边|里)*{_POST}$"
)

_VISIT = re.compile(
    rf"(?:今天|昨天|前天|大前天|[上这]?周[一二三四五六日天]|星期[一二三四五六日天]|\d{{1,2}}[日号]|早上|上午|中午|下午|傍晚|晚上|凌晨|[0-9一二三四五六七八九十]{{1,3}}[点时](?:半|[0-9一二三四五六七八九十]{{1,3}}分)?|然后|接着|之后|再|又)"
    rf"[^，。！？；]{{0,6}}?(?:去了?|到了?|来到|从|在|坐|乘|逛了?|经过|路过|回了?)"
    rf"({_D}{{2,12}}?(?:超市|商场|市场|菜场|菜市场|医院|车站|火车站|地铁站|高铁站|机场|广场|公园|饭店|餐厅|酒店|宾馆|药店|网吧|影院|体育馆|图书馆|学校|工地|小区|码头|大厦|步行街|站))"
)
_GENERIC_VISIT = re.compile(
    r"^(?:[0-9]|一家|一个|附近的?|家附近的?|楼下的?|旁边的?|那个|这个|当地的?|市里的?|县里的?|人民|精神病?|综合|大|小|某个|火|汽|地铁|高|公|商|菜|的)*"
    r"(?:超市|商场|市场|菜场|菜市场|医院|车站|火车站|地铁站|高铁站|机场|广场|公园|饭店|餐厅|酒店|宾馆|药店|网吧|影院|体育馆|图书馆|学校|工地|小区|码头|大厦|步行街|站)$"
)
_VEHICLE = re.compile(
    r"(?<![A-Za-z0-9])(?:[GDCKTZ]\d{1,4}次?(?:列车|高铁|动车|火车|\d{1,2}车厢)|[GDCKTZ]\d{2,4}次|[A-Z0-9]{2}\d{3,4}(?:次?航班))|(?:列车|高铁|动车|火车|车次|航班)(?:号?[是为]?)([A-Z]{1,2}\d{2,4})|\d{1,3}路(?:公交车?|车)"
)


def find_places(text: str, view: str) -> Iterator[Found]:
    """Addresses, schools with classes, employers, family posts and chains of movement."""
    del text  # the view has the same Chinese characters and offsets, with digits that the patterns read
    yield from _addresses(view)
    yield from _schools(view)
    for match in _EMPLOYER.finditer(view):
        if not _GENERIC_EMPLOYER.match(match.group(1)):
            yield Found("employer", *match.span(1))
    for match in _FAMILY.finditer(view):
        if not _GENERIC_FAMILY.match(match.group(1)):
            yield Found("family", *match.span(1))
    yield from _movements(view)


def _addresses(view: str) -> Iterator[Found]:
    for pattern in (_STREET, _ESTATE):
        for match in pattern.finditer(view):
            start = _after_prefix(view, match.start(1), match.end(1))
            name = view[start : match.end(1)]
            if len(name) >= 3 and not _GENERIC_PLACE.match(name):
                yield Found("address", start, match.end())
            elif match.end() > match.end(1) and _UNIT_CHAIN.search(view, match.end(1), match.end()):
                yield Found("address", match.end(1), match.end())
    for match in _NAMED_BLOCK.finditer(view):
        led = _LED_TO.match(match.group(1))
        start = match.start(1) + (led.end() if led else 0)
        named = not _NO_ESTATE.fullmatch(view, start, match.end(1))
        yield Found("address", start if named else match.end(1), match.end())
    for pattern in (_UNIT_CHAIN, _CROSSING):
        for match in pattern.finditer(view):
            yield Found("address", _after_prefix(view, *match.span()), match.end())
    for match in _VILLAGE.finditer(view):
        first = 1 if match.group(1) else 3
        start = _after_prefix(view, match.start(first), match.end(first))
        name = view[start : match.end(first)]
        precise = match.group(2) or match.end() > match.end(first)
        if precise and len(name) >= 2 and not _GENERIC_PLACE.match(name):
            yield Found("address", start, match.end())
    for match in _HOME.finditer(view):
        start = _after_prefix(view, match.start(2), match.end(2))
        name = view[start : match.end(2)]
        if len(name) >= 3 and not _GENERIC_PLACE.match(name):
            yield Found("address", start, match.end())


def _after_prefix(view: str, start: int, end: int) -> int:
    """Cities and districts stay, and so do the words that lead to the place."""
    prefix = _KEPT_PREFIX.match(view[start:end])
    return start + (prefix.end() if prefix else 0)


def _schools(view: str) -> Iterator[Found]:
    for match in _SCHOOL.finditer(view):
        start, end = match.span(1)
        while prefix := _SCHOOL_PREFIX.match(view[start:end]):
            start += prefix.end()
        name = view[start:end]
        if len(name) >= 3 and not _GENERIC_SCHOOL.match(name):
            yield Found("school", start, end)
    for match in _CLASS.finditer(view):
        yield Found("school", *match.span())


def _movements(view: str) -> Iterator[Found]:
    """One outing is daily life; places with times one after another are a trace (生活轨迹)."""
    visits = [match for match in _VISIT.finditer(view) if not _GENERIC_VISIT.match(match.group(1))]
    if len(visits) >= 2:
        for match in visits:
            yield Found("movement", *match.span(1))
    for match in _VEHICLE.finditer(view):
        yield Found("movement", *(match.span(1) if match.group(1) else match.span()))

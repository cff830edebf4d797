"""Numbers that lead to a person: written, full-width, or spoken digit by digit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from analytics.understand.pii_types import Found

_DIGITS = {
    **dict(zip("〇零一二三四五六七八九", "00123456789", strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖", "123456789", strict=True)),
    **dict(zip("０１２３４５６７８９", "0123456789", strict=True)),
    "幺": "1", "么": "1", "两": "2", "拐": "7", "洞": "0", "勾": "9", "沟": "9", "○": "0",
}  # fmt: skip
_TABLE = str.maketrans(_DIGITS)

# What people and recognisers put between the digits of one number.
_SEPARATOR = re.compile(r"(?:[ \t\-—－_.·,，、。…~]|嗯|呃|啊|哦|那个|然后|杠){1,4}")
_RUN_START = re.compile(r"\d")
_MOBILE = re.compile(r"(?:00)?(?:86)?(1[3-9]\d{9})")
_ID18 = re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_ID15 = re.compile(r"[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d{2})[1-9]\d{6,7}")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

_PHONE_CUE = re.compile(r"电话|手机|号码|座机|联系方式|打给我|拨打|回拨|打我|打这个|联系我|我的号")
_LANDLINE_CUE = re.compile(r"座机|固话|家里电话|家电话|办公电话|单位电话|电话")
_ID_CUE = re.compile(r"身份证|证件号|身份号")
_BANK_CUE = re.compile(r"银行卡|卡号|银行账|账号|信用卡|储蓄卡|工资卡|打钱到|转到|汇到")
_QQ_CUE = re.compile(r"(?:[Qq]{2}|扣扣|企鹅号|[Qq]号)[^\d]{0,6}$")
_WECHAT_CUE = re.compile(r"(?:微信|威信|薇信|[Vv]信|[Vv][Xx]|wx|WX|WeChat|wechat)[^\d]{0,6}$")
_DOCUMENT_CUE = re.compile(
    r"(?:学号|工号|警号|病历号|病案号|住院号|门诊号|就诊卡|就诊号|社保号?|社保卡|医保号?|医保卡|护照号?码?|通行证|"
    r"准考证号?|驾驶证号?|驾照|军官证|残疾证|案号|编号|单号|订单号?|快递单?号?|合同号|保单号?|考号)[^\d]{0,6}$"
)
_ROOM_AFTER = re.compile(
    r"(?:号楼|室|单元|栋|幢|门牌|块|元|万|亿|个|人|年|米|公里|次|岁|分钟|小时|天|斤|克|页)"
)

_EMAIL = re.compile(r"[A-Za-z0-9][\w.+-]{0,40}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
_WECHAT_ID = re.compile(
    r"(?:微信|威信|薇信|[Vv]信|[Vv][Xx]|wx|WX|[Ww]e[Cc]hat)(?:号码?|账号|ID|id)?[吧呢啊呀嘛就是叫为我的，,。:：\s]{0,5}"
    r"([A-Za-z][A-Za-z0-9_-]{4,19})(?![A-Za-z0-9_-])|(wxid_[A-Za-z0-9]{4,20})"
)
_SOCIAL_ID = re.compile(
    r"(?:抖音|快手|小红书|微博|知乎|豆瓣|B站|b站|陌陌|支付宝|淘宝|游戏|王者|网名|昵称|账号|用户名)"
    r"(?:(?:号码?|账号|ID|id)?(?:就?是|叫做?|为|[:：])\s*|(?:号码?|账号|ID|id)\s*)([A-Za-z0-9_@.-]{4,30})"
)
_PASSPORT = re.compile(r"(?<![A-Za-z0-9])(?:[EGDSPegdsp][A-Za-z]?\d{7,8}|[HMChmc]\d{8,10})(?![A-Za-z0-9])")
_PASSPORT_CUE = re.compile(r"护照|通行证|回乡证|台胞证|证件|签证")
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_PLATE = re.compile(
    rf"[{_PROVINCES}][ ·]?[A-HJ-NP-Za-hj-np-z](?:"
    r"[ ·.\-]?(?:[DFABCEGHJKdfabceghjk][A-HJ-NP-Za-hj-np-z0-9]\d{4}|\d{5}[DFABCEGHJKdfabceghjk])|"
    r"[ ·.\-]?(?=[A-Za-z]{0,2}\d)(?=[A-Za-z0-9]*\d[A-Za-z0-9]*\d)[A-HJ-NP-Za-hj-np-z0-9]{4}[A-HJ-NP-Za-hj-np-z0-9学警港澳挂])"
    r"(?![A-Za-z0-9])"
)
_BIRTH = re.compile(
    r"(?:(?:19|20)\d{2}|\d{2})[年./\-](?:1[0-2]|0?[1-9]|十[12]?)[月./\-]"
    r"(?:[12]\d|3[01]|0?[1-9](?!十)|[23]?十[1-9]?)[日号]?"
)
_BIRTH_CUE_BEFORE = re.compile(r"(?:出生|生日|生于|诞生)[^，。！？]{0,8}$")
_BIRTH_CUE_AFTER = re.compile(r"^[^，。！？]{0,3}(?:出生|生的|生人|生日)")


def digit_view(text: str) -> str:
    """The text with every spoken, capital or full-width digit as 0-9; same length, so that offsets hold."""
    return text.translate(_TABLE)


@dataclass(frozen=True, slots=True)
class _Run:
    """Digits said one after another. `places[i]` is the place in the text of `digits[i]`;
    `starts` holds the indexes at which a separated group begins."""

    digits: str
    places: tuple[int, ...]
    starts: frozenset[int]

    def ends_group(self, index: int) -> bool:
        return index == len(self.digits) or index in self.starts


def find_numbers(text: str, view: str, helplines: frozenset[str]) -> Iterator[Found]:
    """All numbers that lead to a person."""
    yield from _find_written(text, view)
    for run in _runs(text, view):
        yield from _classify(run, text, helplines)


def _find_written(text: str, view: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        yield Found("email", *match.span())
    for match in _WECHAT_ID.finditer(text):
        yield Found("wechat", *match.span(2 if match.group(2) else 1))
    for match in _SOCIAL_ID.finditer(text):
        yield Found("account", *match.span(1))
    for match in _PLATE.finditer(view):
        yield Found("plate", *match.span())
    for match in _PASSPORT.finditer(view):
        if _PASSPORT_CUE.search(text[max(0, match.start() - 12) : match.start()]):
            yield Found("document", *match.span())
    for match in _BIRTH.finditer(view):
        before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 8]
        if _BIRTH_CUE_BEFORE.search(before) or _BIRTH_CUE_AFTER.search(after):
            yield Found("birth_date", *match.span())


def _runs(text: str, view: str) -> Iterator[_Run]:
    at = 0
    while start := _RUN_START.search(view, at):
        digits, places, groups = [], [], {0}
        at = start.start()
        while at < len(view):
            if view[at].isdigit() and view[at].isascii():
                digits.append(view[at])
                places.append(at)
                at += 1
            elif len(digits) % 18 == 17 and view[at] in "xXＸ叉":
                digits.append("X")
                places.append(at)
                at += 1
                break
            else:
                gap = _SEPARATOR.match(view, at)
                if gap is None or gap.end() >= len(view) or not view[gap.end()].isdigit():
                    break
                at = gap.end()
                groups.add(len(digits))
        yield _trimmed(_Run("".join(digits), tuple(places), frozenset(groups)), text)


# 一 after a spoken number often begins the next word (一共, 一直), and 一 before it ends one (万一, 唯一).
_WORD_AFTER = "个共直下起定样些般点次会切边旦名位家天年"
_WORD_BEFORE = "万唯统第专"


def _trimmed(run: _Run, text: str) -> _Run:
    digits, places = run.digits, run.places
    first, last = 0, len(digits)
    after = text[places[-1] + 1 : places[-1] + 2] if places else ""
    if last > 5 and text[places[-1]] == "一" and after and after in _WORD_AFTER:
        last -= 1
    before = text[places[0] - 1 : places[0]] if places and places[0] else ""
    if last > 5 and text[places[0]] == "一" and before and before in _WORD_BEFORE:
        first = 1
    starts = frozenset({0} | {index - first for index in run.starts if first < index < last})
    return _Run(digits[first:last], places[first:last], starts)


def _classify(run: _Run, text: str, helplines: frozenset[str]) -> Iterator[Found]:
    digits, taken = run.digits, [False] * len(run.digits)

    def span(kind: str, first: int, last: int) -> Found:
        taken[first:last] = [True] * (last - first)
        return Found(kind, run.places[first], run.places[last - 1] + 1)

    for first, last in _helplines_in(run, helplines):
        taken[first:last] = [True] * (last - first)
    before = text[max(0, run.places[0] - 14) : run.places[0]] if run.places else ""
    clear = not any(taken)
    for kind, pattern in (("id_card", _ID18), ("mobile", _MOBILE), ("landline", _LANDLINE)):
        for match in pattern.finditer(digits):
            first, last = match.span()
            whole = first in run.starts and run.ends_group(last)
            certain = kind == "id_card" and _id_checksum(match.group())
            if not any(taken[first:last]) and (whole or certain):
                yield span(kind, first, last)
    left = [index for index, used in enumerate(taken) if not used]
    if not left or (len(left) < len(taken) and not clear):
        yield from _remaining_groups(run, taken, span, before)
        return
    if len(left) == len(taken):
        yield from _by_context(run, text, before, span)


def _remaining_groups(run: _Run, taken: list[bool], span: object, before: str) -> Iterator[Found]:
    """Beside a helpline only a group that is long enough to be somebody's number is taken."""
    assert callable(span)
    bounds = sorted({*run.starts, len(run.digits)})
    for first, last in pairwise(bounds):
        if not any(taken[first:last]) and last - first >= 7 and _PHONE_CUE.search(before):
            yield span("number", first, last)


def _by_context(run: _Run, text: str, before: str, span: object) -> Iterator[Found]:
    assert callable(span)
    digits, size = run.digits, len(run.digits)
    after = text[run.places[-1] + 1 : run.places[-1] + 3]
    groups = len(run.starts)
    near = before[-10:]
    if _QQ_CUE.search(before) and 5 <= size <= 11:
        yield span("qq", 0, size)
    elif _WECHAT_CUE.search(before) and 5 <= size <= 12:
        yield span("wechat", 0, size)
    elif _DOCUMENT_CUE.search(before) and size >= 4:
        yield span("document", 0, size)
    elif size in (17, 18) or (size == 15 and _ID15.fullmatch(digits)):
        cued = bool(_ID_CUE.search(before))
        if cued or (size == 15 and groups == 1):
            yield span("id_card", 0, size)
        elif _BANK_CUE.search(before) or _luhn(digits) or groups == 1:
            yield span("bank_card" if _luhn(digits) or _BANK_CUE.search(before) else "number", 0, size)
    elif _ID_CUE.search(near) and size >= 6:
        yield span("id_card", 0, size)
    elif 13 <= size <= 19 and (_luhn(digits) or _BANK_CUE.search(before)):
        if groups <= 5:
            yield span("bank_card", 0, size)
    elif _BANK_CUE.search(near) and size >= 8:
        yield span("bank_card", 0, size)
    elif _PHONE_CUE.search(near) and 7 <= size <= 13:
        landline = size <= 8 and _LANDLINE_CUE.search(near)
        yield span("landline" if landline else "mobile", 0, size)
    elif (
        size >= 9
        and groups <= 3
        and digits not in "01234567890123456789"
        and not _ROOM_AFTER.match(after)
        and not _is_list(run)
    ):
        yield span("number", 0, size)


def _is_list(run: _Run) -> bool:
    """Years, amounts or counts one after another are no number of a person."""
    bounds = sorted({*run.starts, len(run.digits)})
    sizes = [last - first for first, last in pairwise(bounds)]
    return len(sizes) > 1 and max(sizes) <= 4 and not (len(sizes) == 3 and sizes[0] == 3)


def _helplines_in(run: _Run, helplines: frozenset[str]) -> Iterator[tuple[int, int]]:
    bounds = sorted({*run.starts, len(run.digits)})
    index = 0
    while index < len(bounds) - 1:
        for far in range(len(bounds) - 1, index, -1):
            first, last = bounds[index], bounds[far]
            if run.digits[first:last] in helplines:
                yield first, last
                index = far - 1
                break
        index += 1


def _id_checksum(digits: str) -> bool:
    """ISO 7064 MOD 11-2 over the first 17 digits, and a date that exists."""
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], _ID_WEIGHTS, strict=True))
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    return "10X98765432"[total % 11] == digits[17]


def _luhn(digits: str) -> bool:
    if not digits.isdigit() or not 13 <= len(digits) <= 19:
        return False
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + index % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0

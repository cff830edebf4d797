"""Personal details leave the text; the way back stays."""

from __future__ import annotations

import pytest

from analytics.understand import redact


@pytest.mark.parametrize(
    ("text", "kind", "hidden"),
    [
        ("我电话13800138000吧", "mobile", "13800138000"),
        ("打我手机一三八零零一三八零零零", "mobile", "一三八零零一三八零零零"),
        ("号码是幺三八，零零幺三，八洞洞洞", "mobile", "幺三八，零零幺三，八洞洞洞"),
        ("号码 138 0013 8000 谢谢", "mobile", "138 0013 8000"),
        ("家里座机022-23456789", "landline", "022-23456789"),
        ("身份证11010519491231002X", "id_card", "11010519491231002X"),
        ("身份证110105194912310021", "id_card", "110105194912310021"),
        ("卡号6222021234567890128", "bank_card", "6222021234567890128"),
        ("车牌津AD12345", "plate", "津AD12345"),
        ("开一辆京A12345的车", "plate", "京A12345"),
        ("微信zhang_san88", "wechat", "zhang_san88"),
        ("QQ号是1234567", "qq", "1234567"),
        ("我叫王小明", "name", "王小明"),
        ("和李老师谈过", "name", "李"),
        ("叫我小张就行", "name", "小张"),
        ("我叫Anna，失眠", "name", "Anna"),
        ("我妈妈王秀英六十八岁", "name", "王秀英"),
        ("我的抖音号dy12345abc", "account", "dy12345abc"),
        ("我儿子叫张浩然", "name", "张浩然"),
        ("家住和平区南京路100号", "address", "南京路100号"),
        ("我住南湖东园122号楼3单元501", "address", "南湖东园122号楼3单元501"),
        ("住在朝阳区望京街道南湖东园5号楼2单元", "address", "望京街道南湖东园5号楼2单元"),
        ("碧水云天7幢1203", "address", "碧水云天7幢1203"),
        ("送到SOHO现代城A座1201", "address", "SOHO现代城A座1201"),
        ("我们小区3号楼2单元吵", "address", "3号楼2单元"),
        ("他在南开中学上学", "school", "南开中学"),
        ("邮箱是abc@example.com", "email", "abc@example.com"),
    ],
)
def test_each_kind_of_detail_is_taken_out(text: str, kind: str, hidden: str) -> None:
    redaction = redact(text)
    assert [(span.type, text[span.start : span.end]) for span in redaction.spans] == [(kind, hidden)]
    assert hidden not in redaction.text


@pytest.mark.parametrize("number", ["12356", "110", "120", "12345", "12355", "96525", "022-88188858"])
def test_a_helpline_is_never_hidden(number: str) -> None:
    assert redact(f"我打过{number}，没人接").spans == ()


@pytest.mark.parametrize(
    "text",
    [
        "我觉得活着没意思，走在路上一直哭，和老师说了也没用",
        "一个月三千五百块，欠了一百二十万",
        "2020，2021，2022年都这样",
        "我任何时候都很紧张",
        "住在小区里，楼下很吵",
        "望京街道办事处不管这件事",
        "爬了三座山，住了两栋房子",
        "我儿子高三十八岁，我妈妈今年六十八岁，我女儿才十岁",
        "叫我小时候的名字，我是小学老师，This is terrible",
        "抖音号被封了，微博上都是骂我的",
        "孩子上高三，不想去学校",
        "我们公司经常加班",
        "打了110、119、120都占线",
    ],
)
def test_innocent_words_stay(text: str) -> None:
    assert redact(text).text == text


def test_offsets_lead_back_to_the_original() -> None:
    text = "我叫王小明，电话13800138000，睡不着"
    redaction = redact(text)
    place = redaction.text.index("睡不着")
    assert redaction.original_offset(place) == text.index("睡不着")
    for span in redaction.spans:
        assert redaction.text[span.redacted_start] == "["
        assert redaction.text[span.redacted_end - 1] == "]"


def test_an_organisations_own_number_can_be_kept() -> None:
    assert redact("打02223456789", helplines={"02223456789"}).spans == ()

"""A relative's post names the family (DOMAIN a3, 家庭情况); what many relatives do does not. None of these
sentences is among those that measure."""

from __future__ import annotations

import pytest

from analytics.understand import redact

NAMED = [
    ("我舅舅是第二医院副院长", "第二医院副院长"),
    ("他妈妈是实验小学教导主任", "实验小学教导主任"),
    ("我姐夫在交警三大队当队长", "交警三大队"),
    ("我大伯以前是永丰镇镇长", "永丰镇镇长"),
    ("我前夫是城关派出所民警", "城关派出所民警"),
    ("我公公原来是第一机床厂厂长", "第一机床厂厂长"),
    ("我岳父是农商行行长", "农商行行长"),
    ("我姑父在县法院做庭长", "县法院"),
    ("我哥刚调到高新区公安局当处长", "高新区公安局"),
    ("男朋友是二十七团连长", "二十七团连长"),
    ("我小姨是妇幼保健院护士长", "妇幼保健院护士长"),
    ("我爷爷是柳河村村支书", "柳河村村支书"),
    ("我妹夫是第十六中学副校长，亲戚都指望他", "第十六中学副校长"),
    ("我对象现在是河西区检察院检察官", "河西区检察院检察官"),
    ("我妈是天津大学教授", "天津大学教授"),
    ("我婆婆是和平街道办主任", "和平街道办主任"),
]
PLAIN = [
    "我爸是老师，我妈是护士",
    "我老公是公司经理，天天加班",
    "我爸当了一辈子警察",
    "我妈是我们单位的主任",
    "我哥是退休民警",
    "我爱人是个普通警察",
    "我爸爸是经理，妈妈在家",
    "我女儿想当警察",
    "我妹妹说班主任对她很好",
    "我爸在家里做饭，校长来家访",
    "我弟弟是班长，老师很喜欢他",
    "我儿子在学校当队长",
    "我老公做项目经理，压力大",
    "我妈做了很多，院长都说她好",
    "我姐是医生，她主任总骂她",
    "我女儿在学校，教导主任找我谈话",
]


@pytest.mark.parametrize(("text", "post"), NAMED)
def test_a_relatives_post_at_a_named_place_is_hidden(text: str, post: str) -> None:
    assert post not in redact(text).text


@pytest.mark.parametrize("text", PLAIN)
def test_what_a_relative_does_without_a_name_stays(text: str) -> None:
    assert redact(text).text == text

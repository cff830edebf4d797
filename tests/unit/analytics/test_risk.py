"""Risk words are marked with their reason; idiom, negation and other people are told apart."""

from __future__ import annotations

import pytest

from analytics.understand import LexiconRiskMarker, best_marker, mark_call
from analytics.understand.risk_lexicon import EXPRESSIONS

MARKER = LexiconRiskMarker()


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("我想自杀", "high"),
        ("我已经吃了一瓶安眠药", "high"),
        ("我现在站在楼顶", "high"),
        ("怎么死才不痛苦", "high"),
        ("我割腕过两次", "high"),
        ("我不想活了", "low"),
        ("活着没意思", "low"),
        ("我儿子说他想自杀", "low"),
        ("I want to kill myself", "high"),
        ("最近工作累死了", "none"),
        ("笑死我了", "none"),
        ("他死活不同意", "none"),
        ("我从来没有想过自杀", "none"),
        ("我不会自杀的", "none"),
        ("最近总是失眠", "none"),
        ("", "none"),
        ("我想尽快结束这一切", "high"),
        ("不如弄死我自己算了", "high"),
        ("安眠药我已经攒够了一瓶药", "high"),
        ("昨晚又拿美工刀划手臂", "high"),
        ("我有自我伤害的冲动", "high"),
        ("遗嘱我写好遗嘱了，以后你们见不到我了", "high"),
        ("我想和这个世界说再见", "high"),
        ("真希望自己从没出生", "low"),
        ("要是睡着了再也不醒就好了", "low"),
        ("我熬不下去了", "low"),
        ("如果我不在了，他们会过得更好", "low"),
        ("我儿子说想结束这一切", "low"),
        ("我绝对不会了断自己", "none"),
        ("您有没有想过结束这一切", "none"),
        ("想结束这一切联系", "none"),
        ("他突然消失了好几天", "none"),
        ("伤害到我自己的利益", "none"),
        ("他送我一把紫砂壶", "none"),
        ("怎样才能从这种压力里解脱", "none"),
        ("周末只想一直睡", "none"),
        ("奶奶去年离开这个世界", "none"),
    ],
)
def test_level_of_what_is_said(text: str, level: str) -> None:
    assert MARKER.mark(text).level == level


def test_evidence_shows_the_words_and_the_reason_in_both_languages() -> None:
    text = "我真的很累，我想自杀"
    (evidence,) = MARKER.mark(text).evidence
    assert "自杀" in text[evidence.start : evidence.end]
    assert evidence.reason_zh
    assert evidence.reason_en


def test_only_the_callers_channel_counts() -> None:
    talk = [("operator", "您有没有想过自杀"), ("caller", "没有，就是睡不着"), ("operator", "想死吗")]
    assert mark_call(MARKER, talk).level == "none"
    risk = mark_call(MARKER, [*talk, ("caller", "我想自杀")])
    assert (risk.level, [index for index, _ in risk.marks]) == ("high", [3])


def test_a_threat_to_others_is_kept_apart() -> None:
    mark = MARKER.mark("我恨不得杀了他")
    assert mark.level == "none"
    assert [evidence.category for evidence in mark.harm_to_others] == ["harm_to_others"]


def test_no_expression_matches_silence() -> None:
    assert [expression.key for expression in EXPRESSIONS if expression.pattern.search("今天天气")] == []


def test_the_classifier_adds_what_no_pattern_foresaw_and_is_silent_on_style_alone() -> None:
    marker = best_marker()
    assert marker.mark("我想减肥，却管不住嘴").level == "none"
    assert marker.mark("您有没有想过伤害自己").level == "none"
    assert marker.mark("我想自杀").level == "high"
    assert marker.mark("我想自杀").score > marker.mark("最近总是失眠").score

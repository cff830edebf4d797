"""Scoring of the screening scales by table; the texts of items are not needed for it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.care.scale_files import TWELVE_ELEMENTS, library
from hotline.domain.scale_text import TextWrong, content_of, read_text, template_of, words_of
from hotline.domain.scales import Answers, faults_of, questions_of, score

LIBRARY = library()


def answered(code: str, value: int, **others: int) -> dict[int, int]:
    """Every item with one value; `i9=1` sets item 9."""
    answers = dict.fromkeys(range(1, LIBRARY[code].rule.items + 1), value)
    return answers | {int(name[1:]): each for name, each in others.items()}


def total_of(code: str, answers: Answers) -> tuple[int | None, str | None]:
    entry = LIBRARY[code]
    result = score(entry.rule, answers, entry.usual)
    return result.total, result.band.code if result.band else None


@pytest.mark.parametrize(
    ("code", "answers", "total", "band"),
    [
        ("PHQ-9", answered("PHQ-9", 0), 0, "minimal"),
        ("PHQ-9", answered("PHQ-9", 0, i1=3, i2=2), 5, "mild"),
        ("PHQ-9", answered("PHQ-9", 1, i1=2), 10, "moderate"),
        ("PHQ-9", answered("PHQ-9", 2, i1=0, i2=1), 15, "moderately_severe"),
        ("PHQ-9", answered("PHQ-9", 3), 27, "severe"),
        ("PHQ-2", {1: 1, 2: 1}, 2, "negative"),
        ("PHQ-2", {1: 1, 2: 2}, 3, "positive"),
        ("GAD-7", answered("GAD-7", 2), 14, "moderate"),
        ("GAD-7", answered("GAD-7", 2, i1=3), 15, "severe"),
        ("SRQ-20", answered("SRQ-20", 0, **{f"i{n}": 1 for n in range(1, 7)}), 6, "negative"),
        ("SRQ-20", answered("SRQ-20", 0, **{f"i{n}": 1 for n in range(1, 8)}), 7, "positive"),
        ("PSS-10", answered("PSS-10", 0), 16, "total"),
        ("PSS-10", answered("PSS-10", 4), 24, "total"),
        ("PSS-14", answered("PSS-14", 0), 28, "total"),
        ("PCL-5", answered("PCL-5", 0, **{f"i{n}": 3 for n in range(1, 11)}), 30, "negative"),
        ("PCL-5", answered("PCL-5", 2), 40, "positive"),
        ("ISI", answered("ISI", 1), 7, "none"),
        ("ISI", answered("ISI", 1, i1=2), 8, "subthreshold"),
        ("ISI", answered("ISI", 4), 28, "severe"),
        (TWELVE_ELEMENTS, answered(TWELVE_ELEMENTS, 0, i1=3), 3, "low"),
        (TWELVE_ELEMENTS, answered(TWELVE_ELEMENTS, 0, i1=4), 4, "moderate"),
        (TWELVE_ELEMENTS, answered(TWELVE_ELEMENTS, 0, i1=8), 8, "high"),
    ],
)
def test_totals_and_bands_by_table(code: str, answers: Answers, total: int, band: str) -> None:
    assert total_of(code, answers) == (total, band)


@pytest.mark.parametrize("code", [code for code in LIBRARY if code != "C-SSRS"])
def test_a_missing_item_gives_no_total(code: str) -> None:
    entry = LIBRARY[code]
    answers = answered(code, entry.rule.least)
    del answers[entry.rule.items]
    result = score(entry.rule, answers, entry.usual)
    assert (result.total, result.band, result.missing) == (None, None, (entry.rule.items,))


def test_the_ninth_item_speaks_even_while_others_are_missing() -> None:
    entry = LIBRARY["PHQ-9"]
    assert score(entry.rule, {9: 1}, entry.usual).alarms == (9,)
    assert score(entry.rule, {9: 0}, entry.usual).alarms == ()
    assert score(LIBRARY["SRQ-20"].rule, {17: 1}, LIBRARY["SRQ-20"].usual).alarms == (17,)


@pytest.mark.parametrize(
    ("changed", "met"),
    [({}, True), ({6: 0, 7: 1}, False), ({8: 1, 9: 1, 10: 1, 11: 1, 12: 1, 13: 1}, False)],
)
def test_the_rule_by_clusters_of_the_pcl(changed: dict[int, int], met: bool) -> None:
    entry = LIBRARY["PCL-5"]
    assert score(entry.rule, answered("PCL-5", 2) | changed, entry.usual).rule_met is met


@pytest.mark.parametrize(
    ("answers", "band"),
    [
        ({1: 0, 2: 0, 6: 0}, "none"),
        ({1: 1, 2: 0, 6: 0}, "low"),
        ({1: 1, 2: 1, 3: 0, 4: 0, 5: 0, 6: 0}, "low"),
        ({1: 1, 2: 1, 3: 1, 4: 0, 5: 0, 6: 0}, "moderate"),
        ({1: 1, 2: 1, 3: 1, 4: 1, 5: 0, 6: 0}, "high"),
        ({1: 0, 2: 0, 6: 1}, "high"),
    ],
)
def test_the_columbia_screener_has_levels_and_no_total(answers: dict[int, int], band: str) -> None:
    assert total_of("C-SSRS", answers) == (None, band)


def test_the_columbia_screener_skips_after_a_no() -> None:
    rule = LIBRARY["C-SSRS"].rule
    assert questions_of(rule, {1: 1, 2: 0}) == (1, 2, 6)
    assert questions_of(rule, {2: 1}) == (1, 2, 3, 4, 5, 6)


def test_an_authority_may_read_the_same_total_by_another_set() -> None:
    entry = LIBRARY["PHQ-9"]
    band = score(entry.rule, answered("PHQ-9", 0, i1=3, i2=3, i3=1), entry.cut_offs["shanghai"]).band
    assert band is not None
    assert band.code == "positive"


def test_every_scale_has_sources_and_words_of_a_screening() -> None:
    assert len(LIBRARY) == 10
    for entry in LIBRARY.values():
        for cut_offs in entry.cut_offs.values():
            assert cut_offs.source
            assert cut_offs.bands[0].least == 0
            for band in cut_offs.bands:
                assert band.zh.startswith("筛查")
                assert band.en.startswith("Screening")
                assert "抑郁症" not in band.zh
        assert not entry.items_en or entry.text_en_source


@given(st.sampled_from(sorted(LIBRARY)), st.data())
def test_values_outside_an_item_are_found(code: str, data: st.DataObject) -> None:
    rule = LIBRARY[code].rule
    item = data.draw(st.integers(1, rule.items))
    assert faults_of(rule, {item: rule.most}) == ()
    assert faults_of(rule, {item: rule.most + 1}) == (item,)
    assert faults_of(rule, {rule.items + 1: rule.least}) == (rule.items + 1,)


def filled(code: str) -> bytes:
    """The template with made-up words, as an administrator would fill it in."""
    entry = LIBRARY[code]
    lines = template_of(entry.rule, entry.items_en, entry.options_en).splitlines()
    rows = [lines[0]]
    for line in lines[1:]:
        kind, number, _zh, rest = line.split(",", 3)
        rows.append(f"{kind},{number},测试用文字{number},{rest}")
    return "\n".join(rows).encode()


@pytest.mark.parametrize("code", sorted(set(LIBRARY) - {TWELVE_ELEMENTS}))
def test_the_template_filled_in_is_accepted_and_kept_whole(code: str) -> None:
    words = read_text(LIBRARY[code].rule, filled(code))
    assert len(words.items) == LIBRARY[code].rule.items
    assert words_of(json.loads(json.dumps(content_of(words)))) == words


def test_official_english_stands_beside_the_items_that_have_it() -> None:
    words = read_text(LIBRARY["PHQ-9"].rule, filled("PHQ-9"))
    assert words.items[1].en == "Little interest or pleasure in doing things"
    assert words.options[3].en == "Nearly every day"


def test_items_that_weigh_differently_must_add_up() -> None:
    rule = LIBRARY[TWELVE_ELEMENTS].rule
    rows = [{"kind": "instruction", "zh": "指导语"}]
    rows += [{"kind": "item", "number": str(n), "zh": "要素", "most": "1"} for n in range(1, 13)]
    with pytest.raises(TextWrong) as refused:
        read_text(rule, json.dumps(rows).encode())
    assert refused.value.faults == [("mosts", "16")]
    rows[1]["most"] = "5"
    words = read_text(rule, json.dumps(rows).encode())
    assert words.mosts[1] == 5
    assert faults_of(rule, {1: 5, 2: 1}, words.mosts) == ()
    assert faults_of(rule, {1: 6, 2: 2}, words.mosts) == (1, 2)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"\xff\xfe\x00", "unreadable"),
        (b"[1, 2]", "unreadable"),
        (b"x" * 70_000, "too_large"),
        (template_of(LIBRARY["PHQ-2"].rule).encode(), "words"),
        (filled("PHQ-2").replace(b"item,2", b"item,1"), "row"),
        (filled("PHQ-2").replace(b"option,3", b"option,4"), "options"),
        (filled("GAD-7"), "items"),
    ],
)
def test_a_faulty_text_is_refused_with_what_is_wrong(raw: bytes, fault: str) -> None:
    with pytest.raises(TextWrong) as refused:
        read_text(LIBRARY["PHQ-2"].rule, raw)
    assert fault in {code for code, _where in refused.value.faults}

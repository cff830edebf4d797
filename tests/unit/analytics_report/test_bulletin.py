from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

from analytics.report.bulletin import compose, title_of
from analytics.report.figures import Facts, Week
from models.vocabulary_record import Problem
from models.vocabulary_surveillance import AlertLevel, SignalKind

LAST = date(2026, 11, 20)
FACTS = Facts(
    kind=SignalKind.PROMINENT_ISSUE,
    place_code="990100",
    place_name="澜州市",
    first_day=LAST - timedelta(days=6),
    last_day=LAST,
    onset_day=LAST - timedelta(days=4),
    window_days=7,
    problem=Problem.WORK,
    phrases=("欠薪", "停工"),
    persons=23,
    calls=27,
    all_persons=92,
    all_calls=110,
    expected=5.2,
    upper=11.4,
    p_value=0.0001,
    q_value=0.004,
    history_days=54,
    method="noufaily",
    method_version="1",
    by_place={"990101": 17, "990102": 3, "990103": 3},
    place_names={"990100": "澜州市", "990101": "东岸区", "990102": "西岸区", "990103": "青石县"},
    by_population={"P23": 12, "P17": 6, "P99": 5},
    high_risk_persons=2,
    handed_on_persons=6,
    follow_up_persons=0,
    weeks=tuple(
        Week(LAST - timedelta(days=7 * i + 6), LAST - timedelta(days=7 * i), n)
        for i, n in ((2, 4), (1, 6), (0, 23))
    ),
)


def test_the_bulletin_has_the_five_sections_in_their_order() -> None:
    content = compose(FACTS, AlertLevel.YELLOW)
    assert [section["heading"] for section in content["sections"]] == [
        "一、基本情况",
        "二、主要表现",
        "三、风险研判",
        "四、已采取措施",
        "五、对策建议",
    ]
    assert {item["unit"] for item in content["sections"][4]["items"]} == {"人力资源社会保障部门", "工会"}
    assert "23人" in content["sections"][0]["paragraphs"][0]
    assert "一成至三成" in content["sections"][0]["paragraphs"][1]
    assert "92" not in json.dumps(content, ensure_ascii=False), (
        "a total of all callers could be subtracted from"
    )
    assert title_of(FACTS) == "关于澜州市欠薪、停工相关求助增多的提示"


def test_small_cells_of_tables_and_chart_are_hidden() -> None:
    content = compose(FACTS, AlertLevel.YELLOW)
    places = {row["label"]: row["persons"] for row in content["tables"][0]["rows"]}
    assert places == {"东岸区": 17, "其余（不单列）": None}
    assert [point["persons"] for point in content["chart"]["points"]] == [None, 6, 23]
    assert "少于5人" not in content["sections"][2]["paragraphs"][1], "two at high risk are not counted out"


def test_an_empty_week_looks_like_a_small_one() -> None:
    weeks = (Week(LAST - timedelta(days=13), LAST - timedelta(days=7), 0), FACTS.weeks[-1])
    content = compose(replace(FACTS, weeks=weeks), AlertLevel.YELLOW)
    assert [point["persons"] for point in content["chart"]["points"]] == [None, 23]


def test_a_prominent_issue_of_a_few_has_no_figure_at_all() -> None:
    content = compose(replace(FACTS, persons=4, calls=4, by_place={}, by_population={}), AlertLevel.BLUE)
    assert content["figures"]["persons"] == "—"
    assert "少于5人就" not in json.dumps(content, ensure_ascii=False)


def test_withheld_populations_are_counted_among_the_others() -> None:
    rows = {row["label"]: row["persons"] for row in compose(FACTS, AlertLevel.BLUE)["tables"][1]["rows"]}
    assert rows == {"社会公众": 12, "其他人群": 6, "未告知": 5}
    assert "戒毒" not in json.dumps(compose(FACTS, AlertLevel.BLUE), ensure_ascii=False)


def test_fewer_than_five_persons_go_out_without_a_figure() -> None:
    few = replace(
        FACTS,
        kind=SignalKind.STRESS_EVENT,
        phrases=(),
        persons=4,
        calls=9,
        expected=0.31,
        upper=1.77,
        by_place={"990101": 4},
        by_population={"P23": 4},
        weeks=(Week(LAST - timedelta(days=6), LAST, 4),),
    )
    content = compose(few, AlertLevel.RED)
    text = json.dumps(content, ensure_ascii=False)
    assert content["figures"]["persons"] == "少于5人"
    assert content["tables"] == []
    assert content["chart"]["points"][0]["persons"] is None
    for number in ("0.31", "1.77", "9次", "4人", "0.0001"):
        assert number not in text.replace("少于5人", "")
    assert content["method"]["p_value"] is None


def test_without_common_phrases_the_problem_category_names_it() -> None:
    assert title_of(replace(FACTS, phrases=())) == "关于澜州市职业/失业/经济类求助增多的提示"

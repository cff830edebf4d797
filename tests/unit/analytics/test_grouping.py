"""The registry of issues: ids live on, new groups are born at night, people's decisions hold."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from analytics.cluster import (
    Grouper,
    GroupSettings,
    GroupState,
    LexicalEmbedder,
    embedder_for,
    name_issue,
)
from analytics.cluster.emergence import ScanSettings

START = date(2026, 1, 5)
SETTINGS = GroupSettings(
    join=0.5, minimum_members=4, founding_texts=20, founding_days=2, scan=ScanSettings(minimum_history=20)
)


def around(axis: int, count: int, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 0.05, (count, 8)).astype(np.float32)
    noise[:, axis] += 1
    return noise / np.linalg.norm(noise, axis=1, keepdims=True)


def no_texts(ids: object) -> dict[str, str]:
    return {}


@pytest.fixture
def grouper() -> Grouper:
    """Three kinds of call over thirty days, a few each day."""
    grouper = Grouper(GroupState("test@1", 8), SETTINGS)
    for day in range(30):
        for axis in (0, 1, 2):
            for number, vector in enumerate(around(axis, 2, seed=day * 10 + axis)):
                grouper.assign(f"d{day}a{axis}n{number}", vector, START + timedelta(day), "120101")
        grouper.nightly(START + timedelta(day), no_texts)
    return grouper


def test_the_first_issues_are_founded_and_flag_nothing(grouper: Grouper) -> None:
    assert len(grouper.state.issues) >= 3
    assert all(issue.flagged_on is None for issue in grouper.state.live())
    assert not grouper.state.pool


def test_a_new_kind_of_call_is_born_with_a_fresh_id_and_flagged_once(grouper: Grouper) -> None:
    known = set(grouper.state.issues)
    day = START + timedelta(30)
    for number, vector in enumerate(around(5, 6, seed=99)):
        assert grouper.assign(f"new{number}", vector, day, "120105").pooled
    report = grouper.nightly(day, no_texts)
    (born,) = [issue for issue in report.born if issue.emerging]
    assert born.issue_id not in known
    assert born.place == "120105"
    assert sorted(born.member_ids) == [f"new{number}" for number in range(6)]
    assert {report.moved[f"new{number}"] for number in range(6)} == {born.issue_id}
    later = grouper.assign("later", around(5, 1, seed=7)[0], day + timedelta(1))
    assert later.issue_id == born.issue_id
    assert not any(issue.emerging for issue in grouper.nightly(day + timedelta(1), no_texts).born)


def test_texts_of_closed_days_stay_where_they_are(grouper: Grouper) -> None:
    recent = grouper.state.recent
    before = dict(zip(recent.ids, recent.issues.tolist(), strict=False))
    day = START + timedelta(30)
    for number, vector in enumerate(around(1, 20, seed=5)):
        grouper.assign(f"more{number}", vector, day)
    report = grouper.nightly(day, no_texts)
    closed = {
        text_id
        for text_id, row_day in zip(recent.ids, recent.days, strict=False)
        if row_day <= day.toordinal() - SETTINGS.open_days
    }
    born_members = {text_id for issue in report.born for text_id in issue.member_ids}
    assert not (set(report.moved) & closed) - born_members
    assert before


def test_a_night_run_twice_changes_nothing(grouper: Grouper) -> None:
    before = grouper.state.to_arrays()
    report = grouper.nightly(START + timedelta(29), no_texts)
    assert (report.born, dict(report.moved)) == ((), {})
    after = grouper.state.to_arrays()
    assert after["recent"] == before["recent"]
    assert [row["id"] for row in after["issues"]] == [row["id"] for row in before["issues"]]


def test_a_merge_leaves_an_alias_and_the_id_is_not_used_again(grouper: Grouper) -> None:
    first, second, *_ = sorted(grouper.state.issues)
    grouper.state.merge(first, second)
    assert grouper.state.resolve(second) == first
    assert second not in [issue.id for issue in grouper.state.live()]
    assert grouper.state.next_id > max(grouper.state.issues)
    with pytest.raises(ValueError, match="itself"):
        grouper.state.merge(first, second)


def test_the_registry_survives_saving(grouper: Grouper) -> None:
    grouper.assign("waiting", around(6, 1, seed=4)[0], START + timedelta(2))
    copy = GroupState.from_arrays(grouper.state.to_arrays())
    assert copy.next_id == grouper.state.next_id
    assert copy.pool == ["waiting"]
    vector = around(1, 1, seed=77)[0]
    again = Grouper(copy, SETTINGS).assign("x", vector, START + timedelta(2))
    assert again == grouper.assign("x", vector, START + timedelta(2))


def test_a_text_that_stays_alone_goes_to_the_nearest_issue_in_the_end(grouper: Grouper) -> None:
    grouper.assign("alone", around(6, 1, seed=4)[0], START + timedelta(30))
    report = grouper.nightly(START + timedelta(30 + SETTINGS.pool_days), no_texts)
    assert report.expired == ("alone",)
    assert report.moved["alone"] in grouper.state.issues


def test_a_withdrawn_text_leaves_the_registry(grouper: Grouper) -> None:
    grouper.state.recent.remove(["d29a0n0"])
    assert "d29a0n0" not in grouper.state.recent.ids
    assert len(grouper.state.recent.vectors) == len(grouper.state.recent.ids)


def test_the_lexical_embedder_tells_subjects_apart_in_both_languages() -> None:
    vectors = LexicalEmbedder().embed(
        [
            "最近总是失眠睡不着",
            "晚上失眠，睡不着觉",
            "孩子不肯去上学",
            "my card was declined",
            "card payment declined",
        ]
    )
    near = vectors @ vectors.T
    assert near[0, 1] > near[0, 2] + 0.2
    assert near[3, 4] > near[3, 0] + 0.2
    assert LexicalEmbedder().embed([""]).sum() == 0


def test_each_language_gets_the_embedder_that_knows_it() -> None:
    assert embedder_for("zh-CN").name == "hotline-zh-static"
    assert embedder_for("en").name == "lexical"


def test_our_own_chinese_vectors_put_like_calls_together() -> None:
    embedder = embedder_for("zh")
    vectors = embedder.embed(
        ["晚上总是失眠睡不着", "最近失眠，入睡困难，半夜老是醒", "婆婆总是干涉我和丈夫的生活", ""]
    )
    near = vectors @ vectors.T
    assert near[0, 1] > near[0, 2] + 0.2
    assert vectors[3].sum() == 0
    assert vectors.shape == (4, embedder.dimension)


def test_a_name_holds_what_the_members_share_and_no_number() -> None:
    members = ["疫苗接种后头晕，担心疫苗", "打了疫苗以后发烧3天", "疫苗副作用怎么办", "接种疫苗后睡不着"]
    others = ["孩子厌学", "和丈夫吵架", "工作压力大", "失眠很久了", "分手以后难过"]
    name, phrases = name_issue(members, others)
    assert phrases[0] == "疫苗"
    assert not any(character.isdigit() for character in name)

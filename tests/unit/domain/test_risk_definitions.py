"""The definitions of high risk that reports may name, by table; what was not asked stays unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.risk_definitions import (
    REPORT_DEFINITIONS,
    Band,
    GuangzhouKind,
    beijing_a,
    beijing_b,
    guangzhou,
    twelve_element_band,
)
from hotline.domain.risk_level import WORKING, RiskFacts, suggest
from models.vocabulary import RiskLevel

NOTHING = RiskFacts()
NO_IDEATION = RiskFacts(ideation=False)
ACT = RiskFacts(acting=True)
PLAN_NOW = RiskFacts(ideation=True, plan=True, when="now", acting=False, attempt_two_weeks=False)
PLAN_72H = RiskFacts(ideation=True, plan=True, when="72h", acting=False, attempt_two_weeks=False)
PLAN_WEEK = RiskFacts(ideation=True, plan=True, when="week", acting=False, attempt_two_weeks=False)
PLAN_LATER = RiskFacts(ideation=True, plan=True, when="later", acting=False, attempt_two_weeks=False)
PLAN_WHEN_UNASKED = RiskFacts(ideation=True, plan=True, acting=False, attempt_two_weeks=False)
ATTEMPT = RiskFacts(ideation=True, attempt_two_weeks=True, acting=False, plan=False)
IDEATION = RiskFacts(ideation=True, plan=False, acting=False, attempt_two_weeks=False)


@pytest.mark.parametrize(
    ("facts", "a", "b", "kind"),
    [
        (NOTHING, None, None, None),
        (NO_IDEATION, False, False, None),
        (ACT, True, True, None),
        (PLAN_NOW, True, True, GuangzhouKind.PLAN),
        (PLAN_72H, True, True, GuangzhouKind.PLAN),
        (PLAN_WEEK, True, False, GuangzhouKind.PLAN),
        (PLAN_LATER, False, False, GuangzhouKind.PLAN),
        (PLAN_WHEN_UNASKED, None, None, GuangzhouKind.PLAN),
        (ATTEMPT, False, True, GuangzhouKind.ATTEMPT),
        (IDEATION, False, False, GuangzhouKind.IDEATION),
    ],
)
def test_each_definition_by_table(
    facts: RiskFacts, a: bool | None, b: bool | None, kind: GuangzhouKind | None
) -> None:
    assert (beijing_a(facts), beijing_b(facts), guangzhou(facts)) == (a, b, kind)


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (None, None),
        (0, Band.LOW),
        (3, Band.LOW),
        (4, Band.MODERATE),
        (7, Band.MODERATE),
        (8, Band.HIGH),
        (16, Band.HIGH),
    ],
)
def test_bands_of_the_twelve_elements(total: int | None, band: Band | None) -> None:
    assert twelve_element_band(total) == band


@pytest.mark.parametrize("total", [-1, 17])
def test_a_total_that_the_scale_cannot_have_is_refused(total: int) -> None:
    with pytest.raises(ValueError, match="0 to 16"):
        twelve_element_band(total)


def test_every_definition_carries_its_source_and_both_names() -> None:
    assert len({definition.code for definition in REPORT_DEFINITIONS}) == 4
    for definition in REPORT_DEFINITIONS:
        assert definition.source
        assert definition.zh
        assert definition.en
        assert definition.meets(NOTHING) is None
    assert WORKING.source


def test_the_working_definition_is_data_with_the_highest_level_first() -> None:
    levels = [criterion.level for criterion in WORKING.criteria]
    assert levels == sorted(levels, reverse=True)
    assert len({criterion.code for criterion in WORKING.criteria}) == len(WORKING.criteria)


answers = st.sampled_from([None, True, False])


@given(
    st.builds(
        RiskFacts,
        ideation=answers,
        acting=answers,
        plan=answers,
        means=answers,
        when=st.sampled_from([None, "now", "72h", "week", "later"]),
        attempt_two_weeks=answers,
        scale_total=st.one_of(st.none(), st.integers(0, 16)),
    )
)
def test_whoever_is_high_by_a_paper_is_high_on_the_desk(facts: RiskFacts) -> None:
    """No report may count a person as high risk whom the desk's clock and duties passed over."""
    if beijing_a(facts) or beijing_b(facts) or twelve_element_band(facts.scale_total) is Band.HIGH:
        level = suggest(facts).level
        assert level is not None
        assert level >= RiskLevel.R3

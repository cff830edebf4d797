"""The main navigation: what a role may open, in the order of the day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from flask_babel import lazy_gettext

from agent_console.permissions import Permission, may
from agent_console.sessions import SignedIn


@dataclass(frozen=True)
class Page:
    endpoint: str
    name: Any
    permission: Permission
    under: Any = None
    """Heading of the menu of more pages under which it stands; None: in the bar itself."""


SHIFT = lazy_gettext("值班")
PEOPLE = lazy_gettext("人员")
QUALITY = lazy_gettext("质量与知识")
ANALYSIS = lazy_gettext("分析与报送")
RULES = lazy_gettext("规则与资料")

PAGES: tuple[Page, ...] = (
    Page("operator.desk", lazy_gettext("工作台"), Permission.ANSWER_CALLS),
    Page("supervisor.board", lazy_gettext("值班看板"), Permission.SUPERVISE),
    Page("duties.today", lazy_gettext("本班事项"), Permission.CARE),
    Page("handover.page", lazy_gettext("交接班"), Permission.CARE),
    Page("own_notes.index", lazy_gettext("我的登记"), Permission.ANSWER_CALLS, under=SHIFT),
    Page("entries.form", lazy_gettext("补录"), Permission.ANSWER_CALLS, under=SHIFT),
    Page("figures.table", lazy_gettext("指标"), Permission.SUPERVISE, under=SHIFT),
    Page("coverage.week", lazy_gettext("覆盖"), Permission.SUPERVISE, under=SHIFT),
    Page("readiness_pages.index", lazy_gettext("上岗条件"), Permission.KEEP_PEOPLE, under=PEOPLE),
    Page("training_pages.index", lazy_gettext("培训台账"), Permission.KEEP_PEOPLE, under=PEOPLE),
    Page("talent_pages.index", lazy_gettext("人才信息库"), Permission.KEEP_PEOPLE, under=PEOPLE),
    Page("supervision_pages.index", lazy_gettext("督导记录"), Permission.SUPERVISE, under=PEOPLE),
    Page("own_file_pages.page", lazy_gettext("我的档案"), Permission.OWN_FILE, under=PEOPLE),
    Page("seat_figures_pages.page", lazy_gettext("坐席指标"), Permission.SUPERVISE, under=SHIFT),
    Page("proof_pages.page", lazy_gettext("覆盖证明"), Permission.SUPERVISE, under=SHIFT),
    Page("isolation_pages.index", lazy_gettext("隔离场所"), Permission.KEEP_PEOPLE, under=SHIFT),
    Page("roster.week", lazy_gettext("班表"), Permission.SUPERVISE),
    Page("roster_requests.requests", lazy_gettext("请假与换班"), Permission.SUPERVISE, under=SHIFT),
    Page("roster_mine.mine", lazy_gettext("我的班表"), Permission.CARE, under=SHIFT),
    Page("signals.queue", lazy_gettext("信号核实"), Permission.REVIEW_SIGNALS),
    Page("signing.waiting", lazy_gettext("核签"), Permission.SIGN_ALERTS),
    Page("officials.inbox", lazy_gettext("提示"), Permission.READ_ALERTS),
    Page("papers.index", lazy_gettext("报告"), Permission.READ_REPORTS),
    Page("trends.explore", lazy_gettext("趋势"), Permission.READ_REPORTS, under=ANALYSIS),
    Page("evaluation.index", lazy_gettext("评价导出"), Permission.WRITE_REPORTS, under=ANALYSIS),
    Page("issues.index", lazy_gettext("问题"), Permission.REVIEW_SIGNALS, under=ANALYSIS),
    Page("calls.index", lazy_gettext("来电"), Permission.SUPERVISE),
    Page("quality.index", lazy_gettext("质检"), Permission.SUPERVISE, under=QUALITY),
    Page("knowledge.index", lazy_gettext("知识库"), Permission.READ_PROTOCOLS, under=QUALITY),
    Page("quality.mine", lazy_gettext("我的质检"), Permission.ANSWER_CALLS, under=QUALITY),
    Page("sheet.emergency", lazy_gettext("应急联系单"), Permission.ANSWER_CALLS, under=SHIFT),
    Page("consultations.index", lazy_gettext("会诊与报告"), Permission.SUPERVISE, under=QUALITY),
    Page("limits.index", lazy_gettext("频率限制"), Permission.SUPERVISE, under=SHIFT),
    Page("supervisor.wall", lazy_gettext("大屏"), Permission.SUPERVISE, under=SHIFT),
    Page("administration_people.people", lazy_gettext("人员"), Permission.ADMINISTER),
    Page("administration.centres", lazy_gettext("中心与坐席"), Permission.ADMINISTER),
    Page("administration_network.lines", lazy_gettext("号码与互助"), Permission.ADMINISTER),
    Page("administration_rules.rules", lazy_gettext("接听规则"), Permission.ADMINISTER),
    Page("administration_network.partners", lazy_gettext("合作热线"), Permission.ADMINISTER, under=RULES),
    Page("administration_scales.scales", lazy_gettext("量表"), Permission.ADMINISTER, under=RULES),
    Page("administration_prompts.prompts", lazy_gettext("提示音"), Permission.ADMINISTER, under=RULES),
    Page("administration_places.places", lazy_gettext("地区与导入"), Permission.ADMINISTER, under=RULES),
    Page("administration_forms.versions", lazy_gettext("登记表"), Permission.ADMINISTER, under=RULES),
    Page(
        "administration_retention.retention", lazy_gettext("录音与保存"), Permission.ADMINISTER, under=RULES
    ),
    Page("roster_settings.settings", lazy_gettext("排班规定"), Permission.ADMINISTER, under=RULES),
    Page("administration_watch.limits", lazy_gettext("限值与提醒"), Permission.ADMINISTER, under=RULES),
    Page("administration.mechanisms", lazy_gettext("报送地址"), Permission.ADMINISTER, under=RULES),
    Page("carrier_pages.cross_border", lazy_gettext("运营商"), Permission.ADMINISTER, under=RULES),
    Page("administration.models", lazy_gettext("模型"), Permission.ADMINISTER, under=RULES),
    Page("administration.audit", lazy_gettext("审计"), Permission.ADMINISTER),
)
"""A page is listed once its endpoint exists."""


def navigation(person: SignedIn | None) -> list[tuple[Page, bool]]:
    """The pages of this person, each with whether it is the current one."""
    if person is None:
        return []
    blueprint = (request.endpoint or "").partition(".")[0]
    mine = [
        page
        for page in PAGES
        if page.endpoint in current_app.view_functions and may(person.role, page.permission)
    ]
    endpoints = [page.endpoint for page in mine]
    current = next((e for e in endpoints if e == request.endpoint), None) or next(
        (e for e in endpoints if e.partition(".")[0] == blueprint), None
    )
    return [(page, page.endpoint == current) for page in mine]


def more_of(pages: list[tuple[Page, bool]]) -> list[tuple[Any, list[tuple[Page, bool]]]]:
    """The menu: its headings, each with its pages in order, and whether it is the current one. A name that
    came and went in the bar would run off it."""
    found: dict[int, tuple[Any, list[tuple[Page, bool]]]] = {}
    for page, current in pages:
        if page.under is not None:
            found.setdefault(id(page.under), (page.under, []))[1].append((page, current))
    order = [id(heading) for heading in (SHIFT, PEOPLE, QUALITY, ANALYSIS, RULES)]
    return [found[key] for key in order if key in found]


def home_of(person: SignedIn) -> str | None:
    """Endpoint of the first page of this person: one that stands in the bar, where there is any."""
    pages = [page for page, _current in navigation(person)]
    first = next((page for page in pages if page.under is None), pages[0] if pages else None)
    return first.endpoint if first else None

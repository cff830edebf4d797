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


PAGES: tuple[Page, ...] = (
    Page("operator.desk", lazy_gettext("工作台"), Permission.ANSWER_CALLS),
    Page("supervisor.board", lazy_gettext("值班看板"), Permission.SUPERVISE),
    Page("supervisor.coverage", lazy_gettext("班次与覆盖"), Permission.SUPERVISE),
    Page("supervisor.signals", lazy_gettext("信号核实"), Permission.REVIEW_SIGNALS),
    Page("officials.inbox", lazy_gettext("提示"), Permission.READ_ALERTS),
    Page("administration.people", lazy_gettext("人员与坐席"), Permission.ADMINISTER),
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
    exact = any(page.endpoint == request.endpoint for page in mine)
    return [
        (
            page,
            page.endpoint == request.endpoint or (not exact and page.endpoint.partition(".")[0] == blueprint),
        )
        for page in mine
    ]


def home_of(person: SignedIn) -> str | None:
    """Endpoint of the first page of this person."""
    pages = navigation(person)
    return pages[0][0].endpoint if pages else None

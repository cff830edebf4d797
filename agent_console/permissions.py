"""Every view names what it needs; a view that names nothing stops the start of the console."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar, cast

from flask import Flask, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from agent_console.sessions import current_person
from models.vocabulary import Role

View = TypeVar("View", bound=Callable[..., object])


class Permission(StrEnum):
    SIGNED_IN = "signed_in"
    ANSWER_CALLS = "answer_calls"
    CARE = "care"
    """What follows a contact: duties of the shift, timelines, the hand-over."""
    SUPERVISE = "supervise"
    ACT_IN_DANGER = "act_in_danger"
    """Tick the checklist, decide on reports: operators for their own talk, supervisors for every one."""
    READ_PROTOCOLS = "read_protocols"
    """知识库, the emergency sheet and one's own quality reviews."""
    KEEP_PEOPLE = "keep_people"
    """Readiness, training ledger, talent register, isolation sites."""
    OWN_FILE = "own_file"
    """One's own trainings, supervision and figures."""
    REVIEW_SIGNALS = "review_signals"
    SIGN_ALERTS = "sign_alerts"
    READ_ALERTS = "read_alerts"
    WRITE_REPORTS = "write_reports"
    READ_REPORTS = "read_reports"
    """Signed reports and public figures: officials those of their place, supervisors drafts too."""
    ADMINISTER = "administer"


GRANTS: dict[Role, frozenset[Permission]] = {
    Role.OPERATOR: frozenset(
        {
            Permission.SIGNED_IN,
            Permission.ANSWER_CALLS,
            Permission.OWN_FILE,
            Permission.CARE,
            Permission.ACT_IN_DANGER,
            Permission.READ_PROTOCOLS,
        }
    ),
    Role.SUPERVISOR: frozenset(
        {
            Permission.SIGNED_IN,
            Permission.SUPERVISE,
            Permission.KEEP_PEOPLE,
            Permission.OWN_FILE,
            Permission.CARE,
            Permission.REVIEW_SIGNALS,
            Permission.SIGN_ALERTS,
            Permission.WRITE_REPORTS,
            Permission.READ_REPORTS,
            Permission.ACT_IN_DANGER,
            Permission.READ_PROTOCOLS,
        }
    ),
    Role.OFFICIAL: frozenset({Permission.SIGNED_IN, Permission.READ_ALERTS, Permission.READ_REPORTS}),
    Role.ADMINISTRATOR: frozenset({Permission.SIGNED_IN, Permission.ADMINISTER, Permission.KEEP_PEOPLE}),
}

PUBLIC = "public"


class RouteWithoutPermission(RuntimeError):
    """A route says neither what it needs nor that it is public."""


def needs(permission: Permission) -> Callable[[View], View]:
    """Mark a view: only people whose role grants `permission` may call it."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Mark a view as open to everybody, on purpose."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


def permission_of(app: Flask, endpoint: str) -> Permission | str | None:
    view = app.view_functions.get(endpoint)
    return cast("Permission | str | None", getattr(view, "permission", None))


def may(role: Role, permission: Permission) -> bool:
    return permission in GRANTS[role]


def close_every_route(app: Flask) -> None:
    """Guard each request, and refuse to start while a route is unmarked.

    Raises `RouteWithoutPermission`, which names the routes.
    """
    public(app.view_functions["static"])
    bare = sorted(
        {rule.rule for rule in app.url_map.iter_rules() if permission_of(app, rule.endpoint) is None}
    )
    if bare:
        raise RouteWithoutPermission(f"no permission named by: {', '.join(bare)}")

    @app.before_request
    def guard() -> Response | None:
        if request.endpoint is None:
            return None  # no such page: the 404 follows
        permission = permission_of(app, request.endpoint)
        if permission == PUBLIC:
            return None
        person = current_person()
        if person is None:
            if request.method == "GET" and "HX-Request" not in request.headers:
                if request.accept_mimetypes and not request.accept_mimetypes.accept_html:
                    abort(401)
                return redirect(url_for("sign_in.form"))
            abort(401)
        if not isinstance(permission, Permission) or not may(person.role, permission):
            abort(403)
        return None

"""The console: everything people see in a browser."""

from __future__ import annotations

import importlib
import importlib.util
from datetime import timedelta

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from agent_console import sign_in
from agent_console.errors import set_up_errors
from agent_console.lazy_rules import LazyRule
from agent_console.parts import ConsoleParts
from agent_console.permissions import close_every_route
from agent_console.realtime import Realtime
from agent_console.rendering import set_up_rendering
from agent_console.security_headers import set_up_headers
from agent_console.translation import set_up_translation

BLUEPRINTS = (
    "operator",
    "operator_call",
    "operator_callbacks",
    "operator_note",
    "operator_handled",
    "operator_scales",
    "duties",
    "follow_up_pages",
    "appointment_pages",
    "referral_pages",
    "timeline",
    "entries",
    "own_notes",
    "handover",
    "captions_pages",
    "operator_transfer",
    "danger_pages",
    "danger_sheet",
    "knowledge_pages",
    "sheet_pages",
    "supervisor",
    "figures",
    "listening",
    "limits",
    "coverage",
    "proof_pages",
    "isolation_pages",
    "seat_figures_pages",
    "readiness_pages",
    "training_pages",
    "talent_pages",
    "supervision_pages",
    "own_file_pages",
    "roster",
    "roster_drafts",
    "roster_patterns",
    "roster_requests",
    "roster_mine",
    "roster_settings",
    "signals",
    "signing",
    "issues_pages",
    "issue_exports",
    "calls",
    "quality_pages",
    "scorecard_pages",
    "consultations",
    "officials",
    "papers",
    "trends",
    "evaluation",
    "feeds",
    "administration_people",
    "administration",
    "administration_scales",
    "carrier_pages",
    "administration_network",
    "administration_rules",
    "administration_watch",
    "administration_prompts",
    "administration_places",
    "administration_retention",
    "administration_forms",
    "caller",
)
"""Modules with a `blueprint`, in the order of the people who use them."""


def create_app(parts: ConsoleParts) -> Flask:
    """Build the console. Raises `RouteWithoutPermission` while a route names no permission."""
    app = Flask(__name__)
    app.url_rule_class = LazyRule
    app.config.update(
        SECRET_KEY=parts.settings.session_secret,
        SESSION_COOKIE_NAME="hotline_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=parts.settings.public_url.startswith("https://"),
        SESSION_REFRESH_EACH_REQUEST=True,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=parts.settings.session_hours),
        MAX_CONTENT_LENGTH=256 * 1024,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        # A token lives as long as its session: a note typed through a long night must still be savable.
        WTF_CSRF_TIME_LIMIT=None,
        # The strict check reads the Referer, which our own Referrer-Policy withholds.
        WTF_CSRF_SSL_STRICT=False,
    )
    if hops := parts.settings.trusted_proxies:
        # Host is not taken from a header: nothing here needs it, and anybody may send it.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    app.extensions["console_parts"] = parts
    CSRFProtect(app)
    set_up_translation(app)
    set_up_rendering(app)
    set_up_headers(app, (*parts.softphone.signalling_sources, parts.captions.source))
    set_up_errors(app)
    app.register_blueprint(sign_in.blueprint)
    for name in BLUEPRINTS:
        if importlib.util.find_spec(f"agent_console.{name}") is not None:
            app.register_blueprint(importlib.import_module(f"agent_console.{name}").blueprint)
    close_every_route(app)
    app.extensions["console_realtime"] = Realtime(app, parts)
    return app

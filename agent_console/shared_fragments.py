"""Fragments that are the same for everybody of a role: rendered once a moment, for all boards that ask.

They hold nothing of the person who looks at them but the token of their forms, which is put in for each.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app
from flask_wtf.csrf import generate_csrf

from agent_console.realtime import realtime
from agent_console.shared_reading import SharedReading
from agent_console.translation import language

SECONDS = 0.5
TOKEN = "token-of-whoever-looks"  # noqa: S105 - a mark in the text, no secret


def shared_fragment(template: str, render: Callable[..., str]) -> str:
    """`render(template, csrf_token=…)`, once for all who ask within `SECONDS`, never from before the last
    fact that boards were told."""
    kept = current_app.extensions.setdefault("console_fragments", {})
    shared: SharedReading[str] = kept.setdefault((template, language()), SharedReading(SECONDS))
    html = shared.get(lambda: render(template, csrf_token=lambda: TOKEN), realtime().boards.at)
    return html.replace(TOKEN, generate_csrf())

"""Addresses that are asked for, without the code that builds them until a page links there.

Werkzeug writes and compiles two functions for each rule when it is added; with hundreds of rules that is a
good part of what the pages take to start, and most are never called. Where its insides change, this does
nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from werkzeug.routing import Rule

Build = Callable[..., tuple[str, str]]


class LazyRule(Rule):
    def _compile_builder(self, append_unknown: bool = True) -> Build:
        compile_now = super()._compile_builder

        @cache
        def compiled() -> Build:
            return compile_now(append_unknown)

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            return compiled()(rule, **values)

        return build

"""What templates may call: times, spans, icons, browser files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, url_for
from jinja2 import StrictUndefined
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.local import LocalProxy

from agent_console.figure_words import figure_words
from agent_console.hours_words import days_words, hours_words, span_words
from agent_console.navigation import more_of, navigation
from agent_console.order_words import needs_words, order_words, part_words, score_words
from agent_console.permissions import Permission, may
from agent_console.queries_alarms import unit_of
from agent_console.refusals import reason_in_words
from agent_console.sessions import current_person, parts
from agent_console.spans import span
from agent_console.translation import gettext
from hotline.domain.waiting_time import WaitSpan, WaitWord, told
from models.crypto import mask_number
from models.outbox import Progress
from models.places import Organisation
from models.vocabulary_record import ONLY_WHEN_SAID

STATIC = Path(__file__).parent / "static"
CHINA_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
"""One zone, without summer time since 1991; needs no time-zone database on the machine."""


class BrowserFilesMissing(RuntimeError):
    """The locked browser files were not copied yet."""


@cache
def _manifest() -> dict[str, str]:
    file = STATIC / "vendor" / "manifest.json"
    try:
        found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BrowserFilesMissing(
            "浏览器文件还没有安装，请先运行 make setup · browser files are missing: run `make setup` first"
        ) from None
    return found


def vendor(package: str) -> str:
    """Address of a third-party browser file by its npm name."""
    return url_for("static", filename=_manifest()[package])


@cache
def _fingerprint(path: Path, _changed_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(filename: str) -> str:
    """Address of our own browser file; it changes when the file does."""
    path = STATIC / filename
    return url_for("static", filename=filename, v=_fingerprint(path, path.stat().st_mtime_ns))


def icon(name: str, extra: str = "") -> Markup:
    return Markup('<svg class="icon {}" aria-hidden="true"><use href="#i-{}"/></svg>').format(extra, name)


def clock_time(at: datetime) -> str:
    """23:51"""
    return at.astimezone(CHINA_TIME).strftime("%H:%M")


def exact_time(at: datetime) -> str:
    """23:51:07"""
    return at.astimezone(CHINA_TIME).strftime("%H:%M:%S")


def stamp(at: datetime) -> str:
    """11-22 23:51"""
    return at.astimezone(CHINA_TIME).strftime("%m-%d %H:%M")


def day(at: datetime) -> str:
    """11-22"""
    return at.astimezone(CHINA_TIME).strftime("%m-%d")


def spoken_wait(span: WaitSpan | None) -> str:
    """A wait as people say it, in the same words as on the telephone."""
    words = told(span)
    match words.word:
        case WaitWord.WITHIN:
            return gettext("大约 %(n)s 分钟以内", n=words.high_minutes)
        case WaitWord.BETWEEN:
            return gettext("大约 %(a)s 到 %(b)s 分钟", a=words.low_minutes, b=words.high_minutes)
        case WaitWord.AT_LEAST:
            return gettext("大约 %(n)s 分钟以上，可能超过 20 分钟", n=words.low_minutes)
        case WaitWord.LONG:
            return gettext("现在很多人在等，可能超过 20 分钟")
        case _:
            return gettext("暂时无法估计")


def _page_facts() -> dict[str, Any]:
    """On every page: whose hotline this is, and whether it is a demonstration. What stands in the head of a
    page alone is read when a template asks for it: fragments, of which hundreds a second are fetched, do not.
    """
    person = current_person()
    hotline = cache(_hotline)
    return {
        "organisation": LocalProxy(lambda: hotline()[0]),
        "seeding": LocalProxy(lambda: hotline()[1]),
        "number": LocalProxy(_number(hotline)),
        "person": person,
        "supervises": person is not None and may(person.role, Permission.SUPERVISE),
        "softphone_line": parts().softphone.line,
        "theme": person.theme if person else "auto",
        "navigation": LocalProxy(cache(lambda: navigation(person))),
        "caller_page": url_for("caller.page") if "caller.page" in current_app.view_functions else None,
    }


def _hotline() -> tuple[Organisation | None, Progress | None]:
    """The organisation, and the demonstration while it is being written."""
    with parts().reading() as records:
        organisation = records.scalars(select(Organisation).order_by(Organisation.id).limit(1)).first()
        progress = records.get(Progress, "demonstration")
    return organisation, progress if progress and progress.finished_at is None and progress.total else None


def _number(hotline: Callable[[], tuple[Organisation | None, Progress | None]]) -> Callable[[], str]:
    def number() -> str:
        organisation, _ = hotline()
        return organisation.number if organisation else parts().settings.number

    return number


def set_up_rendering(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(vendor=vendor, asset=asset, icon=icon, unit_of=unit_of, more_of=more_of)
    app.jinja_env.globals.update(
        reason_in_words=reason_in_words, only_when_said=frozenset(str(one.value) for one in ONLY_WHEN_SAID)
    )
    app.jinja_env.globals.update(
        part_words=part_words, order_words=order_words, score_words=score_words, needs_words=needs_words
    )
    app.jinja_env.filters.update(
        clock_time=clock_time,
        exact_time=exact_time,
        stamp=stamp,
        day=day,
        span=span,
        span_words=span_words,
        figure_words=figure_words,
        spoken_wait=spoken_wait,
        masked=mask_number,
        hours_words=hours_words,
        days_words=days_words,
    )
    app.context_processor(_page_facts)

"""Calls for the supervisor's eyes. Opening one is audited; words, audio and number each ask for a reason."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from agent_console import words
from agent_console.audited import note_reading
from agent_console.duty_words import rule_words
from agent_console.local_time import local, local_day
from agent_console.permissions import Permission, needs
from agent_console.queries_calls import call_page, number_of, opened_words, recent_calls
from agent_console.queries_chain import way_of
from agent_console.sealed_audio import demand_play_key, play_key, recording_file, sealed_audio
from agent_console.sessions import me, parts
from agent_console.transfer_words import transfer_reason
from analytics.understand.risk_lexicon import EXPRESSIONS
from hotline.care.assessments import scored_in
from hotline.care.consultations import consultations_of
from hotline.care.errors_after import NotOpen
from hotline.care.forced_reports import duty_of
from hotline.care.record_holds import RecordHolds, keeping_of
from models.calls import Call
from models.recordings import Recording
from models.vocabulary import CallOutcome
from models.vocabulary_record import Disposition, Population, Problem

blueprint = Blueprint("calls", __name__, url_prefix="/calls")

PAGE_SIZE = 50
RISK_REASONS = {entry.key: (entry.reason_zh, entry.reason_en) for entry in EXPRESSIONS}
REASON_LEAST = 4


@blueprint.app_template_filter("stamp_seconds")
def stamp_seconds(at: datetime) -> str:
    """11-22 23:51:07"""
    return local(at).strftime("%m-%d %H:%M:%S")


@blueprint.app_template_filter("date_zh")
def date_whole(at: datetime) -> str:
    """2026-11-22"""
    return local_day(at).isoformat()


@blueprint.get("/")
@needs(Permission.SUPERVISE)
def index() -> str:
    """The newest calls: times, places and codes. A caller's words and numbers are not on this page."""
    code = request.args.get("outcome", "")
    outcome = next((member for member in CallOutcome if str(member) == code), None)
    days = min(60, max(1, request.args.get("days", 7, type=int)))
    number = max(0, request.args.get("page", 0, type=int))
    high_risk = request.args.get("risk") == "high"
    note_reading("call.list", "calls:list")
    ready = parts()
    with ready.reading() as records:
        rows = recent_calls(
            records,
            ready.clock(),
            days=days,
            outcome=outcome,
            high_risk=high_risk,
            page=number,
            page_size=PAGE_SIZE,
        )
    return render_template(
        "calls/index.html",
        rows=rows,
        outcome=outcome,
        outcomes=tuple(CallOutcome),
        days=days,
        high_risk=high_risk,
        number_of_page=number,
        more=len(rows) == PAGE_SIZE,
    )


@blueprint.get("/<int:call_id>")
@needs(Permission.SUPERVISE)
def call(call_id: int) -> str:
    note_reading("call.read", f"call:{call_id}")
    return _shown(call_id)


@blueprint.post("/<int:call_id>/number")
@needs(Permission.SUPERVISE)
def show_number(call_id: int) -> str | tuple[str, int]:
    reason = _reason()
    if reason is None:
        return _shown(call_id, fault=gettext("请写明显示完整号码的原因。")), 422
    note_reading("number.show", f"call:{call_id}", reason)
    with parts().reading() as records:
        number = number_of(records, call_id)
    return _shown(call_id, whole_number=number or gettext("没有号码"))


@blueprint.post("/<int:call_id>/transcripts/<int:transcript_id>/original")
@needs(Permission.SUPERVISE)
def show_original(call_id: int, transcript_id: int) -> str | tuple[str, int]:
    reason = _reason()
    if reason is None:
        return _shown(call_id, fault=gettext("请写明打开原话的原因。")), 422
    note_reading("transcript.original", f"call:{call_id}", reason)
    with parts().reading() as records:
        spoken = opened_words(records, transcript_id, call_id)
    if spoken is None:
        abort(404)
    return _shown(call_id, original_of=transcript_id, original=spoken)


@blueprint.post("/<int:call_id>/recordings/<int:recording_id>/play")
@needs(Permission.SUPERVISE)
def open_player(call_id: int, recording_id: int) -> str | tuple[str, int]:
    reason = _reason()
    if reason is None:
        return _shown(call_id, fault=gettext("请写明播放录音的原因。")), 422
    with parts().reading() as records:
        recording_file(records.get(Recording, recording_id), call_id)
    note_reading("recording.play", f"call:{call_id}", reason)
    return _shown(call_id, playing=recording_id, play_key=play_key(recording_id))


@blueprint.get("/<int:call_id>/recordings/<int:recording_id>/audio")
@needs(Permission.SUPERVISE)
def audio(call_id: int, recording_id: int) -> Response:
    """The audio, to the person alone who gave a reason, and only for a while; any part of it."""
    demand_play_key(recording_id)
    ready = parts()
    with ready.reading() as records:
        path, context = recording_file(records.get(Recording, recording_id), call_id)
    return sealed_audio(path, context)


@blueprint.post("/<int:call_id>/withdraw")
@needs(Permission.SUPERVISE)
def withdraw(call_id: int) -> str | tuple[str, int]:
    """The caller took consent back: audio, words and what analysis made of them go, with an audit line."""
    reason = _reason()
    if reason is None:
        return _shown(call_id, fault=gettext("请写明撤回同意的来由。")), 422
    parts().withdrawals.withdraw(call_id, me().id, reason)
    return _shown(call_id)


@blueprint.post("/<int:call_id>/hold")
@needs(Permission.SUPERVISE)
def hold(call_id: int) -> tuple[str, int] | Redirect:
    """Nothing of it is erased by the clock until somebody lifts the hold."""
    reason = _reason()
    if reason is None:
        return _shown(call_id, fault=gettext("请写明暂缓清除的原因。")), 422
    _holds().hold(call_id, me().id, reason)
    return redirect(url_for("calls.call", call_id=call_id), 303)


@blueprint.post("/<int:call_id>/release")
@needs(Permission.SUPERVISE)
def release(call_id: int) -> Redirect:
    with suppress(NotOpen):
        _holds().lift(call_id, me().id)
    return redirect(url_for("calls.call", call_id=call_id), 303)


def _holds() -> RecordHolds:
    return RecordHolds(parts().work, parts().audit_key)


def _reason() -> str | None:
    reason = request.form.get("reason", "").strip()
    return reason if len(reason) >= REASON_LEAST else None


def _shown(call_id: int, **opened: Any) -> str:
    ready = parts()
    with ready.reading() as records:
        page, way = call_page(records, call_id), way_of(records, call_id)
        removal = ready.withdrawals.preview(records, call_id)
        results = scored_in(records, call_id)
        consults = consultations_of(records, call_id)
        duty = duty_of(records, call_id)
        kept = records.get(Call, call_id)
        keeping = keeping_of(records, kept) if kept is not None else None
    if page is None:
        abort(404)
    if results or consults:
        note_reading("scale.read", f"call:{call_id}")
    facts: dict[str, Any] = {
        "fault": None,
        "whole_number": None,
        "original_of": None,
        "original": (),
        "playing": None,
        "play_key": "",
    }
    return render_template(
        "calls/call.html",
        page=page,
        way=way,
        removal=removal,
        results=results,
        consultations=consults,
        duty=duty,
        keeping=keeping,
        transfer_reason=transfer_reason,
        words=words,
        risk_reasons=RISK_REASONS,
        rule_words=rule_words,
        populations=Population,
        problems=Problem,
        dispositions=Disposition,
        **{**facts, **opened},
    )

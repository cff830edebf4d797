"""质检: samples of the month, a recording beside its words, scores, and what the operator reads."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from agent_console.audited import note_reading
from agent_console.permissions import Permission, needs
from agent_console.queries_quality import (
    card_for,
    draw_of,
    material_of,
    month_of,
    own_reviews,
    review_with,
    reviews_of_month,
    scored,
)
from agent_console.sealed_audio import demand_play_key, play_key, recording_file, sealed_audio
from agent_console.sessions import me, parts
from agent_console.waveforms import Waveform, waveform
from analytics.transcribe.errors import AudioDamaged, AudioEmpty
from hotline.domain.sampling import LEAST_EACH, MOST_EACH
from hotline.workforce.errors import FieldWrong, NotFound
from hotline.workforce.quality import Quality
from models.crypto import SealBroken
from models.quality import QualityReview
from models.recordings import Recording
from models.sealed_files import read_sealed
from models.vocabulary_quality import ReviewState

blueprint = Blueprint("quality", __name__, url_prefix="/quality")

REASON_LEAST = 4
Page = str | tuple[str, int]


def _quality() -> Quality:
    return Quality(parts().work, parts().audit_key)


@blueprint.get("/")
@needs(Permission.SUPERVISE)
def index() -> str:
    ready = parts()
    month = month_of(ready.clock())
    with ready.reading() as records:
        rows, drawn = reviews_of_month(records, month), draw_of(records, month)
    return render_template(
        "quality/index.html", rows=rows, drawn=drawn, month=month, least=LEAST_EACH, most=MOST_EACH
    )


@blueprint.post("/draw")
@needs(Permission.SUPERVISE)
def draw_samples() -> Redirect:
    month = month_of(parts().clock())
    each = request.form.get("each", 0, type=int)
    try:
        added = _quality().draw_month(month.name, month.since, month.until, each, me().id)
        flash(gettext("新增 %(n)s 份样本。", n=added))
    except FieldWrong:
        flash(gettext("每人每月抽 3 到 5 份。"), "error")
    return redirect(url_for("quality.index"), 303)


@blueprint.post("/calls/<int:call_id>")
@needs(Permission.SUPERVISE)
def choose(call_id: int) -> Redirect:
    """A call that a supervisor picks, from its record."""
    try:
        review_id = _quality().choose(call_id, me().id)
    except NotFound:
        abort(404)
    return redirect(url_for("quality.review", review_id=review_id), 303)


@blueprint.get("/<int:review_id>")
@needs(Permission.SUPERVISE)
def review(review_id: int) -> Page:
    note_reading("call.read", f"call:{_review(review_id).call_id}")
    return _shown(review_id)


@blueprint.post("/<int:review_id>/play")
@needs(Permission.SUPERVISE)
def play(review_id: int) -> Page:
    """Opens the player: with a reason, which stands in the audit before a sound is heard."""
    found = _review(review_id)
    reason = request.form.get("reason", "").strip()
    if len(reason) < REASON_LEAST:
        return _shown(review_id, fault=gettext("请写明播放录音的原因。")), 422
    with parts().reading() as records:
        recording = material_of(records, found.call_id).recording
    if recording is None:
        abort(404)
    note_reading("recording.play", f"call:{found.call_id}", reason)
    return _shown(
        review_id, playing=recording, play_key=play_key(recording.id), wave=_wave(recording, found.call_id)
    )


@blueprint.get("/<int:review_id>/audio/<int:recording_id>")
@needs(Permission.SUPERVISE)
def audio(review_id: int, recording_id: int) -> Response:
    demand_play_key(recording_id)
    found = _review(review_id)
    with parts().reading() as records:
        path, context = recording_file(records.get(Recording, recording_id), found.call_id)
    return sealed_audio(path, context)


@blueprint.post("/<int:review_id>")
@needs(Permission.SUPERVISE)
def save(review_id: int) -> Page | Redirect:
    with parts().reading() as records:
        found = review_with(records, review_id)
        if found is None:
            abort(404)
        codes = [item.code for item in card_for(records, found).items]
    form = request.form
    scores = {code: form.get(f"score_{code}", -1, type=int) for code in codes if form.get(f"score_{code}")}
    try:
        _quality().write(review_id, me().id, scores, form.get("comment", ""))
    except FieldWrong:
        fault = gettext("请至少为一项打分，再保存。您写的意见还在下面。")
        return _shown(review_id, fault=fault, typed=form.get("comment", ""), given=scores), 422
    flash(gettext("评分和意见已保存，接线员可以看到。"))
    return redirect(url_for("quality.index"), 303)


@blueprint.get("/mine")
@needs(Permission.READ_PROTOCOLS)
def mine() -> str:
    """What was written to this person; nobody else's."""
    with parts().reading() as records:
        rows = own_reviews(records, me().id)
    return render_template("quality/mine.html", rows=rows)


@blueprint.get("/mine/<int:review_id>")
@needs(Permission.READ_PROTOCOLS)
def my_review(review_id: int) -> str:
    try:
        _quality().read(review_id, me().id)
    except NotFound:
        abort(404)
    with parts().reading() as records:
        found = review_with(records, review_id)
        assert found is not None
        card = card_for(records, found)
    note_reading("quality.read", f"call:{found.call_id}")
    return render_template("quality/my_review.html", row=scored(found), card=card)


@blueprint.post("/mine/<int:review_id>")
@needs(Permission.READ_PROTOCOLS)
def reply(review_id: int) -> Redirect:
    try:
        _quality().reply(review_id, me().id, request.form.get("reply", ""))
    except NotFound:
        abort(404)
    flash(gettext("回复已保存，督导可以看到。"))
    return redirect(url_for("quality.my_review", review_id=review_id), 303)


def _review(review_id: int) -> QualityReview:
    with parts().reading() as records:
        found = review_with(records, review_id)
    if found is None:
        abort(404)
    return found


def _wave(recording: Recording, call_id: int) -> Waveform | None:
    """None where the audio can't be read: the words and the form are there all the same."""
    # FFmpeg's bindings load with the first waveform, not with the pages.
    from analytics.transcribe.peaks import peaks_of

    path, context = recording_file(recording, call_id)
    try:
        peaks = peaks_of(read_sealed(path, parts().keyring, context))
    except (SealBroken, FileNotFoundError, AudioDamaged, AudioEmpty):
        return None
    return waveform(peaks.duration_seconds, peaks.channels)


def _shown(review_id: int, **opened: Any) -> str:
    with parts().reading() as records:
        found = review_with(records, review_id)
        if found is None:
            abort(404)
        card, material = card_for(records, found), material_of(records, found.call_id)
    facts: dict[str, Any] = {
        "fault": None,
        "playing": None,
        "play_key": "",
        "wave": None,
        "typed": found.comment or "",
        "given": found.scores if found.state is ReviewState.DONE else {},
    }
    return render_template(
        "quality/review.html", row=scored(found), card=card, material=material, **{**facts, **opened}
    )

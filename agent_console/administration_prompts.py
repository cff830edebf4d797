"""What callers hear: each prompt with its versions, written or recorded, listened to, taken into use."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as AnyResponse

from agent_console import words
from agent_console.administration import sentence
from agent_console.fault_words import AUDIO_FAULTS
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.domain.prompt_audio import MOST_BYTES, UnusableAudio, for_telephone
from hotline.workforce.errors import FieldWrong, NotFound
from hotline.workforce.prompt_versions import PromptVersions, audio_file
from models.prompts import PromptVersion
from models.vocabulary_prompts import Prompt, PromptSource

blueprint = Blueprint("administration_prompts", __name__, url_prefix="/administration/prompts")

Answer = str | tuple[str, int] | AnyResponse


def _versions() -> PromptVersions:
    folder = parts().settings.prompts_dir
    if folder is None:
        abort(404)
    return PromptVersions(parts().work, parts().audit_key, folder)


@blueprint.url_value_preprocessor
def _allow_a_recording(endpoint: str | None, _values: object) -> None:
    """Before the form is read: the token's check reads it first of all."""
    if endpoint == "administration_prompts.add":
        request.max_content_length = MOST_BYTES + 100_000


@blueprint.get("/")
@needs(Permission.ADMINISTER)
def prompts() -> str:
    return _page()


@blueprint.post("/<code>/versions")
@needs(Permission.ADMINISTER)
def add(code: str) -> Answer:
    """Words alone, or words with a recording of them."""
    prompt = _prompt(code)
    upload = request.files.get("audio")
    zh, en = request.form.get("text_zh", ""), request.form.get("text_en", "")
    try:
        if upload is not None and upload.filename:
            _versions().record(prompt, zh, en, for_telephone(upload.read()), by_id=me().id)
        else:
            _versions().write(prompt, zh, en, by_id=me().id)
    except FieldWrong as wrong:
        return _page(prompt, sentence(wrong)), 422
    except UnusableAudio as unusable:
        return _page(prompt, words.in_words(AUDIO_FAULTS, unusable.code)), 422
    flash(gettext("新版本已保存，还没有使用。请先试听，再按“使用”。"))
    return redirect(url_for("administration_prompts.prompts", prompt=code), 303)


@blueprint.post("/versions/<int:version_id>/use")
@needs(Permission.ADMINISTER)
def use(version_id: int) -> Answer:
    try:
        _versions().use(version_id, by_id=me().id)
    except NotFound:
        abort(404)
    flash(gettext("从下一通来电起使用这个版本。"))
    return redirect(url_for("administration_prompts.prompts", prompt=request.form.get("prompt", "")), 303)


@blueprint.post("/<code>/default")
@needs(Permission.ADMINISTER)
def use_default(code: str) -> AnyResponse:
    _versions().use_default(_prompt(code), by_id=me().id)
    flash(gettext("从下一通来电起使用自带的词。"))
    return redirect(url_for("administration_prompts.prompts", prompt=code), 303)


@blueprint.get("/versions/<int:version_id>.wav")
@needs(Permission.ADMINISTER)
def listen(version_id: int) -> Response:
    """As a caller hears it: the recording, or the words read aloud."""
    folder = parts().settings.prompts_dir
    with parts().reading() as records:
        version = records.get(PromptVersion, version_id)
    if version is None:
        abort(404)
    if version.sha256 is None:
        return _read_aloud(version.text_zh, version.text_en)
    file = audio_file(folder, version.sha256) if folder is not None else None
    if file is None or not file.is_file():
        abort(404)
    return Response(file.read_bytes(), mimetype="audio/wav")


@blueprint.get("/<code>/default.wav")
@needs(Permission.ADMINISTER)
def listen_to_default(code: str) -> Response:
    return _read_aloud(*parts().settings.prompt_texts.get(str(_prompt(code)), ("", "")))


def _read_aloud(zh: str, en: str) -> Response:
    read = parts().settings.read_aloud
    if read is None:
        abort(404)
    sound = read(zh, en)
    if sound is None:
        abort(503)
    return Response(sound, mimetype="audio/wav")


def _prompt(code: str) -> Prompt:
    found = next((prompt for prompt in Prompt if str(prompt) == code), None)
    if found is None:
        abort(404)
    return found


def _page(chosen: Prompt | None = None, fault: str | None = None) -> str:
    chosen = chosen or next(
        (each for each in Prompt if str(each) == request.args.get("prompt")), Prompt.GREETING
    )
    with parts().reading() as records:
        rows = records.scalars(
            select(PromptVersion)
            .options(joinedload(PromptVersion.made_by))
            .order_by(PromptVersion.number.desc())
        ).all()
    in_use = {row.prompt: row for row in rows if row.used_from and not row.used_until}
    default = parts().settings.prompt_texts.get(str(chosen), ("", ""))
    standing = in_use.get(chosen)
    return render_template(
        "administration/prompts.html",
        prompts=tuple(Prompt),
        chosen=chosen,
        in_use=in_use,
        versions=[row for row in rows if row.prompt is chosen],
        default=default,
        words_now=(standing.text_zh, standing.text_en) if standing else default,
        PromptSource=PromptSource,
        is_read_aloud=parts().settings.read_aloud is not None,
        fault=fault,
        typed=request.form if fault else {},
    )

"""Audio for a player: decrypted part by part as it is asked for, under a key that a reason was given for."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Response, abort, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from agent_console.sessions import me, parts
from models.crypto import SealBroken
from models.recordings import Recording
from models.sealed_files import SealedRange

PLAY_SECONDS = 15 * 60
"""How long a player that was opened with a reason may fetch its audio."""
RANGE = re.compile(r"bytes=(\d*)-(\d*)")
NOTHING_THERE = 416


def _keys() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="play-recording")


def play_key(recording_id: int) -> str:
    """For this person and this recording alone; the reason is on record before it is made."""
    return str(_keys().dumps([me().id, recording_id]))


def demand_play_key(recording_id: int) -> None:
    """403 without the key that this person was given."""
    try:
        granted = _keys().loads(request.args.get("key", ""), max_age=PLAY_SECONDS)
    except BadSignature:
        abort(403)
    if granted != [me().id, recording_id]:
        abort(403)


def recording_file(recording: Recording | None, call_id: int) -> tuple[Path, str]:
    """Where it lies and the context of its seal; 404 where there is none."""
    folder = parts().settings.recordings_dir
    if recording is None or recording.call_id != call_id or not recording.file_name or folder is None:
        abort(404)
    return folder / Path(recording.file_name).name, recording.seal_context


def sealed_audio(path: Path, context: str) -> Response:
    """The whole, or the one range that was asked for (RFC 9110, section 14). Only chunks of that range are
    decrypted, and nothing plain is written anywhere."""
    try:
        sealed = SealedRange(path, parts().keyring, context)
    except (SealBroken, FileNotFoundError):
        abort(404)
    headers = {"Accept-Ranges": "bytes"}
    span = _asked(request.headers.get("Range", ""), sealed.size)
    if span is None:
        headers["Content-Range"] = f"bytes */{sealed.size}"
        return Response(status=NOTHING_THERE, headers=headers)
    first, last = span
    if "Range" in request.headers:
        headers["Content-Range"] = f"bytes {first}-{last}/{sealed.size}"
    headers["Content-Length"] = str(last - first + 1)
    status = 206 if "Content-Range" in headers else 200
    return Response(sealed.read(first, last), status=status, mimetype="audio/wav", headers=headers)


def _asked(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte; the whole for no header or one that is not understood. None: nothing there."""
    found = RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return (0, size - 1) if size else None
    begins, ends = found.groups()
    if not begins:
        first, last = max(0, size - int(ends)), size - 1
    else:
        first, last = int(begins), min(int(ends), size - 1) if ends else size - 1
    return (first, last) if first <= last < size else None

"""A recording as the store holds it: the audio, and beside it whose it is, so that it outlives the process.

A carrier does not lose recordings when a machine of its own restarts. After a crash the application still
finds in the list what was recorded, fetches it, and, above all, can delete it.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

from hotline.exchange import wav
from hotline.exchange.configuration import Configuration
from hotline.exchange.sound import RATE

log = logging.getLogger(__name__)


class StoredRecording:
    """What the REST interface tells of a recording. No number and no word stands in it."""

    def __init__(
        self, path: Path, call_sid: str, configuration: Configuration, *, source: str, channels: int,
        track: str, started_at: datetime, status: str,
    ) -> None:  # fmt: skip
        self.sid, self.path = path.stem, path
        self.call_sid, self.conference_sid = call_sid, None
        self.source, self.channels, self.track = source, channels, track
        self.status = status
        self.created_at = self.updated_at = self.started_at = started_at
        self.duration_seconds = 0
        self.error_code: int | None = None
        self._configuration = configuration

    @property
    def is_open(self) -> bool:
        return self.status in ("in-progress", "paused")

    @property
    def is_finished(self) -> bool:
        return self.status in ("completed", "absent", "failed")

    @property
    def url(self) -> str:
        c = self._configuration
        return f"{c.public_url}/2010-04-01/Accounts/{c.account_sid}/Recordings/{self.sid}"

    async def stop(self) -> None:
        """What an earlier run recorded is over."""


def _label(path: Path) -> Path:
    return path.with_suffix(".json")


def remember(recording: StoredRecording) -> None:
    facts = {
        "call": recording.call_sid,
        "source": recording.source,
        "channels": recording.channels,
        "track": recording.track,
        "started_at": recording.started_at.timestamp(),
    }
    try:
        wav.write_private(_label(recording.path), json.dumps(facts).encode())
    except OSError:
        log.error("recording %s will not be found again after a restart", recording.sid)


def forget(recording: StoredRecording) -> None:
    recording.path.unlink(missing_ok=True)
    _label(recording.path).unlink(missing_ok=True)


def found_in(folder: Path, configuration: Configuration) -> list[StoredRecording]:
    """Recordings of an earlier run, over since it ended. Audio that nobody can ask for any more, since its
    label is missing or damaged, is removed: it must not lie about in the clear."""
    found = []
    for path in sorted(folder.glob("RE*.wav")):
        try:
            found.append(_read(path, configuration))
        except (OSError, ValueError, KeyError, TypeError):
            path.unlink(missing_ok=True)
            _label(path).unlink(missing_ok=True)
            log.warning("recording %s had no label and was removed", path.stem)
    return found


def _read(path: Path, configuration: Configuration) -> StoredRecording:
    facts = json.loads(_label(path).read_bytes())
    recording = StoredRecording(
        path, str(facts["call"]), configuration, source=str(facts["source"]), channels=int(facts["channels"]),
        track=str(facts["track"]), started_at=datetime.fromtimestamp(facts["started_at"], UTC),
        status="completed",
    )  # fmt: skip
    size = path.stat()
    frames = max(0, size.st_size - wav.HEADER_BYTES) // (2 * recording.channels)
    recording.duration_seconds = round(frames / RATE)
    recording.updated_at = datetime.fromtimestamp(size.st_mtime, UTC)
    if not frames:
        recording.status = "absent"
    return recording

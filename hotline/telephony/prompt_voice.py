"""The version of each prompt that is in use: other words, or a recording that is played.

A caller never waits for it nor misses a word by it: what cannot be read is said as it came with the product.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from hotline.routing.transactions import reading
from hotline.telephony.prompts import Line
from hotline.workforce.prompt_versions import audio_file, in_use
from models.prompts import PromptVersion
from models.unit_of_work import Work

log = logging.getLogger("hotline.prompts")

READ_EVERY_SECONDS = 2.0


class PromptVoice:
    """`line` as it stands now, and the audio of a recorded one."""

    def __init__(self, work: Work, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._work = work
        self._folder = folder
        self._clock = clock
        self._read_at = float("-inf")
        self._standing: Mapping[str, PromptVersion] = {}

    def __call__(self, line: Line) -> Line:
        """With the words in use; `audio` names the recording whose file is really there."""
        version = self._now().get(line.prompt) if line.prompt else None
        if version is None:
            return line
        has_file = version.sha256 is not None and audio_file(self._folder, version.sha256).is_file()
        return replace(
            line, zh=version.text_zh, en=version.text_en, audio=version.sha256 if has_file else None
        )

    def audio(self, sha256: str) -> bytes | None:
        """Of a version on file; None for any other name."""
        if len(sha256) != 64 or not sha256.isalnum():
            return None
        try:
            return audio_file(self._folder, sha256).read_bytes()
        except OSError:
            return None

    def _now(self) -> Mapping[str, PromptVersion]:
        if self._clock() - self._read_at >= READ_EVERY_SECONDS:
            self._read_at = self._clock()
            try:
                with reading(self._work) as unit:
                    self._standing = {str(prompt): row for prompt, row in in_use(unit.session).items()}
            except Exception:
                log.exception("the prompts in use could not be read; those read before are said")
        return self._standing

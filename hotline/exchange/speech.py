"""The voice of Say: Mandarin and English, slow and calm, made once and kept.

The text is treated as private: it is in no log and in no file name.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hotline.exchange import wav
from hotline.exchange.espeak import Espeak, NoVoice, Speaker
from hotline.exchange.sound import Samples, resample, silence

log = logging.getLogger(__name__)

KEPT_IN_MEMORY = 256
KEPT_ON_DISK = 5000
PACE = {"cmn": 175, "en-us": 160}
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def voice_for(text: str, language: str) -> str:
    """The espeak voice for a language tag or the name of one of the carrier's voices."""
    tag = language.lower()
    if tag.startswith(("zh", "cmn", "yue")) or "zhiyu" in tag or _CHINESE.search(text):
        return "cmn"
    return "en-us"


class Speech:
    """Synthesis runs in one thread of its own, never on the loop that ticks."""

    def __init__(self, folder: Path | None, speak: Speaker | None = None) -> None:
        self._folder = folder
        self._speak = speak or Espeak().speak
        self._memory: OrderedDict[str, Samples] = OrderedDict()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="speech")
        self.problem = ""

    async def say(self, text: str, language: str) -> Samples:
        """Telephone samples of `text`; silence when there is no voice (health says so)."""
        text = " ".join(text.split())
        if not text:
            return silence(0)
        voice = voice_for(text, language)
        key = hashlib.sha256(f"{voice}\n{PACE[voice]}\n{text}".encode()).hexdigest()
        if key not in self._memory:
            loop = asyncio.get_running_loop()
            self._memory[key] = await loop.run_in_executor(self._thread, self._load_or_make, key, text, voice)
            while len(self._memory) > KEPT_IN_MEMORY:
                self._memory.popitem(last=False)
        self._memory.move_to_end(key)
        return self._memory[key]

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _load_or_make(self, key: str, text: str, voice: str) -> Samples:
        path = self._folder / f"{key}.wav" if self._folder else None
        if path is not None and path.is_file():
            try:
                return wav.decode(path.read_bytes())
            except (OSError, ValueError):
                path.unlink(missing_ok=True)
        try:
            samples, rate = self._speak(text, voice, PACE[voice])
        except NoVoice as error:
            if not self.problem:
                log.error("%s", error)
            self.problem = str(error)
            return silence(0.5)
        samples = resample(samples, rate)
        if path is not None:
            try:
                wav.write_private(path, wav.encode(samples))
                self._prune()
            except OSError:
                log.warning("the speech cache cannot be written")
        return samples

    def _prune(self) -> None:
        assert self._folder is not None
        files = list(self._folder.glob("*.wav"))
        if len(files) > KEPT_ON_DISK:
            for old in sorted(files, key=lambda f: f.stat().st_mtime)[: len(files) - KEPT_ON_DISK]:
                old.unlink(missing_ok=True)

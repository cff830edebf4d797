"""The espeak-ng library through ctypes: text in, samples out.

Source: espeak-ng's speak_lib.h. The library keeps one global state, so there is one engine a
process and one sentence at a time.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from hotline.exchange.sound import Samples

AUDIO_OUTPUT_SYNCHRONOUS = 2
PARAMETER_RATE, PARAMETER_PITCH, PARAMETER_RANGE = 1, 3, 4
CHARS_UTF8 = 1
POSITION_CHARACTER = 1


class NoVoice(RuntimeError):
    """espeak-ng is not on this machine."""


class Espeak:
    """Synthesis in the calling thread; blocking."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._library: Any = None
        self._rate = 22050
        self._pieces: list[Samples] = []
        self._callback: Any = None

    def speak(self, text: str, voice: str, words_per_minute: int) -> tuple[Samples, int]:
        """(samples, rate in Hz). Raises NoVoice."""
        with self._lock:
            if self._library is None:
                self._open()
            library = self._library
            if library.espeak_SetVoiceByName(voice.encode()) != 0:
                raise NoVoice(f"espeak-ng has no voice {voice}")
            library.espeak_SetParameter(PARAMETER_RATE, words_per_minute, 0)
            library.espeak_SetParameter(PARAMETER_PITCH, 45, 0)
            library.espeak_SetParameter(PARAMETER_RANGE, 40, 0)
            self._pieces = []
            data = text.encode() + b"\0"
            library.espeak_Synth(data, len(data), 0, POSITION_CHARACTER, 0, CHARS_UTF8, None, None)
            library.espeak_Synchronize()
            pieces, self._pieces = self._pieces, []
        samples = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int16)
        return samples, self._rate

    def _open(self) -> None:
        for load in (_from_wheel, _from_system):
            found = load()
            if found is None:
                continue
            library, data_path = found
            rate = library.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, data_path, 0)
            if rate > 0:
                kind = ctypes.CFUNCTYPE(
                    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
                )
                self._callback = kind(self._take)
                library.espeak_SetSynthCallback(self._callback)
                self._library, self._rate = library, rate
                return
        raise NoVoice(
            "espeak-ng is missing: install the Python package espeakng-loader or the system's espeak-ng"
        )

    def _take(self, samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0:
            self._pieces.append(np.ctypeslib.as_array(samples, shape=(count,)).astype(np.int16).copy())
        return 0


def _from_wheel() -> tuple[Any, bytes] | None:
    try:
        import espeakng_loader

        return ctypes.CDLL(espeakng_loader.get_library_path()), espeakng_loader.get_data_path().encode()
    except (ImportError, OSError, RuntimeError):
        return None


def _from_system() -> tuple[Any, bytes | None] | None:
    name = ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1"
    try:
        return ctypes.CDLL(name), None
    except OSError:
        return None


Speaker = Callable[[str, str, int], tuple[Samples, int]]

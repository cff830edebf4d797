"""WAV files that stay readable when the process dies: the header is renewed with each flush."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import numpy as np

from hotline.exchange.sound import RATE, Samples

HEADER_BYTES = 44


def header(channels: int, data_bytes: int) -> bytes:
    block = channels * 2
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", 36 + data_bytes, b"WAVE", b"fmt ", 16, 1, channels, RATE, RATE * block, block, 16,
        b"data", data_bytes,
    )  # fmt: skip


def encode(samples: Samples) -> bytes:
    """One channel (n) or several (n, channels) as a whole WAV file."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    data = np.ascontiguousarray(samples, dtype="<i2").tobytes()
    return header(channels, len(data)) + data


def decode(data: bytes) -> Samples:
    """A file written by this module, as (n) or (n, channels)."""
    channels = struct.unpack_from("<H", data, 22)[0]
    samples = np.frombuffer(data, dtype="<i2", offset=HEADER_BYTES).astype(np.int16)
    return samples if channels == 1 else samples.reshape(-1, channels)


def write_private(path: Path, data: bytes) -> None:
    """Write with mode 0600 and replace at once, so that no half file is ever seen."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(path.suffix + ".part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    temporary.replace(path)


class GrowingWav:
    """A WAV file that grows while a call runs; mode 0600."""

    def __init__(self, path: Path, channels: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path, self.channels, self.data_bytes = path, channels, 0
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        self._file.write(header(channels, 0))
        self._file.flush()

    def append(self, data: bytes) -> None:
        """Interleaved 16-bit samples; the file is valid again when this returns."""
        if self._file.closed:
            return
        self._file.seek(0, os.SEEK_END)
        self._file.write(data)
        self.data_bytes += len(data)
        self._file.seek(0)
        self._file.write(header(self.channels, self.data_bytes))
        self._file.flush()

    def close(self) -> None:
        self._file.close()

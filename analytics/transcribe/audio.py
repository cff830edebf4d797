"""Any recording as a stream of sound, without a copy on disk.

PyAV (FFmpeg) reads wav (PCM, float, mu-law, a-law), mp3, opus, ogg, flac from a plain reader that can't
seek. What comes out is 16-bit PCM, one array for each channel, at a rate the engine takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from analytics.transcribe.errors import AudioDamaged, AudioEmpty

Samples = npt.NDArray[np.int16]

ENGINE_RATES = (8000, 16000)
MAXIMUM_CHANNELS = 8
_TRUNCATED_SHARE = 0.98


class _Reader:
    """The face FFmpeg reads from: `read(n)` over an iterator of chunks, no seek, nothing kept behind."""

    def __init__(self, source: BinaryIO | Iterable[bytes]) -> None:
        self._chunks: Iterator[bytes] = (
            iter(lambda: source.read(65536), b"") if hasattr(source, "read") else iter(source)
        )
        self._left = b""
        self.count = 0
        self.head = b""
        self.failure: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        parts, have = [self._left], len(self._left)
        while size < 0 or have < size:
            try:
                chunk = next(self._chunks, None)
            except BaseException as error:
                # FFmpeg would swallow it as "invalid data"; a failing store must not look like a bad file.
                self.failure = error
                raise
            if chunk is None:
                break
            parts.append(bytes(chunk))
            have += len(chunk)
        data = b"".join(parts)
        size = have if size < 0 else size
        data, self._left = data[:size], data[size:]
        self.count += len(data)
        if len(self.head) < 4096:
            self.head += data[: 4096 - len(self.head)]
        return data


@dataclass(slots=True)
class SoundInfo:
    """Facts about the recording; `samples` (a channel, at `rate`) and `truncated` are right at its end."""

    channels: int
    rate: int
    source_rate: int
    samples: int = 0
    truncated: bool = False

    @property
    def duration_seconds(self) -> float:
        return self.samples / self.rate


def engine_rate(source_rate: int) -> int:
    """8 kHz stays (the engine was trained to take telephone sound); everything else becomes 16 kHz."""
    return 8000 if source_rate <= 8000 else 16000


def open_sound(source: BinaryIO | Iterable[bytes]) -> tuple[SoundInfo, Iterator[list[Samples]]]:
    """Facts and an iterator over blocks: for each channel an int16 array, all of one length.

    Raises `AudioEmpty` for nothing, `AudioDamaged` for what is no sound. Sound that breaks off later is
    given as far as it goes and marked `truncated`. An error of the source itself passes through.
    """
    import av

    reader = _Reader(source)
    try:
        container: Any = av.open(reader, mode="r", buffer_size=32768)
    except Exception as error:
        _raise_for(reader, error)
    if not container.streams.audio:
        container.close()
        raise AudioDamaged("no sound in the file")
    stream = container.streams.audio[0]
    rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
    if not rate or not channels or channels > MAXIMUM_CHANNELS:
        container.close()
        raise AudioDamaged("the file names no sample rate or no channels")
    info = SoundInfo(channels=channels, rate=engine_rate(rate), source_rate=rate)
    blocks = _joined(_blocks(container, stream, reader, info), info.rate)
    try:
        first = next(blocks)
    except StopIteration:
        raise AudioEmpty("the recording holds no sound") from None
    return info, _chain(first, blocks)


def _raise_for(reader: _Reader, error: Exception) -> None:
    if reader.failure is not None:
        raise reader.failure
    if reader.count == 0:
        raise AudioEmpty("the recording holds no byte") from None
    raise AudioDamaged(f"not readable as sound ({type(error).__name__})") from None


def _chain(first: list[Samples], rest: Iterator[list[Samples]]) -> Iterator[list[Samples]]:
    yield first
    yield from rest


def _joined(blocks: Iterator[list[Samples]], least: int) -> Iterator[list[Samples]]:
    """Frames of a few hundredths of a second, put together: what follows costs by the piece."""
    waiting: list[list[Samples]] = []
    count = 0
    for block in blocks:
        waiting.append(block)
        count += len(block[0])
        if count >= least:
            yield [np.concatenate(parts) for parts in zip(*waiting, strict=True)]
            waiting, count = [], 0
    if waiting:
        yield [np.concatenate(parts) for parts in zip(*waiting, strict=True)]


def _blocks(container: Any, stream: Any, reader: _Reader, info: SoundInfo) -> Iterator[list[Samples]]:
    import av

    resampler = av.AudioResampler(format="s16p", layout=stream.codec_context.layout, rate=info.rate)
    promised = _promised_samples(reader.head, info)
    broken = False
    try:
        frames = iter(container.decode(stream))
        while True:
            try:
                frame = next(frames)
            except StopIteration:
                break
            except Exception:
                if reader.failure is not None:
                    raise reader.failure from None
                broken = True
                break
            for ready in resampler.resample(frame):
                yield _planes(ready, info)
        for ready in resampler.resample(None):
            yield _planes(ready, info)
    finally:
        container.close()
    info.truncated = broken or (promised is not None and info.samples < promised * _TRUNCATED_SHARE)
    if broken and not info.samples:
        raise AudioDamaged("the sound can't be decoded")


def _planes(frame: Any, info: SoundInfo) -> list[Samples]:
    planes = frame.to_ndarray()
    info.samples += planes.shape[1]
    return [np.ascontiguousarray(plane, dtype=np.int16) for plane in planes]


def _promised_samples(head: bytes, info: SoundInfo) -> float | None:
    """Samples a channel (at `info.rate`) that a RIFF header promises; None where it does not say."""
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None
    at, block_align = 12, 0
    while at + 8 <= len(head):
        name, size = head[at : at + 4], int.from_bytes(head[at + 4 : at + 8], "little")
        if name == b"fmt " and at + 22 <= len(head):
            block_align = int.from_bytes(head[at + 20 : at + 22], "little")
        if name == b"data":
            streaming = size in (0, 0xFFFFFFFF, 0x7FFFFFFF) or size > 0xFFFFFF00
            if streaming or not block_align:
                return None
            return size / block_align * info.rate / info.source_rate
        at += 8 + size + size % 2
    return None

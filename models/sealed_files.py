"""Audio at rest: a file sealed chunk by chunk, so that it streams both ways and no plain copy lies on disk.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): each chunk has a nonce of prefix and
counter, and the last one is marked, so that chunks can't be dropped, swapped or cut off unseen.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag

from models.crypto import Keyring, SealBroken

MAGIC = b"HSF1"
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16


def _rechunk(parts: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    held = bytearray()
    for part in parts:
        held += part
        while len(held) > CHUNK_BYTES:
            yield bytes(held[:CHUNK_BYTES]), False
            del held[:CHUNK_BYTES]
    yield bytes(held), True


def write_sealed(path: Path, parts: Iterable[bytes], keyring: Keyring, context: str) -> int:
    """Seal `parts` into `path` atomically (0600). Returns the number of plain bytes."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(path.name + ".part")
    cipher = keyring.cipher(keyring.current_id)
    prefix = os.urandom(7)
    size = 0
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        key_id = keyring.current_id.encode()
        file.write(MAGIC + bytes([len(key_id)]) + key_id + prefix)
        for index, (chunk, last) in enumerate(_rechunk(parts)):
            nonce = prefix + struct.pack(">IB", index, last)
            file.write(cipher.encrypt(nonce, chunk, context.encode()))
            size += len(chunk)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return size


class SealedRange:
    """Any span of a sealed file, decrypted chunk by chunk: what a player asks for when it is moved.

    Opening it decrypts the last chunk, which alone is marked as such: a file that was cut off is known at
    once. Raises SealBroken, FileNotFoundError.
    """

    def __init__(self, path: Path, keyring: Keyring, context: str) -> None:
        self._path, self._context = path, context.encode()
        with path.open("rb") as file:
            if file.read(4) != MAGIC:
                raise SealBroken("this is no sealed file")
            key_id = file.read((file.read(1) or b"\0")[0]).decode()
            self._prefix = file.read(7)
            self._start = file.tell()
        self._cipher = keyring.cipher(key_id)
        body = path.stat().st_size - self._start
        self._last = max(0, -(-body // (CHUNK_BYTES + TAG_BYTES)) - 1)
        self.size = body - TAG_BYTES * (self._last + 1)
        """Plain bytes."""
        with path.open("rb") as file:
            self._chunk(file, self._last)

    def read(self, first: int, last: int) -> Iterator[bytes]:
        """Yield the plain bytes from `first` to `last`, both included."""
        with self._path.open("rb") as file:
            for index in range(first // CHUNK_BYTES, last // CHUNK_BYTES + 1):
                offset = index * CHUNK_BYTES
                yield self._chunk(file, index)[max(0, first - offset) : last - offset + 1]

    def _chunk(self, file: BinaryIO, index: int) -> bytes:
        file.seek(self._start + index * (CHUNK_BYTES + TAG_BYTES))
        nonce = self._prefix + struct.pack(">IB", index, index == self._last)
        try:
            return self._cipher.decrypt(nonce, file.read(CHUNK_BYTES + TAG_BYTES), self._context)
        except (InvalidTag, ValueError):
            raise SealBroken("a sealed file was changed or cut off") from None


def read_sealed(path: Path, keyring: Keyring, context: str) -> Iterator[bytes]:
    """Yield the plain chunks. Raises SealBroken when the file was changed or cut, FileNotFoundError."""
    with path.open("rb") as file:
        if file.read(4) != MAGIC:
            raise SealBroken("this is no sealed file")
        key_id = file.read(file.read(1)[0]).decode()
        prefix = file.read(7)
        cipher = keyring.cipher(key_id)
        index = 0
        block = file.read(CHUNK_BYTES + TAG_BYTES)
        while True:
            following = file.read(CHUNK_BYTES + TAG_BYTES)
            last = not following
            try:
                yield cipher.decrypt(prefix + struct.pack(">IB", index, last), block, context.encode())
            except (InvalidTag, ValueError):
                raise SealBroken("a sealed file was changed or cut off") from None
            if last:
                return
            block, index = following, index + 1

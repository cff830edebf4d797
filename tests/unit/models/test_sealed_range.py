"""Any span of sealed audio reads as the plain audio has it; what was cut or changed is not read at all."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from models.crypto import Keyring, SealBroken
from models.sealed_files import CHUNK_BYTES, SealedRange, write_sealed

KEYS = Keyring({"k": bytes(range(32))})


@pytest.mark.parametrize("size", [1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 77])
def test_every_span_equals_the_plain_one(tmp_path: Path, size: int) -> None:
    plain = random.Random(size).randbytes(size)
    path = tmp_path / "sound.sealed"
    write_sealed(path, [plain], KEYS, "recording:1")
    sealed = SealedRange(path, KEYS, "recording:1")

    assert sealed.size == size
    chance = random.Random(7)
    spans = [
        (0, size - 1),
        (size - 1, size - 1),
        *(sorted(chance.choices(range(size), k=2)) for _ in range(8)),
    ]
    for first, last in spans:
        assert b"".join(sealed.read(first, last)) == plain[first : last + 1]


def test_a_file_that_was_cut_or_changed_or_is_another_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sound.sealed"
    write_sealed(path, [bytes(2 * CHUNK_BYTES)], KEYS, "recording:1")
    whole = path.read_bytes()
    with pytest.raises(SealBroken):
        SealedRange(path, KEYS, "recording:2")
    path.write_bytes(whole[: -(CHUNK_BYTES + 16)])
    with pytest.raises(SealBroken):
        SealedRange(path, KEYS, "recording:1")
    changed = bytearray(whole)
    changed[100] ^= 1
    path.write_bytes(changed)
    with pytest.raises(SealBroken):
        b"".join(SealedRange(path, KEYS, "recording:1").read(0, 10))

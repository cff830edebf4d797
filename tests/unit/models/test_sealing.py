from pathlib import Path

import pytest

from models.crypto import Keyring, NumberHasher, SealBroken, mask_number
from models.sealed_files import CHUNK_BYTES, read_sealed, write_sealed

OLD, NEW = bytes(range(32)), bytes(range(1, 33))


def test_a_sealed_value_opens_only_in_its_own_column() -> None:
    ring = Keyring({"k1": OLD})
    sealed = ring.seal(b"13800138000", "call.caller_number")
    assert b"13800138000" not in sealed
    assert ring.open(sealed, "call.caller_number") == b"13800138000"
    with pytest.raises(SealBroken):
        ring.open(sealed, "note.summary")


def test_an_old_key_still_opens_after_a_new_one_seals() -> None:
    sealed = Keyring({"k1": OLD}).seal(b"words", "c")
    assert Keyring({"k2": NEW, "k1": OLD}).open(sealed, "c") == b"words"
    with pytest.raises(SealBroken):
        Keyring({"k2": NEW}).open(sealed, "c")


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_a_sealed_file_gives_back_every_byte(tmp_path: Path, size: int) -> None:
    ring = Keyring({"k1": OLD})
    plain = bytes(i % 251 for i in range(size))
    assert write_sealed(tmp_path / "a", [plain[:10], plain[10:]], ring, "recording:1") == size
    assert b"".join(read_sealed(tmp_path / "a", ring, "recording:1")) == plain
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_a_sealed_file_that_was_cut_at_a_chunk_is_refused(tmp_path: Path) -> None:
    ring = Keyring({"k1": OLD})
    write_sealed(tmp_path / "a", [bytes(3 * CHUNK_BYTES)], ring, "recording:1")
    whole = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(whole[: len(whole) - CHUNK_BYTES - 16])
    with pytest.raises(SealBroken):
        list(read_sealed(tmp_path / "a", ring, "recording:1"))


def test_one_number_in_many_spellings_has_one_hash() -> None:
    hasher = NumberHasher(OLD)
    assert hasher("+86 138-0013-8000") == hasher("13800138000") == hasher("008613800138000")
    assert hasher("13800138001") != hasher("13800138000")
    assert NumberHasher(NEW)("13800138000") != hasher("13800138000")


def test_a_mask_keeps_no_more_than_head_and_tail() -> None:
    assert mask_number("13800138000") == "138 **** 8000"
    assert mask_number("110") == "***"
    assert "caller" not in mask_number("client:caller_ab12")

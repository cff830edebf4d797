"""Encryption at rest: AES-256-GCM with key ids, and the keyed hash of a number.

Keys live outside the database (settings). A sealed value is `key id . base64(nonce + ciphertext)`,
bound to its column by the associated data, so that a value moved to another column does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed value does not open: wrong key, wrong column, or damaged."""


class Keyring:
    """AES-256-GCM keys by id; the first seals, all of them open."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise ValueError("a keyring needs at least one key")
        for key_id, key in keys.items():
            if len(key) != 32 or not re.fullmatch(r"[A-Za-z0-9_-]{1,16}", key_id):
                raise ValueError(f"key {key_id!r} is not 32 bytes, or its id is not a plain word")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self.current_id = next(iter(keys))

    @classmethod
    def parse(cls, text: str) -> Keyring:
        """`id:base64,id2:base64` as in the setting DATA_KEYS. Raises ValueError."""
        pairs = (part.strip().split(":", 1) for part in text.split(",") if part.strip())
        return cls({key_id: base64.b64decode(key) for key_id, key in pairs})

    def cipher(self, key_id: str) -> AESGCM:
        try:
            return self._ciphers[key_id]
        except KeyError:
            raise SealBroken(f"no key with id {key_id!r}") from None

    def seal(self, plain: bytes, context: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        body = self._ciphers[self.current_id].encrypt(nonce, plain, context.encode())
        return self.current_id.encode() + b"." + nonce + body

    def open(self, sealed: bytes, context: str) -> bytes:
        key_id, _, rest = bytes(sealed).partition(b".")
        try:
            return self.cipher(key_id.decode()).decrypt(
                rest[:NONCE_BYTES], rest[NONCE_BYTES:], context.encode()
            )
        except (InvalidTag, UnicodeDecodeError, ValueError):
            raise SealBroken(f"a sealed value of {context} does not open") from None


def keyring_of(dialect: Dialect) -> Keyring:
    """The keyring rides on the engine's dialect (see `base.make_engine`): no global state."""
    keyring = getattr(dialect, "keyring", None)
    if not isinstance(keyring, Keyring):
        raise SealBroken("this engine was made without a keyring")
    return keyring


class EncryptedText(TypeDecorator[str]):
    """Text sealed in the database; `context` is its table and column."""

    impl = Text
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return base64.b64encode(keyring_of(dialect).seal(value.encode(), self.context)).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return keyring_of(dialect).open(base64.b64decode(value), self.context).decode()


class EncryptedJSON(TypeDecorator[Any]):
    """A JSON value sealed in the database. Assign a new object to change it."""

    impl = Text
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return base64.b64encode(keyring_of(dialect).seal(plain, self.context)).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return json.loads(keyring_of(dialect).open(base64.b64decode(value), self.context))


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes sealed in the database: vectors say something of a caller's words too."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else keyring_of(dialect).seal(value, self.context)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else keyring_of(dialect).open(value, self.context)


class NumberHasher:
    """Keyed hash that recognises the same number again; without the key it says nothing."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("the hash key needs at least 16 bytes")
        self._key = key

    def __call__(self, number: str) -> str:
        return hmac.new(self._key, normalise_number(number).encode(), hashlib.sha256).hexdigest()


def normalise_number(number: str) -> str:
    """One spelling for one number: digits alone, without the country code 86."""
    if not re.search(r"\d", number) or ":" in number:
        return number.strip().lower()
    digits = re.sub(r"\D", "", number)
    if digits.startswith("0086"):
        digits = digits[4:]
    elif digits.startswith("86") and len(digits) > 11:
        digits = digits[2:]
    return digits


def mask_number(number: str) -> str:
    """`13800138000` -> `138 **** 8000`; what is too short, or is no number, shows nothing of itself."""
    digits = normalise_number(number)
    if ":" in digits or not digits.isdigit():
        return "网络来电"
    if len(digits) < 7:
        return "*" * len(digits)
    return f"{digits[:3]} **** {digits[-4:]}" if len(digits) >= 11 else f"{digits[:2]} **** {digits[-2:]}"

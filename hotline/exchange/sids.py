"""Identifiers in the carrier's own shape: two letters of kind and 32 hexadecimal digits."""

from __future__ import annotations

import secrets


def new_sid(kind: str) -> str:
    """A fresh sid; `kind` is CA (call), QU (queue), CF (conference), RE (recording), MZ (stream) …"""
    return kind + secrets.token_hex(16)


def is_sid(value: str, kind: str) -> bool:
    """Whether `value` has the shape of a sid of that kind."""
    return (
        len(value) == 34 and value.startswith(kind) and all(c in "0123456789abcdefABCDEF" for c in value[2:])
    )

"""Access tokens of the carrier's Voice SDK: who a browser is, and what it may do.

A JWT (HS256) signed with an API key's secret: iss = key sid, sub = account, and `grants` with
identity, voice.incoming.allow and voice.outgoing.application_sid.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import jwt

from hotline.exchange.configuration import Configuration

CODE_INVALID = 31204
CODE_EXPIRED = 31205


class TokenRefused(Exception):
    """`code` is the carrier's error code for the browser."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Grant:
    identity: str
    expires_at: float  # seconds since the epoch
    may_receive: bool = False
    application_sid: str = ""
    outgoing_parameters: dict[str, str] = field(default_factory=dict)

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.expires_at - time.time())


def read_token(configuration: Configuration, token: str) -> Grant:
    """Raises TokenRefused."""
    if not configuration.api_key_secret:
        raise TokenRefused(CODE_INVALID, "no API key is configured")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            configuration.api_key_secret,
            algorithms=["HS256"],
            issuer=configuration.api_key_sid,
            options={"require": ["exp", "iss", "sub"], "verify_aud": False},
            leeway=0,
        )
    except jwt.ExpiredSignatureError as error:
        raise TokenRefused(CODE_EXPIRED, "AccessTokenExpired") from error
    except jwt.InvalidTokenError as error:
        raise TokenRefused(CODE_INVALID, "AccessTokenInvalid") from error
    grants = claims.get("grants")
    if claims["sub"] != configuration.account_sid or not isinstance(grants, dict):
        raise TokenRefused(CODE_INVALID, "AccessTokenInvalid")
    identity = grants.get("identity")
    voice = grants.get("voice")
    if not isinstance(identity, str) or not identity or not isinstance(voice, dict):
        raise TokenRefused(CODE_INVALID, "AccessTokenInvalid")
    incoming, outgoing = voice.get("incoming") or {}, voice.get("outgoing") or {}
    parameters = outgoing.get("params") or {}
    return Grant(
        identity=identity,
        expires_at=float(claims["exp"]),
        may_receive=incoming.get("allow") is True,
        application_sid=str(outgoing.get("application_sid") or ""),
        outgoing_parameters={str(k): str(v) for k, v in parameters.items()},
    )

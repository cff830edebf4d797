"""X-Twilio-Signature: HMAC-SHA1 over the URL and the sorted form fields, in base64."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping


def sign(auth_token: str, url: str, fields: Mapping[str, str] | None = None) -> str:
    """The signature of a POST (`fields`) or a GET (fields are in the URL already).

    The fragment (connection overrides) is not part of what is signed.
    """
    text = url.split("#", 1)[0]
    for name in sorted(fields or {}):
        text += name + (fields or {})[name]
    digest = hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()

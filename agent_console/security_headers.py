"""Headers that keep a page from doing what we did not write."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Flask, Response, request

HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9a-fA-F:]+\](:\d+)?")


def content_security_policy(host: str, secure: bool, signalling: Sequence[str]) -> str:
    """No inline script or style, nothing from elsewhere; sockets to this host and `signalling` alone."""
    own_socket = f" {'wss' if secure else 'ws'}://{host}" if HOST.fullmatch(host) else ""
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "media-src 'self' blob:",
            f"connect-src 'self'{own_socket} {' '.join(signalling)}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def set_up_headers(app: Flask, signalling: Sequence[str]) -> None:
    @app.after_request
    def harden(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = content_security_policy(
            request.host, request.is_secure, signalling
        )
        headers["Referrer-Policy"] = "no-referrer"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=(), payment=()"
        if request.is_secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.endpoint != "static":
            headers["Cache-Control"] = "no-store"
        return response

"""The carrier's error answer, and who may ask."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from hotline.exchange.configuration import Configuration

CODE_AUTHENTICATE = 20003
CODE_NOT_ALLOWED = 20004
CODE_NOT_FOUND = 20404
CODE_INVALID_PARAMETER = 20001
CODE_NOT_IN_PROGRESS = 21220

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RestError(Exception):
    """Becomes `{code, message, more_info, status}`."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def not_found(path: str) -> RestError:
    return RestError(404, CODE_NOT_FOUND, f"The requested resource {path} was not found")


def missing(code: int, what: str) -> RestError:
    return RestError(400, code, f"{what} is required")


def invalid(what: str) -> RestError:
    return RestError(400, CODE_INVALID_PARAMETER, f"Invalid parameter {what}")


def error_answer(status: int, code: int, message: str) -> web.Response:
    body = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if status == 401 else None
    return web.Response(
        text=json.dumps(body), status=status, content_type="application/json", headers=headers
    )


def allowed(configuration: Configuration, authorization: str) -> bool:
    """Account sid with token, or API key with secret."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True) if scheme.lower() == "basic" else b""
    except binascii.Error:
        return False
    pairs = [(configuration.account_sid, configuration.auth_token)]
    if configuration.api_key_sid and configuration.api_key_secret:
        pairs.append((configuration.api_key_sid, configuration.api_key_secret))
    return any(hmac.compare_digest(given, f"{user}:{secret}".encode()) for user, secret in pairs)


def error_middleware(configuration: Configuration) -> Middleware:
    """Checks who asks, and turns every refusal under the API's root into the carrier's shape."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith("/2010-04-01"):
            return await handler(request)
        if not allowed(configuration, request.headers.get("Authorization", "")):
            return error_answer(401, CODE_AUTHENTICATE, "Authenticate")
        if request.match_info.get("account", configuration.account_sid) != configuration.account_sid:
            return error_answer(404, CODE_NOT_FOUND, f"The requested resource {request.path} was not found")
        try:
            return await handler(request)
        except RestError as error:
            return error_answer(error.status, error.code, error.message)
        except web.HTTPMethodNotAllowed:
            return error_answer(405, CODE_NOT_ALLOWED, "Method not allowed")
        except web.HTTPNotFound:
            return error_answer(404, CODE_NOT_FOUND, f"The requested resource {request.path} was not found")

    return middleware

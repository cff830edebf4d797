"""Webhooks: signed HTTP requests from the exchange to the application.

Time limits follow the carrier: 5 s to connect, 15 s in all, overridable in the URL's fragment.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

import aiohttp

from hotline.exchange.overrides import Overrides, overrides_of
from hotline.exchange.signature import sign

MAX_REDIRECTS = 10
MAX_BODY_BYTES = 16 * 1024 * 1024
CODE_RETRIEVAL = 11200
CODE_CONNECTION = 11205
CODE_REDIRECTS = 11215
CODE_TLS = 11220
CODE_INVALID_URL = 11100


class FetchFailed(Exception):
    """A webhook gave no usable answer. `code` is the carrier's error code, `url` what was asked."""

    def __init__(self, code: int, url: str, failure: str) -> None:
        super().__init__(f"{code} {failure}")
        self.code, self.url, self.failure = code, url, failure


@dataclass(frozen=True)
class Answer:
    status: int
    content_type: str
    body: bytes
    url: str


class Fetcher:
    """Signs, sends and retries. `hosts` maps a virtual host to the (host, port) that really serves it."""

    def __init__(self, auth_token: str, hosts: Mapping[str, tuple[str, int]] | None = None) -> None:
        self._auth_token = auth_token
        self._hosts = dict(hosts or {})
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            # No environment proxies: a caller's data must not take a road nobody chose.
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, limit_per_host=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=True,
            )
        return self._session

    async def close(self) -> None:
        """No webhook leaves any more; what is asked later fails like a lost connection."""
        self._closed = True
        if self._session is not None:
            await self._session.close()
            self._session = None

    def locate(self, url: str) -> tuple[str, str]:
        """(URL to connect to, Host header) after the map of virtual hosts."""
        parts = urlsplit(url)
        mapped = self._hosts.get(parts.hostname or "")
        if mapped is None:
            return urlunsplit((parts.scheme, parts.netloc, parts.path, parts.query, "")), parts.netloc
        netloc = f"{mapped[0]}:{mapped[1]}"
        scheme = "ws" if parts.scheme.startswith("ws") else "http"
        return urlunsplit((scheme, netloc, parts.path, parts.query, "")), parts.netloc

    async def request(
        self, method: str, url: str, fields: Mapping[str, str], *, signed: bool = True
    ) -> Answer:
        """One webhook with its retries. Raises FetchFailed for no answer or a status of 400 and above."""
        overrides = overrides_of(url)
        token = secrets.token_hex(16)
        deadline = time.monotonic() + overrides.total_seconds
        attempt = 0
        while True:
            try:
                return await self._once(method, url, fields, overrides, token, signed)
            except FetchFailed as failed:
                left = deadline - time.monotonic()
                if attempt >= overrides.retry_count or not overrides.retries(failed.failure) or left <= 0:
                    raise
                await asyncio.sleep(min(0.25 * 2**attempt, max(0.0, left)))
                attempt += 1

    async def once(self, method: str, url: str, fields: Mapping[str, str], token: str) -> Answer:
        """A single attempt with a given idempotency token; the caller decides about retries."""
        return await self._once(method, url, fields, overrides_of(url), token, True)

    async def _once(
        self, method: str, url: str, fields: Mapping[str, str], o: Overrides, token: str, signed: bool
    ) -> Answer:
        if self._closed:
            raise FetchFailed(CODE_CONNECTION, url, "ct")
        current, verb, form = url.split("#", 1)[0], method.upper(), dict(fields)
        try:
            async with asyncio.timeout(o.total_seconds):
                for _ in range(MAX_REDIRECTS + 1):
                    answer = await self._exchange(verb, current, form, o, token, signed)
                    location = answer.content_type if answer.status in (301, 302, 303, 307, 308) else ""
                    if not location:
                        break
                    current = urljoin(current, location)
                    if answer.status in (301, 302, 303):
                        verb, form = "GET", {}
                else:
                    raise FetchFailed(CODE_REDIRECTS, url, "redirects")
        except TimeoutError as error:
            raise FetchFailed(CODE_CONNECTION, url, "rt") from error
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError, ssl.SSLError) as error:
            raise FetchFailed(CODE_TLS, url, "tls") from error
        except aiohttp.InvalidURL as error:
            raise FetchFailed(CODE_INVALID_URL, url, "url") from error
        except (aiohttp.ServerTimeoutError, aiohttp.ClientConnectorError) as error:
            raise FetchFailed(CODE_CONNECTION, url, "ct") from error
        except (aiohttp.ClientError, OSError) as error:
            raise FetchFailed(CODE_CONNECTION, url, "rt") from error
        if answer.status >= 400:
            raise FetchFailed(CODE_RETRIEVAL, url, "5xx" if answer.status >= 500 else "4xx")
        return answer

    async def _exchange(
        self, verb: str, url: str, form: dict[str, str], o: Overrides, token: str, signed: bool
    ) -> Answer:
        if verb == "GET" and form:
            url += ("&" if urlsplit(url).query else "?") + urlencode(form)
            form = {}
        target, host = self.locate(url)
        headers = {
            "Host": host,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "I-Twilio-Idempotency-Token": token,
        }
        if signed:
            headers["X-Twilio-Signature"] = sign(self._auth_token, url, form if verb == "POST" else None)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=o.connect_seconds, sock_read=o.read_seconds)
        from yarl import URL

        async with self.session.request(
            verb,
            URL(target, encoded=True),
            data=form if verb == "POST" else None,
            headers=headers,
            allow_redirects=False,
            timeout=timeout,
        ) as response:
            if response.status in (301, 302, 303, 307, 308):
                return Answer(response.status, response.headers.get("Location", ""), b"", url)
            body = await response.content.read(MAX_BODY_BYTES)
            while chunk := await response.content.read(MAX_BODY_BYTES - len(body) or 1):
                body += chunk
                if len(body) >= MAX_BODY_BYTES:
                    break
            return Answer(response.status, response.content_type, body, url)

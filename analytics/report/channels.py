"""Ways to the officials. What is pushed carries number, level and link only; the content is fetched after
sign-in. Each way is at-least-once with a key, by which the receiver knows a repetition.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import requests

TIMEOUT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Push:
    """All that leaves: no subject, no place, no figure."""

    key: str
    number: str
    level: str
    link: str
    version: int = 1
    subject_id: int = 0
    """Which files lie beside; it is sent nowhere."""
    subject: str = "alert"
    """alert | report. Of a report, `level` names its kind."""


@dataclass(frozen=True, slots=True)
class Address:
    """`to` is an e-mail address or a URL; `secret` signs a webhook."""

    to: str
    secret: str | None = None


class SendFailed(Exception):
    """`detail` is a status code or a kind of failure, never an address or a body."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail[:120]


class OfficialChannel(Protocol):
    leaves_machine: bool

    def send(self, push: Push, address: Address) -> str:
        """Send once; returns what the attempt is remembered by. Raises SendFailed."""
        ...


def words_of(push: Push) -> tuple[str, str]:
    """Subject and text of a mail: nothing but number, level and link."""
    if push.subject == "report":
        return (
            f"心理援助热线{push.level} {push.number}",
            f"{push.level}：{push.number}\n登录后阅读：{push.link}\n\n"
            f"Report: {push.number}\nSign in to read: {push.link}\n",
        )
    return (
        f"心理援助热线提示 {push.number}（{push.level}）",
        f"编号：{push.number}\n提示级别：{push.level}\n登录后查看并签收：{push.link}\n\n"
        f"Number: {push.number}\nLevel: {push.level}\nSign in to read and acknowledge: {push.link}\n",
    )


def mail_of(push: Push, address: Address, sender: str, at: datetime) -> EmailMessage:
    subject, text = words_of(push)
    return plain_mail(address.to, push.key, subject, text, sender, at)


def plain_mail(to: str, key: str, subject: str, text: str, sender: str, at: datetime) -> EmailMessage:
    """The same key gives the same id: a repetition is seen as such."""
    message = EmailMessage()
    message["From"], message["To"] = sender, to
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{key}@{sender.partition('@')[2] or 'hotline.invalid'}>"
    message["Subject"] = subject
    message.set_content(text)
    return message


class FolderMail:
    """Writes each mail as a file into a folder: the embedded default. A repetition is the same file."""

    leaves_machine = False

    def __init__(self, folder: Path, sender: str, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._sender = sender
        self._clock = clock

    def send(self, push: Push, address: Address) -> str:
        return self._write(mail_of(push, address, self._sender, self._clock()), push.key)

    def deliver(self, to: str, key: str, subject: str, text: str) -> str:
        """Words to staff: the same folder, the same guarantees. Raises SendFailed."""
        return self._write(plain_mail(to, key, subject, text, self._sender, self._clock()), key)

    def _write(self, message: EmailMessage, key: str) -> str:
        temporary = self._folder / f".{key}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(message.as_bytes())
            temporary.replace(self._folder / f"{key}.eml")
        except OSError as error:
            raise SendFailed(type(error).__name__) from None
        return "folder"


class SmtpMail:
    """`smtp://user:password@host:port` (STARTTLS when the server offers it) or `smtps://`.

    A password is never sent without TLS.
    """

    leaves_machine = True

    def __init__(
        self,
        url: str,
        sender: str,
        clock: Callable[[], datetime],
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("the mail server is written smtp://host:port or smtps://host:port")
        self._implicit_tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._implicit_tls else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._sender = sender
        self._clock = clock
        self._timeout = timeout_seconds
        self._tls = tls or ssl.create_default_context()

    def send(self, push: Push, address: Address) -> str:
        return self._post(mail_of(push, address, self._sender, self._clock()))

    def deliver(self, to: str, key: str, subject: str, text: str) -> str:
        """Words to staff. Raises SendFailed."""
        return self._post(plain_mail(to, key, subject, text, self._sender, self._clock()))

    def _post(self, message: EmailMessage) -> str:
        try:
            with self._connect() as server:
                server.send_message(message)
        except smtplib.SMTPResponseException as error:
            raise SendFailed(f"smtp {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise SendFailed(type(error).__name__) from None
        return "smtp 250"

    def _connect(self) -> smtplib.SMTP:
        if self._implicit_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout, context=self._tls
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        try:
            encrypted = self._implicit_tls
            if not encrypted:
                server.ehlo()
                if server.has_extn("starttls"):
                    server.starttls(context=self._tls)
                    server.ehlo()
                    encrypted = True
            if self._user:
                if not encrypted:
                    raise SendFailed("no TLS for the password")
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server


def signature_of(secret: str, timestamp: str, nonce: str, body: bytes) -> str:
    """HMAC-SHA256 over `timestamp + "." + nonce + "." + body`, hexadecimal: the receiver computes it too."""
    signed = f"{timestamp}.{nonce}.".encode() + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class SignedWebhook:
    """POST of a small JSON, signed, with an idempotency key. Redirects are not followed.

    Headers: X-Hotline-Timestamp (Unix seconds), X-Hotline-Nonce (new with every attempt),
    X-Hotline-Signature (`sha256=` + hex), Idempotency-Key (the same with every attempt). A receiver refuses
    old timestamps and nonces it has seen, which ends replay, and takes a key once, which ends repetition.
    """

    leaves_machine = True

    def __init__(self, clock: Callable[[], datetime], *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._clock = clock
        self._timeout = timeout_seconds

    def send(self, push: Push, address: Address) -> str:
        if not address.secret:
            raise SendFailed("no secret")
        body = json.dumps(
            {
                "type": push.subject,
                "number": push.number,
                "version": push.version,
                "level": push.level,
                "link": push.link,
            },
            ensure_ascii=False,
        ).encode()
        return self.post(address.to, address.secret, push.key, body)

    def post(self, url: str, secret: str, key: str, body: bytes) -> str:
        """Send `body` (JSON) under the idempotency key. Raises SendFailed."""
        timestamp = str(int(self._clock().timestamp()))
        nonce = secrets.token_hex(16)
        try:
            with requests.post(
                url,
                data=body,
                headers={
                    "Content-Type": "application/json; charset=utf-8",
                    "X-Hotline-Timestamp": timestamp,
                    "X-Hotline-Nonce": nonce,
                    "X-Hotline-Signature": "sha256=" + signature_of(secret, timestamp, nonce, body),
                    "Idempotency-Key": key,
                },
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as answer:
                status = answer.status_code
        except requests.RequestException as error:
            raise SendFailed(type(error).__name__) from None
        if not 200 <= status < 300:
            raise SendFailed(f"http {status}")
        return f"http {status}"

"""Ways beside mail and webhook: a text to a duty phone, and files for a document-exchange platform."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from analytics.report.channels import Address, Push, SendFailed

Documents = Callable[[int, int], Mapping[str, bytes]]
"""Id and version of an alert or report -> its files."""


class Texts(Protocol):
    """The carrier's texts, handed in: analytics does not know the carrier."""

    def send_text(self, number: str, text: str) -> tuple[bool, str]:
        """Whether the carrier took it, and a code or kind of failure, never a number."""
        ...


class SmsOfCarrier:
    """For red ones. A text has no idempotency at the phone: after a doubtful sending it may come twice."""

    def __init__(self, texts: Texts, *, leaves_machine: bool = True) -> None:
        """`leaves_machine`: False on the embedded exchange, which keeps its texts."""
        self._texts = texts
        self.leaves_machine = leaves_machine

    def send(self, push: Push, address: Address) -> str:
        taken, detail = self._texts.send_text(address.to, text_of(push))
        if not taken:
            raise SendFailed(detail)
        return detail


def text_of(push: Push) -> str:
    return f"【心理援助热线】提示 {push.number}（{push.level}），请登录签收：{push.link}"


class FileDrop:
    """A folder a message, named by the delivery's key, complete or not there at all.

    `manifest.json` names number, level, version, link and the SHA-256 of every file. The platform takes a
    folder up once; laying it down again changes nothing. `documents`: by `Push.subject`. `leaves_machine`:
    whether a platform reads it."""

    def __init__(self, folder: Path, documents: Mapping[str, Documents], *, leaves_machine: bool) -> None:
        self._folder = folder
        self._documents = documents
        self.leaves_machine = leaves_machine

    def send(self, push: Push, address: Address) -> str:
        place = self._folder / address.to
        target, fresh = place / push.key, place / f".{push.key}.part"
        if target.exists():
            return "file there"
        files = dict(self._documents[push.subject](push.subject_id, push.version))
        if not files:
            raise SendFailed("no document")
        files["manifest.json"] = _manifest(push, files)
        try:
            fresh.mkdir(parents=True, exist_ok=True, mode=0o700)
            for name, content in files.items():
                descriptor = os.open(fresh / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
            fresh.rename(target)
        except OSError as error:
            raise SendFailed(type(error).__name__) from None
        return "file"


def _manifest(push: Push, files: Mapping[str, bytes]) -> bytes:
    return json.dumps(
        {
            "key": push.key,
            "number": push.number,
            "level": push.level,
            "version": push.version,
            "link": push.link,
            "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        },
        ensure_ascii=False,
        indent=1,
    ).encode()

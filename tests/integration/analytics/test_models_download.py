"""A model that comes from its official address: a broken transfer goes on where it stopped."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from analytics.model_card import ModelCard
from analytics.models_store import ModelCheckFailed, ModelStore

MEGABYTE = 1 << 20


def an_archive() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        packed.writestr("vosk-model-x/am/final.mdl", b"weights " * (MEGABYTE // 2))
        packed.writestr("vosk-model-x/conf/model.conf", b"--x")
    return data.getvalue()


class Address:
    """A server that breaks off in the middle of its first answer, and knows ranges."""

    def __init__(self) -> None:
        self.content = an_archive()
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = self.headers.get("Range", "")
                outer.asked.append(asked)
                start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
                rest = outer.content[start:]
                self.send_response(206 if asked else 200)
                self.send_header("Content-Length", str(len(rest)))
                self.end_headers()
                self.wfile.write(rest if asked else rest[: len(rest) // 2])

            def log_message(self, *_args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/vosk-model-x.zip"


@pytest.fixture
def address() -> Iterator[Address]:
    served = Address()
    yield served
    served.server.shutdown()
    served.server.server_close()


def a_store(folder: Path, address: Address, sha256: str) -> ModelStore:
    card = {
        "name": "vosk-model-x",
        "version": "1",
        "kind": "speech",
        "languages": ["zh"],
        "licence": "Apache-2.0",
        "engine": "vosk",
        "address": address.url,
        "sha256": sha256,
    }
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({"models": [card]}), encoding="utf-8")
    assert ModelCard.from_json(card).covers("zh")
    return ModelStore(folder / "models", manifest=manifest)


def test_a_transfer_that_breaks_off_goes_on_where_it_stopped(tmp_path: Path, address: Address) -> None:
    store = a_store(tmp_path, address, hashlib.sha256(address.content).hexdigest())
    with pytest.raises(OSError, match="try again to go on"):
        store.install("vosk-model-x")
    assert store.installed("speech") == []
    told: list[tuple[str, float]] = []
    installed = store.install("vosk-model-x", progress=lambda step, share: told.append((step, share)))
    # What arrived in whole pieces of a megabyte is not asked for again.
    assert address.asked == ["", f"bytes={2 * MEGABYTE}-"]
    assert (installed.folder / "am" / "final.mdl").is_file()
    assert store.check("vosk-model-x") == []
    assert {step for step, _ in told} == {"download", "unpack", "check"}
    assert not list(store.folder.glob(".*.part"))


def test_another_file_than_promised_is_thrown_away(tmp_path: Path, address: Address) -> None:
    store = a_store(tmp_path, address, "0" * 64)
    with pytest.raises(OSError, match="try again"):
        store.install("vosk-model-x")
    with pytest.raises(ModelCheckFailed, match="sha256"):
        store.install("vosk-model-x")
    assert store.installed("speech") == []
    assert not list(store.folder.glob(".*.part"))

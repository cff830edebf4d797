"""Browser files travel compressed, and are kept as long as their address names one content."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from agent_console.static_files import STATIC, mirror, serve_static


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    app = Flask(__name__, static_folder=None)
    serve_static(app, tmp_path / "static")
    return app.test_client()


def test_a_style_sheet_travels_compressed_and_is_kept(client: FlaskClient) -> None:
    plain = (STATIC / "css" / "base.css").read_bytes()

    with client.get("/static/css/base.css?v=abc", headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(answer.data) == plain
        assert len(answer.data) < len(plain) / 2
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_who_cannot_unpack_gets_it_plain(client: FlaskClient) -> None:
    with client.get("/static/css/base.css") as answer:
        assert "Content-Encoding" not in answer.headers
        assert answer.data == (STATIC / "css" / "base.css").read_bytes()


def test_a_module_that_others_import_by_name_is_asked_for_again(client: FlaskClient) -> None:
    with client.get("/static/js/live.js") as first:
        assert "immutable" not in first.headers["Cache-Control"]
    with client.get("/static/js/live.js", headers={"If-None-Match": first.headers["ETag"]}) as again:
        assert again.status_code == 304


def test_a_copy_is_never_older_than_its_source(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    (source / "a.css").write_text("body { color: red; }" * 50)
    (source / "b.css").write_text("x")
    mirror(source, target)
    (source / "a.css").write_text("body { color: blue; }" * 50)
    os.utime(source / "a.css", (1, 1))
    (source / "b.css").unlink()

    mirror(source, target)

    assert gzip.decompress((target / "a.css.gz").read_bytes()) == (source / "a.css").read_bytes()
    assert not (target / "b.css").exists()

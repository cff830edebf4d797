"""Browser files as the server gives them: compressed once, and kept by browsers as long as they hold.

WhiteNoise serves them before the application is asked. They are mirrored into a folder of the data first: the
package may be read-only, and a compressed copy can then never be older than its source.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

STATIC = Path(__file__).parent / "static"
YEAR_SECONDS = 31_536_000


def is_immutable(_path: str, url: str) -> bool:
    """Whether an address names one content for ever: third-party files carry their version, and style sheets
    are asked for by their fingerprint alone. Our modules import each other by plain names: they are asked
    for again, and answered 304."""
    return "/vendor/" in url or "/css/" in url


def mirror(source: Path, target: Path) -> None:
    """Bring `target` up to date: what is new or changed is copied and compressed, what is gone is removed."""
    # Brotli at its best takes the first start seconds of a core; desks are few and near, gzip is enough.
    compressor = Compressor(use_brotli=False, quiet=True)
    wanted = {file.relative_to(source) for file in source.rglob("*") if file.is_file()}
    for old in [file for file in target.rglob("*") if file.is_file() and file.suffix != ".gz"]:
        if old.relative_to(target) not in wanted:
            old.unlink()
            old.with_name(old.name + ".gz").unlink(missing_ok=True)
    for name in sorted(wanted):
        copy = target / name
        if copy.exists() and copy.stat().st_mtime_ns == (source / name).stat().st_mtime_ns:
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, copy)
        copy.with_name(copy.name + ".gz").unlink(missing_ok=True)
        if compressor.should_compress(copy.name):
            compressor.compress(str(copy))


def serve_static(app: Flask, folder: Path) -> None:
    """`folder`: where the compressed copies lie."""
    mirror(STATIC, folder)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=folder,
        prefix="static/",
        max_age=0,
        allow_all_origins=False,
        immutable_file_test=is_immutable,
        add_headers_function=_harden,
    )


def _harden(headers: Any, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Content-Security-Policy"] = "default-src 'none'"

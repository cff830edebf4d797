"""The product as a user starts it: `hotline up` on free ports in a folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psutil
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hotline.settings import Settings, load_settings
from models.base import make_engine
from models.crypto import Keyring
from tests.conftest import REPOSITORY, free_port

T = TypeVar("T")
PORTS = ("WEB", "CARRIER", "EXCHANGE", "FALLBACK", "CAPTIONS", "REDIS")


def eventually(look: Callable[[], T | None], what: str, seconds: float = 30.0, step: float = 0.2) -> T:
    """Look until something true comes back; fail with `what` was awaited."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(step)


class Product:
    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.log_file = folder / "up.log"
        ports = {f"HOTLINE_{name}_PORT": str(free_port()) for name in PORTS}
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")},
            "PYTHONPATH": str(REPOSITORY),
            "HOTLINE_DATA_DIR": str(folder / "var"),
            "HOTLINE_MODE": "test",
            **ports,
            **{f"HOTLINE_{name}": value for name, value in settings.items()},
        }
        self.process: subprocess.Popen[bytes] | None = None
        self._engine: Engine | None = None

    def prepare(self) -> None:
        """Organisation and secrets before the start, which makes them else: for who needs them sooner."""
        for words in (("migrate",), ("seed", "--without-history")):
            done = self.run(*words)
            assert done.returncode == 0, done.stdout + done.stderr

    def start(self, seconds: float = 90.0) -> None:
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hotline", "up"],
                cwd=REPOSITORY,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        accounts = self.folder / "var" / "demonstration-accounts.json"
        try:
            eventually(
                lambda: self._alive() and accounts.exists() and self._answers(), "the product is up", seconds
            )
        except AssertionError as error:
            self.stop()
            raise AssertionError(f"{error}\n{self.log()[-6000:]}") from None

    def _alive(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"hotline up ended with {self.process.returncode}\n{self.log()[-6000:]}")
        return True

    def answers_again(self) -> bool:
        """Pages, carrier's door and exchange answer."""
        return self._answers()

    def _answers(self) -> bool:
        carrier = f"http://127.0.0.1:{self.environment['HOTLINE_CARRIER_PORT']}/health"
        urls = [f"{self.url}/sign-in", carrier, f"{self.exchange_url}/exchange/health"]
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            return all(urllib.request.urlopen(url, timeout=2).status == 200 for url in urls)
        return False

    def stop(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['HOTLINE_WEB_PORT']}"

    @property
    def exchange_url(self) -> str:
        return f"http://127.0.0.1:{self.environment['HOTLINE_EXCHANGE_PORT']}"

    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def accounts(self) -> list[dict[str, Any]]:
        text = (self.folder / "var" / "demonstration-accounts.json").read_text(encoding="utf-8")
        return list(json.loads(text))

    def settings(self) -> Settings:
        kept = {name: value for name, value in os.environ.items() if name.startswith("HOTLINE_")}
        for name in kept:
            del os.environ[name]
        os.environ.update({n: v for n, v in self.environment.items() if n.startswith("HOTLINE_")})
        try:
            return load_settings()
        finally:
            for name in [n for n in os.environ if n.startswith("HOTLINE_")]:
                del os.environ[name]
            os.environ.update(kept)

    def engine(self) -> Engine:
        """The product's own database, for a test to look into."""
        if self._engine is None:
            settings = self.settings()
            self._engine = make_engine(
                settings.database_url.get_secret_value(),
                Keyring.parse(settings.data_keys.get_secret_value()),
            )
        return self._engine

    def look(self, query: Callable[[Session], T]) -> T:
        """Run a read in a session of its own that never takes the write lock."""
        with Session(self.engine().execution_options(reads_only=True), expire_on_commit=False) as session:
            return query(session)

    def run(self, *words: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """A `hotline` command beside the running product."""
        return subprocess.run(
            [sys.executable, "-m", "hotline", *words],
            cwd=REPOSITORY,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=options.pop("timeout", 120),
            **options,
        )

    def begin(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "hotline", *words],
            cwd=REPOSITORY,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def processes(self, words: str) -> list[psutil.Process]:
        """The product's processes whose command line ends with `words`."""
        assert self.process is not None
        children = psutil.Process(self.process.pid).children(recursive=True)
        found = []
        for child in children:
            with contextlib.suppress(psutil.Error):
                if " ".join(child.cmdline()).strip().endswith(words):
                    found.append(child)
        return found

"""A product's pages, Redis and records, for many consoles and nothing else."""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy.orm import Session

from hotline.bootstrap.core import Core, make_core
from hotline.processes.own_redis import redis_process
from models.people import Person
from models.vocabulary import Role, SeatState
from tests import factories
from tests.journeys.product import Product, eventually

ROOT = Path(__file__).resolve().parents[2]


class House:
    """Redis and the pages of a product, and the records of many desks."""

    def __init__(self, folder: Path, chosen: argparse.Namespace, **settings: str) -> None:
        threads = str(min(1000, chosen.boards + chosen.desks + 60))
        self.product = Product(folder, WEB_THREADS=threads, **settings)
        self.product.prepare()
        self.settings = self.product.settings()
        self.core: Core = make_core(self.settings)[0]
        self._processes: list[subprocess.Popen[Any]] = []
        self.boards = [f"board{n}" for n in range(chosen.boards)]
        self.desks = [f"desk{n}" for n in range(chosen.desks)]
        self.seats: list[int] = []
        self.centre_id = 0
        self._people()

    def _people(self) -> None:
        with Session(self.core.engine) as session, session.begin():
            centre = factories.a_centre(session, self._place(session), "测试中心")
            self.centre_id = centre.id
            for login in self.boards:
                factories.a_person(session, Role.SUPERVISOR, login=login, centre=centre)
            for n, login in enumerate(self.desks):
                person = factories.a_person(session, login=login, centre=centre)
                seat = factories.a_seat(session, centre, person, SeatState.AVAILABLE, label=f"{n:03}")
                seat.state_since = seat.status_since = seat.seen_at = datetime.now(UTC)
                self.seats.append(seat.id)

    def sessions(self) -> dict[str, str]:
        """A signed-in session's cookie of each login."""
        app = Flask("signs sessions as the console does")
        app.secret_key = self.settings.session_secret.get_secret_value()
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        now = int(time.time())
        with Session(self.core.engine) as session:
            people = session.query(Person.login, Person.id, Person.session_epoch).all()
        return {
            login: signer.dumps({"_permanent": True, "person": n, "epoch": epoch, "began": now, "seen": now})
            for login, n, epoch in people
        }

    def _place(self, session: Session) -> str:
        from models.places import Organisation

        return session.query(Organisation).one().place_code

    def open(self) -> None:
        (self.settings.data_dir / "redis").mkdir(exist_ok=True, mode=0o700)
        self.start(list(redis_process(self.settings).command))
        eventually(self._redis_answers, "Redis answers")
        self.web = self.start([sys.executable, "-m", "hotline", "serve", "web"])
        await_url(f"{self.product.url}/sign-in", self.product.folder / "doors.log")

    def _redis_answers(self) -> bool:
        with contextlib.suppress(Exception):
            return bool(self.core.redis.ping())
        return False

    def start(self, command: list[str]) -> subprocess.Popen[Any]:
        log = (self.product.folder / "doors.log").open("ab")
        environment = {**self.product.environment, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        self._processes.append(process)
        return process

    def close(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        self.core.engine.dispose()
        self.product.stop()


def await_url(url: str, log: Path) -> None:
    import requests

    end = time.monotonic() + 60
    while True:
        with contextlib.suppress(requests.RequestException):
            requests.get(url, timeout=2)
            return
        if time.monotonic() > end:
            raise SystemExit(log.read_text()[-3000:])
        time.sleep(0.2)

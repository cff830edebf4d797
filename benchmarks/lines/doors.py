"""The carrier's door and the pages as gunicorn serves them, with people on duty, and the plain door."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.lines import plain_door
from hotline.processes.own_redis import redis_process
from hotline.telephony.prompts import GREETING
from models.needs import Profile, Skill
from models.people import Person
from models.seats import Seat
from models.vocabulary import Role, SeatState
from tests.conftest import REPOSITORY, free_port
from tests.journeys.product import Product


class Doors:
    """The carrier's door and the pages of a product without its other processes, and the plain door."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.product = Product(folder, **settings)
        self.product.prepare()
        self.settings = self.product.settings()
        self._processes: list[subprocess.Popen[Any]] = []
        self._served: dict[str, subprocess.Popen[Any]] = {}
        self.plain_url = f"http://127.0.0.1:{free_port()}"

    def open(self) -> None:
        (self.settings.data_dir / "redis").mkdir(exist_ok=True, mode=0o700)
        redis = redis_process(self.settings)
        self._start(list(redis.command))
        for door in ("carrier", "web"):
            self._served[door] = self._start([sys.executable, "-m", "hotline", "serve", door])
        plain_door.prepare(self.product.engine())
        with Session(self.product.engine()) as session, session.begin():
            everybody_talks(session)
        plan = {
            "port": int(self.plain_url.rpartition(":")[2]),
            "processes": self.settings.carrier_processes,
            "threads": self.settings.carrier_threads,
            "database": self.settings.database_url.get_secret_value(),
            "token": self.token,
            "base": self.plain_url,
            "document": document(),
        }
        self._start([sys.executable, "-m", "benchmarks.lines.plain_door", json.dumps(plan)])
        for url in (f"{self.carrier_url}/health", f"{self.product.url}/sign-in", f"{self.plain_url}/empty"):
            self._await(url)

    @property
    def token(self) -> str:
        return self.settings.carrier_auth_token.get_secret_value()

    @property
    def carrier_url(self) -> str:
        return self.settings.webhook_base_url

    def process_of(self, door: str) -> psutil.Process:
        return psutil.Process(self._served[door].pid)

    def _start(self, command: list[str]) -> subprocess.Popen[Any]:
        log = (self.product.folder / "doors.log").open("ab")
        environment = {**self.product.environment, "PYTHONPATH": str(REPOSITORY)}
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        self._processes.append(process)
        return process

    def _await(self, url: str) -> None:
        end = time.monotonic() + 60
        while True:
            with contextlib.suppress(requests.RequestException):
                requests.get(url, timeout=2)
                return
            if time.monotonic() > end:
                raise SystemExit((self.product.folder / "doors.log").read_text()[-3000:])
            time.sleep(0.2)

    def close(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        self.product.stop()


def everybody_talks(session: Session) -> None:
    """All seats are on duty and in a talk, one in three speaks English, which the greeting then offers."""
    operators = select(Person).where(Person.role == Role.OPERATOR).order_by(Person.id)
    seats = session.scalars(select(Seat).order_by(Seat.id))
    for place, (seat, person) in enumerate(zip(seats, session.scalars(operators), strict=False)):
        seat.person_id, seat.state = person.id, SeatState.TALKING
        seat.profile = Profile(seat.centre_id, skills=(Skill("en", 2),) if place % 3 == 0 else ()).code


def document() -> str:
    """As long as what the product answers to a new call."""
    body = "".join(f"<Say language='zh-CN'>{line}</Say>" for line in [str(GREETING)] * 2)
    return f"<?xml version='1.0' encoding='UTF-8'?><Response><Gather action='/key'>{body}</Gather></Response>"

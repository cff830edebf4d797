"""The console on a database of its own, with fakes where the telephone would be: for tests, and to look."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from agent_console.app import create_app
from agent_console.parts import ConsoleParts, ConsoleSettings
from analytics.papers.desk import Papers
from hotline.bootstrap.reporting import BOOKS
from hotline.care.consents import Consents
from hotline.care.danger import DangerProtocol
from hotline.care.follow_ups import FollowUps
from hotline.care.linkages import Linkages
from hotline.care.notes import Notes
from hotline.care.withdrawal import Withdrawals
from hotline.routing.supervision import Supervision
from hotline.routing.transfers import Transfers
from hotline.workforce.coverage import coverage_now
from models.crypto import Keyring
from models.people import Person
from models.unit_of_work import Clock, UnitOfWork
from tests import factories
from tests.fakes import Bulletin, OpenCaptions, OpenExchange, RecordingDesk, RecordingReview

AUDIT_KEY = b"an audit key for tests, 32 bytes."


@dataclass
class Console:
    """A built console and everything around it that a test looks at."""

    app: Flask
    parts: ConsoleParts
    engine: Engine
    desk: RecordingDesk
    review: RecordingReview
    bulletin: Bulletin
    exchange: OpenExchange

    @contextmanager
    def records(self) -> Iterator[Session]:
        """A session that commits at the end of the block."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def signed_in(self, person: Person) -> FlaskClient:
        """A browser in which this person has signed in, by the form."""
        client = self.client()
        answer = client.post(
            "/sign-in",
            data={"login": person.login, "password": factories.PASSWORD, "csrf_token": csrf_of(client)},
        )
        assert answer.status_code == 302, answer.text
        return client

    def close(self) -> None:
        self.app.extensions["console_realtime"].close()


def csrf_of(client: FlaskClient, path: str = "/sign-in") -> str:
    """The token that the page of this browser carries."""
    page = client.get(path, follow_redirects=True).text
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found is not None, f"{path} carries no CSRF token"
    return found.group(1)


def build_console(
    engine: Engine,
    clock: Clock,
    keyring: Keyring,
    *,
    public_url: str = "http://localhost",
    change: Callable[[ConsoleParts], ConsoleParts] = lambda parts: parts,
) -> Console:
    """`change`: other parts, before the pages are made of them."""
    bulletin, desk, review, exchange = Bulletin(), RecordingDesk(), RecordingReview(), OpenExchange()

    def work() -> UnitOfWork:
        return UnitOfWork(engine, clock, bulletin.publish)

    parts = ConsoleParts(
        work=work,
        engine=engine,
        clock=clock,
        settings=ConsoleSettings(session_secret="a secret for tests", public_url=public_url, number="12356"),
        hasher=factories.number_hash,
        audit_key=AUDIT_KEY,
        keyring=keyring,
        seats=desk,
        offers=desk,
        line=desk,
        conversation=desk,
        wrap_up=desk,
        callbacks=desk,
        calling_back=desk,
        dropped_lines=desk,
        nuisance=desk,
        notes=Notes(work, AUDIT_KEY),
        consents=Consents(work),
        danger=DangerProtocol(work, AUDIT_KEY),
        transfers=Transfers(work),
        supervision=Supervision(work, AUDIT_KEY),
        linkages=Linkages(work, AUDIT_KEY),
        follow_ups=FollowUps(work, AUDIT_KEY),
        coverage=coverage_now,
        review=review,
        answers=review,
        captions=OpenCaptions(),
        withdrawals=Withdrawals(work, AUDIT_KEY),
        softphone=exchange,
        papers=Papers(work, AUDIT_KEY, BOOKS),
        subscribe=bulletin.subscribe,
    )
    parts = change(parts)
    return Console(create_app(parts), parts, engine, desk, review, bulletin, exchange)

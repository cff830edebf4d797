"""Mail servers that are away, refuse, or break off: nothing is lost, and a repetition can be told as one."""

from __future__ import annotations

import email
import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from analytics.papers.sending import send_paper
from analytics.report.channels import SmtpMail
from analytics.report.delivery import Deliverer
from models.papers import Paper
from models.places import Mechanism
from models.surveillance import Delivery
from models.vocabulary_papers import PaperKind, PaperState
from models.vocabulary_surveillance import DeliveryChannel, DeliveryState
from tests.integration.pipeline.situations import NOW, TODAY, Hotline

ADDRESS = "p@yunjiang.example"


class Server:
    """A real SMTP server on this machine; `answers` are used up, then it takes everything."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.answers: list[str] = []
        self.breaks_off = 0

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.answers and self.answers[0].startswith("550"):
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.messages.append(envelope.content)
        if self.breaks_off:
            # Taken, but the answer never reaches the sender.
            self.breaks_off -= 1
            server.transport.abort()
        return "250 OK"


@pytest.fixture
def server() -> Iterator[tuple[Server, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


def a_signed_report(hotline: Hotline) -> None:
    with hotline.work() as unit:
        paper = Paper(
            kind=PaperKind.DAILY, place_code="990000", first_day=TODAY, last_day=TODAY,
            title="云江省来电情况", state=PaperState.SIGNED, number="〔2026〕31号", definitions_version="1",
            due_at=NOW, drafted_at=NOW,
        )  # fmt: skip
        unit.session.add(paper)
        unit.session.flush()
        send_paper(unit, paper)


def mail(hotline: Hotline) -> Delivery:
    with hotline.session() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.channel == DeliveryChannel.EMAIL)).one()
        _ = delivery.tries
        session.expunge_all()
        return delivery


def try_once(hotline: Hotline, port: int) -> None:
    smtp = SmtpMail(f"smtp://127.0.0.1:{port}", "h@12356.example", lambda: hotline.now, timeout_seconds=5)
    links = {"report": lambda n: f"https://h.example/papers/{n}"}
    hotline.run_outbox({"deliver": Deliverer(hotline.work, {DeliveryChannel.EMAIL: smtp}, links).deliver})
    hotline.now += timedelta(hours=1)


def test_a_server_that_is_away_or_refuses_gets_it_later_and_each_attempt_is_kept(
    hotline: Hotline, server: tuple[Server, int]
) -> None:
    handler, port = server
    a_signed_report(hotline)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        try_once(hotline, int(closed.getsockname()[1]))
    handler.answers = ["550 no such user", "452 no space"]
    try_once(hotline, port)
    try_once(hotline, port)
    assert handler.messages == []
    assert mail(hotline).state is DeliveryState.DUE
    try_once(hotline, port)
    delivery = mail(hotline)
    assert delivery.state is DeliveryState.SENT
    assert [one.ok for one in delivery.tries] == [False, False, False, True]
    assert ADDRESS not in "".join(one.detail for one in delivery.tries), (
        "what is remembered of a failure names nobody"
    )
    (message,) = handler.messages
    read = email.message_from_bytes(message)
    assert read["To"] == ADDRESS
    text = read.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "〔2026〕31号" in text
    assert "https://h.example/papers/" in text
    assert "云江" not in text, "number, kind and link alone"


def test_an_answer_that_is_lost_repeats_the_mail_under_the_same_id(
    hotline: Hotline, server: tuple[Server, int]
) -> None:
    handler, port = server
    a_signed_report(hotline)
    handler.breaks_off = 1
    try_once(hotline, port)
    try_once(hotline, port)
    assert mail(hotline).state is DeliveryState.SENT
    ids = [re.findall(rb"Message-ID: (<[^>]+>)", message) for message in handler.messages]
    assert len(ids) == 2
    assert ids[0] == ids[1] == [f"<{mail(hotline).key}@12356.example>".encode()]


def test_a_body_that_was_dissolved_meanwhile_is_told_of_no_new_report(hotline: Hotline) -> None:
    with hotline.session() as session, session.begin():
        for body in session.scalars(select(Mechanism)):
            body.active = False
    a_signed_report(hotline)
    with hotline.session() as session:
        assert session.scalars(select(Delivery)).all() == []

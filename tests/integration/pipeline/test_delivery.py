from __future__ import annotations

import email
import json
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from aiosmtpd.controller import Controller
from sqlalchemy import select

from analytics.alerts.changes import Changes
from analytics.report.channels import Address, FolderMail, Push, SendFailed, SignedWebhook, SmtpMail
from analytics.report.delivery import MAXIMUM_ATTEMPTS, Deliverer, delay_seconds
from analytics.report.review import Review
from hotline.job_attempt import LEASE_SECONDS
from hotline.job_rows import RowRunner
from models.outbox import OutboxRow
from models.places import Mechanism, Organisation
from models.surveillance import Alert, Delivery
from models.vocabulary_surveillance import AlertLevel, DeliveryChannel, DeliveryState
from tests.integration.pipeline.receiver import SECRET, Receiver
from tests.integration.pipeline.situations import AUDIT_KEY, Hotline

LINKS: dict[str, Callable[[int], str]] = {"alert": lambda n: f"https://hotline.example/alerts/{n}"}


@pytest.fixture
def receiver(hotline: Hotline) -> Iterator[Receiver]:
    def now() -> float:
        return hotline.now.timestamp()

    found = Receiver(now)
    yield found
    found.close()


def deliverer(hotline: Hotline, folder: Path, *, loopback: bool = True, timeout: float = 5.0) -> Deliverer:
    return Deliverer(
        hotline.work,
        {
            DeliveryChannel.EMAIL: FolderMail(folder, "hotline@12356.example", lambda: hotline.now),
            DeliveryChannel.WEBHOOK: SignedWebhook(lambda: hotline.now, timeout_seconds=timeout),
        },
        LINKS,
        loopback_webhook_allowed=loopback,
    )


def issue_an_alert(hotline: Hotline, webhook_url: str | None = None, *, demonstration: bool = False) -> None:
    with hotline.session() as session, session.begin():
        mechanism = session.scalars(select(Mechanism).where(Mechanism.place_code == "990101")).one()
        mechanism.webhook_url, mechanism.webhook_secret = webhook_url, SECRET
        session.scalars(select(Organisation)).one().is_demonstration = demonstration
    review = Review(hotline.work, AUDIT_KEY)
    signal_id = hotline.a_signal(demonstration=demonstration)
    alert_id = review.verify(signal_id, hotline.person("first"), AlertLevel.ORANGE, "核实")
    review.sign(alert_id, hotline.person("second"))


def of_channel(hotline: Hotline, channel: DeliveryChannel) -> Delivery:
    with hotline.session() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.channel == channel)).one()
        assert delivery.tries is not None
        return delivery


def test_the_mail_carries_number_level_and_link_only(hotline: Hotline, tmp_path: Path) -> None:
    issue_an_alert(hotline)
    hotline.run_outbox({"deliver": deliverer(hotline, tmp_path).deliver})
    (file,) = tmp_path.glob("*.eml")
    message = email.message_from_bytes(file.read_bytes())
    text = message.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert message["To"] == "duty@dongan.example"
    assert "〔2026〕1号" in text
    assert "二级" in text
    assert "https://hotline.example/alerts/" in text
    for word in ("东岸", "12人", "职业", "欠薪"):
        assert word not in text + str(
            email.header.make_header(email.header.decode_header(message["Subject"]))
        )
    assert file.stat().st_mode & 0o077 == 0
    assert of_channel(hotline, DeliveryChannel.EMAIL).state is DeliveryState.SENT
    assert of_channel(hotline, DeliveryChannel.INBOX).state is DeliveryState.SENT


def test_a_receiver_that_fails_delays_and_repeats_gets_one_alert_and_each_attempt_is_kept(
    hotline: Hotline, tmp_path: Path, receiver: Receiver
) -> None:
    issue_an_alert(hotline, receiver.url)
    receiver.answers = [500, 302]
    job = {"deliver": deliverer(hotline, tmp_path, timeout=0.3).deliver}
    hotline.run_outbox(job)
    assert of_channel(hotline, DeliveryChannel.WEBHOOK).state is DeliveryState.DUE
    hotline.run_outbox(job)
    assert len(receiver.heard) == 1, "before its time nothing is tried again"

    hotline.now += timedelta(seconds=delay_seconds(1))
    hotline.run_outbox(job)
    receiver.delay_seconds = 0.6
    hotline.now += timedelta(seconds=delay_seconds(2))
    hotline.run_outbox(job)
    receiver.delay_seconds = 0.0
    hotline.now += timedelta(seconds=delay_seconds(3))
    hotline.run_outbox(job)

    delivery = of_channel(hotline, DeliveryChannel.WEBHOOK)
    assert delivery.state is DeliveryState.SENT
    assert [(t.ok, t.detail) for t in delivery.tries] == [
        (False, "http 500"),
        (False, "http 302"),
        (False, "ReadTimeout"),
        (True, "http 200"),
    ]
    assert list(receiver.alerts) == [delivery.key]
    assert receiver.alerts[delivery.key]["number"] == "〔2026〕1号"
    assert set(receiver.alerts[delivery.key]) == {"type", "number", "version", "level", "link"}


def test_the_same_work_twice_sends_once(hotline: Hotline, tmp_path: Path, receiver: Receiver) -> None:
    issue_an_alert(hotline, receiver.url)
    job = deliverer(hotline, tmp_path)
    hotline.run_outbox({"deliver": job.deliver})
    delivery = of_channel(hotline, DeliveryChannel.WEBHOOK)
    job.deliver({"delivery_id": delivery.id})
    job.deliver({"delivery_id": delivery.id, "attempts": 0})
    assert receiver.heard == [200]
    assert len(of_channel(hotline, DeliveryChannel.WEBHOOK).tries) == 1


def test_killed_between_send_and_save_the_receiver_still_holds_one_alert(
    hotline: Hotline, tmp_path: Path, receiver: Receiver
) -> None:
    issue_an_alert(hotline, receiver.url)
    delivery = of_channel(hotline, DeliveryChannel.WEBHOOK)

    class Killed(BaseException):
        pass

    class DiesAfterSending(SignedWebhook):
        def send(self, push: Push, address: Address) -> str:
            super().send(push, address)
            raise Killed

    dying = Deliverer(
        hotline.work,
        {DeliveryChannel.WEBHOOK: DiesAfterSending(lambda: hotline.now)},
        LINKS,
        loopback_webhook_allowed=True,
    )
    with pytest.raises(Killed):
        dying.deliver({"delivery_id": delivery.id, "attempts": 0})
    deliverer(hotline, tmp_path).deliver({"delivery_id": delivery.id, "attempts": 0})
    assert receiver.heard == [200, 200]
    assert list(receiver.alerts) == [delivery.key]


def test_while_demonstration_data_is_present_nothing_leaves(
    hotline: Hotline, tmp_path: Path, receiver: Receiver
) -> None:
    issue_an_alert(hotline, receiver.url, demonstration=True)
    hotline.run_outbox({"deliver": deliverer(hotline, tmp_path, loopback=False).deliver})
    assert receiver.heard == []
    assert of_channel(hotline, DeliveryChannel.WEBHOOK).state is DeliveryState.HELD
    assert of_channel(hotline, DeliveryChannel.EMAIL).state is DeliveryState.SENT
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_the_test_setting_opens_the_way_to_this_machine_alone(
    hotline: Hotline, tmp_path: Path, receiver: Receiver
) -> None:
    issue_an_alert(hotline, "https://mechanism.example/alerts", demonstration=True)
    hotline.run_outbox({"deliver": deliverer(hotline, tmp_path, loopback=True).deliver})
    assert of_channel(hotline, DeliveryChannel.WEBHOOK).state is DeliveryState.HELD


def test_smtp_is_held_too_while_demonstration_data_is_present(hotline: Hotline) -> None:
    issue_an_alert(hotline, demonstration=True)
    smtp = SmtpMail("smtp://127.0.0.1:9", "hotline@12356.example", lambda: hotline.now)
    hotline.run_outbox({"deliver": Deliverer(hotline.work, {DeliveryChannel.EMAIL: smtp}, LINKS).deliver})
    assert of_channel(hotline, DeliveryChannel.EMAIL).state is DeliveryState.HELD
    assert of_channel(hotline, DeliveryChannel.EMAIL).tries == []


def test_after_a_day_of_trying_it_is_failed_and_asked_no_more(hotline: Hotline, tmp_path: Path) -> None:
    issue_an_alert(hotline, "http://127.0.0.1:9/nobody")
    job = {"deliver": deliverer(hotline, tmp_path).deliver}
    for _ in range(MAXIMUM_ATTEMPTS):
        hotline.run_outbox(job)
        hotline.now += timedelta(hours=1)
    assert of_channel(hotline, DeliveryChannel.WEBHOOK).state is DeliveryState.FAILED
    hotline.now += timedelta(days=1)
    assert hotline.run_outbox(job) == []
    with hotline.session() as session:
        assert "127.0.0.1" not in "".join(str(row.payload) for row in session.scalars(select(OutboxRow)))


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mailbox:
    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes]] = []
        self.refuse = False

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        if self.refuse:
            return "451 later"
        self.messages.append((envelope.rcpt_tos[0], envelope.content))
        return "250 OK"


def test_mail_arrives_at_a_real_smtp_server(hotline: Hotline) -> None:
    issue_an_alert(hotline)
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=a_free_port())
    controller.start()
    try:
        port = controller.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        smtp = SmtpMail(f"smtp://127.0.0.1:{port}", "hotline@12356.example", lambda: hotline.now)
        job = {"deliver": Deliverer(hotline.work, {DeliveryChannel.EMAIL: smtp}, LINKS).deliver}
        mailbox.refuse = True
        hotline.run_outbox(job)
        assert [t.detail for t in of_channel(hotline, DeliveryChannel.EMAIL).tries] == ["smtp 451"]
        mailbox.refuse = False
        hotline.now += timedelta(seconds=delay_seconds(1))
        hotline.run_outbox(job)
    finally:
        controller.stop()
    ((to, content),) = mailbox.messages
    assert to == "duty@dongan.example"
    assert b"Message-ID: <" + of_channel(hotline, DeliveryChannel.EMAIL).key.encode() in content


def test_a_password_is_never_sent_without_tls() -> None:
    controller = Controller(Mailbox(), hostname="127.0.0.1", port=a_free_port(), auth_require_tls=False)
    controller.start()
    try:
        port = controller.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        smtp = SmtpMail(f"smtp://me:secret@127.0.0.1:{port}", "h@e.example", lambda: None)  # type: ignore[arg-type,return-value]
        with pytest.raises(SendFailed, match="no TLS"):
            smtp._connect()
    finally:
        controller.stop()


def test_what_was_overheard_is_refused_when_played_again(
    hotline: Hotline, tmp_path: Path, receiver: Receiver
) -> None:
    issue_an_alert(hotline, receiver.url)
    hotline.run_outbox({"deliver": deliverer(hotline, tmp_path).deliver})
    ((headers, body),) = receiver.requests
    again = {name: value for name, value in headers.items() if name.startswith(("X-Hotline", "Idempotency"))}

    assert requests.post(receiver.url, data=body, headers=again, timeout=5).status_code == 401
    forged = body.replace("二级".encode(), "一级".encode())
    fresh = again | {"X-Hotline-Nonce": "another"}
    assert requests.post(receiver.url, data=forged, headers=fresh, timeout=5).status_code == 401
    hotline.now += timedelta(minutes=6)
    receiver.nonces.clear()
    assert requests.post(receiver.url, data=body, headers=again, timeout=5).status_code == 401
    assert len(receiver.alerts) == 1


def test_versions_that_arrive_out_of_order_are_told_apart(
    hotline: Hotline, tmp_path: Path, receiver: Receiver
) -> None:
    issue_an_alert(hotline, receiver.url)
    receiver.answers = [503]
    job = {"deliver": deliverer(hotline, tmp_path).deliver}
    hotline.run_outbox(job)
    changes = Changes(hotline.work, AUDIT_KEY)
    with hotline.session() as session:
        alert_id = session.scalars(select(Alert.id)).one()
    change = changes.propose_update(alert_id, hotline.person("first"), AlertLevel.ORANGE, "继续增多")
    changes.sign(change, hotline.person("second"))
    hotline.run_outbox(job)
    hotline.now += timedelta(seconds=delay_seconds(1))
    hotline.run_outbox(job)

    assert [json.loads(body)["version"] for _, body in receiver.requests] == [1, 2, 1]
    assert sorted(alert["version"] for alert in receiver.alerts.values()) == [1, 2]


@pytest.mark.parametrize("already_sent", [False, True])
def test_a_worker_killed_around_the_sending_loses_nothing_and_doubles_nothing(
    hotline: Hotline, tmp_path: Path, receiver: Receiver, already_sent: bool
) -> None:
    issue_an_alert(hotline, receiver.url)
    delivery = of_channel(hotline, DeliveryChannel.WEBHOOK)

    class Killed(BaseException):
        pass

    class DyingWebhook(SignedWebhook):
        def send(self, push: Push, address: Address) -> str:
            if already_sent:
                super().send(push, address)
            raise Killed

    def worker(webhook: SignedWebhook) -> RowRunner:
        job = Deliverer(
            hotline.work, {DeliveryChannel.WEBHOOK: webhook}, LINKS, loopback_webhook_allowed=True
        )
        return RowRunner(hotline.engine, lambda: hotline.now, {"deliver": job.deliver})

    with hotline.session() as session:
        row_id = session.scalars(
            select(OutboxRow.id).where(OutboxRow.key == f"deliver:{delivery.id}:0")
        ).one()
    with pytest.raises(Killed):
        worker(DyingWebhook(lambda: hotline.now)).run(row_id)
    after = worker(SignedWebhook(lambda: hotline.now))
    after.run(row_id)
    assert len(receiver.heard) == int(already_sent), "the dead worker's lease still holds"
    hotline.now += timedelta(seconds=LEASE_SECONDS)
    after.run(row_id)
    after.run(row_id)

    assert list(receiver.alerts) == [delivery.key]
    assert len(receiver.heard) == 1 + int(already_sent)
    assert of_channel(hotline, DeliveryChannel.WEBHOOK).state is DeliveryState.SENT

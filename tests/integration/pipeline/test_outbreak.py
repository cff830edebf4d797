"""The played week is real but for its people: the same pipeline, review, delivery and receipt."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from analytics.cluster import embedder_for
from analytics.demonstration.outbreak import CALLS_A_DAY, Outbreak
from analytics.pipeline import Pipeline
from analytics.report.channels import FolderMail
from analytics.report.delivery import Deliverer
from models.crypto import Keyring, NumberHasher
from models.outbox import OutboxRow
from models.places import Organisation
from models.surveillance import Alert, Signal
from models.vocabulary_surveillance import AlertState, DeliveryChannel
from tests.integration.pipeline.situations import AUDIT_KEY, TODAY, Hotline
from tests.integration.pipeline.test_third_journey import DETAILS, USUAL


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_a_week_is_played_from_the_first_call_to_the_receipt(
    hotline: Hotline, keyring: Keyring, tmp_path: Path
) -> None:
    with hotline.session() as session, session.begin():
        session.scalars(select(Organisation)).one().is_demonstration = True
    embedder = embedder_for("zh")
    mail = FolderMail(tmp_path, "hotline@12356.example", lambda: hotline.now)
    pipeline = Pipeline(
        hotline.work,
        keyring,
        tmp_path,
        lambda _language: None,
        lambda _language: embedder,
        deliverer=Deliverer(hotline.work, {DeliveryChannel.EMAIL: mail}, {"alert": str}),
    )
    for back in range(37, 7, -1):
        day = TODAY - timedelta(days=back)
        pipeline.run_day(
            day,
            [
                hotline.a_call(
                    f"usual-{back}-{n}",
                    day=day,
                    place=("990101", "990102")[(back + n) % 2],
                    problem=problem,
                    summary=text + DETAILS[(back * 5 + n * 3) % len(DETAILS)],
                )
                for n, (problem, text) in enumerate(USUAL[:2])
            ],
        )
    said: list[str] = []

    def pause(seconds: float) -> None:
        hotline.now += timedelta(seconds=seconds)
        hotline.run_outbox(pipeline.jobs(), rounds=60)

    times = Outbreak(
        hotline.work, NumberHasher(b"k" * 32), AUDIT_KEY, said.append, pause, seconds_a_day=45.0
    ).play()

    assert sum("新问题的来电" in line for line in said) == len(CALLS_A_DAY)
    spans = [seconds for _, _, seconds in times.spans()]
    assert all(seconds >= 0 for seconds in spans)
    assert times.received_at > times.signed_at > times.verified_at > times.raised_at
    with hotline.session() as session:
        alert = session.scalars(select(Alert)).one()
        assert alert.state is AlertState.CLOSED
        assert session.get_one(Signal, alert.signal_id).observed >= 10
        texts = "".join(str(row.payload) for row in session.scalars(select(OutboxRow)))
        assert "水" not in texts
    assert list(tmp_path.glob("*.eml"))

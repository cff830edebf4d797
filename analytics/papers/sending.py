"""A signed report goes to the bodies of its own place, by the ways of alerts, and to nobody else."""

from __future__ import annotations

from analytics.alerts.notices import ask_subscribers
from analytics.papers.addressees import addressees_of
from analytics.report.delivery import put_on_its_ways
from models.papers import Paper
from models.unit_of_work import UnitOfWork
from models.vocabulary_alerting import DeliveryRole


def send_paper(unit: UnitOfWork, paper: Paper) -> None:
    """Deliveries to the addressees and those who get a copy, and word to the officials who subscribed."""
    addressees = addressees_of(unit.session, paper.place_code)
    for body in addressees.to:
        put_on_its_ways(unit, body, paper, DeliveryRole.MAIN)
    for body in addressees.copies:
        put_on_its_ways(unit, body, paper, DeliveryRole.COPY)
    ask_subscribers(unit, paper)

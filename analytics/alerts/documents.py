"""The files of an issued message: for a document-exchange platform, and for reading after sign-in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.alerts.cap import Addressee, cap_of
from analytics.papers.files import alert_document, written
from models.alerting import AlertMessage
from models.places import Organisation
from models.surveillance import Alert, Delivery
from models.unit_of_work import Work


def cap_document(
    session: Session, alert_id: int, link_to_alert: Callable[[int], str], version: int | None = None
) -> bytes | None:
    """The CAP form of the newest message that went out, or of `version`. None: there is none."""
    query = select(AlertMessage).where(
        AlertMessage.alert_id == alert_id, AlertMessage.identifier.is_not(None)
    )
    if version is not None:
        query = query.where(AlertMessage.version == version)
    message = session.scalars(query.order_by(AlertMessage.version.desc())).first()
    alert = session.get(Alert, alert_id)
    organisation = session.scalars(select(Organisation)).first()
    if message is None or alert is None or organisation is None:
        return None
    told = session.scalars(
        select(Delivery).where(Delivery.alert_id == alert_id, Delivery.alert_version == message.version)
    ).all()
    bodies = {d.mechanism_id: Addressee(d.mechanism.place_code, d.mechanism_id) for d in told}
    return cap_of(
        alert,
        message,
        [bodies[key] for key in sorted(bodies)],
        sender_name=organisation.name_zh,
        link=link_to_alert(alert_id),
    )


class MessageDocuments:
    """Name -> bytes for the file drop."""

    def __init__(self, work: Work, link_to_alert: Callable[[int], str]) -> None:
        self._work = work
        self._link_to_alert = link_to_alert

    def __call__(self, alert_id: int, version: int) -> Mapping[str, bytes]:
        with self._work() as unit:
            unit.only_read()
            found = cap_document(unit.session, alert_id, self._link_to_alert, version)
            if found is None:
                return {}
            paper = alert_document(unit.session, unit.session.get_one(Alert, alert_id))
        files = {f"report.{ending}": content for ending, content in written(paper).items()}
        return {"alert.cap.xml": found, **files}

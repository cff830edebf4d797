"""Files of reports: for download after sign-in, and for a document-exchange platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.papers.document import Document, document_of_alert, document_of_paper
from analytics.papers.html import page_of
from analytics.papers.pdf import PdfMissing, pdf_of
from models.papers import Paper
from models.places import Organisation
from models.surveillance import Alert
from models.unit_of_work import Work


def _docx(document: Document) -> bytes:
    from analytics.papers.docx import docx_of  # with an XML library, for files that are asked for rarely

    return docx_of(document)


FORMATS: dict[str, tuple[str, Callable[[Document], bytes]]] = {
    "pdf": ("application/pdf", pdf_of),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _docx,
    ),
    "html": ("text/html; charset=utf-8", lambda document: page_of(document).encode()),
}
"""Ending -> media type, and how it is written (PDF may raise PdfMissing)."""


def alert_document(session: Session, alert: Alert) -> Document:
    """The 专报 of an alert."""
    issuer = session.scalars(select(Organisation.name_zh)).first() or ""
    addressees = list(
        dict.fromkeys(d.mechanism.name_zh for d in alert.deliveries if d.alert_version == alert.version)
    )
    received = min((d.received_at for d in alert.deliveries if d.received_at is not None), default=None)
    to = addressees or [f"{alert.place.name_zh}联防联控机制"]
    return document_of_alert(alert, issuer, to, received)


def written(document: Document) -> dict[str, bytes]:
    """PDF and DOCX; without a system library or a face, HTML stands in for the PDF."""
    files = {"docx": _docx(document)}
    try:
        files["pdf"] = pdf_of(document)
    except PdfMissing:
        files["html"] = page_of(document).encode()
    return files


class PaperFiles:
    """Name -> bytes of a signed report, for the file drop."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, paper_id: int, _version: int) -> Mapping[str, bytes]:
        with self._work() as unit:
            unit.only_read()
            paper = unit.session.get(Paper, paper_id)
            if paper is None or paper.number is None:
                return {}
            document = document_of_paper(paper)
        return {f"report.{ending}": content for ending, content in written(document).items()}

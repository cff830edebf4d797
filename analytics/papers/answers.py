"""What officials say to a signed report of their place, and the hotline's answer.

    SIGNED --opened, or acknowledged where the paper asks for it--> its deliveries at that place are RECEIVED
    ask, tell (what was done about it) -> seen by the hotline -> answer -> seen on the paper

Nothing here leads to a caller: an official sees the paper alone, and words that hold a telephone, an
identity card or another such number are sent back to whoever typed them, on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.report.answers import AWAITS_RECEIPT, sees
from analytics.report.errors import NotFound, NothingAsked, NotPermitted, PersonNamed, TextMissing
from analytics.report.review import require_supervisor
from analytics.understand.helplines import HELPLINES
from analytics.understand.pii_numbers import digit_view, find_numbers
from models.audit import Auditor
from models.events import PaperAnswered
from models.papers import Paper, PaperAction
from models.people import Person
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import Role
from models.vocabulary_papers import PaperState
from models.vocabulary_surveillance import AlertActionKind, DeliveryState

MOST_LETTERS = 1000


class PaperAnswers:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def opened(self, paper_id: int, person_id: int) -> None:
        """An official of the place itself reads it for the first time: its receipt, unless it asks for
        more."""
        with self._work() as unit:
            paper, person = _readable(unit.session, paper_id, person_id)
            for delivery in paper.deliveries:
                if delivery.mechanism.place_code == person.place_code and delivery.opened_at is None:
                    delivery.opened_at = unit.now
            if not paper.wants_receipt:
                _receive(unit, paper, person)

    def acknowledge(self, paper_id: int, person_id: int) -> None:
        """By name, once; another one changes nothing. Raises NotFound; NotPermitted for the level above."""
        with self._work() as unit:
            paper, person = _readable(unit.session, paper_id, person_id)
            if person.place_code != paper.place_code:
                raise NotPermitted(person_id=person_id)
            if any(action.kind is AlertActionKind.ACKNOWLEDGE for action in paper.actions):
                return
            _receive(unit, paper, person)
            self._record(unit, paper, person_id, AlertActionKind.ACKNOWLEDGE, None)

    def ask(self, paper_id: int, person_id: int, text: str) -> None:
        """Raises NotFound, TextMissing, PersonNamed."""
        self._say(paper_id, person_id, AlertActionKind.ASK, text)

    def tell(self, paper_id: int, person_id: int, text: str) -> None:
        """What was done about it. Raises as `ask`."""
        self._say(paper_id, person_id, AlertActionKind.ACT, text)

    def answer(self, paper_id: int, person_id: int, text: str) -> None:
        """A supervisor's. Raises NotPermitted, NotFound, NothingAsked, TextMissing, PersonNamed."""
        with self._work() as unit:
            require_supervisor(unit.session, person_id)
            paper = unit.session.get(Paper, paper_id, with_for_update=True)
            if paper is None or paper.state is not PaperState.SIGNED:
                raise NotFound(paper_id=paper_id)
            if not open_questions_of(paper):
                raise NothingAsked(paper_id=paper_id)
            self._record(unit, paper, person_id, AlertActionKind.ANSWER, _words(text, paper_id))

    def _say(self, paper_id: int, person_id: int, kind: AlertActionKind, text: str) -> None:
        with self._work() as unit:
            paper, _ = _readable(unit.session, paper_id, person_id)
            self._record(unit, paper, person_id, kind, _words(text, paper_id))

    def _record(
        self, unit: UnitOfWork, paper: Paper, person_id: int, kind: AlertActionKind, text: str | None
    ) -> None:
        paper.actions.append(PaperAction(person_id=person_id, kind=kind, text=text, at=unit.now))
        self._audit(unit, person_id, f"report.{kind.value}", f"report:{paper.id}")
        unit.tell(PaperAnswered(paper.id, str(kind.value)))


@dataclass(frozen=True)
class OpenQuestion:
    paper_id: int
    number: str
    title: str
    who: str
    text: str
    at: datetime


def open_questions(session: Session) -> tuple[OpenQuestion, ...]:
    """Of every report, the oldest first."""
    asked = select(PaperAction.paper_id).where(PaperAction.kind == AlertActionKind.ASK)
    papers = session.scalars(select(Paper).where(Paper.id.in_(asked)))
    found = [
        OpenQuestion(paper.id, paper.number or "", paper.title, one.person.name, one.text or "", one.at)
        for paper in papers
        for one in open_questions_of(paper)
    ]
    return tuple(sorted(found, key=lambda question: question.at))


def open_questions_of(paper: Paper) -> tuple[PaperAction, ...]:
    """Each answer closes the oldest question that was asked before it."""
    waiting: list[PaperAction] = []
    for action in paper.actions:
        if action.kind is AlertActionKind.ASK:
            waiting.append(action)
        elif action.kind is AlertActionKind.ANSWER and waiting:
            waiting.pop(0)
    return tuple(waiting)


def _readable(session: Session, paper_id: int, person_id: int) -> tuple[Paper, Person]:
    person = session.get(Person, person_id)
    if person is None or not person.active or person.role is not Role.OFFICIAL:
        raise NotPermitted(person_id=person_id)
    paper = session.get(Paper, paper_id, with_for_update=True)
    # A report of another place is answered as one that does not exist.
    if paper is None or paper.state is not PaperState.SIGNED or not sees(session, person, paper.place_code):
        raise NotFound(paper_id=paper_id)
    return paper, person


def _receive(unit: UnitOfWork, paper: Paper, person: Person) -> None:
    """For the bodies of the person's own place: the one above gives no receipt in their stead."""
    for delivery in paper.deliveries:
        if delivery.mechanism.place_code == person.place_code and delivery.state in AWAITS_RECEIPT:
            delivery.state, delivery.received_at = DeliveryState.RECEIVED, unit.now


def _words(text: str, paper_id: int) -> str:
    words = text.strip()[:MOST_LETTERS]
    if not words:
        raise TextMissing(paper_id=paper_id)
    if any(True for _ in find_numbers(words, digit_view(words), HELPLINES)):
        raise PersonNamed(paper_id=paper_id)
    return words

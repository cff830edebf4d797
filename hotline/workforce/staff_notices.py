"""Words to a member of staff: on their own page always, by mail and text as the policy says.

What leaves the house is one sentence without a name, a number or a caller; the rest is read after sign-in.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hotline.workforce.roster_policy import standing_roster_policy, zone_of
from models.duty_requests import DutyContact, StaffNotice
from models.people import Person
from models.places import Centre, Organisation
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import Role
from models.vocabulary_roster import NoticeKind

URGENT = frozenset({NoticeKind.SUMMONS, NoticeKind.ABSENCE})
"""Sent by text even where the policy has none: somebody is missing now."""
LONGEST_KEY = 80
FINAL = ("carrier", "number")
"""How refusals of `send_text` begin: the carrier sends no texts, or not to this number. Asking again changes
nothing; the person's page, mail and the call say the same."""

log = logging.getLogger("hotline.workforce")


class StaffMail(Protocol):
    """Plain mail to one address; the same `key` is the same mail. Raises when it could not go."""

    leaves_machine: bool

    def deliver(self, to: str, key: str, subject: str, text: str) -> str: ...


class StaffTexts(Protocol):
    """Whether the carrier took it, and a code or kind of failure, never a number."""

    def send_text(self, number: str, text: str) -> tuple[bool, str]: ...


class TextFailed(Exception):
    """The carrier did not take it; says nothing of the number."""


def tell(
    unit: UnitOfWork,
    person_id: int,
    kind: NoticeKind,
    key: str,
    *,
    starts_at: datetime | None = None,
    centre_id: int | None = None,
) -> bool:
    """Once for each `key`; the sending is work of the outbox. False: it was told before."""
    key = key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
    if unit.session.scalar(select(StaffNotice.id).where(StaffNotice.key == key)) is not None:
        return False
    notice = StaffNotice(
        person_id=person_id, kind=kind, key=key, starts_at=starts_at, centre_id=centre_id, at=unit.now
    )
    unit.session.add(notice)
    unit.session.flush()
    policy = standing_roster_policy(unit.session, centre_id)
    contact = unit.session.get(DutyContact, person_id)
    if contact is None:
        return True
    ways = [("mail", policy.by_mail and contact.email)]
    ways.append(("text", (policy.by_text or kind in URGENT) and contact.phone))
    for way, wanted in ways:
        if wanted:
            payload = {"notice_id": notice.id, "way": way}
            unit.ask_anew("staff_notice", "urgent", {f"staff_notice:{notice.id}:{way}": payload})
    return True


def mark_seen(work: Work, notice_ids: Collection[int]) -> None:
    with work() as unit:
        unit.session.execute(
            update(StaffNotice)
            .where(StaffNotice.id.in_(notice_ids), StaffNotice.seen_at.is_(None))
            .values(seen_at=unit.now)
        )


def supervisors_of(session: Session, centre_id: int) -> Sequence[int]:
    """Of the centre, and those of no centre."""
    return session.scalars(
        select(Person.id)
        .where(
            Person.role == Role.SUPERVISOR,
            Person.active.is_(True),
            (Person.centre_id == centre_id) | Person.centre_id.is_(None),
        )
        .order_by(Person.id)
    ).all()


class StaffNotices:
    """The job `staff_notice {notice_id, way}`; a fault is tried again by the outbox."""

    def __init__(
        self, work: Work, mail: StaffMail, texts: StaffTexts, link: Callable[[], str], *, texts_leave: bool
    ) -> None:
        """`texts_leave`: whether a text reaches anybody outside this machine."""
        self._work = work
        self._mail = mail
        self._texts = texts
        self._link = link
        self._texts_leave = texts_leave

    def __call__(self, payload: Mapping[str, Any]) -> None:
        way = str(payload["way"])
        with self._work() as unit:
            unit.only_read()
            notice = unit.session.get(StaffNotice, int(payload["notice_id"]))
            contact = unit.session.get(DutyContact, notice.person_id) if notice is not None else None
            if notice is None or contact is None:
                return
            leaves = self._mail.leaves_machine if way == "mail" else self._texts_leave
            if leaves and unit.session.scalar(select(Organisation.is_demonstration).limit(1)):
                return  # nothing leaves the machine while what it tells is made up
            to = contact.email if way == "mail" else contact.phone
            text = self._text(unit, notice)
            key = hashlib.sha256(notice.key.encode()).hexdigest()[:32]
            subject = f"心理援助热线：{notice.kind.zh} · Hotline: {notice.kind.en}"
        if not to:
            return
        if way == "mail":
            self._mail.deliver(to, key, subject, text)
            return
        taken, detail = self._texts.send_text(to, text)
        if not taken and detail.startswith(FINAL):
            log.info("a text to staff was not taken: %s", detail)
        elif not taken:
            raise TextFailed(detail)

    def _text(self, unit: UnitOfWork, notice: StaffNotice) -> str:
        centre = unit.session.get(Centre, notice.centre_id) if notice.centre_id is not None else None
        at = ""
        if notice.starts_at is not None:
            zone = zone_of(unit.session, notice.centre_id)
            at = notice.starts_at.astimezone(zone).strftime(" %m-%d %H:%M")
        where_zh, where_en = (centre.name_zh, centre.name_en) if centre is not None else ("", "")
        return (
            f"【心理援助热线】{notice.kind.zh}：{where_zh}{at}。登录查看：{self._link()}\n"
            f"{notice.kind.en}: {where_en}{at}. Sign in: {self._link()}\n"
        )

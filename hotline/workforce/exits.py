"""Named exits: who answers a centre's callers in an hour without a seat. Named only where they work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.roster_cover import Span, open_spans, without
from hotline.workforce.changes import audit
from hotline.workforce.errors import ExitUnfit, FieldWrong, NotFound
from hotline.workforce.roster_facts import cover_kept, in_force, seats_of, working_spans
from hotline.workforce.roster_policy import zone_of
from models.events import ShiftChanged
from models.network import OverflowAgreement, PartnerLine
from models.places import Centre, Place
from models.roster import NamedExit
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import PlaceLevel
from models.vocabulary_roster import ExitKind


@dataclass(frozen=True)
class Candidate:
    """An exit that would work for the whole of a span."""

    kind: ExitKind
    name_zh: str
    name_en: str
    partner_id: int | None = None
    to_centre_id: int | None = None

    @property
    def code(self) -> str:
        """For a form: `partner_line:3`, `agreement:2`, `standby_phone:`."""
        return f"{self.kind}:{self.partner_id or ''}:{self.to_centre_id or ''}"


class Exits:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def name(
        self,
        centre_id: int,
        kind: ExitKind,
        starts_at: datetime,
        ends_at: datetime,
        *,
        by_id: int,
        partner_id: int | None = None,
        to_centre_id: int | None = None,
    ) -> int:
        """The router goes by it then. Raises NotFound, FieldWrong, ExitUnfit where it does not work."""
        with self._work() as unit:
            centre = unit.session.get(Centre, centre_id, with_for_update=True)
            if centre is None:
                raise NotFound(centre_id=centre_id)
            if not starts_at < ends_at or ends_at <= unit.now:
                raise FieldWrong("ends_at", "ends_before_start")
            fits = kind is ExitKind.STANDBY_PHONE or (partner_id is None) is not (to_centre_id is None)
            if not fits or to_centre_id == centre_id:
                raise FieldWrong("exit", "unknown")
            row = NamedExit(
                centre_id=centre_id,
                kind=kind,
                partner_id=partner_id,
                to_centre_id=to_centre_id,
                starts_at=starts_at,
                ends_at=ends_at,
                named_at=unit.now,
                named_by_id=by_id,
                is_demonstration=centre.is_demonstration,
            )
            reason = _unfit(unit.session, row)
            if reason is not None:
                raise ExitUnfit(reason)
            unit.session.add(row)
            unit.session.flush()
            self._told(unit, by_id, "exit.name", row)
            return row.id

    def end(self, exit_id: int, *, by_id: int) -> None:
        """Raises NotFound, HoursUncovered while an hour has nothing else."""
        with self._work() as unit:
            row = unit.session.get(NamedExit, exit_id)
            if row is None:
                raise NotFound(exit_id=exit_id)
            with cover_kept(unit, row.centre_id, row.starts_at, row.ends_at):
                self._told(unit, by_id, "exit.end", row)
                if row.starts_at < unit.now < row.ends_at:
                    row.ends_at = unit.now
                elif row.starts_at >= unit.now:
                    unit.session.delete(row)

    def _told(self, unit: UnitOfWork, by_id: int, action: str, row: NamedExit) -> None:
        told = [str(row.kind), row.starts_at.isoformat(), row.ends_at.isoformat()]
        target = row.partner_id if row.partner_id is not None else row.to_centre_id
        audit(
            unit,
            self._audit_key,
            by_id=by_id,
            action=action,
            subject=f"exit:{row.id}",
            changes={"exit": [None, [*told, target]], "centre": [None, row.centre_id]},
        )
        unit.tell(ShiftChanged(row.centre_id))


def candidates(session: Session, centre_id: int, span: Span) -> list[Candidate]:
    """What could be named for the whole span, in the order in which a supervisor would think of it."""
    found = [Candidate(ExitKind.STANDBY_PHONE, ExitKind.STANDBY_PHONE.zh, ExitKind.STANDBY_PHONE.en)]
    for centre, place in session.execute(
        select(Centre, Place).join(Place, Place.code == Centre.place_code).where(Centre.id != centre_id)
    ):
        kinds = [ExitKind.AGREEMENT]
        if place.level is PlaceLevel.PROVINCE:
            kinds.append(ExitKind.PROVINCE)
        found += [Candidate(kind, centre.name_zh, centre.name_en, to_centre_id=centre.id) for kind in kinds]
    for partner in session.scalars(select(PartnerLine).where(PartnerLine.takes_overflow.is_(True))):
        place_ = partner.place
        provincial = place_ is not None and place_.level is PlaceLevel.PROVINCE
        kind = ExitKind.PROVINCE if provincial else ExitKind.PARTNER_LINE
        found.append(Candidate(kind, partner.name_zh, partner.name_en, partner_id=partner.id))
    order = list(ExitKind)
    fit = [one for one in found if _unfit(session, _row(centre_id, one, span)) is None]
    return sorted(fit, key=lambda one: order.index(one.kind))


def relied_on(
    session: Session, now: datetime, *, partner_id: int | None = None, phone_of: int | None = None
) -> bool:
    """Whether a named exit that is not over goes to this partner, or to the stand-by phone of this centre."""
    query = select(NamedExit.id).where(NamedExit.ends_at > now)
    if partner_id is not None:
        query = query.where(NamedExit.partner_id == partner_id)
    else:
        query = query.where(NamedExit.centre_id == phone_of, NamedExit.kind == ExitKind.STANDBY_PHONE)
    return session.scalar(query.limit(1)) is not None


def agreement_relied_on(session: Session, now: datetime, agreement: OverflowAgreement) -> bool:
    """Whether a named exit rests on what these two centres agreed."""
    return (
        session.scalar(
            select(NamedExit.id)
            .where(
                NamedExit.kind == ExitKind.AGREEMENT,
                NamedExit.centre_id == agreement.from_centre_id,
                NamedExit.to_centre_id == agreement.to_centre_id,
                NamedExit.ends_at > now,
            )
            .limit(1)
        )
        is not None
    )


def _row(centre_id: int, one: Candidate, span: Span) -> NamedExit:
    return NamedExit(
        centre_id=centre_id,
        kind=one.kind,
        partner_id=one.partner_id,
        to_centre_id=one.to_centre_id,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
    )


def _unfit(session: Session, row: NamedExit) -> str | None:
    """Why it does not work for the whole of its time; None: it does."""
    span = Span(row.starts_at, row.ends_at)
    rows_of = in_force(session, span)
    if row.kind is ExitKind.AGREEMENT and not _agreed(session, row, span):
        return "no_agreement"
    if row.kind is ExitKind.PROVINCE and not _is_of_the_province(session, row):
        return "not_provincial"
    if row.to_centre_id is not None:
        return "empty" if without([span], seats_of(rows_of(row.to_centre_id))) else None
    if without([span], working_spans(session, row, rows_of)):
        return "partner_closed" if row.partner_id is not None else "no_phone"
    return None


def _agreed(session: Session, row: NamedExit, span: Span) -> bool:
    agreement = session.scalars(
        select(OverflowAgreement).where(
            OverflowAgreement.from_centre_id == row.centre_id,
            OverflowAgreement.to_centre_id == row.to_centre_id,
            OverflowAgreement.active.is_(True),
        )
    ).first()
    if agreement is None:
        return False
    return not without([span], open_spans(agreement.hours, span, zone_of(session, None)))


def _is_of_the_province(session: Session, row: NamedExit) -> bool:
    code = None
    if row.to_centre_id is not None:
        centre = session.get(Centre, row.to_centre_id)
        code = centre.place_code if centre is not None else None
    elif row.partner_id is not None:
        partner = session.get(PartnerLine, row.partner_id)
        code = partner.place_code if partner is not None else None
    place = session.get(Place, code) if code is not None else None
    return place is not None and place.level is PlaceLevel.PROVINCE

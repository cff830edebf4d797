"""What is on file when a call comes in: one question to the records, before the transaction that writes.

It is asked at each ring while somebody listens to silence, so it is one statement, built once, and the
history of a number is read only where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, func, literal, select
from sqlalchemy.orm import Session, outerjoin

from hotline.domain.priority import Credits
from hotline.domain.routing_policy import DEFAULT
from hotline.domain.seat_state import ON_DUTY
from hotline.routing.nuisance import in_force
from hotline.routing.on_offer import speaks
from hotline.routing.policy import credits_of
from hotline.routing.scene import in_zone
from models.calls import Call
from models.crypto import normalise_number
from models.network import PhoneLine, RoutingPolicy
from models.places import Centre, Organisation
from models.policies import ConsentMode, RecordingPolicy
from models.seats import Seat
from models.vocabulary_network import Language


@dataclass(frozen=True)
class LineDialled:
    id: int
    language: str
    centre_id: int | None
    centre_place: str | None


@dataclass(frozen=True)
class OnFile:
    call_id: int | None
    """The carrier told of this call before."""
    called_before: bool
    """There are other calls of this number."""
    is_limited: bool
    """A limit on this number is in force."""
    line: LineDialled | None
    """A retired one is still its callers' line."""
    credits: Credits
    consent_mode: ConsentMode
    is_demonstration: bool
    english_spoken: bool
    """Somebody on duty serves in English today."""


_ONE = select(literal(1).label("one")).subquery("one")
_ON_DUTY = select(Seat.profile).where(Seat.state.in_(ON_DUTY)).distinct().subquery("on_duty")
_RULES = select(RoutingPolicy).order_by(RoutingPolicy.id).limit(1)
_QUESTION = select(
    select(Call.id).where(Call.carrier_sid == bindparam("sid")).scalar_subquery().label("call_id"),
    exists().where(Call.caller_hash == bindparam("caller_hash")).label("called_before"),
    exists().where(*in_force(bindparam("caller_hash"), bindparam("now"))).label("is_limited"),
    PhoneLine.id.label("line_id"),
    PhoneLine.language,
    PhoneLine.centre_id,
    Centre.place_code.label("centre_place"),
    _RULES.with_only_columns(RoutingPolicy.credits).scalar_subquery().label("credits"),
    _RULES.with_only_columns(RoutingPolicy.most_credit_seconds).scalar_subquery().label("most_seconds"),
    select(RecordingPolicy.consent_mode)
    .order_by(RecordingPolicy.id.desc())
    .limit(1)
    .scalar_subquery()
    .label("consent_mode"),
    select(Organisation.is_demonstration).limit(1).scalar_subquery().label("is_demonstration"),
    select(Organisation.time_zone).order_by(Organisation.id).limit(1).scalar_subquery().label("time_zone"),
    select(func.aggregate_strings(_ON_DUTY.c.profile, "\n")).scalar_subquery().label("on_duty"),
).select_from(
    outerjoin(
        outerjoin(_ONE, PhoneLine, PhoneLine.number == bindparam("number")),
        Centre,
        Centre.id == PhoneLine.centre_id,
    )
)


def on_file(session: Session, *, sid: str, caller_hash: str, number_dialled: str, now: datetime) -> OnFile:
    asked = {
        "sid": sid,
        "caller_hash": caller_hash,
        "number": normalise_number(number_dialled),
        "now": now,
    }
    # On the connection: plain columns need nothing of the loading of entities, which costs more than they do.
    row = session.connection().execute(_QUESTION, asked).one()
    line = None
    if row.line_id is not None:
        line = LineDialled(row.line_id, row.language, row.centre_id, row.centre_place)
    return OnFile(
        call_id=row.call_id,
        called_before=bool(row.called_before),
        is_limited=bool(row.is_limited),
        line=line,
        credits=DEFAULT.credits if row.credits is None else credits_of(row.credits, row.most_seconds),
        consent_mode=row.consent_mode or ConsentMode.NOTICE,
        is_demonstration=bool(row.is_demonstration),
        english_spoken=any(
            speaks(profile, Language.ENGLISH, in_zone(now, row.time_zone).isoweekday())
            for profile in (row.on_duty or "").splitlines()
        ),
    )

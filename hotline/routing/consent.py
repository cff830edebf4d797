"""What a caller agreed to, as records of their own (DOMAIN.md f2).

The notice at the start covers recording and the de-identified count of subjects; going on after it is
consent `how=notice`, the star key refuses both `how=key`. Once refused, no notice grants it again.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.call_back_words import CallDirection
from models.calls import Call, Consent
from models.events import ConsentChanged
from models.unit_of_work import UnitOfWork
from models.vocabulary import ConsentKind, ConsentState

NOTICE_VERSION = "2026-11"
UNDER_NOTICE = (ConsentKind.RECORDING, ConsentKind.ANALYSIS)


def consent_of(session: Session, call_id: int, kind: ConsentKind) -> ConsentState:
    row = session.scalars(select(Consent).where(Consent.call_id == call_id, Consent.kind == kind)).first()
    return row.state if row else ConsentState.UNASKED


def set_consent(unit: UnitOfWork, call: Call, kind: ConsentKind, state: ConsentState, how: str) -> bool:
    """Write the consent; False when it stands so already. Refusing what was granted is a withdrawal."""
    row = unit.session.scalars(
        select(Consent).where(Consent.call_id == call.id, Consent.kind == kind)
    ).first()
    if row is not None and row.state is state:
        return False
    if row is None:
        row = Consent(call_id=call.id, kind=kind, text_version=NOTICE_VERSION)
        unit.session.add(row)
    refuses = state in (ConsentState.REFUSED, ConsentState.WITHDRAWN)
    if refuses and row.state in (ConsentState.GRANTED, ConsentState.WITHDRAWN):
        if row.state is ConsentState.WITHDRAWN:
            return False
        state, row.withdrawn_at = ConsentState.WITHDRAWN, unit.now
    else:
        row.at, row.withdrawn_at = unit.now, None
    row.state, row.how = state, how
    unit.session.flush()
    unit.tell(ConsentChanged(call.id, str(kind), str(state)))
    return True


def grant_by_notice(unit: UnitOfWork, call: Call) -> None:
    """The caller heard the notice and went on: grants what was never asked, touches nothing else."""
    for kind in UNDER_NOTICE:
        if consent_of(unit.session, call.id, kind) is ConsentState.UNASKED:
            set_consent(unit, call, kind, ConsentState.GRANTED, "notice")


def may_record(session: Session, call_id: int, mode: str) -> bool:
    """Whether a talk may be recorded. mode `notice`: unless refused; `separate`: only when granted.

    Who is called back heard no notice, so they are asked, whatever the mode.
    """
    state = consent_of(session, call_id, ConsentKind.RECORDING)
    outbound = select(Call.id).where(Call.id == call_id, Call.direction == CallDirection.OUTBOUND)
    if mode == "separate" or session.scalars(outbound).first() is not None:
        return state is ConsentState.GRANTED
    return state not in (ConsentState.REFUSED, ConsentState.WITHDRAWN)

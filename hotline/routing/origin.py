"""Where a call comes from: the line that was dialled, the caller's place, the centre that is theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.area_codes import place_of_landline
from hotline.routing.caller_history import last_place
from hotline.routing.on_file import OnFile
from models.crypto import normalise_number
from models.places import Centre, Place
from models.vocabulary_network import DEFAULT_LANGUAGE
from models.vocabulary_record import Channel


@dataclass(frozen=True)
class IncomingCall:
    """The carrier's words, once the signature was checked. The number shows in no repr, so in no log."""

    carrier_sid: str
    from_number: str = field(repr=False)
    number_dialled: str
    channel: Channel = Channel.PHONE


@dataclass(frozen=True)
class Origin:
    line_id: int | None
    language: str
    place_code: str | None
    place_source: str | None
    """home (told in an earlier call) | landline | trunk (the line's own city)."""
    centre_id: int | None


def place_of_number(number: str) -> tuple[str | None, str | None]:
    """(code of the place, `landline`), or nothing where the number tells nothing, as a mobile."""
    digits = normalise_number(number)
    if digits[:1] not in ("0", "1", "") and number.strip().startswith(("+86", "0086")):
        digits = "0" + digits
    place = place_of_landline(digits)
    return (place, "landline") if place else (None, None)


def origin_of(
    session: Session,
    incoming: IncomingCall,
    caller_hash: str,
    known: OnFile,
    place_of: Callable[[str], tuple[str | None, str | None]],
) -> Origin:
    """What the person told before goes before the area code, and that before the line that was dialled."""
    line = known.line
    code, centre_id = last_place(session, caller_hash) if known.called_before else (None, None)
    source = "home" if code else None
    if code is None:
        code, source = place_of(incoming.from_number)
        if code is not None and session.get(Place, code) is None:
            code = source = None
    if code is None and line is not None and line.centre_place is not None:
        code, source = line.centre_place, "trunk"
    if line is not None and line.centre_id is not None:
        centre_id = line.centre_id
    return Origin(
        line_id=line.id if line is not None else None,
        language=line.language if line is not None else DEFAULT_LANGUAGE,
        place_code=code,
        place_source=source,
        centre_id=centre_id if centre_id is not None else _only_centre(session, code),
    )


def _only_centre(session: Session, place_code: str | None) -> int | None:
    """The centre of the caller's city, where it has just one."""
    if place_code is None or place_code[2:4] == "00":
        return None
    found = session.scalars(
        select(Centre.id).where(Centre.place_code.startswith(place_code[:4], autoescape=True)).limit(2)
    ).all()
    return found[0] if len(found) == 1 else None

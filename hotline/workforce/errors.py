"""What a change of people, shifts or addresses may be refused for: a code, and facts without data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hotline.domain.roster_cover import Span
from hotline.domain.roster_rules import Breach


class Refused(Exception):
    """`code` is stable, for the console to put into words; `details` holds ids and codes only."""

    code = "refused"

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details = details


class NotFound(Refused):
    code = "not_found"


class FieldWrong(Refused):
    """`field` names the input, `reason` the code of what is wrong with it."""

    code = "field_wrong"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field=field, reason=reason)


class SeatHasHistory(Refused):
    """Calls, shifts or sign-ons of this seat are on file."""

    code = "seat_has_history"


class SeatInUse(Refused):
    """Somebody sits there now."""

    code = "seat_in_use"


class SeatRostered(Refused):
    """A shift that is not over yet names this seat."""

    code = "seat_rostered"


class LoginTaken(Refused):
    code = "login_taken"


class LastAdministrator(Refused):
    """Somebody must be left who can let people in."""

    code = "last_administrator"


class PersonInCall(Refused):
    """Whoever talks with a caller is not cut off by an account change."""

    code = "person_in_call"


class ShiftRefused(Refused):
    """`faults` lists the codes of `hotline.domain.shift_rules`."""

    code = "shift_refused"

    def __init__(self, faults: list[str]) -> None:
        super().__init__(faults=faults)
        self.faults = faults


class ShiftOver(Refused):
    """A shift that has ended is a record."""

    code = "shift_over"


class HoursUncovered(Refused):
    """Minutes would be left with neither a seat nor a named exit. `spans`: which, as (from, to)."""

    code = "hours_uncovered"

    def __init__(self, centre_id: int, spans: Sequence[Span]) -> None:
        super().__init__(centre_id=centre_id, minutes=sum(span.minutes for span in spans))
        self.centre_id = centre_id
        self.spans = tuple(spans)


class RulesBroken(Refused):
    """Rest or hours of somebody. `breaches`: which."""

    code = "rules_broken"

    def __init__(self, breaches: Sequence[Breach]) -> None:
        super().__init__(codes=sorted({one.code for one in breaches}))
        self.breaches = tuple(breaches)


class DraftChanged(Refused):
    """It was changed since the preview that is being published."""

    code = "draft_changed"


class NotOpen(Refused):
    """Somebody else answered, took or closed it first."""

    code = "not_open"


class ExitUnfit(Refused):
    """The exit does not work at that hour. `reason`: no_phone | partner_closed | no_agreement | empty."""

    code = "exit_unfit"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class ExitRelied(Refused):
    """A published hour has no other exit than this."""

    code = "exit_relied"


class AlreadyEstablished(Refused):
    """An administrator can sign in: further accounts are made on the administrator's page."""

    code = "already_established"

"""Facts that stand against a request; the console turns their codes into words."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A request that can't be met now. `code` is for translation, `details` hold ids and codes only."""

    code = "refused"

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details: dict[str, Any] = details


class SeatTaken(Refused):
    """Somebody else sits there."""

    code = "seat_taken"


class NotAdmitted(Refused):
    """`reason`: no_training | no_confidentiality | not_active; `reasons`: all that stand against it."""

    code = "not_admitted"

    @property
    def reason(self) -> str:
        return str(self.details["reason"])


class CannotBeReady(Refused):
    """`reason`: not_signed_on | note_open | no_microphone | no_sound | another code of the desk."""

    code = "cannot_be_ready"

    @property
    def reason(self) -> str:
        return str(self.details["reason"])


class NotSignedOn(Refused):
    code = "not_signed_on"


class InCall(Refused):
    """The seat talks; that must end first."""

    code = "in_call"


class NotInTalk(Refused):
    """The call is not being talked, or not by this person."""

    code = "not_in_talk"


class UnknownCall(Refused):
    code = "unknown_call"


class UnknownSeat(Refused):
    code = "unknown_seat"


class OfferAlreadyEnded(Refused):
    code = "offer_already_ended"


class CallBackOwed(Refused):
    """A line that dropped in danger is to be called back, or handed over, first."""

    code = "call_back_owed"


class HandOverOwed(Refused):
    """Open R3/R4 items that nobody accepted yet. `items`: kind, id and level of each."""

    code = "hand_over_owed"

    @property
    def items(self) -> list[dict[str, Any]]:
        return list(self.details["items"])


class CannotTransfer(Refused):
    """`reason`: transfer_running | others_in_talk | supervisor_joined | target_busy | target_closed ..."""

    code = "cannot_transfer"


class NotListening(Refused):
    """This person has no leg in that talk."""

    code = "not_listening"


class NoteIncomplete(Refused):
    """`missing`: codes of the fields that the call type still requires."""

    code = "note_incomplete"

    @property
    def missing(self) -> list[str]:
        return list(self.details["missing"])

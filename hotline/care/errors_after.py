"""Why a step after a contact was refused: codes and ids; the console says them in words."""

from __future__ import annotations

from hotline.routing.errors import Refused


class RecordIncomplete(Refused):
    """`faults`: codes of what is missing or does not fit, in the order of the form. Nothing was saved."""

    code = "record_incomplete"

    def __init__(self, faults: list[str]) -> None:
        super().__init__(faults=faults)
        self.faults = faults


class NotOpen(Refused):
    """Unknown, or closed meanwhile by somebody else."""

    code = "not_open"


class PreviewChanged(Refused):
    """What would be sent is no longer what was shown."""

    code = "preview_changed"


class ComesFirst(Refused):
    """`first`: codes of the tasks that must be done before."""

    code = "comes_first"

    def __init__(self, first: list[str]) -> None:
        super().__init__(first=first)
        self.first = first


class NoNumber(Refused):
    code = "no_number"


class CannotTake(Refused):
    """The person is not active, not one who answers, or the same one."""

    code = "cannot_take"


class FormAlreadyEntered(Refused):
    """`call_id`: the contact that this paper form became."""

    code = "form_already_entered"

"""Why a use case of care was refused: facts by code; the console says them in words."""

from __future__ import annotations

from typing import Any

from hotline.care.forms import Fault, Form
from hotline.routing.errors import Refused


class NoteChangedElsewhere(Refused):
    """Somebody saved in between; `revision` is theirs. The content travels apart, on the exception alone."""

    code = "note_changed_elsewhere"

    def __init__(self, revision: int, content: dict[str, Any], form: Form) -> None:
        super().__init__(revision=revision)
        self.revision = revision
        self.content = content
        self.form = form


class NoteInvalid(Refused):
    """`fields`: codes of the fields whose value no form allows. Nothing was saved."""

    code = "note_invalid"

    def __init__(self, fields: list[str]) -> None:
        super().__init__(fields=fields)
        self.fields = fields


class NoteAlreadyClosed(Refused):
    code = "note_already_closed"


class NoSuchCall(Refused):
    code = "no_such_call"


class NoSuchDanger(Refused):
    code = "no_such_danger"


class OutcomeMissing(Refused):
    """A danger is closed only with an outcome."""

    code = "outcome_missing"


class NoSuchLinkage(Refused):
    code = "no_such_linkage"


class RescueUnknown(Refused):
    """A danger with a hand-off to 110/120 is closed only when it is known whether help arrived."""

    code = "rescue_unknown"


class RescueUndecided(Refused):
    """A danger is closed only after a person decided on 110/120: told, or considered and not told."""

    code = "rescue_undecided"


class NextStepMissing(Refused):
    """Rescue has not reached the person, or nobody knows: then the next step is written down."""

    code = "next_step_missing"


class ReportNotAllowed(Refused):
    """`reason`: code of `hotline/domain/danger_rules.py`."""

    code = "report_not_allowed"


class NoSuchStep(Refused):
    code = "no_such_step"


class NoSuchAsk(Refused):
    """Nothing was asked on this caller's page."""

    code = "no_such_ask"


class DebriefIncomplete(Refused):
    """`reason`: code of `hotline/domain/danger_rules.py`."""

    code = "debrief_incomplete"


class NoSuchFollowUp(Refused):
    code = "no_such_follow_up"


class NoSuchProtocol(Refused):
    code = "no_such_protocol"


class SignerIsAuthor(Refused):
    """Whoever wrote a version does not sign it."""

    code = "signer_is_author"


class ProtocolInvalid(Refused):
    """`field`: what is missing, too long, or no code."""

    code = "protocol_invalid"


class NoSuchScale(Refused):
    """Unknown, or without a text on file: it cannot be offered."""

    code = "no_such_scale"


class TextIncomplete(Refused):
    """A text of a scale is filed only with version, source and permission."""

    code = "scale_text_incomplete"


class ConsentFirst(Refused):
    """No scale is asked before the caller agreed to it."""

    code = "scale_consent_first"


class AnswersInvalid(Refused):
    code = "scale_answers_invalid"


class NoSuchConsultation(Refused):
    code = "no_such_consultation"


class OpinionIncomplete(Refused):
    """An opinion has a named expert, its words and a recommendation."""

    code = "opinion_incomplete"


class NoSuchForcedReport(Refused):
    code = "no_such_forced_report"


class NoSuchForm(Refused):
    """No version of this name is on file."""

    code = "no_such_form"


class FormNotDraft(Refused):
    """It is or was in force: notes are read by it, so that it never changes."""

    code = "form_not_draft"


class FormRefused(Refused):
    """`faults`: why the version cannot be as it was asked for. Nothing was changed."""

    code = "form_refused"

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults=[fault.code for fault in faults])
        self.faults = faults

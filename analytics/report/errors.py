"""What a review, a signature or an answer may be refused for. A code to translate, and facts without data."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """`code` is stable, for the console to put into words; `details` holds ids and codes only."""

    code = "refused"

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details = details


class NotFound(Refused):
    code = "not_found"


class NotPermitted(Refused):
    """The person's role or place does not allow this."""

    code = "not_permitted"


class ReasonMissing(Refused):
    code = "reason_missing"


class SignalAlreadyDecided(Refused):
    code = "signal_already_decided"


class SignerIsVerifier(Refused):
    """Two-person rule: who verified may not sign."""

    code = "signer_is_verifier"


class AlertNotAwaitingSignature(Refused):
    code = "alert_not_awaiting_signature"


class AlertNotIssued(Refused):
    code = "alert_not_issued"


class AlertNotAcknowledged(Refused):
    code = "alert_not_acknowledged"


class AlertAlreadyClosed(Refused):
    code = "alert_already_closed"


class NothingAsked(Refused):
    """The hotline answers questions; there is none open."""

    code = "nothing_asked"


class TextMissing(Refused):
    code = "text_missing"


class PersonNamed(Refused):
    """Words between officials and the hotline hold a number that leads to a person."""

    code = "person_named"


class NobodyToTell(Refused):
    """No mechanism is registered for the place nor for any place above it."""

    code = "nobody_to_tell"


class SignalsDoNotMatch(Refused):
    """A signal is merged into another one of the hotline that is not merged itself."""

    code = "signals_do_not_match"


class OnePersonIsNoAlert(Refused):
    """A danger from one identifiable person is handed to 110, never told to officials."""

    code = "one_person_is_no_alert"


class BodyNotAllowed(Refused):
    """Public security, political-legal and petition bodies: only for a stress event or harm to others."""

    code = "body_not_allowed"


class TooEarlyToSignAlone(Refused):
    code = "too_early_to_sign_alone"


class NotSignedAlone(Refused):
    """There is nothing to countersign."""

    code = "not_signed_alone"


class ChangeAlreadyDrafted(Refused):
    code = "change_already_drafted"


class MessageAlreadyDecided(Refused):
    code = "message_already_decided"


class ProposalAlreadyDecided(Refused):
    code = "proposal_already_decided"


class PaperAlreadySigned(Refused):
    """A signed or dropped report is not changed."""

    code = "paper_already_signed"


class PaperChangedMeanwhile(Refused):
    """Somebody edited it after this page was opened."""

    code = "paper_changed_meanwhile"


class PeriodNotOver(Refused):
    code = "period_not_over"


class EvaluationOver(Refused):
    """The export has ended, or its time is over."""

    code = "evaluation_over"

"""TwiML verbs. Each is a function `(context, verb) -> Outcome`; None means: go on with the next one."""

from hotline.exchange.verbs.run import run_document

__all__ = ["run_document"]

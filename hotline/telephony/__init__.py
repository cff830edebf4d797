"""The carrier's wire: webhooks in, TwiML and REST out."""

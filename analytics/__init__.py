"""Hears what the calls say together: transcribe, redact, group, count, report."""

"""Redaction and risk language."""

"""Plays cases of how a TwiML engine behaves against the real engine."""

"""Shifts, coverage and readiness of the people who answer."""

"""Counts, baselines and aberration: the statistics of emerging issues."""

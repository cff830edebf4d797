"""What surrounds an alert: who is told, by which clock, in which version, and what the figures may reveal."""

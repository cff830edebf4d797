"""The embedded telephone exchange: a process of its own that plays the carrier's part."""

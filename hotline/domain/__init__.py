"""Rules as pure functions on small frozen snapshots; no input or output."""

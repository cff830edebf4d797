"""Records: what the system remembers."""

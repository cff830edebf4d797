"""Speech to text, one channel at a time."""

"""Vectors and groups: from texts to issues."""

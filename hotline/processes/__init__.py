"""Starts the product's processes, restarts what dies, leaves no orphan."""

"""Everything people see in a browser."""

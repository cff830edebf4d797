"""Use cases of the call router: load, ask the rule, save, and tell after commit."""

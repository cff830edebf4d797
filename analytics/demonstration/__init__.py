"""The demonstration: a made-up province, its hotline, and 60 days of synthetic contacts.

Nothing here analyses anything: the contacts pass through the real pipeline, and the decisions through the
real review. Everything written is marked as demonstration and can be cleared.
"""

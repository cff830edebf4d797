"""The steps from a recording to a signal. Each loads, computes with no transaction open, saves, and asks for
the next in the transaction that saves.

transcribe -> understand -> group -> count -> detect     (regroup at night; forget when consent is withdrawn)
"""

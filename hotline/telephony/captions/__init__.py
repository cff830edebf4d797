"""Live captions: the carrier's media streams in, words out to the desks that may see them.

    carrier -- /media --> Stream -- Lane (caller) --+
                                 -- Lane (operator) +--> Room of the call --> desks -- /captions

One loop holds all sockets; recognition runs in a few threads that the lanes share. A call waits for nothing
here: sound that can't be heard in time is dropped, oldest first, and the gap is said. Words live in the room
of a call that goes on, and nowhere else: no log, no Redis, no disk. What is kept of them is the code and the
second of a risk mark.
"""

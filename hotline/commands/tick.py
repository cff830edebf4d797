"""`hotline tick`: the clock. Each second it lets the application write the work that fell due."""

from __future__ import annotations

import logging
import signal
import threading

import click

from hotline.logs import set_up_logging
from hotline.settings import load_settings

log = logging.getLogger("hotline.clock")

TURN_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 15.0


@click.command()
@click.option("--once", is_flag=True, help="只走一次 · one turn, then end")
def tick(once: bool) -> None:
    """时钟 · write due work, each second."""
    set_up_logging("clock")
    from hotline.bootstrap.application import build

    application = build(load_settings())
    if once:
        application.tick()
        return
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    log.info("clock runs, one turn each %s s", TURN_SECONDS)
    pause = TURN_SECONDS
    while not ending.wait(pause):
        try:
            application.tick()
            pause = TURN_SECONDS
        except Exception:
            # A turn that fails must not end the clock: deadlines of waiting callers hang on it.
            log.exception(
                "a turn of the clock failed; the next comes in %s s", min(pause * 2, LONGEST_PAUSE_SECONDS)
            )
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

"""From ring to issue: a caller and an operator in two real browsers hear each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calls import Call
from models.crypto import Keyring
from models.notes import Note
from models.recordings import Recording
from models.sealed_files import read_sealed
from models.seats import Seat
from models.surveillance import Contact
from models.vocabulary import AnalysisState, CallOutcome, CallState, NoteState, RecordingState, SeatState
from tests.journeys.actors import BrowserCaller, Operator
from tests.journeys.conftest import OpenBrowser
from tests.journeys.product import Product, eventually
from tests.journeys.sound import read, share

pytestmark = [pytest.mark.guards_a_caller, pytest.mark.timeout(300)]

CALLER_TONE, OPERATOR_TONE = 600.0, 937.5
SUMMARY = "失业两周后睡不着，担心房租，愿意联系姐姐。"


def test_a_browser_caller_is_answered_heard_noted_and_counted(
    shared_product: Product, browser_with: OpenBrowser, tones: Callable[[float], Path]
) -> None:
    product = shared_product
    operator = Operator(product, browser_with(tones(OPERATOR_TONE)))
    operator.signs_in("operator")
    operator.goes_on_duty()

    caller = BrowserCaller(product, browser_with(tones(CALLER_TONE)), viewport={"width": 390, "height": 844})
    caller.calls()

    call_id = operator.answers()
    eventually(lambda: operator.hears(CALLER_TONE), "the operator hears the caller", 15)
    eventually(lambda: caller.hears(OPERATOR_TONE), "the caller hears the operator", 15)

    operator.writes_a_whole_note(SUMMARY, problem="N")
    saved = product.look(lambda s: s.scalars(select(Note).where(Note.call_id == call_id)).one())
    assert saved.summary == SUMMARY
    assert saved.state is NoteState.DRAFT, "it saved itself while it was written"

    operator.page.wait_for_timeout(3000)  # so that the recording holds seconds of both
    operator.hangs_up()
    expect(caller.page.locator("[data-role=ended-words]")).to_be_visible(timeout=10_000)
    operator.finishes_note()

    def ended(session: Session) -> Call | None:
        call = session.get(Call, call_id)
        return call if call is not None and call.state is CallState.ENDED else None

    call = eventually(lambda: product.look(ended), "the call ends")
    assert (call.outcome, call.ended_by) == (CallOutcome.ANSWERED, "operator")
    seat = product.look(lambda s: s.scalars(select(Seat).where(Seat.person_id.is_not(None))).one())
    assert seat.state is SeatState.AVAILABLE

    recording = eventually(lambda: product.look(lambda s: _stored(s, call_id)), "the recording is kept", 60)
    _holds_both_voices_apart(product, recording)

    contact = eventually(
        lambda: product.look(lambda s: _counted(s, call_id)), "the pipeline ran to its end", 90
    )
    assert contact.problem == "N"
    operator.goes_home()
    assert operator.faults == []
    assert caller.faults == []


def _stored(session: Session, call_id: int) -> Recording | None:
    return session.scalars(
        select(Recording).where(Recording.call_id == call_id, Recording.state == RecordingState.STORED)
    ).first()


def _counted(session: Session, call_id: int) -> Contact | None:
    return session.scalars(
        select(Contact).where(
            Contact.call_id == call_id,
            Contact.state == AnalysisState.DONE,
            Contact.grouped_at.is_not(None),
        )
    ).first()


def _holds_both_voices_apart(product: Product, recording: Recording) -> None:
    folder = product.settings().data_dir / "recordings"
    assert recording.file_name is not None
    sealed = folder / recording.file_name
    assert b"RIFF" not in sealed.read_bytes()[:4096]
    audio = b"".join(read_sealed(sealed, _keyring(product), recording.seal_context))
    samples, rate = read(audio)
    assert samples.shape[1] == 2
    middle = samples[len(samples) // 3 : 2 * len(samples) // 3]
    assert share(middle[:, 0], rate, CALLER_TONE) > 0.6, "channel 1 is the caller"
    assert share(middle[:, 1], rate, OPERATOR_TONE) > 0.6, "channel 2 is the operator"
    assert share(middle[:, 0], rate, OPERATOR_TONE) < 0.05
    assert share(middle[:, 1], rate, CALLER_TONE) < 0.05


def _keyring(product: Product) -> Keyring:
    return Keyring.parse(product.settings().data_keys.get_secret_value())

"""`hotline policy`: how talks are recorded, captioned and kept; without options it tells what stands."""

from __future__ import annotations

import click

from hotline.faults import OperationalFault
from hotline.settings import load_settings


@click.command()
@click.option(
    "--consent", type=click.Choice(["notice", "separate"]), help="告知 或 单独同意 · how it is asked"
)
@click.option(
    "--captions-separately/--captions-with-recording",
    default=None,
    help="字幕另行告知，或随录音同意 · told of apart, or with the recording",
)
@click.option("--recording-days", type=int, help="录音保存天数 · days that audio is kept")
@click.option("--transcript-days", type=int, help="转写保存天数 · days that words are kept")
@click.option("--service-record-days", type=int, help="登记保存天数 · days that written records are kept")
def policy(
    consent: str | None,
    captions_separately: bool | None,
    recording_days: int | None,
    transcript_days: int | None,
    service_record_days: int | None,
) -> None:
    """录音、字幕与保存期限 · consent to recording, captions, and how long audio and words are kept."""
    from hotline.bootstrap.application import build
    from hotline.workforce.recording_policy import DaysOutOfBounds, decide_recording_policy
    from models.policies import ConsentMode, standing_policy

    core = build(load_settings()).core
    given = (consent, captions_separately, recording_days, transcript_days, service_record_days)
    if any(one is not None for one in given):
        try:
            decide_recording_policy(
                core.work,
                core.audit_key,
                consent_mode=ConsentMode(consent) if consent else None,
                captions_separately=captions_separately,
                recording_days=recording_days,
                transcript_days=transcript_days,
                service_record_days=service_record_days,
            )
        except DaysOutOfBounds:
            raise OperationalFault(
                "天数不对：录音至少 1 天，不长于转写；转写不长于登记；登记三年到十年。",
                "Out of bounds: audio from 1 day and no longer than words, words no longer than written "
                "records, these from three to ten years.",
            ) from None
    with core.work() as unit:
        unit.only_read()
        stands = standing_policy(unit.session)
    captions = "另行告知 told of apart" if stands.captions_separately else "随录音同意 with the recording"
    click.echo(f"录音 recording: {stands.consent_mode.zh} · {stands.consent_mode.en}")
    click.echo(f"字幕 captions: {captions}")
    click.echo(f"录音保存 audio kept: {stands.recording_days} 天 days")
    click.echo(f"转写保存 words kept: {stands.transcript_days} 天 days")
    click.echo(f"登记保存 written records kept: {stands.service_record_days} 天 days")

"""From recorded sound to words with times, one channel of the recording at a time.

    transcriber = VoskTranscriber(folder, card, allow_test_models=False)      # once for each worker
    transcript = transcriber.transcribe(chunks_of_bytes, channel_labels=("caller", "operator"))

Nothing here touches a disk but the model's folder: sound comes in as an iterator of bytes (a decrypting
reader, say) and leaves as a `Transcript`.
"""

from analytics.transcribe.errors import (
    AudioDamaged,
    AudioEmpty,
    AudioUnreadable,
    LanguageNotCovered,
    ModelUnusable,
    TestModelRefused,
)
from analytics.transcribe.transcriber import AudioSource, Transcriber
from analytics.transcribe.transcript import Transcript, TranscriptState, Utterance, Word
from analytics.transcribe.vosk_engine import VoskTranscriber

__all__ = [
    "AudioDamaged",
    "AudioEmpty",
    "AudioSource",
    "AudioUnreadable",
    "LanguageNotCovered",
    "ModelUnusable",
    "TestModelRefused",
    "Transcriber",
    "Transcript",
    "TranscriptState",
    "Utterance",
    "VoskTranscriber",
    "Word",
]

"""Contacts as the grouping reads them: a caller's words plainly, an operator's note by its local weights.

Notes repeat what every note says; weighted by how rare a word is in this hotline's own notes, what each is
about stands out. Words as they are spoken lose by that, so that they are left as they are. Of a contact with
both, each part counts by its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from analytics.cluster.embedder import Embedder, Vectors, normalised

SUMMARY, TRANSCRIPT, BOTH = "summary", "transcript", "both"


@runtime_checkable
class ReadsNotes(Protocol):
    """An embedder that can weigh a note's words by those of other notes."""

    key: str

    @property
    def weighs_notes(self) -> bool:
        """False while nothing was learnt: then a note is read as any text."""
        ...

    def embed_notes(self, texts: Sequence[str]) -> Vectors:
        """As `Embedder.embed`, in the same space."""
        ...

    def fit_token_weights(self, texts: Sequence[str]) -> Vectors:
        """What `with_token_weights` takes, from notes."""
        ...

    def with_token_weights(self, weights: Vectors) -> Embedder:
        """The same embedder with another key, whose `embed_notes` uses them."""
        ...


def source_of(summary: str, spoken: str) -> str | None:
    kinds = {(True, True): BOTH, (True, False): SUMMARY, (False, True): TRANSCRIPT}
    return kinds.get((bool(summary), bool(spoken)))


def joined(summary: str, spoken: str) -> str:
    """The redacted parts as one text, the note on the first line."""
    return "\n".join(part for part in (" ".join(summary.split("\n")), spoken) if part)


def parted(text: str, source: str | None) -> tuple[str, str]:
    """(note, spoken words) of what `joined` made."""
    if source == TRANSCRIPT:
        return "", text
    if source == SUMMARY:
        return text, ""
    note, _, spoken = text.partition("\n")
    return note, spoken


def embed_contacts(embedder: Embedder, texts: Sequence[tuple[str, str | None]]) -> Vectors:
    """(len(texts), dimension) unit rows of (text, source)."""
    if not isinstance(embedder, ReadsNotes) or not embedder.weighs_notes:
        return embedder.embed([text for text, _ in texts])
    parts = [parted(text, source) for text, source in texts]
    notes = embedder.embed_notes([note for note, _ in parts])
    spoken = embedder.embed([words for _, words in parts])
    lengths = np.array([[len(note), len(words)] for note, words in parts], np.float32).reshape(-1, 2)
    return normalised(notes * lengths[:, :1] + spoken * lengths[:, 1:])

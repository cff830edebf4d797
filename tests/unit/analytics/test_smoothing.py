"""Neighbours are drawn together, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.cluster import smoothing
from analytics.cluster.embedder import Vectors, normalised
from analytics.cluster.smoothing import smoothed


def two_subjects(count: int = 60) -> tuple[Vectors, np.ndarray]:
    rng = np.random.default_rng(7)
    subject = np.arange(count) % 2
    centres = np.eye(2, 32)
    return normalised(centres[subject] + 0.3 * rng.normal(size=(count, 32))), subject


def contrast(vectors: Vectors, subject: np.ndarray) -> float:
    """Mean cosine within a subject less that across."""
    scores, same = vectors @ vectors.T, subject[:, None] == subject[None, :]
    np.fill_diagonal(same, False)
    return float(scores[same].mean() - scores[subject[:, None] != subject[None, :]].mean())


def test_texts_of_one_subject_come_nearer_and_the_subjects_part() -> None:
    vectors, subject = two_subjects()
    assert contrast(smoothed(vectors), subject) > contrast(vectors, subject) + 0.2


def test_rows_keep_their_length_and_an_empty_text_stays_empty() -> None:
    vectors, _ = two_subjects()
    vectors[3] = 0
    lengths = np.linalg.norm(smoothed(vectors), axis=1)
    assert lengths[3] == 0
    assert np.allclose(np.delete(lengths, 3), 1, atol=1e-5)


def test_a_handful_of_texts_stays_as_it_is() -> None:
    vectors, _ = two_subjects(12)
    assert np.array_equal(smoothed(vectors), vectors)


def test_many_texts_are_compared_with_a_spread_sample_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoothing, "MOST_REFERENCES", 40)
    monkeypatch.setattr(smoothing, "_ROWS_AT_ONCE", 7)
    vectors, subject = two_subjects(200)
    drawn = smoothed(vectors)
    assert contrast(drawn, subject) > contrast(vectors, subject) + 0.2
    assert np.array_equal(drawn, smoothed(vectors))

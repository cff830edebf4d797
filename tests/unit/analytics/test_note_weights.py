"""What notes have in common weighs little among notes; words as they are spoken are read as they were."""

from __future__ import annotations

import numpy as np

from analytics.cluster import LexicalEmbedder, StaticEmbedder
from analytics.steps.documents import BOTH, SUMMARY, TRANSCRIPT, embed_contacts, joined, parted, source_of

FRAME = "来电人情绪低落，反映{}，已倾听支持并做情绪疏导，建议继续关注，来电人表示感谢。"
SUBJECTS = ("失眠", "欠薪", "考试焦虑", "离婚", "网贷", "停水", "孩子不上学", "失业")
SPOKEN = "我这阵子老是睡不着"


def test_two_notes_in_the_same_words_about_other_things_move_apart() -> None:
    plain = StaticEmbedder()
    notes = [FRAME.format(subject) for subject in SUBJECTS]
    weighted = plain.with_token_weights(plain.fit_token_weights(notes * 30))

    def likeness(rows: np.ndarray) -> float:
        return float((rows @ rows.T)[np.triu_indices(len(rows), 1)].mean())

    before = embed_contacts(plain, [(note, SUMMARY) for note in notes])
    after = embed_contacts(weighted, [(note, SUMMARY) for note in notes])
    assert likeness(after) < likeness(before) - 0.03
    assert weighted.key != plain.key
    assert weighted.key.split("@")[0] == plain.key.split("@")[0]


def test_spoken_words_are_read_without_weights_and_a_call_with_both_lies_between() -> None:
    plain = StaticEmbedder()
    note = FRAME.format("失眠")
    weighted = plain.with_token_weights(plain.fit_token_weights([note] * 9))
    alone = embed_contacts(weighted, [(SPOKEN, TRANSCRIPT)])[0]
    assert np.allclose(alone, plain.embed([SPOKEN])[0], atol=1e-6)
    noted, both = embed_contacts(weighted, [(note, SUMMARY), (joined(note, SPOKEN), BOTH)])
    assert both @ noted > alone @ noted
    assert both @ alone > noted @ alone


def test_a_note_of_several_lines_stays_the_note() -> None:
    note, spoken = "第一行\n第二行", "我睡不着"
    text = joined(note, spoken)
    assert parted(text, source_of(note, spoken)) == ("第一行 第二行", spoken)
    assert parted(joined("", spoken), source_of("", spoken)) == ("", spoken)
    assert (joined("", ""), source_of("", "")) == ("", None)


def test_an_embedder_that_weighs_nothing_reads_the_whole_text() -> None:
    text = joined("反映失眠", SPOKEN)
    for embedder in (LexicalEmbedder(), StaticEmbedder()):
        assert np.array_equal(embed_contacts(embedder, [(text, BOTH)]), embedder.embed([text]))

"""Trains the product's own small Chinese embedding from counselling dialogues (SMILE, CC0).

    nice -n 10 python -m analytics.cluster.train_zh_static ../shared/text/zh_dialogues.jsonl.gz OUT_FOLDER

Steps: jieba words -> vocabulary -> PPMI with smoothed contexts (Levy, Goldberg and Dagan 2015, TACL 3) ->
truncated SVD -> SIF weights (Arora, Liang and Ma 2017, ICLR) -> contrastive training with in-batch negatives
(InfoNCE, van den Oord et al. 2018) on pairs out of one dialogue. Writes `vectors.npz` and `tokenizer.json`.
Needs torch and tokenizers; nothing that runs in the product imports this module.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

WORD = re.compile(r"[^\W_]+")
UNKNOWN = "[UNK]"


def dialogues(path: Path) -> Iterator[list[tuple[str, str]]]:
    """Each dialogue as (role, text) turns."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield [(role, text) for role, text in json.loads(line)["turns"]]


def words(text: str) -> list[str]:
    """Lower-case NFKC words of jieba, letters and digits only."""
    import jieba

    plain = unicodedata.normalize("NFKC", text).lower()
    return [part for word in jieba.cut(plain) for part in WORD.findall(word)]


def vocabulary(turns: list[list[str]], size: int, minimum: int) -> tuple[list[str], Counter[str]]:
    """[UNK], every character seen three times, then the commonest words."""
    counts = Counter(word for turn in turns for word in turn)
    characters: Counter[str] = Counter()
    for word, count in counts.items():
        for character in word:
            characters[character] += count
    chosen = [UNKNOWN, *sorted(character for character, count in characters.items() if count >= 3)]
    known = set(chosen)
    for word, count in counts.most_common():
        if len(chosen) >= size or count < minimum:
            break
        if word not in known:
            chosen.append(word)
            known.add(word)
    for character, count in characters.items():
        counts[character] = max(counts[character], count)
    return chosen, counts


def build_tokenizer(vocab: list[str], counts: Counter[str]) -> Any:
    """A Unigram tokenizer over the words, so that no jieba is needed at run time."""
    from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
    from tokenizers.models import Unigram

    total = sum(counts[word] for word in vocab)
    scores = [(word, -30.0 if word == UNKNOWN else math.log(max(counts[word], 1) / total)) for word in vocab]
    tokenizer = Tokenizer(Unigram(scores, unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[^\p{L}\p{N}]+"), behavior="removed")
    return tokenizer


def ppmi_vectors(encoded: list[list[int]], size: int, dimension: int, seed: int) -> np.ndarray:
    """PPMI over words of one turn, factorised; rows weighted by SIF."""
    from scipy import sparse
    from sklearn.utils.extmath import randomized_svd

    rows, columns = [], []
    for index, turn in enumerate(encoded):
        unique = sorted(set(turn) - {0})
        rows.extend([index] * len(unique))
        columns.extend(unique)
    seen = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=(len(encoded), size))
    pairs = (seen.T @ seen).tocoo()
    keep = (pairs.data >= 3) & (pairs.row != pairs.col)
    row, column, count = pairs.row[keep], pairs.col[keep], pairs.data[keep].astype(np.float64)
    total = count.sum()
    word = np.bincount(row, count, size) / total
    context = np.bincount(column, count, size) ** 0.75
    context /= context.sum()
    pmi = np.log(count / total / (word[row] * context[column]))
    positive = pmi > 0
    matrix = sparse.csr_matrix(
        (pmi[positive].astype(np.float32), (row[positive], column[positive])), shape=(size, size)
    )
    left, singular, _ = randomized_svd(matrix, dimension, n_iter=4, random_state=seed)
    frequency = np.bincount(np.concatenate([np.asarray(turn) for turn in encoded if turn]), minlength=size)
    sif = 1e-3 / (1e-3 + frequency / frequency.sum())
    vectors: np.ndarray = (left * np.sqrt(singular) * sif[:, None]).astype(np.float32)
    return vectors


Dialogue = list[tuple[bool, list[int]]]


def a_pair(dialogue: Dialogue, kind: int, chance: random.Random) -> tuple[list[int], list[int]] | None:
    """One of four kinds: first message / rest, two client turns, turn / reply, turn / all the rest."""
    clients = [index for index, (client, ids) in enumerate(dialogue) if client and len(ids) >= 3]
    if not clients:
        return None
    flat = [ids for _, ids in dialogue]
    if kind == 0:
        return flat[clients[0]], [token for ids in flat[clients[0] + 1 :] for token in ids]
    if kind == 1:
        if len(clients) < 2:
            return None
        one, two = chance.sample(clients, 2)
        return flat[one], flat[two]
    at = chance.choice(clients)
    if kind == 2:
        return (flat[at], flat[at + 1]) if at + 1 < len(flat) else None
    return flat[at], [token for index, ids in enumerate(flat) if index != at for token in ids]


def contrastive(
    start: np.ndarray, data: list[Dialogue], steps: int, batch: int, seed: int, rate: float, dropout: float
) -> np.ndarray:
    """InfoNCE both ways, cosine x 20, Adam with warm-up and linear decay."""
    import torch
    from torch.nn import functional

    torch.manual_seed(seed)
    chance = random.Random(seed)
    bag = torch.nn.EmbeddingBag.from_pretrained(torch.tensor(start), freeze=False, mode="mean")
    adam = torch.optim.Adam(bag.parameters(), lr=rate)

    def encode(rows: list[list[int]]) -> torch.Tensor:
        kept = [[token for token in row if dropout == 0 or chance.random() >= dropout] or row for row in rows]
        offsets = np.cumsum([0, *(len(row) for row in kept[:-1])])
        flat = torch.tensor([token for row in kept for token in row], dtype=torch.long)
        return functional.normalize(bag(flat, torch.tensor(offsets)), dim=1)

    for step in range(steps):
        warm = max(1, steps // 20)
        share = (step + 1) / warm if step < warm else (steps - step) / max(1, steps - warm)
        for group in adam.param_groups:
            group["lr"] = rate * share
        pairs = []
        for dialogue in chance.sample(data, min(batch, len(data))):
            pair = a_pair(dialogue, chance.randrange(4), chance)
            if pair and pair[0] and pair[1]:
                pairs.append((pair[0][:256], pair[1][:512]))
        left, right = encode([pair[0] for pair in pairs]), encode([pair[1] for pair in pairs])
        scores = left @ right.T * 20
        target = torch.arange(len(pairs))
        loss = (functional.cross_entropy(scores, target) + functional.cross_entropy(scores.T, target)) / 2
        adam.zero_grad()
        loss.backward()
        adam.step()
        if step % 50 == 0:
            print(f"step {step} loss {loss.item():.3f}", flush=True)  # noqa: T201
    learnt: np.ndarray = bag.weight.detach().numpy()
    return learnt


def held_out_mrr(vectors: np.ndarray, data: list[Dialogue]) -> float:
    """Mean reciprocal rank of a dialogue's rest, given its first message, among all held-out dialogues."""
    pairs = [
        pair for dialogue in data if (pair := a_pair(dialogue, 0, random.Random(0))) and pair[0] and pair[1]
    ]

    def mean(rows: list[list[int]]) -> np.ndarray:
        out = np.stack([vectors[row].mean(0) for row in rows])
        unit: np.ndarray = out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
        return unit

    scores = mean([pair[0] for pair in pairs]) @ mean([pair[1] for pair in pairs]).T
    ranks = (scores > np.diag(scores)[:, None]).sum(1) + 1
    return float((1 / ranks).mean())


def main() -> None:
    """Trains and writes; prints the held-out MRR before and after."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dialogues", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", type=int, default=16000)
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--minimum", type=int, default=5)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--rate", type=float, default=0.005)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cache", type=Path, help="keep the cut words and start vectors here between trials")
    arguments = parser.parse_args()

    import torch

    torch.set_num_threads(arguments.threads)
    prepared = _prepare(arguments)
    vocab, counts, start, data = prepared
    random.Random(arguments.seed).shuffle(data)
    held, train = data[:1000], data[1000:]
    print(f"start: MRR {held_out_mrr(start, held):.3f}", flush=True)  # noqa: T201
    vectors = contrastive(
        start, train, arguments.steps, arguments.batch, arguments.seed, arguments.rate, arguments.dropout
    )
    vectors[0] = 0
    print(f"trained: MRR {held_out_mrr(vectors, held):.3f}", flush=True)  # noqa: T201
    arguments.out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(arguments.out / "vectors.npz", vectors=vectors.astype(np.float16))
    build_tokenizer(vocab, counts).save(str(arguments.out / "tokenizer.json"), pretty=False)


def _prepare(arguments: argparse.Namespace) -> tuple[list[str], Counter[str], np.ndarray, list[Dialogue]]:
    import pickle

    cache = (
        arguments.cache
        and arguments.cache / f"{arguments.size}-{arguments.dimension}-{arguments.minimum}.pickle"
    )
    if cache and cache.is_file():
        return pickle.loads(cache.read_bytes())  # type: ignore[no-any-return]  # noqa: S301 - own file
    raw = list(dialogues(arguments.dialogues))
    cut = [[(role == "client", words(text)) for role, text in turns] for turns in raw]
    print(f"{len(cut)} dialogues cut", flush=True)  # noqa: T201
    turns = [turn for dialogue in cut for _, turn in dialogue]
    vocab, counts = vocabulary(turns, arguments.size, arguments.minimum)
    tokenizer = build_tokenizer(vocab, counts)
    # The contrastive step must see the text as the tokenizer will cut it at run time.
    data: list[Dialogue] = []
    for dialogue in raw:
        encoded = tokenizer.encode_batch([text for _, text in dialogue])
        data.append(
            [(role == "client", list(one.ids)) for (role, _), one in zip(dialogue, encoded, strict=True)]
        )
    index = {word: place for place, word in enumerate(vocab)}
    start = ppmi_vectors(
        [[index.get(word, 0) for word in turn] for turn in turns],
        len(vocab),
        arguments.dimension,
        arguments.seed,
    )
    if cache:
        arguments.cache.mkdir(parents=True, exist_ok=True)
        cache.write_bytes(pickle.dumps((vocab, counts, start, data)))
    return vocab, counts, start, data


if __name__ == "__main__":
    main()

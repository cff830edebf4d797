"""Makes `surveillance.json.gz`: what R's `surveillance` answers on series of our own.

    python -m tests.unit.analytics.reference.make_surveillance        # needs Rscript and r-cran-surveillance

The series are drawn here, so that the file holds nothing but our draws and R's figures on them.
"""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FIXTURE = Path(__file__).with_name("surveillance.json.gz")
R_SCRIPT = Path(__file__).resolve().parents[4] / "benchmarks" / "farrington.R"
WEEKS, EARS_DAYS = 264, 40
LEVELS = (0.3, 1.0, 2.0, 4.0, 9.0, 30.0)


def own_series(seed: int) -> npt.NDArray[np.int32]:
    """(12, 1848) persons a day: six levels, flat or with season, trend, weekday, dispersion and outbreaks."""
    chance = np.random.default_rng(seed)
    day = np.arange(WEEKS * 7)
    rows = []
    for level in LEVELS:
        for hard in (False, True):
            mean = np.full(len(day), level)
            if hard:
                mean = mean * np.exp(0.1 * day / 365 + 0.4 * np.cos(2 * np.pi * day / 365.25))
                mean = mean * np.array([1.2, 1.1, 1.0, 1.0, 1.0, 0.9, 0.8])[day % 7]
                for start in chance.integers(200, len(day) - 30, 4):
                    mean[start : start + 14] *= 2
            phi = 2.0 if hard else 1.0
            counts = chance.poisson(mean) if phi == 1 else chance.negative_binomial(mean / (phi - 1), 1 / phi)
            rows.append(counts.astype(np.int32))
    return np.stack(rows)


def r_is_there() -> bool:
    """Rscript with the package `surveillance`."""
    if shutil.which("Rscript") is None:
        return False
    asked = ["Rscript", "-e", "quit(status = !requireNamespace('surveillance', quietly = TRUE))"]
    return subprocess.run(asked, check=False, capture_output=True).returncode == 0


def ask_r(counts: npt.NDArray[np.int32]) -> dict[str, Any]:
    """R's answers: `version`, `farrington` rows and `ears` rows, numbers as floats, NA as None."""
    with tempfile.TemporaryDirectory() as folder:
        data, weekly, daily = (str(Path(folder) / name) for name in ("counts.bin", "f.csv", "e.csv"))
        Path(data).write_bytes(counts.astype("<i4").tobytes())
        command = ["Rscript", str(R_SCRIPT), data, str(len(counts)), str(counts.shape[1]), weekly, daily]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        return {"version": told[1], "farrington": _rows(weekly), "ears": _rows(daily)}


def _rows(path: str) -> list[dict[str, Any]]:
    def value(text: str) -> float | str | None:
        if text in ("NA", "NaN"):
            return None
        return text if text.startswith("C") else float(text)

    with Path(path).open(encoding="utf-8") as lines:
        return [{key: value(text) for key, text in row.items()} for row in csv.DictReader(lines)]


def main() -> None:
    """Writes the file: weekly sums with R's 52 answers, and the last days with R's EARS bounds."""
    counts = own_series(20261122)
    answer = ask_r(counts)
    weekly = counts.reshape(len(counts), WEEKS, 7).sum(2)
    shown = counts.shape[1] - EARS_DAYS
    content = {
        "surveillance": answer["version"],
        "weekly": weekly.tolist(),
        "daily": counts[:, shown - 14 :].tolist(),
        "farrington": [[r["expected"], r["upper"], r["alarm"]] for r in answer["farrington"]],
        "ears": [
            [r["method"], r["sigma"], r["upper"], r["alarm"]] for r in answer["ears"] if r["day"] >= shown
        ],
    }
    packed = gzip.compress(json.dumps(content, separators=(",", ":")).encode(), 9, mtime=0)
    FIXTURE.write_bytes(packed)
    sys.stdout.write(f"{FIXTURE.name}: {len(packed)} bytes, surveillance {answer['version']}\n")


if __name__ == "__main__":
    main()

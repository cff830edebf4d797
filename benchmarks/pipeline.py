"""The whole pipeline: how fresh its figures are while calls come in, and what a night costs after years.

    python benchmarks/pipeline.py [--parts fresh danger scale] [--real] [--minutes 3] [--rate 200] [--past 20]
                                  [--talk 60] [--contacts 100000] [--texts 20000]

fresh  PostgreSQL and Redis of the benchmark's own; two workers, each a process with the product's runner,
       queues, jobs and the test model of ../shared. Behind them lie 29 days of `--past` contacts an hour.
       Calls hang up as a Poisson stream of `--rate` an hour, in real time, each with a closed note and a
       sealed two-channel recording of `--talk` seconds. From hang-up to transcript, risk mark, issue, count
       and detection by the rows' own times: p95 under 60 s plus the recording's transcription is wanted.
       A real model takes longer by its own cost; the queue before it is what is measured here.
danger One worker hears an ordinary recording ten times as long as `--talk`; three seconds later one of a call
       at R3 comes. How long until its transcript is there, and how long until the other's.
scale  `--texts` contacts in the last 90 days, then `--contacts` in all, those older, with their counts. The
       nightly pass (real job, a process of its own, cached vectors): under 60 s of CPU and 2 GB at most.
       Beside it what runs with every call, and the pages of issues, at both sizes: a ratio near 1 says that
       nothing grows with history. A detection reads five years of counts when a worker starts and then what
       changed.
`--real` asks for the sizes that were promised: 10 minutes, 200 an hour in the past too, 240 s of talk,
1,000,000 contacts, 100,000 texts.
What it is at is told on standard error.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.lines.danger import danger  # noqa: E402
from benchmarks.lines.databases import postgres, versions  # noqa: E402
from benchmarks.lines.freshness import fresh  # noqa: E402
from benchmarks.lines.scale import scale  # noqa: E402

PARTS = ("fresh", "danger", "scale")
SMALL = {"minutes": 3.0, "past": 20, "talk": 60, "contacts": 100_000, "texts": 20_000}
REAL = {"minutes": 10.0, "past": 200, "talk": 240, "contacts": 1_000_000, "texts": 100_000}


def main() -> None:
    """Prints the tables of the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--real", action="store_true", help="the sizes that were promised")
    parser.add_argument("--rate", type=int, default=200)
    for name, value in SMALL.items():
        parser.add_argument(f"--{name}", type=type(value))
    asked = parser.parse_args()
    sizes = REAL if asked.real else SMALL
    minutes, past, talk, contacts, texts = (
        getattr(asked, name) if getattr(asked, name) is not None else sizes[name] for name in SMALL
    )
    print(versions("sqlalchemy", "psycopg", "rq", "redis", "vosk", "numpy", "scikit-learn"), flush=True)
    for part in asked.parts:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with postgres(folder) as url:
                if part == "fresh":
                    fresh(minutes, asked.rate, int(past), int(talk), folder, url)
                elif part == "danger":
                    danger(10 * int(talk), folder, url)
                else:
                    scale(int(contacts), int(texts), folder, url)


if __name__ == "__main__":
    main()

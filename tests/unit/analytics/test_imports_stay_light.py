"""Doors that answer callers import analytics: they must not pull in engines by that."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_engines_loads_no_model_library() -> None:
    code = (
        "import sys, analytics.flag, analytics.understand, analytics.cluster, analytics.transcribe, "
        "analytics.models_store\n"
        "heavy = {'torch', 'sentence_transformers', 'vosk', 'jieba', 'sklearn', 'tokenizers', 'av'}\n"
        "print(' '.join(sorted(heavy & set(sys.modules))))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (run.returncode, run.stdout.strip(), run.stderr) == (0, "", "")

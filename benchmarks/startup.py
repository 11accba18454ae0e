"""Measure whole processes: the cost of a daily run compared with its necessary imports.

    python benchmarks/startup.py [--rounds 7]

Runs `digest run` on five dumps with twenty rules, and `python -c "import …"` of the libraries that
such a run uses, in turns, and prints the medians and their ratio; a daily run may cost at most
three times the imports. `digest --help` is measured for the sake of the fingers. The dumps are the
real ones where they lie beside the project, else the examples. Bytecode is kept in a folder of its
own and written by a first round that does not count, as after an installation.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parent.parent
IMPORTS: Final = "import jinja2, feedgen.feed, markdown, schedule, yaml, sqlite3"
LIMIT: Final = 3.0

# What a person reads: some forty papers of the five real dumps' 383.
RULES: Final = """\
  - {name: Mixture of experts, query: 'title:=MoE', weight: 2}
  - {name: Preferences, keywords: [GRPO, RLHF], require: [reward model]}
  - {name: Agents, query: '"tool use" AND plan* NOT survey'}
  - {name: Retrieval, keywords: [retrieval-augmented], exclude: [survey]}
  - {name: Flow, keywords: [flow matching, rectified flow]}
  - {name: Charts, keywords: [chart understanding, document parsing]}
  - {name: Video, query: '"video generation" AND (long OR stream*)'}
  - {name: Robots, keywords: [robot, embodied], require: [learn*, policy]}
  - {name: Quantization, keywords: [post-training quanti?ation, 4-bit]}
  - {name: Long context, keywords: [long context, KV cache], limit: 10}
  - {name: Agent benchmarks, query: 'title:benchmark title:agent', min_score: 2}
  - {name: Safety, keywords: [jailbreak, red teaming]}
  - {name: Code, query: '"software engineering"~3'}
  - {name: Mathematics, keywords: [theorem proving]}
  - {name: Speech, keywords: [text-to-speech, =ASR]}
  - {name: Biology, keywords: [protein, genome, single-cell]}
  - {name: Scenes, keywords: [Gaussian splatting, NeRF]}
  - {name: Bytes, query: 'tokenizer OR /[Bb]yte[- ]level/'}
  - {name: Scaling laws, query: 'title:"scaling law"'}
  - {name: Much liked, query: 'upvotes:>=50', weight: 0.5}
"""


def dumps() -> list[Path]:
    """Return five dumps: real ones, or the project's examples."""
    real = sorted((PROJECT.parent / "shared" / "dumps").glob("*.txt"))
    return (real or sorted((PROJECT / "examples" / "dumps").iterdir()))[:5]


def workplace(folder: Path) -> None:
    """Write the config and the dumps."""
    (folder / "dumps").mkdir()
    for path in dumps():
        shutil.copy(path, folder / "dumps")
    (folder / "config.yaml").write_text(f"sources: [dumps/]\nrules:\n{RULES}", encoding="utf-8")


def forget(folder: Path) -> None:
    """Take away what a run left, so that the next one is a first run again."""
    shutil.rmtree(folder / "digests", ignore_errors=True)
    for path in folder.glob("digest.db*"):
        path.unlink()


def seconds(command: list[str], folder: Path, environment: dict[str, str]) -> float:
    """Run one process to its end and return how long it took; any failure stops the benchmark."""
    begin = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def measure(rounds: int) -> dict[str, list[float]]:
    """Take the times of all processes, in turns, so that a busy moment falls on all of them."""
    run = [sys.executable, "-m", "digest", "run", "--date", "2026-01-20"]
    commands = {
        "imports": [sys.executable, "-c", IMPORTS],
        "first run": run,
        "run with nothing new": run,
        "digest --help": [sys.executable, "-m", "digest", "--help"],
        "python -c pass": [sys.executable, "-c", "pass"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workplace(folder)
        environment = {
            key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
        } | {"PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "PYTHONPATH": str(PROJECT)}
        for number in range(rounds + 1):
            forget(folder)
            for what, command in commands.items():
                taken = seconds(command, folder, environment)
                if number:
                    times[what].append(taken)
    return times


def main() -> None:
    """Print medians, spread and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=7)
    times = measure(parser.parse_args().rounds)
    base = statistics.median(times["imports"])
    print(f"{'process':<22}{'median':>9}{'least':>9}{'× imports':>11}")
    for name, taken in times.items():
        median = statistics.median(taken)
        print(
            f"{name:<22}{median * 1000:>6.0f} ms{min(taken) * 1000:>6.0f} ms{median / base:>10.2f}"
        )
    ratio = statistics.median(times["first run"]) / base
    print(f"\na first run costs {ratio:.2f} times the imports; at most {LIMIT:g} is wanted")


if __name__ == "__main__":
    main()

"""One measurement in a separate process: rules against new papers, without an index.

    python -m benchmarks.incoming ENGINE FORMS RULES LIBRARY PAPERS

Pinned to one core. Prints one JSON object: seconds to parse and compile, seconds for the papers,
hits, the most memory and that before the rules, in bytes.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path

from benchmarks.corpus import read_texts
from benchmarks.engines import ENGINES
from benchmarks.forms import load


def memory(what: str) -> int:
    """Return a figure of /proc/self/status in bytes; 0 where there is none.

    Not `getrusage`: its maximum begins with that of the process that started this one.
    """
    status = Path("/proc/self/status")
    match = re.search(rf"{what}:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(match[1]) << 10 if match else 0


def main(name: str, forms_path: str, rules: str, library: str, papers: str) -> None:
    """Measure once."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    forms = load(Path(forms_path), int(rules))
    texts = read_texts(Path(library), int(papers))
    before = memory("VmRSS")
    begin = time.perf_counter()
    engine = ENGINES[name](forms)
    compiled = time.perf_counter()
    engine.prepare(texts)
    started, cpu = time.perf_counter(), time.process_time()
    counts = engine.counts()
    row = {
        "compile": compiled - begin,
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        "papers": len(texts),
        "hits": sum(counts),
        "memory": memory("VmHWM"),
        "memory_before": before,
    }
    print(json.dumps(row))


if __name__ == "__main__":
    main(*sys.argv[1:])

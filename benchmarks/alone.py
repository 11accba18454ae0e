"""Run one command on a number of cores and measure wall time, CPU time and memory.

    python benchmarks/alone.py CORES OUTPUT COMMAND...

Prints one JSON object; the command's output goes to the file OUTPUT. A small process of its own,
because the kernel counts a starter's memory as that of what it starts.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> int:
    """Run it, and end with its exit code."""
    cores, output, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    # The highest first: the first core serves most interrupts.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-cores:])
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    begin = time.perf_counter()
    actions = [(os.POSIX_SPAWN_DUP2, file, 1)]
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - begin
    row = {
        "seconds": seconds,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss << 10,
    }
    print(json.dumps(row))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())

"""One side of a comparison: prepares once, then runs the work each time it is asked and says what it took.

The harness writes one JSON line to prepare and an empty line for each run; each is answered by one JSON line.
"""

import json
import os
import sys
import time
import warnings


def processor_time():
    """Seconds of processor that this process, its workers and their workers have used."""
    return of_process(os.getpid()) / os.sysconf("SC_CLK_TCK") if os.path.isdir("/proc/self/task") else time.process_time()


def of_process(process):
    try:
        with open(f"/proc/{process}/stat") as stat:
            ticks = sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:15]))
        children = []
        for thread in os.listdir(f"/proc/{process}/task"):
            with open(f"/proc/{process}/task/{thread}/children") as listed:
                children += listed.read().split()
        return ticks + sum(map(of_process, children))
    except OSError:
        # It ended while it was looked at.
        return 0


def serve(prepare, run):
    warnings.simplefilter("ignore")
    state = prepare(json.loads(sys.stdin.readline()))
    print(json.dumps({"ready": True}), flush=True)
    for _ in sys.stdin:
        cpu, wall = processor_time(), time.perf_counter()
        result = run(state)
        seconds, cpu_seconds = time.perf_counter() - wall, processor_time() - cpu
        print(json.dumps({"seconds": seconds, "cpuSeconds": cpu_seconds, "result": result}), flush=True)

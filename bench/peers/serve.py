"""One side of a comparison: prepares once, then runs the work each time it is asked and says what it took.

The harness writes one JSON line to prepare and an empty line for each run; each is answered by one JSON line.
"""

import json
import sys
import warnings
import time


def serve(prepare, run):
    warnings.simplefilter("ignore")
    state = prepare(json.loads(sys.stdin.readline()))
    print(json.dumps({"ready": True}), flush=True)
    for _ in sys.stdin:
        cpu, wall = time.process_time(), time.perf_counter()
        result = run(state)
        seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
        print(json.dumps({"seconds": seconds, "cpuSeconds": cpu_seconds, "result": result}), flush=True)

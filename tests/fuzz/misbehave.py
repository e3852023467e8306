"""A case that crashes, hangs or succeeds, to check that the pool reports it."""

import os
import sys
import time

from .judge import Outcome


def misbehave(seed):
    """In a worker: 1 ends the process, 2 crashes, 3 hangs, all others do well."""
    if seed == 1:
        os._exit(3)
    if seed == 2:
        print("what was printed before", file=sys.stderr, flush=True)
        os.abort()
    if seed == 3:
        time.sleep(600)
    return Outcome(seed, "door", "handled")

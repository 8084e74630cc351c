"""Ten tanh layers of 500 units: 2.5 million weights, one sample forward and backward.

python tests/bench/deep_net.py
"""

from __future__ import annotations

import resource
import time
from random import Random

import autograd
import nn

LAYERS, UNITS = 10, 500


def main() -> None:
    """Build, go forward and backward; print seconds and the peak memory of the process."""
    rng = Random(0)
    start = time.perf_counter()
    model = nn.MLP([UNITS] * (LAYERS + 1), activation="tanh", output="tanh", rng=rng)
    built = time.perf_counter()
    outputs = model([rng.gauss(0.0, 1.0) for _ in range(UNITS)])
    forward = time.perf_counter()
    autograd.dot([rng.gauss(0.0, 1.0) for _ in range(UNITS)], outputs).backward()
    backward = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"deep net {LAYERS} x {UNITS}, {len(model.parameters()):,} parameters:"
        f" built in {built - start:.1f} s, forward {forward - built:.1f} s,"
        f" backward {backward - forward:.1f} s, {peak:.1f} GB at most"
    )


if __name__ == "__main__":
    main()

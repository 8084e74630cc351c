"""One gradient of a 2-16-16-1 ReLU net over 100 samples, side by side with micrograd.

    python tests/bench/moons.py PYTHON_WITH_MICROGRAD

Mean hinge loss + 1e-4 sum of squared weights. Both take their turns several times, each turn
in a process of its own with the garbage collector as Python sets it; medians of CPU time.
Without an argument only this engine runs.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median

from moons_data import LAM, STEPS, WIDTHS, points, report

HERE = Path(__file__).parent
TURNS = 4


def ours() -> None:
    """Measure this engine."""
    import nn

    X, Y = points()
    model = nn.MLP(WIDTHS, activation="relu", rng=0)
    penalty = nn.L2(2.0 * LAM)

    def step() -> None:
        model.zero_grad()
        nn.empirical_risk(model, X, Y, nn.hinge, penalty).backward()

    report(step, 10 * STEPS)


def turn(*command: str) -> tuple[list[float], float]:
    """Run one engine; give its times in milliseconds and its peak memory in megabytes."""
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=True)
    *times, memory = map(float, done.stdout.split())
    return times, memory


def main(peer: str | None) -> None:
    """Take turns; print medians and ratios."""
    peer = peer and str(Path(peer).absolute())  # not resolved: that would lead out of its venv
    if peer and subprocess.run([peer, "-c", "import micrograd"], capture_output=True).returncode:
        print("moons    micrograd is absent")
        peer = None
    mine, theirs, ratios = [], [], []
    memory = peer_memory = 0.0
    for _ in range(TURNS):
        times, memory = turn(sys.executable, __file__, "--ours")
        mine += times
        if peer:
            peer_times, peer_memory = turn(peer, str(HERE / "moons_micrograd.py"))
            theirs += peer_times
            ratios.append(median(peer_times) / median(times))
    print(f"moons    {median(mine):.1f} ms a gradient, {memory:.1f} MB at most")
    if peer:
        turns = ", ".join(f"{ratio:.0f}" for ratio in ratios)
        print(
            f"moons    micrograd {median(theirs):,.0f} ms, {peer_memory:.0f} MB: it takes"
            f" {median(theirs) / median(mine):.0f} times the time (turns: {turns})"
            f" and {peer_memory / memory:.0f} times the memory"
        )


if __name__ == "__main__":
    if sys.argv[1:] == ["--ours"]:
        ours()
    else:
        main(sys.argv[1] if len(sys.argv) > 1 else None)

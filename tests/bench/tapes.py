"""Gradients from a recorded tape, side by side with those of other engines and by hand.

    python tests/bench/tapes.py --peers PYTHON --micrograd PYTHON [--json FILE] [--rounds N]

Each engine runs in a process of its own, on one thread. All take the same gradients, which have
to agree; then they take turns, round after round, because machines change their speed. A time is
CPU time, the best of a turn of some 30 ms, and the median over the rounds; a ratio is the median
over the rounds of (time of the other / time of the tape). What cannot be run is reported absent.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from serving import HERE, ONE_THREAD, Engine, EngineError

OURS = ["tape", "python", "eager"]
PEERS = ["numpy", "torch", "jax", "hips", "casadi", "c", "micrograd"]
NETS = ["xor", "moons", "digits", "mnist"]
PROGRAMS = {"graph": 1, "rnn": 1, "rnn-64": 64}  # and the samples of each
ONLY_MOONS = ["c", "micrograd"]
TOLERANCE = 1e-9


class Target(NamedTuple):
    """What a median has to reach: a ratio of two engines, or the nanoseconds per node."""

    work: str
    engine: str
    than: str  # the engine it is compared with, or "ns"
    at_least: float  # the ratio; for "ns" at most so many
    text: str


TARGETS = [
    Target("xor", "tape", "numpy", 5.0, ">= 5"),
    Target("xor", "tape", "torch", 25.0, ">= 25"),
    Target("moons", "tape", "torch", 8.0, ">= 8"),
    Target("moons", "tape", "jax", 5.0, ">= 5"),
    Target("moons", "tape", "casadi", 60.0, ">= 60"),
    Target("moons", "tape", "c", 1 / 4.0, ">= 0.25 (4 times its time)"),
    Target("digits", "tape", "torch", 2.0, ">= 2"),
    Target("mnist", "tape", "torch", 1 / 2.5, ">= 0.4 (2.5 times its time)"),
    *(Target(work, "python", "eager", 2.0, ">= 2") for work in [*NETS, "graph", "rnn"]),
    Target("rnn", "tape", "ns", 10.0, "< 10 ns per node"),
    Target("rnn-64", "tape", "ns", 10.0, "< 10 ns per node"),
]


class Bench:
    """All measurements of a run, by work and engine."""

    def __init__(self, pythons: dict[str, str | None]) -> None:
        self.absent: dict[str, str] = {}
        self.engines: dict[str, Engine] = {}
        self.times: dict[str, dict[str, list[float]]] = {}
        self.sizes: dict[str, int] = {}
        self.differences: dict[str, dict[str, float]] = {}
        for name in [*OURS, *PEERS]:
            script, python = ("ours.py" if name in OURS else "peers.py"), pythons[name]
            try:
                if python is None or not Path(python).exists():
                    raise EngineError("no Python was given that has it")
                self.engines[name] = Engine(python, str(HERE / script), name)
            except EngineError as error:
                self.absent[name] = str(error)

    def run(self, work: str, rounds: int) -> None:
        """Compare the gradients of all engines, and time them."""
        names = [name for name in self.engines if _takes_part(name, work)]
        times: dict[str, list[float]] = {name: [] for name in names}
        answers = {name: self._asked(name, "check", work) for name in names}
        for _ in range(rounds):
            for name in names:
                if (answer := self._asked(name, "time", work)) is not None:
                    times[name].append(answer["seconds"])
        self.times[work] = {name: taken for name, taken in times.items() if len(taken) == rounds}
        answered = {name: answer for name, answer in answers.items() if answer is not None}
        reference = next(iter(answered.values()), None)  # the tape's, if there is one
        if reference is not None:
            self.sizes[work] = reference["size"]
            self.differences[work] = {
                name: _difference(answer, reference) for name, answer in answered.items()
            }

    def _asked(self, name: str, what: str, work: str) -> Any:
        """Ask an engine; give None, and never ask again, if it fails."""
        if name in self.absent or f"{name} ({work})" in self.absent:
            return None
        try:
            return self.engines[name].ask(what, work)
        except EngineError as error:
            died = self.engines[name].process.poll() is not None
            self.absent[name if died else f"{name} ({work})"] = str(error)
            return None

    def close(self) -> None:
        """End all processes."""
        for engine in self.engines.values():
            engine.close()

    # --- what came out --------------------------------------------------------------------

    def microseconds(self, work: str, name: str) -> float:
        """Give the time of one gradient."""
        return 1e6 * median(self.times[work][name])

    def ratio(self, work: str, name: str, ours: str = "tape") -> float | None:
        """Give how many times as long another engine takes."""
        times = self.times.get(work, {})
        if name not in times or ours not in times:
            return None
        return median(t / o for t, o in zip(times[name], times[ours], strict=True))

    def per_node(self, work: str, name: str = "tape") -> float:
        """Give the nanoseconds per node and sample of an unrolled program."""
        return 1e3 * self.microseconds(work, name) / self.sizes[work] / PROGRAMS[work]

    def reached(self, target: Target) -> tuple[float, bool] | None:
        """Give a target's number, and whether it is good enough; None if there is none."""
        if target.than == "ns":
            if target.engine not in self.times.get(target.work, {}):
                return None
            time = self.per_node(target.work, target.engine)
            return time, time < target.at_least
        ratio = self.ratio(target.work, target.than, target.engine)
        return None if ratio is None else (ratio, ratio >= target.at_least)

    def table(self, work: str) -> str:
        """Write the lines of one work."""
        lines = []
        for name in self.times[work]:
            ratio = self.ratio(work, name)
            cells = [f"{work:<8}{name:<10}{self.microseconds(work, name):>12,.1f} µs"]
            cells.append(f"{ratio:>9.3g} x" if ratio is not None else " " * 11)
            if work in PROGRAMS and self.sizes[work]:
                cells.append(f"{self.per_node(work, name):>9.1f} ns per node")
            difference = self.differences.get(work, {}).get(name, 0.0)
            if difference > TOLERANCE:
                cells.append(f"  DIFFERS by {difference:.1e}")
            lines.append("".join(cells))
        return "\n".join(lines)

    def targets(self) -> str:
        """Write what was to be reached beside what was."""
        lines = []
        for target in TARGETS:
            unit = " ns" if target.than == "ns" else " x " + target.than
            found = self.reached(target)
            cells = f"{target.work:<8}{target.engine:<8}"
            if found is None:
                lines.append(f"{cells}{'-':>8}{unit:<10} {target.text:<28} not measured")
            else:
                number, good = found
                verdict = "met" if good else "MISSED"
                lines.append(f"{cells}{number:>8.3g}{unit:<10} {target.text:<28} {verdict}")
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """Give everything for a file."""
        return {
            "python": sys.version.split()[0],
            "versions": {name: engine.version for name, engine in self.engines.items()},
            "absent": self.absent,
            "works": {
                work: {
                    name: {
                        "us": self.microseconds(work, name),
                        "ratio": self.ratio(work, name),
                        "rounds_us": [1e6 * t for t in taken],
                        "difference": self.differences.get(work, {}).get(name),
                    }
                    for name, taken in times.items()
                }
                for work, times in self.times.items()
            },
            "nodes": self.sizes,
            "targets": [{**t._asdict(), "reached": self.reached(t)} for t in TARGETS],
        }


def _takes_part(name: str, work: str) -> bool:
    if work in PROGRAMS:
        return name in (OURS[:2] if work == "rnn-64" else OURS)  # eager: the same, 64 times
    return name not in ONLY_MOONS or work == "moons"


def _difference(one: dict[str, Any], other: dict[str, Any]) -> float:
    """Give the largest difference of values and gradients, relative to the largest number."""
    numbers, others = ([each["value"], *each["gradient"]] for each in (one, other))
    largest = max(1.0, *map(abs, others))
    return max(abs(a - b) for a, b in zip(numbers, others, strict=True)) / largest


def alone(kind: str) -> Any:
    """Run a measurement of ours in a fresh process; give its numbers, None if it fails."""
    environment = os.environ | ONE_THREAD | {"PYTHONPATH": str(HERE.parents[1])}
    command = [sys.executable, str(HERE / "ours.py"), kind]
    done = subprocess.run(command, cwd=HERE, env=environment, stdout=subprocess.PIPE)
    return json.loads(done.stdout) if done.returncode == 0 else None


def print_scaling(scaling: dict[str, Any], memory: dict[str, float]) -> None:
    """Print the curves, and the memory."""
    print("\nnanoseconds per node and sample of an unrolled recurrent net")
    for row in scaling["nodes"]:
        print(
            f"{row['nodes']:>10,} nodes{row['1']:>8.1f} (1 sample){row['100']:>8.1f} (100 samples)"
        )
    print("\nnanoseconds per sample of the moons net")
    for row in scaling["samples"]:
        print(f"{row['samples']:>10,} samples{row['ns']:>10.1f}")
    print(
        f"\nmemory of a gradient over 1e6 samples: {memory['replay']:.1f} MB beside the"
        f" {memory['X']:.0f} MB of X and the {memory['process']:.0f} MB of the process before"
    )


def main() -> None:
    """Measure, print, and write a file if asked to; fails only if gradients differ."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    parser.add_argument("--peers", help="a Python that has torch, jax, casadi and HIPS autograd")
    parser.add_argument("--micrograd", help="a Python that has micrograd")
    parser.add_argument("--json", type=Path, help="a file for the results")
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    # paths as they are, not resolved: that would lead out of a virtual environment
    here = dict.fromkeys([*OURS, "numpy", "c"], sys.executable)
    peers = asked.peers and str(Path(asked.peers).absolute())
    micrograd = asked.micrograd and str(Path(asked.micrograd).absolute())
    bench = Bench(dict.fromkeys(PEERS, peers) | here | {"micrograd": micrograd})
    print(f"one gradient, median of {asked.rounds} rounds; x: times the tape's time")
    for work in [*NETS, *PROGRAMS]:
        bench.run(work, asked.rounds)
        print(bench.table(work), flush=True)
    bench.close()
    worst = max((d for each in bench.differences.values() for d in each.values()), default=0.0)
    print(f"\nall values and gradients agree to {worst:.0e}" if worst <= TOLERANCE else "")
    for name, why in bench.absent.items():
        print(f"absent: {name}: {why}")
    print(f"\n{bench.targets()}")
    scaling, memory = alone("scaling"), alone("memory")
    if scaling and memory:
        print_scaling(scaling, memory)
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        results = bench.data() | {"scaling": scaling, "memory_MB": memory}
        asked.json.write_text(json.dumps(results, indent=1) + "\n")
    if worst > TOLERANCE:
        sys.exit(f"gradients differ by {worst:.1e}: see above")


if __name__ == "__main__":
    main()

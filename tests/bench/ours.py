"""This engine in the tape benchmark: tapes with and without numba, and eager execution.

    python tests/bench/ours.py tape|python|eager

``memory`` instead measures what one replay of 1e6 samples takes, and ``scaling`` how the time
grows with the graph and with the samples.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from serving import Step, Timer, serve
from works import (
    NETS,
    STEP_NODES,
    Net,
    attention,
    attention_numbers,
    recurrent,
    recurrent_numbers,
)

import nn
from autograd import Tape, Value, dot, logsumexp, record, relu, square

NODES = 50_000  # of the recurrent net
PROGRAMS: dict[str, tuple[Callable[..., Any], Callable[[], Any]]] = {
    "graph": (attention, lambda: _one_sample(*attention_numbers())),
    "rnn": (recurrent, lambda: recurrent_numbers(NODES // STEP_NODES, 1)),
    "rnn-64": (recurrent, lambda: recurrent_numbers(NODES // STEP_NODES, 64)),
}


def _one_sample(weights: list[float], row: list[float]) -> tuple[list[float], list[list[float]]]:
    return weights, [row]


def model_of(net: Net) -> nn.MLP:
    """Make the model with its parameters."""
    model = nn.MLP(net.widths, net.activation)
    for p, number in zip(model.parameters(), net.theta, strict=True):
        p.data = number
    return model


def tape_of(net: Net, engine: str) -> Tape:
    """Record the loss of one sample: its inputs and its target are a row of X."""
    model, n_in = model_of(net), net.widths[0]
    penalty = nn.L2(2.0 * net.penalty)

    def loss(row: list[Value]) -> Value:
        z, t = model(row[:n_in]), row[n_in:]
        if net.loss == "squared":
            return square(z[0] - t[0])
        if net.loss == "hinge":
            return relu(1.0 - t[0] * z[0]) + penalty(model)
        return logsumexp(z) - dot(t, z)

    return record(loss, n_in + len(net.one_hot()[0]), model.parameters(), engine)


def tape(work: str, engine: str) -> Step:
    """Replay a tape."""
    if work in NETS:
        net = NETS[work]()
        recorded = tape_of(net, engine)
        X = [row + target for row, target in zip(net.X, net.one_hot(), strict=True)]
        return replayed(recorded, X, net.theta)
    program, numbers = PROGRAMS[work]
    theta, X = numbers()
    return replayed(recorded_program(program, theta, len(X[0]), engine), X, theta)


def recorded_program(
    program: Callable[..., Any], theta: list[float], n_inputs: int, engine: str = "auto"
) -> Tape:
    """Record an unrolled program."""
    weights = [Value(w) for w in theta]
    return record(lambda row: program(weights, row), n_inputs, weights, engine)


def replayed(recorded: Tape, X: Any, theta: list[float]) -> Step:
    """Give the step that replays a tape: arrays for numba, lists for Python."""
    rows, numbers = (X, theta) if recorded.engine == "python" else (np.array(X), np.array(theta))

    def step() -> tuple[Any, Any]:
        return recorded.value_and_grad(rows, numbers)

    step.size = len(recorded)  # type: ignore[attr-defined]
    return step


def eager(work: str) -> Step:
    """Build the graph anew in every step."""
    if work not in NETS:
        program, numbers = PROGRAMS[work]
        theta, (row,) = numbers()
        weights = [Value(w) for w in theta]

        def run() -> tuple[Any, Any]:
            for w in weights:
                w.grad = 0.0
            y = program(weights, [Value(x) for x in row])
            y.backward()
            return y.data, [w.grad for w in weights]

        return run
    net, losses = NETS[work](), {"squared": nn.squared_error, "hinge": nn.hinge}
    model, penalty = model_of(net), nn.L2(2.0 * net.penalty) if net.penalty else None
    loss, parameters = losses.get(net.loss, nn.softmax_cross_entropy), model.parameters()

    def step() -> tuple[Any, Any]:
        model.zero_grad()
        risk = nn.empirical_risk(model, net.X, net.targets, loss, penalty)
        risk.backward()
        return risk.data, [p.grad for p in parameters]

    return step


# --- scaling, memory ------------------------------------------------------------------------------


def scaling() -> dict[str, Any]:
    """Give nanoseconds per node (and sample) by nodes, and per sample by samples."""
    nodes = []
    for size in (1_000, 10_000, 100_000, 1_000_000):
        theta, X = recurrent_numbers(max(1, size // STEP_NODES), 1)
        recorded = recorded_program(recurrent, theta, len(X[0]))
        times = {"nodes": len(recorded)}
        for samples in (1, 100):
            step = replayed(recorded, X * samples, theta)
            step()
            times[str(samples)] = 1e9 * Timer(step)(0.2) / samples / len(recorded)
        nodes.append(times)
    net, samples = NETS["moons"](), []
    recorded = tape_of(net, "auto")
    row = [*net.X[0], net.targets[0]]
    for power in range(6):
        step = replayed(recorded, [row] * 10**power, net.theta)
        samples.append({"samples": 10**power, "ns": 1e9 * Timer(step)(0.2) / 10**power})
    return {"nodes": nodes, "samples": samples}


def memory(samples: int = 1_000_000) -> dict[str, float]:
    """Give the peak memory beside X of replaying many samples, in megabytes."""
    net = NETS["moons"]()
    recorded, theta = tape_of(net, "auto"), np.array(net.theta)
    recorded.value_and_grad(np.zeros((100, 3)), theta)  # loads what compiled code needs
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    X = np.ones((samples, 3))
    recorded.value_and_grad(X, theta)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    replay = max(0.0, (after - before) * 1024 - X.nbytes)
    return {"process": before * 1024 / 1e6, "X": X.nbytes / 1e6, "replay": replay / 1e6}


if __name__ == "__main__":
    kind = sys.argv[1]
    if kind not in ("python", "eager") and Tape(Value(1.0)).engine != "numba":
        sys.exit("tapes are not compiled here: no numba")
    if kind in ("scaling", "memory"):
        print(json.dumps(scaling() if kind == "scaling" else memory()))
    else:
        engine = "auto" if kind == "tape" else "python"
        make = eager if kind == "eager" else lambda work: tape(work, engine)
        serve(lambda work: (make(work), list))

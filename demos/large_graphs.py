"""Four ways to read one graph: trace, worksheet, pictures of any size, step by step.

    python -m demos.reading --out demos/out

The textbook's y = ln x1 + x1 x2 - sin x2 as an evaluation trace, a weight's two routes to
the loss as a worksheet of the chain rule, a neuron unfolded into × and +, a net's loss over
a hundred samples collapsed into its layers, a recurrent net unrolled into its steps, and a
page that goes through a graph step by step.
"""

from __future__ import annotations

import time
from random import Random

import nn
from autograd import Drawing, Trace, Value, count_paths, explain, grad_table, trace
from demos import logistic_loss, options


def textbook() -> Trace:
    """Give the trace of y = ln x1 + x1 x2 - sin x2 at (2, 5), in the direction of x1."""
    x1, x2 = Value(2.0, "x1"), Value(5.0, "x2")
    y = x1.log() + x1 * x2 - x2.sin()
    return trace(y.named("y"), tangent={x1: 1.0})


def doublings(times: int = 60) -> tuple[int, float]:
    """Double a number again and again; give the number of paths, and the derivative."""
    x = y = Value(1.0, "x")
    for _ in range(times):
        y = y + y
    return count_paths(y, x), grad_table(y)[x]


def neuron() -> Value:
    """Give the output of a neuron on two inputs; its inner potential is one node."""
    output = nn.Neuron(2, "tanh", rng=0)([1.0, 2.0])
    output.backward()
    return output


def collapsed(samples: int = 100) -> Drawing:
    """Draw the risk of a 2-16-16-1 net over many samples."""
    source = Random(0)
    rows = [[source.gauss(0.0, 1.0), source.gauss(0.0, 1.0)] for _ in range(samples)]
    targets = [1.0 if row[0] > row[1] else -1.0 for row in rows]
    model = nn.MLP([2, 16, 16, 1], activation="relu", rng=0)
    risk = nn.empirical_risk(model, rows, targets, nn.squared_error, nn.L2(1e-3))
    risk.backward()
    return risk.graph()


def unrolled() -> Drawing:
    """Draw the risk of a recurrent net over two sequences, unrolled into its steps."""
    model = nn.Recurrent(1, 3, 1, output="sigmoid", rng=0)
    sequences = [[[1.0], [0.0], [0.0]], [[0.0], [1.0], [0.0]]]
    memories = [[1, 1, 1], [0, 1, 1]]  # has there been a 1 so far?
    risk = nn.empirical_risk(model, sequences, memories)
    risk.backward()
    return risk.graph(collapse=1)


def main(argv: list[str] | None = None) -> Drawing:
    """Run the demo; give the collapsed drawing."""
    out = options("reading", __doc__, argv).out

    print("The evaluation trace of y = ln x1 + x1 x2 - sin x2 at (2, 5):\n")
    print(textbook())

    loss, w = logistic_loss.build()
    loss.backward()
    print("\nThe chain rule for a weight with two routes to the loss:\n")
    print(explain(loss, w))

    paths, slope = doublings()
    print(f"\n60 doublings: {paths:,} paths, and one sweep over 120 edges gives {slope:,.0f}")

    start = time.perf_counter()
    picture = collapsed()
    net = picture.save(out / "net-collapsed.svg")
    seconds = time.perf_counter() - start
    print(f"\nA neuron, unfolded: {neuron().graph(expand=True).save(out / 'neuron-unfolded.svg')}")
    print(f"A net over 100 samples, collapsed, in {seconds:.1f} s: {net}")
    steps = unrolled().save(out / "recurrent-unrolled.svg")
    print(f"A recurrent net, unrolled into its steps: {steps}")
    print(f"The two routes in circles: {loss.graph('compact').save(out / 'two-routes.svg')}")
    print(f"Step by step, in a browser: {loss.stepper(out / 'steps.html')}")

    assert paths == slope == 2**60
    assert picture.nodes < 10, "a hundred samples fit into a few boxes"
    return picture


if __name__ == "__main__":
    main()

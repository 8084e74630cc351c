"""Graphs of any size: a whole training set in seven boxes, and a neuron unfolded into × and +.

    python -m demos.large_graphs --out demos/out --seed 0

The first picture has 7,242 values, constants not counted: the risk of a 2-16-16-1 net over a
hundred samples. What was made in one module, or one scope, is one box: inputs, layers, loss,
penalty. Edges between boxes say how many values pass, boxes how many parameters they hold and how
long the gradient by them is. The second is a single neuron: its inner potential w·x + b is one node
of the graph, and here it is unfolded into the products and sums of the course.

Syllabus: B12.
"""

from __future__ import annotations

import time
from random import Random

import nn
from autograd import Drawing, Value
from demos import options


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


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the number of boxes in each picture."""
    out = options("large_graphs", __doc__, argv).out

    folded, unfolded = neuron().graph(), neuron().graph(expand=True)
    print(f"A neuron is {folded!r}")
    print(f"Unfolded:   {unfolded!r} {unfolded.save(out / 'large_graphs-neuron.svg')}")

    start = time.perf_counter()
    net = collapsed()
    path = net.save(out / "large_graphs.svg")
    print(f"\nA net over 100 samples, collapsed: {net!r} {path}")
    print(f"That took {time.perf_counter() - start:.1f} seconds.")

    assert net.nodes < 10, "a hundred samples fit into a few boxes"
    print("\nTry next: `risk.graph(collapse=2)` on a net of your own. What does a layer hold?")
    return {"neuron": folded.nodes, "unfolded": unfolded.nodes, "collapsed": net.nodes}


if __name__ == "__main__":
    main()

"""How fast the engine is: prints figures and ratios of one run, judges nothing.

    python tests/bench/engine.py

* graph: a program of single + * exp log pow relu nodes, about 50,000 a step, against an
  engine whose nodes hold two tuples and are sorted recursively (defined below)
* chain: build, backward and free, time and memory per node at 1e4, 1e5 and 1e6 nodes
* import: ``import autograd`` over bare Python
* drawing: a net of about 300 nodes to SVG, as it comes, every node of it, over 100 samples
"""

from __future__ import annotations

import gc
import math
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable
from statistics import median
from typing import Any

from node_layout import TupleNode, sweep_recursive
from works import attention, attention_numbers

import autograd
import nn


class TupleValue(TupleNode):
    """A minimal engine of the usual kind: tuples in the node, a recursive sort."""

    __slots__ = ()

    def __add__(self, other: Any) -> TupleValue:
        other = other if isinstance(other, TupleValue) else TupleValue(other)
        return TupleValue(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Any) -> TupleValue:
        other = other if isinstance(other, TupleValue) else TupleValue(other)
        return TupleValue(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n: float) -> TupleValue:
        return TupleValue(self.data**n, (self,), (n * self.data ** (n - 1),))

    def exp(self) -> TupleValue:
        y = math.exp(self.data)
        return TupleValue(y, (self,), (y,))

    def log(self) -> TupleValue:
        return TupleValue(math.log(self.data), (self,), (1.0 / self.data,))

    def relu(self) -> TupleValue:
        return TupleValue(max(0.0, self.data), (self,), (float(self.data > 0.0),))

    def backward(self) -> None:
        sweep_recursive(self)


def attention_like(make: Callable[[float], Any]) -> Any:
    """Unroll matrix products, a softmax and a loss in single operations: 50,000 nodes."""
    weights, inputs = attention_numbers()
    return attention([make(w) for w in weights], [make(x) for x in inputs])


def cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def graph() -> None:
    def training(make: Callable[[float], Any]) -> float:
        """Give the median step of a training loop; `loss` keeps the last graph alive meanwhile."""
        gc.collect()
        times = []
        loss = None
        for _ in range(7):
            start = time.process_time()
            loss = attention_like(make)
            loss.backward()
            times.append(time.process_time() - start)
        return median(times)

    size = len(autograd.grad_table(attention_like(autograd.Value)))
    for switch in (gc.enable, gc.disable):
        switch()
        ours, theirs = training(autograd.Value), training(TupleValue)
        print(
            f"graph    {size:,} nodes a step, collector {'on' if gc.isenabled() else 'off'}:"
            f" {ours:.3f} s, tuples and recursion {theirs:.3f} s, ratio {theirs / ours:.2f}"
        )
    gc.enable()


def chain() -> None:
    def run(n: int) -> float:
        def work() -> None:
            x = y = autograd.Value(1.0)
            for _ in range(n):
                y = y * x
            y.backward()

        return cpu(work)

    for switch in (gc.disable, gc.enable):
        switch()
        cost = {
            n: min(run(n) for _ in range(tries)) / n
            for n, tries in ((10_000, 20), (100_000, 5), (1_000_000, 3))
        }
        first, *_, last = cost.values()
        figures = ", ".join(f"{1e9 * c:.0f} ns at {n:,}" for n, c in cost.items())
        name = "on " if gc.isenabled() else "off"
        print(f"chain    collector {name}: {figures}; ratio {last / first:.2f}")
    tracemalloc.start()
    run(1_000_000)
    print(f"chain    peak memory {tracemalloc.get_traced_memory()[1] / 1e6:.0f} bytes a node")
    tracemalloc.stop()


def imports() -> None:
    def run(code: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - start

    over = [run("import autograd") - run("pass") for _ in range(15)]
    print(f"import   {1e3 * median(over):.0f} ms over bare Python")


def drawing() -> None:
    model = nn.MLP([2, 16, 10, 1], output="sigmoid", rng=0)
    loss = nn.binary_cross_entropy(model([0.5, -0.5]), 1.0)
    risk = nn.empirical_risk(model, [[0.1, 0.2]] * 100, [1.0] * 100, nn.binary_cross_entropy)
    start = time.perf_counter()
    loss.graph().svg()
    print(f"drawing  the first picture of the process: {time.perf_counter() - start:.2f} s")
    for y, style in ((loss, "auto"), (loss, "compact"), (risk, "auto")):
        y.backward()
        nodes, picture = len(autograd.topological_order(y)), y.graph(style)
        warm = median(cpu(lambda y=y, style=style: y.graph(style).svg()) for _ in range(7))
        print(f"drawing  {nodes:,} nodes, {style}: {1e3 * warm:.0f} ms, {picture}")


def main() -> None:
    """Run all of it."""
    print(f"gradtable {autograd.__version__}, Python {sys.version.split()[0]}")
    for part in (graph, chain, imports, drawing):
        part()


if __name__ == "__main__":
    sys.setrecursionlimit(1_000_000)  # for the recursive engine
    threading.stack_size(512 * 1024 * 1024)
    thread = threading.Thread(target=main)
    thread.start()
    thread.join()

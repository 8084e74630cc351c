"""The measurement that decided the layout of a node: how operands and partials are kept.

The same program (60,000 operations, a rebuilt graph per step, as training does) on three
kinds of node, each with the same sweep; CPU time of one step, with Python's cyclic
garbage collector at its default setting and switched off:

    tuples   a tuple of parents and a tuple of partials
    edges    one tuple of (parent, partial) pairs
    slots    two operands and two partials in slots of the node (what ``Value`` does)
    recursive  the tuples, sorted by a recursive function (what small engines do)
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from random import Random
from statistics import median
from typing import Any

OPERATIONS, STEPS = 60_000, 7


class TupleNode:
    __slots__ = ("data", "grad", "label", "op", "parents", "partials", "scope")

    def __init__(self, data: float, parents: tuple = (), partials: tuple = ()) -> None:
        self.data, self.grad, self.label, self.op, self.scope = data, 0.0, "", None, ()
        self.parents, self.partials = parents, partials

    def edges(self) -> Any:
        return zip(self.parents, self.partials, strict=True)


class EdgeNode:
    __slots__ = ("data", "grad", "label", "op", "pairs", "scope")

    def __init__(self, data: float, parents: tuple = (), partials: tuple = ()) -> None:
        self.data, self.grad, self.label, self.op, self.scope = data, 0.0, "", None, ()
        self.pairs = tuple(zip(parents, partials, strict=True))

    def edges(self) -> Any:
        return self.pairs


class SlotNode:
    __slots__ = ("a", "b", "da", "data", "db", "grad", "label", "op", "scope")

    def __init__(
        self, data: float, a: Any = None, da: Any = None, b: Any = None, db: Any = None
    ) -> None:
        self.data, self.grad, self.label, self.op, self.scope = data, 0.0, "", None, ()
        self.a, self.da, self.b, self.db = a, da, b, db


def make_program() -> list[tuple[bool, int, int]]:
    """Draw the program beforehand: multiply or add, and which of the nodes so far."""
    rng = Random(0)
    return [
        (rng.random() < 0.5, n - rng.randrange(1, 200), n - rng.randrange(1, 200))
        for n in range(200, 200 + OPERATIONS)
    ]


PROGRAM = make_program()
LEAVES = [1.0 - i / 1000.0 for i in range(200)]


def build_with_tuples(kind: Any) -> Any:
    nodes = [kind(x) for x in LEAVES]
    for product, i, j in PROGRAM:
        a, b = nodes[i], nodes[j]
        if product:
            nodes.append(kind(a.data * b.data % 1.5, (a, b), (b.data, a.data)))
        else:
            nodes.append(kind((a.data + b.data) % 1.5, (a, b), (1.0, 1.0)))
    return joined(nodes, lambda a, b: kind(a.data + b.data, (a, b), (1.0, 1.0)))


def build_with_slots() -> Any:
    nodes = [SlotNode(x) for x in LEAVES]
    for product, i, j in PROGRAM:
        a, b = nodes[i], nodes[j]
        if product:
            nodes.append(SlotNode(a.data * b.data % 1.5, a, b.data, b, a.data))
        else:
            nodes.append(SlotNode((a.data + b.data) % 1.5, a, 1.0, b, 1.0))
    return joined(nodes, lambda a, b: SlotNode(a.data + b.data, a, 1.0, b, 1.0))


def joined(nodes: list[Any], add: Callable[[Any, Any], Any]) -> Any:
    result = nodes[-200]
    for node in nodes[-199:]:
        result = add(result, node)
    return result


def sweep_edges(y: Any) -> None:
    order: dict[Any, float] = {}
    stack = [y]
    while stack:
        node = stack[-1]
        missing = [] if node in order else [p for p, _ in node.edges() if p not in order]
        if missing:
            stack += missing
        else:
            order.setdefault(stack.pop(), 0.0)
    order[y] = 1.0
    for node in reversed(order):
        gradient = order[node]
        for parent, partial in node.edges():
            order[parent] += gradient * partial


def sweep_slots(y: Any) -> None:
    order: dict[Any, float] = {}
    stack = [y]
    while stack:
        node = stack[-1]
        if node in order:
            stack.pop()
            continue
        waits = False
        for parent in (node.b, node.a):
            if parent is not None and parent not in order:
                stack.append(parent)
                waits = True
        if not waits:
            order[stack.pop()] = 0.0
    order[y] = 1.0
    for node in reversed(order):
        gradient = order[node]
        if node.a is not None:
            order[node.a] += gradient * node.da
        if node.b is not None:
            order[node.b] += gradient * node.db


def sweep_recursive(y: Any) -> None:
    sys.setrecursionlimit(10 * OPERATIONS)
    order, visited = [], set()

    def visit(node: Any) -> None:
        if node not in visited:
            visited.add(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(y)
    y.grad = 1.0
    for node in reversed(order):
        for parent, partial in node.edges():
            parent.grad += node.grad * partial


KINDS: dict[str, tuple[Callable[[], Any], Callable[[Any], None]]] = {
    "slots": (build_with_slots, sweep_slots),
    "tuples": (lambda: build_with_tuples(TupleNode), sweep_edges),
    "edges": (lambda: build_with_tuples(EdgeNode), sweep_edges),
    "recursive": (lambda: build_with_tuples(TupleNode), sweep_recursive),
}


def median_step(build: Callable[[], Any], sweep: Callable[[Any], None]) -> float:
    """Give the CPU time of one step of a loop in which `y` keeps the last graph alive."""
    gc.collect()
    times = []
    y = None
    for _ in range(STEPS):
        start = time.process_time()
        y = build()
        sweep(y)
        times.append(time.process_time() - start)
    return median(times)


def main() -> None:
    """Print the table: medians of one run, and ratios to the slots."""
    print(f"node layouts, {OPERATIONS:,} operations a step, Python {sys.version.split()[0]}")
    print(f"{'layout':<12}{'collector on':>14}{'off':>10}{'on, relative':>14}")
    base = 0.0
    for name, (build, sweep) in KINDS.items():
        gc.enable()
        on = median_step(build, sweep)
        gc.disable()
        off = median_step(build, sweep)
        gc.enable()
        base = base or on
        print(f"{name:<12}{on:>12.3f} s{off:>8.3f} s{on / base:>13.2f}x")


if __name__ == "__main__":
    import threading

    threading.stack_size(512 * 1024 * 1024)  # for the recursive sort
    thread = threading.Thread(target=main)
    thread.start()
    thread.join()

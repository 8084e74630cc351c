"""Why topological order: a sweep crosses each edge once, where recursion walks 2^n paths.

    python -m demos.why_topological_order --out demos/out --seed 0

The graph is f = y + exp(x y) with x = cos t and y = t². y has two children, f and p: it must hear
from both before it hands anything on to t. A sweep that goes breadth first from f takes y right
after f, hands on 1 instead of 2.09, and gives df/dt = 0.85 instead of 1.94. In topological order,
read backwards, every child comes before its parents. The curves: x is doubled n times by
y = y + y. Recursion over the parents makes twice as many calls with every doubling, 2.3 · 10^18
for n = 60. The sweep crosses each of the 2n edges once, for the same derivative.

Syllabus: A6, A7.
"""

from __future__ import annotations

from pathlib import Path

from autograd import Value, cos, count_paths, exp, grad_table, square, topological_order
from demos import on_both, options, panels
from nn.plots.canvas import BLUE, GREY, VERMILLION

SIGNALS = {"L_reg": 1.0, "L": 1.0, "R": 0.1, "y": -0.289050497374996, "z": -0.059399966047995786}


def doubled(x: Value, times: int) -> Value:
    """Double x so often: two edges more and twice the paths each time."""
    for _ in range(times):
        x = x + x
    return x


def recursive(y: Value, x: Value, calls: list[Value]) -> float:
    """Give dy/dx by asking every parent anew for its own derivative; write down each call."""
    calls.append(y)
    if y is x:
        return 1.0
    edges = zip(y.parents, y.partials, strict=True)
    return sum(partial * recursive(parent, x, calls) for parent, partial in edges)


def sweep(order: list[Value]) -> tuple[dict[Value, float], dict[Value, float]]:
    """Fill a grad-table in this order; give it, and what each node had when its turn came."""
    table, turns = dict.fromkeys(order, 0.0), {}
    table[order[0]] = 1.0  # the output
    for node in order:
        turns[node] = table[node]
        for parent, partial in zip(node.parents, node.partials, strict=True):
            table[parent] += table[node] * partial  # a sum over children, child by child
    return table, turns


def breadth_first(y: Value) -> list[Value]:
    """Give the nodes by their distance from y: a parent may come before one of its children."""
    order = [y]
    for node in order:
        order += [parent for parent in node.parents if parent not in order]
    return order


def draw(counts: dict[int, int], picture: Path) -> None:
    """Draw the calls of the recursion, as counted and as they go on, and the edges."""
    figure, (axes,) = panels(1, size=(6.6, 3.8))
    n = range(1, 61)
    axes.semilogy(n, [2.0 ** (k + 1) - 1.0 for k in n], "--", color=VERMILLION, linewidth=1.4)
    axes.semilogy(list(counts), list(counts.values()), "s", color=VERMILLION, markersize=5)
    axes.semilogy(n, [2 * k for k in n], color=BLUE, linewidth=2.0)
    axes.axhline(3e13, color=GREY, linewidth=0.8, linestyle=":")
    axes.text(1, 6e13, "a year, at a million calls a second", color=GREY)
    axes.text(31, 2e7, "calls of the recursion: $2^{n+1}-1$\n(squares: counted)", color=VERMILLION)
    axes.text(31, 400, "edges of the sweep: $2n$", color=BLUE)
    axes.set(xlabel="doublings $n$", ylabel="calls, edges (log)", title="x doubled n times")
    figure.savefig(picture, dpi=100)


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the derivatives, and what they cost."""
    out, counts = options("why_topological_order", __doc__, argv).out, {}
    print("x doubled n times. Calls of the recursion, edges of the sweep:")
    for n in (1, 2, 4, 8, 12, 16):
        x, calls = Value(1.0, "x"), []
        y = doubled(x, n)
        assert recursive(y, x, calls) == grad_table(y)[x] == 2.0**n, "both are right"
        counts[n] = len(calls)
        print(f"  n = {n:2d}   {counts[n]:>7,} calls   {2 * n:3d} edges")
    _, (slope,) = on_both(lambda x: doubled(x, 60), 1.0)  # on a graph and on a tape
    print(f"  n = 60   {2.0**61:.1e} calls   120 edges (at a million calls a second: 73,000 years)")
    print(f"dy/dx = {slope:.0f} = 2^60, as many as there are paths")

    w, b = Value(0.8, "w"), Value(-0.3, "b")
    y = (1.5 * w + b).named("z").sigmoid().named("y")
    loss, penalty = (0.5 * square(y - 1.0)).named("L"), (0.5 * square(w)).named("R")
    table, _ = sweep(topological_order((loss + 0.1 * penalty).named("L_reg"))[::-1])
    signals = {node.label: gradient for node, gradient in table.items() if node.label}
    print("\nA logistic loss with a penalty, children before parents, w last of all:")
    print("  " + "   ".join(f"{name} {gradient:.5f}" for name, gradient in signals.items()))

    t = Value(0.5, "t")
    x, y = cos(t).named("x"), square(t).named("y")
    f = (y + exp((x * y).named("p")).named("e")).named("f")
    f.backward()
    right, on_time = sweep(topological_order(f)[::-1])
    wrong, early = sweep(breadth_first(f))
    print("\nf = y + exp(x y), x = cos t, y = t², at t = 0.5, breadth first from f:")
    print("         at its turn   in the end   children first")
    for v in breadth_first(f):
        print(f"  df/d{v.label}  {early[v]:11.6f}  {wrong[v]:11.6f}  {right[v]:15.6f}")
    print("y hands on 1 before it has heard from p. What t misses never comes.")
    graph = f.graph().save(out / "why_topological_order.svg")
    draw(counts, picture := out / "why_topological_order-calls.png")
    print(f"\nThe graph of f: {graph}\nThe curves:     {picture}")

    assert all(count == 2 ** (n + 1) - 1 for n, count in counts.items()), "every path is walked"
    assert count_paths(doubled(x, 60), x) == slope == 2**60, "a product of 1 for every path"
    assert all(abs(signals[name] - g) < 1e-12 for name, g in SIGNALS.items()), "the error signals"
    assert right == on_time == dict(grad_table(f)), "complete when its turn comes"
    assert abs(right[t] - 1.9436145028373326) < 1e-12 and wrong[t] < 0.5 * right[t]
    print("\nTry next: give `recursive` a dict of what it knows. How many calls are left?")
    return {"paths": slope, "dL/dw": signals["w"], "df/dt": right[t], "breadth first": wrong[t]}


if __name__ == "__main__":
    main()

"""A weight with two routes to the loss: logistic least squares with a penalty.

    python -m demos.logistic_loss --out demos/out

L = 1/2 (sigmoid(w x + b) - t)^2 + lambda/2 w^2. The weight w is used twice; its
gradient is the sum of what comes back along the two edges that leave it.
"""

from __future__ import annotations

from autograd import Constant, GradTable, Value, scope, square
from demos import options
from nn import Parameter


def build() -> tuple[Value, Parameter]:
    """Give the regularized loss, and the weight that it depends on by two routes."""
    w, b = Parameter(0.8, "w"), Parameter(-0.3, "b", kind="bias")
    x, t = Value(1.5, "x"), Value(1.0, "t")
    with scope("neuron"):
        p = (w * x).named("p")
        z = (p + b).named("z")
        a = z.sigmoid().named("a")
    with scope("data loss"):
        e = (a - t).named("e")
        d = (0.5 * square(e)).named("d")
    with scope("L2 penalty"):
        r = (Constant(0.1, "λ") * (0.5 * square(w)).named("q")).named("r")
    return (d + r).named("L"), w


def main(argv: list[str] | None = None) -> GradTable:
    """Run the demo; give the grad-table of the loss."""
    out = options("logistic_loss", __doc__, argv).out

    loss, w = build()
    table = loss.backward()
    print(table)
    routes = table.contributions(w)
    print("\nThe two routes from w to L:")
    for route in routes:
        print(f"  through {route.child.label or 'w squared'}: {route.product:+.6f}")
    print(f"  together:   {table[w]:+.6f}")
    print(f"\nThe picture: {loss.graph().save(out / 'logistic_loss.svg')}")

    assert sum(route.product for route in routes) == table[w], "the routes must add up"
    return table


if __name__ == "__main__":
    main()

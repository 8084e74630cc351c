"""Forward and reverse mode: a sweep forward for each input, or one backward for each output.

    python -m demos.forward_and_reverse --out demos/out --seed 0

The graph of y = ln x1 + x1 x2 − sin x2 at (2, 5), with the gradient that one sweep backward leaves
in every box: 5.5 for x1, 1.7163 for x2. A sweep forward takes the same edges the other way, and
carries speeds: x1' = 1 makes v1' = 0.5 and v3' = 5, so v4' = y' = 5.5. For x2 it takes a sweep of
its own. A loss has one output and many inputs, hence reverse mode; many outputs of one input are a
case for forward mode.

Syllabus: A4, A9.
"""

from __future__ import annotations

from typing import Any

import nn
from autograd import (
    Value,
    affine,
    grad_table,
    hessian,
    jacobian,
    jvp,
    log,
    record,
    relu,
    sin,
    tangent_table,
    vjp,
)
from demos import on_both, options

W = [[1.0, 2.0], [3.0, -4.0]]


def f(x1: Any, x2: Any) -> Any:
    """Give y = ln x1 + x1 x2 - sin x2."""
    return log(x1) + x1 * x2 - sin(x2)


def layer(x: list[Any]) -> list[Any]:
    """Give relu(W x)."""
    return [relu(z) for z in affine(W, x, [0.0, 0.0])]


def show_trace() -> Value:
    """Print the evaluation trace of y with both modes beside each other; give y."""
    x1, x2 = Value(2.0, "x1"), Value(5.0, "x2")
    y = f(x1, x2).named("y")
    print("y = ln x1 + x1 x2 - sin x2 at (2, 5); the tangents are those of x1' = 1, x2' = 0:\n")
    print(y.trace(tangent={x1: 1.0}))
    table = y.backward()
    speeds = [tangent_table(y, {x: 1.0})[y] for x in (x1, x2)]
    print(f"\nTwo sweeps forward: {speeds[0]:.4f}, {speeds[1]:.4f}; one sweep backward:", end=" ")
    print(f"{table[x1]:.4f}, {table[x2]:.4f}")
    assert speeds[0] == 5.5 and abs(speeds[1] - table[x2]) < 1e-15, "both modes agree"
    return y


def show_layer() -> None:
    """Print the Jacobian of a layer by rows and by columns, and on a tape."""
    x, units = [1.0, 1.0], ([1.0, 0.0], [0.0, 1.0])
    J = jacobian(layer)(x)
    print(f"\nh = relu(W x), W = {W}, at x = {x}: the second unit is off.")
    print(f"  J = R W, R = diag(1, 0):               {J}")
    print(f"  row by row, a sweep backward each:     {[vjp(layer, x, u) for u in units]}")
    print(f"  column by column, a sweep forward:     {[jvp(layer, x, v) for v in units]}")
    print(f"  (1, 1) J, one sweep backward:          {vjp(layer, x, [1.0, 1.0])}")
    print(f"  J (1, 1), one sweep forward:           {jvp(layer, x, [1.0, 1.0])}")
    tape = record(layer, 2)
    print(f"  on a tape, for x and for -x:           {tape.jacobian([x, [-1.0, -1.0]])}")
    assert J == tape.jacobian([x])[0] == [[1.0, 2.0], [0.0, 0.0]]
    assert [vjp(layer, x, u) for u in units] == J
    assert [jvp(layer, x, v) for v in units] == [[1.0, 0.0], [2.0, 0.0]], "the columns of J"
    assert vjp(layer, x, [1.0, 1.0]) == [1.0, 2.0]


def show_loss() -> int:
    """Print what the gradient of a net's loss costs either way; give the number of parameters."""
    model = nn.MLP([2, 16, 1], rng=0)
    loss = nn.squared_error(model([0.5, -1.0]), 1.0)
    table, parameters = grad_table(loss), model.parameters()
    forward = [tangent_table(loss, {p: 1.0})[loss] for p in parameters]
    differences = [abs(forward[i] - table[p]) for i, p in enumerate(parameters)]
    assert max(differences) < 1e-14, "the same derivatives, at another price"
    count = len(parameters)
    print(f"\nThe loss of {model}: {count} sweeps forward,")
    print(f"or 1 backward; the derivatives differ by {max(differences):.0e} at most.")
    return count


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give y, its first and second derivatives, and the sweeps of a loss."""
    out = options("forward_and_reverse", __doc__, argv).out
    y = show_trace()
    value, slopes = on_both(f, 2.0, 5.0)
    H = hessian(lambda x: f(*x))([2.0, 5.0])
    print(f"On a tape, too: y = {value:.12f}, gradient ({slopes[0]:.4f}, {slopes[1]:.10f})")
    print(f"The Hessian, gradients of gradients: [{H[0]}, [{H[1][0]}, {H[1][1]:.8f}]]")
    show_layer()
    sweeps = show_loss()
    print(f"\nThe graph: {y.graph().save(out / 'forward_and_reverse.svg')}")

    assert abs(value - 11.652071455223084) < 1e-12 and abs(slopes[1] - 1.7163378145367738) < 1e-12
    assert H[0] == [-0.25, 1.0] and H[1][0] == 1.0 and abs(H[1][1] + 0.95892427) < 5e-9
    print("\nTry next: 10 outputs of 3 inputs. Which mode fills the Jacobian with fewer sweeps?")
    return {"y": value, "dy/dx1": slopes[0], "dy/dx2": slopes[1], "d2y/dx2": H[1][1],
            "sweeps forward": float(sweeps)}  # fmt: skip


if __name__ == "__main__":
    main()

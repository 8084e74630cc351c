"""The chain rule: a derivative is the sum over all routes, of the product along each.

    python -m demos.chain_rule --out demos/out --seed 0

r = u v with u = t² and v = 3t + 1 depends on t by two routes. Each edge of the graph bears its
local derivative: along u they multiply to 7 · 4 = 28, along v to 4 · 3 = 12, and together t has
the gradient 40. The page steps through it: forward for the values, then back, one edge at a
time, while the table of gradients grows.

Syllabus: A1, A2, A5, A8.
"""

from __future__ import annotations

import math
from typing import Any

from autograd import Value, cos, exp, explain, grad, grad_table, sigmoid, sin, square
from demos import on_both, options


def two_routes() -> tuple[Value, Value]:
    """Give r = u v, and the t = 2 that it depends on by two routes (A1)."""
    t = Value(2.0, "t")
    u, v = square(t).named("u"), (3.0 * t + 1.0).named("v")
    return (u * v).named("r"), t


def fan_out(t: Any) -> Any:
    """Give f = y + exp(x y) with x = cos t and y = t²: y is used twice, t three times (A2)."""
    x, y = cos(t), square(t)
    return y + exp(x * y)


def penalised(w: Any, b: Any) -> Any:
    """Give the loss of a logistic neuron with a penalty on its weight, for x = 1.5, t = 1 (A8)."""
    return 0.5 * square(sigmoid(1.5 * w + b) - 1.0) + 0.1 * (0.5 * square(w))


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the derivatives that it shows."""
    out = options("chain_rule", __doc__, argv).out

    r, t = two_routes()
    r.backward()
    print("r = u v, u = t², v = 3t + 1, at t = 2. By hand: dr/dt = 9t² + 2t = 40.\n")
    print(explain(r, t))

    value, (slope,) = on_both(fan_out, 0.5)
    curvature = grad(grad(fan_out))(0.5)
    print(f"\nf = y + exp(x y), x = cos t, y = t², at t = 0.5: f = {value:.10f}")
    print(f"f' = {slope:.10f}, and the derivative of that: f'' = {curvature:.10f}")

    z, (dz,) = on_both(lambda w: sin(sin(sin(w))), 0.7)
    store = math.cos(0.7) * math.cos(math.sin(0.7)) * math.cos(math.sin(math.sin(0.7)))
    print(f"\nz = sin(sin(sin 0.7)) = {z:.10f}, dz/dw = {dz:.10f}")
    print("Written out, dz/dw computes sin 0.7 twice more; the graph keeps each value it needs.")

    before, (dw, _) = on_both(penalised, 0.8, -0.3)
    predicted, actual = 0.01 * dw, penalised(0.81, -0.3) - before
    print(f"\nA weight with dL/dw = {dw:.6f} is nudged by 0.01: predicted {predicted:.4e},")
    print(f"actual {actual:.4e}; by 0.0001: ", end="")
    small = (penalised(0.8001, -0.3) - before) / (0.0001 * dw)
    print(f"{small:.4f} of what is predicted. The derivative is the limit.")

    print(f"\nThe two routes: {r.graph().save(out / 'chain_rule.svg')}")
    print(f"Step by step, in a browser: {r.stepper(out / 'chain_rule-steps.html')}")

    assert r.data == 28.0 and grad_table(r)[t] == 40.0, "two routes: 28 + 12"
    assert math.isclose(dz, store, rel_tol=1e-14)
    assert abs(small - 1.0) < 0.002 < abs(actual / predicted - 1.0), "only small nudges are linear"
    print("\nTry next: open the page, press the right arrow key. What is t's gradient halfway?")
    return {"dr/dt": grad_table(r)[t], "df/dt": slope, "d2f/dt2": curvature, "dz/dw": dz}


if __name__ == "__main__":
    main()

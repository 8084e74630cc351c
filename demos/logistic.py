"""Logistic regression: one neuron, its loss as a graph, and why the loss is cross-entropy.

    python -m demos.logistic --out demos/out --seed 0

The graph is the squared error of one logistic neuron, with a penalty on its weight. Two edges leave
w, so its gradient is a sum: −0.0594 · 1.5 = −0.0891 (dashed: raising w lowers the loss) and 0.05 ·
1.6 = +0.0800 make −0.0091. Below, left: the neuron fitted to six points by cross-entropy, whose
gradient is the mean of (prediction − target) · input. Right: a neuron that begins far on the wrong
side, with an output near 1 for the target 0. Squared error hands back a slope times y(1 − y), which
is almost nothing there, so the unit learns slowly; the slope of cross-entropy is just y − t.

Syllabus: A3, C2, C8.
"""

from __future__ import annotations

from typing import Any

from autograd import Constant, Value, grad_table, hessian, scope, sigmoid, square
from demos import on_both, options, panels
from nn import SGD, Neuron, Parameter, constant, empirical_risk, fit
from nn.plots.canvas import BLACK, BLUE, GREY, VERMILLION

X, T = [[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]], [0, 0, 1, 0, 1, 1]


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


def regularized(w: Any, b: Any) -> Any:
    """Give the same loss as a function, to differentiate twice, and to replay from a tape."""
    return 0.5 * square(sigmoid(w * 1.5 + b) - 1.0) + 0.1 * (0.5 * square(w))


def show_routes() -> Value:
    """Print where the gradient of w comes from; give the loss."""
    loss, w = build()
    table = loss.backward()
    print(table)
    print("\nThe two routes from w to L:")
    for route in table.contributions(w):
        print(f"  through {route.child.label or 'w squared'}: {route.product:+.6f}")
    print(f"  together:   {table[w]:+.6f}")
    _, slopes = on_both(regularized, 0.8, -0.3)
    assert abs(slopes[0] - table[w]) < 1e-15, "the routes must add up"
    (a, b), (c, d) = hessian(lambda p: regularized(*p))([0.8, -0.3])
    print(f"The Hessian: [[{a:.8f}, {b:.8f}], [{c:.8f}, {d:.8f}]]")
    return loss


def saturated(loss: str, engine: str) -> list[float]:
    """Train a unit that is wrong and sure of it (x = 1, t = 0); give its outputs."""
    unit, outputs = Neuron(1, "sigmoid", init=constant(2.0)), []
    unit.bias.data = 2.0
    slope = grad_table(empirical_risk(unit, [[1.0]], [0.0], loss))[unit.bias]
    fit(
        unit, [[1.0]], [0.0], loss=loss, optimizer=SGD(0.15), epochs=300, progress=False,
        engine=engine, callbacks=[lambda *_: outputs.append(unit([1.0]).data)],
    )  # fmt: skip
    end = f"output after {len(outputs)} steps: {outputs[-1]:.4f}"
    print(f"{loss:<21} slope at s = 4: {slope:.6f}; {end}")
    return outputs


def draw(model: Neuron, slow: list[float], fast: list[float]) -> Any:
    """Draw the fitted neuron, and how fast the saturated one learns under each loss."""
    figure, (left, right) = panels(2, size=(4.2, 3.0))
    across = [0.05 * k - 1.0 for k in range(141)]
    left.plot(across, [model([x]).data for x in across], color=BLUE)
    left.plot([x for (x,) in X], T, "o", color=BLACK)
    left.axhline(0.5, color=GREY, linewidth=0.8, linestyle=":")
    left.set(title="fitted to six points", xlabel="$x$", ylabel="probability of class 1")
    steps = range(1, len(slow) + 1)
    right.plot(steps, slow, color=VERMILLION, linewidth=2.0)
    right.plot(steps, fast, "--", color=BLUE, linewidth=2.0)
    right.text(20, 0.86, "half squared error", color=VERMILLION)
    right.text(38, 0.2, "cross-entropy", color=BLUE)
    right.set(title="target 0, begun at 0.98", xlabel="step", ylabel="output", ylim=(0.0, 1.03))
    return figure


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the fitted neuron, and where the saturated unit ends."""
    chosen = options("logistic", __doc__, argv, trains=True)
    graph = show_routes().graph().save(chosen.out / "logistic.svg")

    model = Neuron(1, "sigmoid", init=constant(0.0))
    optimizer = SGD(0.3, momentum=0.9)
    table = grad_table(empirical_risk(model, X, T))
    slopes = [table[p] for p in model.parameters()]
    by_hand = [sum((0.5 - t) * x for (x,), t in zip(X, T, strict=True)) / 6, 0.5 - sum(T) / 6]
    print(f"\nSix points, at w = b = 0, where each prediction is 1/2: gradient {slopes}; the mean")
    print(f"of (prediction − target) · input, and of (prediction − target): {by_hand}")
    history = fit(
        model, X, T, optimizer=optimizer, epochs=800, progress=False, engine=chosen.engine
    )
    w, b = (p.data for p in model.parameters())
    print(f"Fitted by cross-entropy: w = {w:.6f}, b = {b:.6f}, mean loss {history.loss[-1]:.6f}\n")

    slow = saturated("half_squared_error", chosen.engine)
    fast = saturated("binary_cross_entropy", chosen.engine)
    picture = chosen.out / "logistic-fit.png"
    draw(model, slow, fast).savefig(picture, dpi=110)
    print(f"\nThe graph: {graph}\nThe fit and the two losses: {picture}")

    assert abs(w - 1.21402758585142) < 1e-6 and abs(b + 3.0350689646285502) < 1e-6, "not converged"
    assert max(abs(a - h) for a, h in zip(slopes, by_hand, strict=True)) < 1e-15, "X'(y - t)"
    assert abs(history.loss[-1] - 0.4129978058416021) < 1e-12
    assert fast[-1] < 0.1 * slow[-1], "cross-entropy learns faster where the unit is saturated"
    print("\nTry next: 1,000 steps instead of 300. Does squared error ever catch up?")
    return {"w": w, "b": b, "squared error": slow[-1], "cross-entropy": fast[-1]}


if __name__ == "__main__":
    main()

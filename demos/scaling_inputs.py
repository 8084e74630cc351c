"""Scaling inputs: numbers like 100 to 104 make a ravine of the loss, standardised ones a bowl.

    python -m demos.scaling_inputs --out demos/out --seed 0

A line is fitted to five points, whose inputs are 100 to 104. As a function of weight and bias the
loss is a ravine, which curves 5.4 · 10⁷ times as much across as along: its contours look like
parallel lines. The rate must suit the steep sides, so after 1,000 epochs descent has found the
floor of the ravine, and is still 86 away from the minimum. With standardised inputs the condition
number is 1, the contours are circles, and the loss is down in a few epochs. Right: a weight's
gradient is its input times the error signal. Of three inputs that matter alike, but are of size 1,
0.3 and 0.1, half is learnt in 1, 16 and 139 epochs.

Syllabus: D6, D7.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import nn
from autograd import Tape, grad_table, hessian
from demos import options, panels
from nn.datasets import standardize
from nn.plots import descent
from nn.plots.canvas import BLUE, GREEN, VERMILLION

RAW, Y = [[100.0 + i] for i in range(5)], [2.3, 1.7, 4.0, 5.9, 4.6]
SIZES, EPOCHS = (1.0, 0.3, 0.1), 1000
LOOKS = [(BLUE, "-"), (GREEN, "--"), (VERMILLION, "-.")]


def risk(X: list[list[float]], w: Any, b: Any) -> Any:
    """Give the mean of half the squared errors of the line w x + b."""
    return sum(0.5 * (w * x + b - y) ** 2 for (x,), y in zip(X, Y, strict=True)) / len(X)


def curvatures(X: list[list[float]]) -> tuple[float, float]:
    """Give the eigenvalues of the Hessian, X'X / m, the larger first."""
    (a, b), (_, d) = hessian(lambda p: risk(X, *p))([0.0, 0.0])
    largest = 0.5 * (a + d + math.hypot(a - d, 2.0 * b))
    return largest, (a * d - b * b) / largest


def descend(X: Any, y: Any, rate: float, engine: str) -> Any:
    """Train a linear neuron from zero; give its parameters epoch by epoch, and the losses."""
    model = nn.Neuron(len(X[0]), init=nn.constant(0.0))
    path = [[0.0] * (len(X[0]) + 1)]
    history = nn.fit(
        model, X, y, loss="half_squared_error", optimizer=nn.SGD(rate), epochs=EPOCHS,
        callbacks=[lambda *_: path.append([p.data for p in model.parameters()])],
        engine=engine, progress=False,
    )  # fmt: skip
    return path, history.loss


def show_condition(name: str, X: Any, best: Any, axes: Any, engine: str) -> dict[str, float]:
    """Draw the surface of the loss, and descent on it; give its condition, and what is left."""
    (surface, losses), (steep, flat) = axes, curvatures(X)
    path, history = descend(X, Y, 0.5 / steep, engine)
    left, excess = math.dist(path[-1], best), [loss - risk(X, *best) for loss in history]
    rest = abs(round(excess[-1], 9))
    curved = f"{steep:9.4g} {flat:11.4g} {steep / flat:11.2g}"
    print(f"  {name:12} {curved} {left:15.1f} {rest:11.3f}")
    descent(lambda w, b: risk(X, w, b), {"descent": path[:30], "minimum": [best]}, ax=surface)
    surface.set(title=name, xlabel="$w$", ylabel="$b$")
    surface.child_axes[0].remove()  # the scale of the greys: only the shape matters here
    colour, dash = (VERMILLION, "-") if X is RAW else (BLUE, "--")
    losses.loglog(range(1, EPOCHS + 1), [max(e, 1e-15) for e in excess], dash, color=colour)
    losses.text(1000, 2.0 if X is RAW else 1e-3, name, color=colour, ha="right")
    return {f"condition, {name}": steep / flat, f"loss left, {name}": rest}


def show_slow_weights(axes: Any, engine: str) -> dict[str, float]:
    """Draw how three weights are learnt, each fed by an input of another size."""
    neuron = nn.Neuron(3, "sigmoid", nn.constant(0.5))
    loss = nn.half_squared_error(neuron(SIZES), 0.0)
    table, (_, taped) = grad_table(loss), Tape(loss, [], neuron.weights).value_and_grad([[]])
    delta = table[neuron.bias]
    print(f"\nA sigmoid neuron with the error signal {delta:.6f}: dC/dw = input · error signal")
    for w, size, slope in zip(neuron.weights, SIZES, taped, strict=True):
        print(f"  {w.label} {size:6} {table[w]:12.6f}")
        assert max(abs(slope - table[w]), abs(table[w] - size * delta)) < 1e-15

    signs, halves = list(product((-1.0, 1.0), repeat=3)), {}
    rows = [[sign * size for sign, size in zip(row, SIZES, strict=True)] for row in signs]
    path, _ = descend(rows, [sum(row) for row in signs], 0.5, engine)
    for i, (size, look) in enumerate(zip(SIZES, LOOKS, strict=True)):
        share = [parameters[i] * size for parameters in path]  # of the weight 1 / size
        half = halves[f"epochs, {size}"] = sum(1.0 for x in share if x < 0.5)
        axes.semilogx(range(1, EPOCHS + 1), share[1:], look[1], color=look[0])
        axes.text(1.8 * half, 0.6, f"{size:g}", color=look[0])
    axes.set(title="three weights", xlabel="epoch", ylabel="share learnt")
    epochs = "{:.0f}, {:.0f} and {:.0f}".format(*halves.values())
    print(f"Three inputs of these sizes that matter alike: half is learnt after {epochs} epochs.")
    return halves


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give condition numbers, distances left, and epochs until half is learnt."""
    chosen = options("scaling_inputs", __doc__, argv, trains=True)
    figure, (first, second, losses, slow) = panels(4, size=(2.6, 3.4))
    print("curvature        largest    smallest   condition   distance left   loss left")
    # the line of least squares is 0.88 (x - 102) + 3.7, and x - 102 has the deviation sqrt 2
    best, scaled = (0.88, 3.7 - 0.88 * 102.0), (0.88 * math.sqrt(2.0), 3.7)
    results = show_condition("raw", RAW, best, (first, losses), chosen.engine)
    rows = standardize(RAW)
    results |= show_condition("standardised", rows, scaled, (second, losses), chosen.engine)
    results |= show_slow_weights(slow, chosen.engine)
    losses.set(title="loss above the least", xlabel="epoch", ylim=(1e-13, 100))
    figure.savefig(chosen.out / "scaling_inputs.png", dpi=100)
    print(f"\nThe pictures: {chosen.out / 'scaling_inputs.png'}")
    assert round(results["condition, raw"], -6) == 5.4e7, "the condition number of X'X"
    assert abs(results["condition, standardised"] - 1.0) < 1e-12
    assert results["loss left, standardised"] == 0.0 and results["loss left, raw"] > 0.5
    assert list(results.values())[-3:] == [1, 16, 139], "a half-life of ln 2 / (rate · input²)"
    print("\nTry next: subtract 102 from the inputs, and no more. What is the condition number?")
    return results


if __name__ == "__main__":
    main()

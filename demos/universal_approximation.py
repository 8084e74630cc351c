"""Universal approximation: steps make bumps, bumps make any continuous function.

    python -m demos.universal_approximation --out demos/out --seed 0

A logistic unit sigmoid(k (x - 1/2)) is nearly a threshold if its weight k is large. One such step,
at 0.4, less another, at 0.6, is a bump. Bumps in a row (colours), each weighted by the
function's value in the middle of its place, and so smooth that neighbours overlap, add up to the
black line: a net with one hidden layer, two units for each bump. It is to be like sin 2πx (wide
and grey). With 10 bumps it is up to 0.108 away, with 50 less than 0.004, the two ends left out.
Nothing is trained here: all weights are written down.

Syllabus: B9.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import nn
from demos import options, panels
from nn.plots.canvas import BLACK, BLUE, GREEN, LIGHT, VERMILLION

GRID = [k / 500 for k in range(501)]
SINE = [math.sin(2.0 * math.pi * x) for x in GRID]


def put(model: nn.MLP, numbers: Sequence[float]) -> nn.MLP:
    """Set the parameters of a model: neuron by neuron, its weights, then its bias."""
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data = number
    return model


def step_at(edge: float, k: float) -> nn.MLP:
    """Give sigmoid(k (x - edge))."""
    return put(nn.MLP([1, 1], output="sigmoid"), [k, -k * edge])


def row_of_bumps(heights: Sequence[float], edges: Sequence[float], k: float) -> nn.MLP:
    """Give a net of bumps side by side: each a step up at its left edge, and down at its right."""
    hidden = [number for pair in pairwise(edges) for edge in pair for number in (k, -k * edge)]
    readout = [weight for height in heights for weight in (height, -height)]
    return put(nn.MLP([1, 2 * len(heights), 1], "sigmoid"), [*hidden, *readout, 0.0])


def outputs(model: nn.MLP) -> list[float]:
    """Give what a model makes of the points of the grid."""
    return [output for (output,) in nn.predict(model, [[x] for x in GRID])]


def draw_sine(axes: Any, heights: list[float], edges: list[float], k: float) -> None:
    """Draw bumps one by one, their sum, and sin 2πx."""
    axes.plot(GRID, SINE, color=LIGHT, linewidth=6.0)
    for i, height in enumerate(heights):
        one = outputs(row_of_bumps([height], edges[i : i + 2], k))
        axes.plot(GRID, one, color=(BLUE, VERMILLION, GREEN)[i % 3], linewidth=0.8)
    axes.plot(GRID, outputs(row_of_bumps(heights, edges, k)), color=BLACK)
    axes.set(title=f"{len(heights)} bumps, k = {k:.0f}", xlabel="$x$")


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the step at 0.4, the bump at 0.5, and the error of each row of bumps."""
    out = options("universal_approximation", __doc__, argv).out
    figure, (steps, bumps, *sines) = panels(4, size=(2.7, 2.7))

    print("sigmoid(k (x - 0.5))     at 0.4             at 0.6")
    for k, dash, colour in ((10.0, ":", GREEN), (30.0, "--", BLUE), (100.0, "-", VERMILLION)):
        unit = step_at(0.5, k)
        low, high = unit([0.4])[0].data, unit([0.6])[0].data
        print(f"k = {k:4.0f}                 {low:.10e}   {high:.10f}")
        steps.plot(GRID, outputs(unit), dash, color=colour, label=f"k = {k:.0f}")
    steps.set(title="one unit: a step", xlabel="$x$")

    bump = row_of_bumps([1.0], [0.4, 0.6], 100.0)
    top, aside = bump([0.5])[0].data, bump([0.2])[0].data
    print(f"\nA bump, a step at 0.4 less a step at 0.6: {top:.10f} at 0.5, {aside:.0e} at 0.2")
    bumps.plot(GRID, outputs(bump), color=VERMILLION, linewidth=3.0, label="their difference")
    bumps.plot(GRID, outputs(step_at(0.4, 100.0)), "--", color=BLACK, label="step at 0.4")
    bumps.plot(GRID, outputs(step_at(0.6, 100.0)), ":", color=BLACK, label="step at 0.6")
    bumps.set(title="two units: a bump", xlabel="$x$", ylim=(-0.6, 1.05), yticks=[0.0, 0.5, 1.0])
    for axes in (steps, bumps):
        axes.legend(loc="lower right", fontsize=8, frameon=False)

    print("\nbumps   units      k   largest distance from sin 2πx between 0.02 and 0.98")
    errors = {}
    for n, k in ((5, 20.0), (10, 40.0), (20, 80.0), (50, 200.0), (50, 2000.0)):
        edges = [i / n for i in range(n + 1)]
        heights = [math.sin(2.0 * math.pi * (i + 0.5) / n) for i in range(n)]
        row = outputs(row_of_bumps(heights, edges, k))
        away = [abs(output - target) for output, target in zip(row, SINE, strict=True)]
        errors[n, k] = max(away[10:-10])
        print(f"{n:5} {2 * n:7} {k:6.0f}   {errors[n, k]:.4f}")
        if (n, k) in ((10, 40.0), (50, 200.0)):
            draw_sine(sines.pop(0), heights, edges, k)
    print("With steps too steep for their distance the sum has stairs.")
    figure.savefig(out / "universal_approximation.png", dpi=100)
    print(f"\nStep, bump, rows of bumps: {out / 'universal_approximation.png'}")

    assert math.isclose(low, 4.5397868702434395e-5, rel_tol=1e-12), "the step at 0.4, k = 100"
    assert math.isclose(top, 0.9999092042625952, rel_tol=1e-12), "the bump at 0.5"
    assert errors[50, 200.0] <= 0.004 < 0.1 < errors[10, 40.0], "50 bumps are near to the sine"
    print("\nTry next: another function on [0, 1], with a jump. Where does the row of bumps fail?")
    return {"step": low, "bump": top} | {f"{n} bumps, k {k:.0f}": e for (n, k), e in errors.items()}


if __name__ == "__main__":
    main()

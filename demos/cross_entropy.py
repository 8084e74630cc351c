"""Cross-entropy of a logit: softplus((1 - 2y) s), with the error y_hat - y as its slope.

    python -m demos.cross_entropy --out demos/out --seed 0

Left: the loss of a logit s for each hard target. Where s is sure and right it is near 0; where s is
sure and wrong it rises along a line of slope -1 or +1, so learning does not stall. At s = 2 the
output is y_hat = 0.88, and the slopes are 0.88 - 1 = -0.12 and 0.88 - 0 = +0.88. Right: the loss
against the prediction a, for targets of 0, 0.1, 0.3 and 0.5. Each is least where a = y (dots), and
its least value is the entropy of y (wide grey line): 0 for y = 0, 0.61 for y = 0.3.

Syllabus: C3, C10.
"""

from __future__ import annotations

import math
from typing import Any

from autograd import DomainError, log, sigmoid, softplus, xlogy
from demos import on_both, options, panels
from nn.plots.canvas import BLACK, BLUE, GREEN, GREY, LIGHT, PURPLE, VERMILLION

SHOWN = 2.0  # the logit at which the picture has slopes
SOFT = ((0.0, VERMILLION, "--"), (0.1, PURPLE, "-."), (0.3, BLUE, "-"), (0.5, GREEN, ":"))


def from_logit(s: Any, y: float) -> Any:
    """Give the cross-entropy of sigmoid(s) for a target of 0 or 1, safe for every s."""
    return softplus((1.0 - 2.0 * y) * s)


def naive(s: float) -> str:
    """Give -log(sigmoid(s)) as text, or why it cannot be computed."""
    try:
        return f"{0.0 - log(sigmoid(s)):.6g}"
    except DomainError:  # the sigmoid has underflowed
        return "log(0): no value"


def of_prediction(a: Any, y: float) -> Any:
    """Give the cross-entropy of a probability a for a target from 0 to 1: 0 log 0 is 0."""
    return -(xlogy(y, a) + xlogy(1.0 - y, 1.0 - a))


def draw_logits(axes: Any) -> None:
    """Draw the loss against the logit for both targets, with a tangent at one logit."""
    grid = [x / 10 for x in range(-50, 51)]
    for y, colour, dash, at in ((1, BLUE, "-", (-4.9, 5.15)), (0, VERMILLION, "--", (4.9, 5.15))):
        value, (slope,) = on_both(lambda s, y=y: from_logit(s, y), SHOWN)
        axes.plot(grid, [from_logit(s, y) for s in grid], dash, color=colour, linewidth=2.0)
        axes.plot([0.6, 3.4], [value - 1.4 * slope, value + 1.4 * slope], color=BLACK, linewidth=1)
        axes.plot([SHOWN], [value], "o", color=colour, zorder=4)
        label = f"slope {slope:+.2f}".replace("-", "−")
        axes.annotate(label, (2.3, value - 0.2) if y == 0 else (2.6, value + 0.3), fontsize=9)
        axes.annotate(f"y = {y}", at, color=colour, ha="left" if y == 1 else "right")
    axes.set(xlabel="logit s", ylabel="cross-entropy", ylim=(-0.3, 5.8), title="hard targets")


def draw_soft_targets(axes: Any) -> None:
    """Draw the loss against the prediction for several targets, each with its minimum."""
    grid = [x / 200 for x in range(1, 200)]
    axes.plot(grid, [of_prediction(a, a) for a in grid], color=LIGHT, linewidth=6, zorder=0)
    axes.annotate("entropy of y", (0.7, 0.34), color=GREY, ha="center", fontsize=9)
    for y, colour, dash in SOFT:
        left = grid[:161]  # up to 0.8, where the curves are apart
        axes.plot(left, [of_prediction(a, y) for a in left], dash, color=colour, linewidth=2.0)
        axes.plot([y], [of_prediction(y, y)], "o", color=colour, zorder=4, clip_on=False)
        axes.annotate(f"y = {y:g}", (0.82, of_prediction(0.805, y)), va="center", color=colour)
    axes.set(xlabel="prediction a", ylim=(-0.1, 2.0), title="soft targets")


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give losses and slopes at the points that it talks about."""
    out, found = options("cross_entropy", __doc__, argv).out, {}
    print("Target 1. The slope of the loss is the error: y_hat - 1.\n")
    print("logit s   y_hat - 1       slope   softplus(-s)   -log(sigmoid(s))")
    for s in (SHOWN, 40.0, -SHOWN, -800.0):
        value, (slope,) = on_both(lambda s: from_logit(s, 1.0), s)
        error = -sigmoid(-s)  # 1 - sigmoid(s), without losing its digits
        print(f"{s:7g} {error:11.4g} {slope:11.4g} {value:14.6g}   {naive(s)}")
        assert math.isclose(slope, error, rel_tol=1e-12), "the slope is y_hat - y"
        found[f"loss at s = {s:g}"], found[f"slope at s = {s:g}"] = value, slope
    print("At 40 the naive form has lost all its digits, at -800 it fails.")

    print("\ntarget y   slope at a = y   loss at y - 0.05   at a = y   at y + 0.05")
    for y, *_ in SOFT[1:]:
        least, (slope,) = on_both(lambda a, y=y: of_prediction(a, y), y)
        below, above = of_prediction(y - 0.05, y), of_prediction(y + 0.05, y)
        print(f"{y:8.1f} {slope + 0.0:16.1f} {below:18.4f} {least:10.4f} {above:13.4f}")
        assert abs(slope) < 1e-12 and least < min(below, above), "a = y is the minimum"
    entropy, (at_entropy,) = on_both(lambda a: of_prediction(a, 0.3), 0.3)
    print("A soft target is its own best prediction. The loss there is not 0 but the entropy,")
    print(f"for y = 0.3 it is {entropy:.10f}.")

    figure, axes = panels(2, size=(4.6, 3.6))
    draw_logits(axes[0])
    draw_soft_targets(axes[1])
    figure.savefig(out / "cross_entropy.png", dpi=100)
    print(f"\nThe two families of curves: {out / 'cross_entropy.png'}")

    assert (found["loss at s = -800"], found["slope at s = -800"]) == (800.0, -1.0)
    assert math.isclose(found["loss at s = 2"], 0.1269280110429725, rel_tol=1e-12)
    assert math.isclose(found["slope at s = 2"], -0.11920292202211753, rel_tol=1e-12)
    assert math.isclose(entropy, 0.6108643020548935, rel_tol=1e-12), "entropy of 0.3"
    print("\nTry next: at which s does -log(sigmoid(s)) fail first? And for a target of 0?")
    return {**found, "entropy of 0.3": entropy, "slope at a = 0.3": at_entropy}


if __name__ == "__main__":
    main()

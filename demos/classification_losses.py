"""Losses for classes: what each asks of s = z_wrong - z_right, the lead of the wrong class.

    python -m demos.classification_losses --out demos/out --seed 0

Left: six losses against s, the logit of the wrong class minus that of the right one; right of 0 the
answer is wrong. Zero-one (grey) counts mistakes, and has no slope to learn by; the others stand in
for it. Hinge and squared are never below it, and neither is the logistic loss in bits (divided by
log 2); perceptron and sparsemax dip below it between 0 and 1. Right: their slopes, the error
signals. For an answer that is right and sure (s < -1) those of perceptron, hinge and sparsemax are
0, that of logistic is small, and squared pulls backwards: it punishes being too right. For an
answer that is wrong and sure the others end at slope 1, and that of squared grows without bound.

Syllabus: C7.
"""

from __future__ import annotations

import math
from typing import Any

import nn
from autograd import Value, relu, square, step, value_and_grad
from demos import on_both, options, panels
from nn.plots.canvas import BLACK, BLUE, GREEN, GREY, LIGHT, PURPLE, VERMILLION


def sparsemax_of_two(s: Any) -> Any:
    """Give the sparsemax loss of two classes: 0, then (s + 1)²/4, then s; nothing is sorted."""
    return 0.25 * (square(relu(s + 1.0)) - square(relu(s - 1.0)))


# by name: a function of s; a margin loss takes one output, which is -s, and the target +1
LOSSES = {
    "zero-one": step,
    "perceptron": lambda s: nn.perceptron_loss([-s], 1),
    "hinge": lambda s: nn.hinge([-s], 1),
    "logistic": lambda s: nn.logistic_loss([-s], 1),
    "squared": lambda s: nn.squared_error([-s], 1),
    "sparsemax": sparsemax_of_two,
}
SHOWN, GRID = (-2.0, -0.5, 0.5, 2.0), [x / 100 for x in range(-300, 301)]
# by name: how each is drawn, and in both panels where its name stands and what that points at
LOOKS = {
    "zero-one": (LIGHT, "-", 6, ((2.2, 0.73), None), ((2.2, -0.25), None)),
    "squared": (GREEN, ":", 2, ((-2.55, 2.7), None), ((-1.05, 2.1), None)),
    "hinge": (VERMILLION, "--", 2, ((0.9, 2.6), None), ((-1.6, 0.85), None)),
    "sparsemax": (BLACK, "-", 2, ((-0.9, -0.4), (-0.2, 0.16)), ((-1.0, -0.5), (-0.6, 0.2))),
    "perceptron": (BLUE, "-.", 2, ((0.5, -0.3), (0.25, 0.25)), ((0.1, 0.15), None)),
    "logistic": (PURPLE, "-", 2, ((-2.9, 0.45), (-1.6, 0.184)), ((-2.9, 0.2), None)),
}


def draw(axes: Any, kind: int, curves: dict[str, list[tuple[float, float]]]) -> None:
    """Draw the losses (kind 0) or their slopes (kind 1), with the names beside them."""
    for name, (colour, dash, width, *places) in LOOKS.items():
        axes.plot(GRID, [pair[kind] for pair in curves[name]], dash, color=colour, linewidth=width)
        place, target = places[kind]
        line = {"arrowstyle": "-", "color": GREY, "linewidth": 0.8} if target else None
        dark = GREY if name == "zero-one" else colour
        axes.annotate(name, target or place, place, color=dark, arrowprops=line)
    axes.set_xlabel("s = z_wrong − z_right  (right of 0: wrong answer)")
    axes.set_title(("losses", "slopes")[kind])


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give each loss and its slope at s = 1/2."""
    out, found = options("classification_losses", __doc__, argv).out, {}
    print("                    loss at s                  slope at s           0 if    never below")
    print("              -2   -0.5    0.5      2     -2   -0.5    0.5      2   s <= -1    zero-one")
    curves = {name: [value_and_grad(loss)(s) for s in GRID] for name, loss in LOSSES.items()}
    sure, bounds = set(), set()
    for name, loss in LOSSES.items():
        pairs = [on_both(loss, s) for s in SHOWN]
        if all(value == 0.0 for (value, _), s in zip(curves[name], GRID, strict=True) if s <= -1):
            sure.add(name)
        if all(value >= step(s) for (value, _), s in zip(curves[name], GRID, strict=True)):
            bounds.add(name)
        numbers = [value for value, _ in pairs] + [slope for _, (slope,) in pairs]
        words = ["yes" if name in names else "no" for names in (sure, bounds)]
        print(f"{name:<10}" + "".join(f"{n:7.2f}" for n in numbers) + "{:>9}{:>12}".format(*words))
        found[f"{name} at 0.5"], found[f"slope of {name} at 0.5"] = numbers[2], numbers[6]
    print("\nA loss that is never below zero-one bounds the number of mistakes: its sum over the")
    print("samples is at least that. Logistic does so in bits, divided by log 2.")

    figure, axes = panels(2, size=(5.3, 4.4))
    for kind, limits in enumerate([(-0.6, 3.1), (-1.2, 2.4)]):
        draw(axes[kind], kind, curves)
        axes[kind].set_ylim(*limits)
    figure.savefig(out / "classification_losses.png", dpi=100)
    print(f"\nLosses and slopes: {out / 'classification_losses.png'}")

    assert sure == {"zero-one", "perceptron", "hinge", "sparsemax"}, "0 where right and sure"
    assert bounds == {"zero-one", "hinge", "squared"}, "bounds of the zero-one loss"
    for k, s in enumerate(GRID):
        two, logistic = curves["sparsemax"][k][0], curves["logistic"][k][0]
        z = [Value(0.0), Value(s)]  # class 0 is right
        assert abs(nn.sparsemax_loss(z, 0).data - two) < 1e-12, "sparsemax of two classes"
        assert abs(nn.softmax_cross_entropy(z, 0).data - logistic) < 1e-12, "softmax of two classes"
        assert logistic / math.log(2.0) >= step(s), "the logistic loss in bits is a bound"
    print("\nTry next: add nn.huber([-s], 1), delta 1: what of the squared error does it mend?")
    return found


if __name__ == "__main__":
    main()

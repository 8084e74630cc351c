"""Radial basis functions: units that answer near a centre, where other units draw a line.

    python -m demos.radial_basis --out demos/out --seed 0

Two circles (blue: class 0, orange squares: class 1), and two nets of one hidden unit and five
parameters each. A radial basis unit moves its centre (×) into the inner circle and answers only
there: every point is right. A sigmoid unit can only cut the plane in two.
Right: three radial basis units learn a function of three bumps from noisy samples (dots). The
black line is the net, the areas are what each unit adds to it, around its centre (×).

Syllabus: B6, B9.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any

import nn
from autograd import Value, exp, square, total
from demos import options, panels
from nn import datasets, plots
from nn.plots.canvas import BLACK, COLOURS, GREY, tint

BUMPS = [(-2.0, 0.5, 1.0), (0.0, 0.4, -0.7), (1.8, 0.6, 0.5)]  # centre, width, height
LINE = [-3.5 + 7.0 * k / 200 for k in range(201)]


class RadialBasis(nn.Module):
    """Units with a centre and a width, each of which gives exp(-|x - centre|^2 / (2 width^2))."""

    def __init__(self, centres: list[list[float]], width: float) -> None:
        self.centres = [[nn.Parameter(c, "centre") for c in centre] for centre in centres]
        self.widths = [nn.Parameter(width, "width") for _ in centres]

    def __call__(self, inputs: Any) -> list[Value]:
        """Give one output for each unit."""
        outputs = []
        for centre, width in zip(self.centres, self.widths, strict=True):
            away = total([square(x - c) for x, c in zip(inputs, centre, strict=True)])
            outputs.append(exp(-0.5 * away / square(width)))
        return outputs


def radial_net(centres: list[list[float]], width: float, output: str = "linear") -> nn.Sequential:
    """Give radial basis units, and a readout that starts at 0: the data decide its signs."""
    readout = nn.Layer(len(centres), 1, output, init=nn.constant(0.0))
    return nn.Sequential(RadialBasis(centres, width), readout)


def bumps(x: float, *units: tuple[float, float, float]) -> float:
    """Give what units of these centres, widths and heights add up to at x."""
    return sum(h * math.exp(-0.5 * ((x - c) / w) ** 2) for c, w, h in units)


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the shares of points that are right, and the net's largest error."""
    chosen = options("radial_basis", __doc__, argv, "data and first centres", trains=True)
    random, settings = Random(chosen.seed), {"engine": chosen.engine, "progress": False}
    figure, (left, middle, right) = panels(3, size=(3.5, 3.0))

    unit = RadialBasis([[0.0]], width=1.0)
    print("distance from the centre, in widths" + "".join(f"{x:8}" for x in range(5)))
    print("what a unit gives there            " + "".join(f"{unit([x])[0]:8.4f}" for x in range(5)))

    X, y = datasets.circles(60, rng=random)
    start = [random.uniform(-0.5, 0.5), random.uniform(-0.5, 0.5)]
    radial = radial_net([start], 1.0, "sigmoid")
    sigmoid = nn.MLP([2, 1, 1], "sigmoid", output="sigmoid", rng=random)
    print("\nTwo circles, one hidden unit")
    right_of = {}
    for axes, name, net in ((left, "radial basis", radial), (middle, "sigmoid", sigmoid)):
        nn.fit(net, X, y, optimizer=nn.Adam(0.1), epochs=150, **settings)
        share = right_of[name] = nn.accuracy(nn.predict(net, X), y)
        print(f"{name:<13} {len(net.parameters())} parameters  {share:4.0%} of the points right")
        plots.decision_boundary(net, X, y, ax=axes)
        axes.get_legend().remove()
        axes.set_title(f"one {name} unit: {share:.0%} right", fontsize=11)
    left.plot(*(c.data for c in radial.layers[0].centres[0]), "x", color=BLACK, markersize=10)

    X = [[-3.5 + 7.0 * k / 39] for k in range(40)]
    y = [bumps(x, *BUMPS) + random.gauss(0.0, 0.03) for (x,) in X]
    net = radial_net([[c + random.uniform(-0.4, 0.4)] for c, *_ in BUMPS], 0.4)
    nn.fit(net, X, y, optimizer=nn.Adam(0.05), epochs=300, **settings)
    print("\nThree bumps:  centre   width  height    learnt: centre   width  height")
    basis, heights = net.layers[0], net.layers[1].neurons[0].weights
    units = zip(BUMPS, basis.centres, basis.widths, heights, COLOURS[:3], strict=True)
    for given, (centre,), width, height, colour in units:
        found = (centre.data, abs(width.data), height.data)
        print(("{:20.2f}{:8.2f}{:8.2f}" + "{:18.2f}{:8.2f}{:8.2f}").format(*given, *found))
        right.fill_between(LINE, [bumps(x, found) for x in LINE], color=tint(colour))
        right.plot(found[0], 0.0, "x", color=BLACK)
    outputs = [output for (output,) in nn.predict(net, [[x] for x in LINE])]
    worst = max(abs(y - bumps(x, *BUMPS)) for x, y in zip(LINE, outputs, strict=True))
    print(f"Nowhere is the net farther than {worst:.3f} from the bumps without their noise.")
    right.plot(X, y, ".", color=GREY)
    right.plot(LINE, outputs, color=BLACK)
    right.set(title="three bumps, three units", xlabel="$x$", ylabel="$y$", ylim=(-0.9, 1.2))
    figure.savefig(chosen.out / "radial_basis.png", dpi=100)
    print(f"\nCircles and bumps: {chosen.out / 'radial_basis.png'}")

    assert right_of["radial basis"] > 0.98 and right_of["sigmoid"] < 0.85, "a line parts circles"
    assert worst < 0.1, "the bumps are not found"
    print("\nTry next: take one unit away, or start all centres at 0. What does it find?")
    return {**right_of, "largest error": worst}


if __name__ == "__main__":
    main()

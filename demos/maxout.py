"""Maxout: a unit that is the largest of a few linear functions, and learns its own activation.

    python -m demos.maxout --out demos/out --seed 0

A single unit learns x² (the wide grey curve) as the maximum (black) of 2, 3 and 5 lines (colours).
Each line is on top in a part of its own and gets its gradient there: it fits that part. A maximum
of lines is convex, and with enough lines it comes near to any convex function. Here the error falls
with the square of their number, and comes near the least that so many lines can have.

Right: 5 lines again, from a random start. Those that are under the others everywhere (dashed) get
no gradient: they are dead, and the others fit as if they were alone.

Syllabus: B6, B9.
"""

from __future__ import annotations

from functools import reduce
from math import sqrt
from random import Random
from typing import Any

import nn
from autograd import Value, maximum
from demos import options, panels
from nn.plots.canvas import BLACK, COLOURS, LIGHT

X = [[(2 * k + 1) / 40 - 1.0] for k in range(40)]
Y = [x * x for (x,) in X]


class Maxout(nn.Module):
    """Gives the largest of several linear functions of its inputs."""

    def __init__(self, n_inputs: int, n_pieces: int, rng: Random) -> None:
        self.pieces = nn.Layer(n_inputs, n_pieces, init=nn.uniform(2.0), rng=rng)

    def __call__(self, inputs: Any) -> list[Value]:
        """Give the one output."""
        return [reduce(maximum, self.pieces(inputs))]

    def lines(self) -> list[tuple[float, float]]:
        """Give slope and bias of each piece of a unit with one input."""
        return [(piece.weights[0].data, piece.bias.data) for piece in self.pieces.neurons]


def spread_out(unit: Maxout, random: Random) -> Maxout:
    """Start each piece as a tangent of x², somewhere in its own part of [-1, 1]."""
    pieces = unit.pieces.neurons
    for k, piece in enumerate(pieces):
        at = -1.0 + 2.0 * (k + random.uniform(0.25, 0.75)) / len(pieces)
        piece.weights[0].data, piece.bias.data = 2.0 * at, -at * at
    return unit


def on_top(unit: Maxout) -> set[tuple[float, float]]:
    """Give the lines that are the largest somewhere."""
    return {max(unit.lines(), key=lambda line: line[0] * x + line[1]) for (x,) in X}


def draw(axes: Any, unit: Maxout, title: str) -> None:
    """Draw x², the lines of a unit, and their maximum."""
    across = [-1.0 + k / 100 for k in range(201)]
    axes.plot(across, [x * x for x in across], color=LIGHT, linewidth=5.0)
    for line, colour in zip(unit.lines(), COLOURS, strict=False):
        dash = "-" if line in on_top(unit) else "--"
        axes.axline((0.0, line[1]), slope=line[0], color=colour, linestyle=dash)
    axes.plot(across, [unit([x])[0].data for x in across], color=BLACK, linewidth=2.0)
    axes.set(xlim=(-1.0, 1.0), ylim=(-0.6, 1.05), xlabel="$x$", title=title)


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the error for each number of pieces, and for those from random lines."""
    chosen = options("maxout", __doc__, argv, "where the lines start", trains=True)
    random = Random(chosen.seed)

    relu = Maxout(1, 2, random)
    relu.load_state_dict(dict(zip(relu.state_dict(), (0.0, 0.0, 1.0, 0.0), strict=True)))
    print("The largest of 0 x + 0 and 1 x + 0 is relu:", [relu([x])[0].data for x in (-2, 0, 2)])

    units = {f"{k} lines": spread_out(Maxout(1, k, random), random) for k in (2, 3, 4, 5)}
    units["5 random lines"] = Maxout(1, 5, random)
    figure, axes = panels(4, size=(2.7, 2.7))
    places = dict(zip([name for name in units if name != "4 lines"], axes, strict=True))
    print("\nx² on [-1, 1], root of the mean squared error:")
    print("                  before     after   0.298 / lines²   lines on top")
    errors, ratios = {}, {}
    for name, unit in units.items():
        history = nn.fit(
            unit, X, Y, optimizer=nn.Adam(0.05), epochs=150, engine=chosen.engine, progress=False
        )
        before, errors[name] = sqrt(history.loss[0]), sqrt(history.loss[-1])
        # the best k lines, one for each k-th of the interval
        best = sqrt(4.0 / 45.0) / len(unit.lines()) ** 2
        ratios[name] = errors[name] / best
        print(f"{name:<14}{before:10.4f}{errors[name]:10.4f}{best:17.4f}{len(on_top(unit)):15}")
        if name in places:
            draw(places[name], unit, name)
    figure.savefig(chosen.out / "maxout.png", dpi=100)
    print(f"\nThe lines and their maxima: {chosen.out / 'maxout.png'}")

    dead = ratios.pop("5 random lines")
    assert all(abs(ratio - 1.0) < 0.15 for ratio in ratios.values()), "not the best lines"
    assert dead > 2.0, "all the random lines are alive"
    print("\nTry next: learn sin(pi x), with one unit, and with the difference of two. Why two?")
    return errors


if __name__ == "__main__":
    main()

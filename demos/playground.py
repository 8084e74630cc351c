"""The playground: which targets one hidden layer learns, and what depth or features are for.

    python -m demos.playground --out demos/out --seed 0

Four data sets (rows), five nets (columns), each trained for 45 epochs on half of the points;
drawn are the other half, and above each panel is the share of them that the net gets right. Four
tanh units part two clouds, and close a curve around a circle. A spiral is too much for them, and
for 4 + 2 units; four layers of seven bend their boundary often enough. With ReLU the boundaries are
polygons. The last column has four tanh units again, but is also given x1², x2², x1·x2, and sines
of x1 and x2: with the right features, one layer will do.

Syllabus: B10.
"""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

import nn
from demos import options, panels
from nn import datasets
from nn.plots.canvas import BLACK, BLUE, VERMILLION, diverging

SAMPLES, EPOCHS, STEPS = 200, 45, 50
RAW = ["x1", "x2"]
RICH = [*RAW, "x1^2", "x2^2", "x1*x2", "sin(4*x1)", "sin(4*x2)"]
SETS = {
    "circle": lambda rng: datasets.circles(SAMPLES, noise=0.1, rng=rng),
    "exclusive or": lambda rng: datasets.checkerboard(SAMPLES, squares=2, rng=rng),
    "two clouds": lambda rng: datasets.gaussians(SAMPLES, noise=0.4, rng=rng),
    "spiral": lambda rng: datasets.spirals(SAMPLES, turns=1.0, rng=rng),
}


class Net(NamedTuple):
    """A column of the picture."""

    hidden: list[int]
    activation: str
    features: list[str]


NETS = {
    "one layer": Net([4], "tanh", RAW),
    "two layers": Net([4, 2], "tanh", RAW),
    "four layers": Net([7, 7, 7, 7], "tanh", RAW),
    "four, ReLU": Net([7, 7, 7, 7], "relu", RAW),
    "features": Net([4], "tanh", RICH),
}


def trained(net: Net, X: Any, y: Any, rng: Random, engine: str) -> nn.MLP:
    """Train with the learning rate 0.03, on batches of 10."""
    model = nn.MLP(
        [len(net.features), *net.hidden, 1], net.activation, "sigmoid", rng=rng,
        init="he" if net.activation == "relu" else "xavier",
    )  # fmt: skip
    nn.fit(
        model, datasets.features(X, net.features), y, optimizer=nn.Adam(0.03), epochs=EPOCHS,
        batch_size=10, rng=rng, progress=False, engine=engine,
    )  # fmt: skip
    return model


def draw(axes: Any, net: Net, model: nn.MLP, X: Any, y: Any) -> None:
    """Draw what a net answers over the plane, and the points of both classes."""
    reach = 1.15 * max(abs(x) for row in X for x in row)
    side = [reach * (2.0 * k / STEPS - 1.0) for k in range(STEPS + 1)]
    grid = datasets.features([[a, b] for b in side for a in side], net.features)
    outputs = [p for (p,) in nn.predict(model, grid)]
    score = [outputs[k : k + len(side)] for k in range(0, len(outputs), len(side))]
    levels = [k / 10 for k in range(11)]
    axes.contourf(side, side, score, levels=levels, cmap=diverging(strength=0.6))
    if min(outputs) < 0.5 < max(outputs):
        axes.contour(side, side, score, levels=[0.5], colors=BLACK, linewidths=1.2)
    for c, marker, colour in ((0, "o", BLUE), (1, "s", VERMILLION)):
        points = [row for row, t in zip(X, y, strict=True) if t == c]
        axes.scatter(*zip(*points, strict=True), s=14, marker=marker, color=colour,
                     edgecolors="white", linewidths=0.5)  # fmt: skip
    axes.set(xticks=[], yticks=[], aspect="equal")


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the accuracy of every net on the half that is held out."""
    seed = "data, initial weights and batches"
    chosen = options("playground", __doc__, argv, seed=seed, trains="tape")

    figure, axes = panels(len(SETS) * len(NETS), len(NETS), (1.9, 2.0))
    right: dict[str, float] = {}
    print("right on the half held out" + "".join(f"{name:>13}" for name in NETS))
    for row, (name, sample) in enumerate(SETS.items()):
        rng = Random(chosen.seed)
        X, X_held, y, y_held = datasets.split(*sample(rng), 0.5, rng=rng)
        for column, (which, net) in enumerate(NETS.items()):
            model = trained(net, X, y, Random(chosen.seed), chosen.engine)
            guesses = nn.predict(model, datasets.features(X_held, net.features))
            right[f"{name}, {which}"] = share = nn.accuracy(guesses, y_held)
            panel = axes[len(NETS) * row + column]
            draw(panel, net, model, X_held, y_held)
            panel.set_title(f"{which}: {share:.0%}" if row == 0 else f"{share:.0%}", fontsize=10)
            if column == 0:
                panel.set_ylabel(name)
        shares = "".join(f"{right[f'{name}, {which}']:>13.0%}" for which in NETS)
        print(f"{name:<26}{shares}")
    picture = chosen.out / "playground.png"
    figure.savefig(picture, dpi=80)
    print(f"\nWhat the nets answer: {picture}")

    assert min(right["circle, one layer"], right["two clouds, one layer"]) > 0.9, "simple targets"
    assert right["spiral, one layer"] < right["spiral, four layers"], "depth buys regions"
    assert right["spiral, features"] > 0.85, "with the right features one layer will do"
    print("\nTry next: take features away from RICH. Which ones does the spiral need?")
    return right


if __name__ == "__main__":
    main()

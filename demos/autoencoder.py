"""Autoencoders: linear layers compose to a single one, so these know only straight lines.

    python -m demos.autoencoder --out demos/out --seed 0

Two autoencoders squeeze points of the plane (dots) through one number, and give them back
(squares). Left: all four layers are linear. Together they are one affine map, and what comes back
lies on a straight line, the principal axis of the data (dashed). Middle: the same net with tanh in
its two wide layers. What comes back follows the curve; the grey lines, the errors, all but vanish.
Right: how far a tanh net is from the same net without tanh. With weights ten times smaller it is a
hundred times nearer: a net with small weights is nearly linear.

Syllabus: B8.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any

import numpy as np

import nn
from autograd import record
from demos import options, panels
from nn.plots.canvas import BLACK, BLUE, GREEN, LIGHT, VERMILLION

Rows = list[list[float]]
POINTS, EPOCHS, BENT = 40, 250, ["tanh", "linear", "tanh"]
SCALES = [10.0 ** (k / 2) for k in range(-6, 1)]  # of the weights of a tanh net


def composed(rng: Random) -> float:
    """Give how far three linear layers are from one with the matrix W3 W2 W1, on graph and tape."""
    model, x = nn.MLP([3, 4, 5, 2], "linear", rng=rng), [0.3, -1.2, 2.0]
    matrices = ([[w.data for w in n.weights] for n in layer.neurons] for layer in model.layers)
    W1, W2, W3 = map(np.array, matrices)
    one = (W3 @ W2 @ W1) @ x
    outputs = [[y.data for y in model(x)], record(model, 3).forward([x])[0]]
    return float(np.abs(np.array(outputs) - one).max())


def deviation(scale: float, seed: int) -> float:
    """Give how far a tanh net is from the same net without tanh, relative to the latter."""
    bent = nn.MLP([2, 4, 4, 1], "tanh", init=nn.normal(scale), rng=seed)
    straight = nn.MLP([2, 4, 4, 1], "linear")
    straight.load_state_dict(bent.state_dict())
    (y,), (z,) = (model([0.7, -1.2]) for model in (bent, straight))
    return abs(y.data / z.data - 1.0)


def arc(rng: Random) -> Rows:
    """Give noisy points on an arc of a circle."""
    angles = [rng.uniform(-0.4, 2.0) for _ in range(POINTS)]
    return [[f(a) + rng.gauss(0.0, 0.03) for f in (math.cos, math.sin)] for a in angles]


def draw(axes: Any, X: Rows, back: Rows, title: str) -> None:
    """Draw the data, what came back, and a line from each point to what became of it."""
    for point, its in zip(X, back, strict=True):
        axes.plot(*zip(point, its, strict=True), color=LIGHT, zorder=0)
    axes.plot(*zip(*X, strict=True), "o", color=BLUE, markersize=4)
    axes.plot(*zip(*back, strict=True), "s", color=VERMILLION, markersize=4)
    axes.set(aspect="equal", title=title, xlabel="$x_1$", ylabel="$x_2$")


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the errors of both autoencoders and how linear a tanh net is."""
    chosen = options("autoencoder", __doc__, argv, seed="data and initial weights", trains=True)
    far = composed(rng := Random(chosen.seed))
    factored = nn.Sequential(nn.Layer(30, 2, bias=False), nn.Layer(2, 20, bias=False))
    few, many = len(factored.parameters()), len(nn.Layer(30, 20, bias=False).parameters())
    print(f"Three linear layers, or one with W3 W2 W1: outputs differ by {far:.0e}.")
    print(f"30 -> 20 in one layer has {many} weights, factored as 30 -> 2 -> 20 it has {few}.")

    X, errors = arc(rng), {}
    variances, directions = np.linalg.eigh(np.cov(X, rowvar=False, bias=True))
    least = float(variances[0])  # across the principal axis, which has the last direction
    figure, axes = panels(3, size=(3.6, 3.3))
    print(f"\n{POINTS} points through 1 number    mean squared error")
    for k, (name, activation) in enumerate({"linear": "linear", "tanh": BENT}.items()):
        model = nn.MLP([2, 8, 1, 8, 2], activation, rng=rng)
        nn.fit(model, X, X, optimizer=nn.Adam(0.1), epochs=EPOCHS, schedule=nn.cosine(EPOCHS),
               engine=chosen.engine, progress=False)  # fmt: skip
        errors[name] = nn.mean_squared_error(back := nn.predict(model, X), X)
        print(f"{'2-8-1-8-2, ' + name:<26} {errors[name]:12.5f}")
        draw(axes[k], X, back, ("linear layers", "with tanh layers")[k])
    print(f"{'on the principal axis':<26} {least:12.5f}")
    ends = np.mean(X, axis=0) + np.outer([-1.0, 1.0], directions[:, 1])
    axes[0].plot(*ends.T, "--", color=BLACK, zorder=0)

    bends = [deviation(scale, chosen.seed) for scale in SCALES]
    print("\nweights of a tanh net    deviation from the net without tanh")
    for k in range(0, len(SCALES), 2):
        print(f"{SCALES[k]:14g} {bends[k]:23.1e}")
    axes[2].loglog(SCALES, bends, "o-", color=GREEN)
    axes[2].set(xlabel="size of the weights", ylabel="relative deviation", title="small weights")
    figure.savefig(chosen.out / "autoencoder.png", dpi=100)
    print(f"\nBoth autoencoders, and the deviation: {chosen.out / 'autoencoder.png'}")

    assert far < 1e-12 and (few, many) == (100, 600)
    assert least * 0.999 < errors["linear"] < least * 1.01, "the principal axis is the best line"
    assert errors["tanh"] < errors["linear"] / 4.0, "the curve was not learnt"
    assert bends[0] < 1e-5, "small weights: nearly linear"
    print("\nTry next: a whole circle, angles from 0 to 2 pi. Where must the curve tear?")
    return {**errors, "principal axis": least, "deviation": bends[0], "composed": far}


if __name__ == "__main__":
    main()

"""Softmax on the irises: its slope is p - onehot; and the problem decides output and loss.

    python -m demos.softmax_iris --out demos/out --seed 0

Left: three species of iris over petal length and width, and the regions in which a single softmax
layer gives each the largest probability. The borders are straight; the few flowers on the wrong
side lie near the border of versicolor and virginica. Right: the three probabilities along the
diagonal of that plane. They sum to 1 everywhere, and two are equal where a border is crossed.

Syllabus: C4, C6.
"""

from __future__ import annotations

import math
from functools import partial
from random import Random
from typing import Any

import nn
from autograd import softmax
from demos import on_both, options, panels
from nn import datasets, plots
from nn.plots.canvas import BLUE, GREEN, VERMILLION

# each with its look, and where its name stands in the two panels
SPECIES = (("setosa", BLUE, "-", (-2.0, -1.9), -1.6),
           ("versicolor", VERMILLION, "--", (0.2, -1.2), 0.0),
           ("virginica", GREEN, "-.", (-0.6, 2.0), 1.6))  # fmt: skip
JUDGES = {"sigmoid": partial(nn.accuracy, rule="half"), "softmax": nn.accuracy, "linear": nn.r2}


def five_problems(X: list[list[float]], y: list[int]) -> dict[str, tuple[str, int, Any, Any]]:
    """Give problems that one data set poses: output activation, width, inputs, targets."""
    sepals, petals = [row[:2] for row in X], [row[2:] for row in X]
    labels = [[int(c == 2), int(row[0] > 0.0)] for row, c in zip(X, y, strict=True)]
    return {
        "setosa or not": ("sigmoid", 1, X, [int(c == 0) for c in y]),
        "which species": ("softmax", 3, petals, y),
        "petal width from the rest": ("linear", 1, [r[:3] for r in X], [r[3] for r in X]),
        "petal (2 numbers) from sepal": ("linear", 2, sepals, petals),
        "virginica? long sepal?": ("sigmoid", 2, petals, labels),
    }


def crossed(*z: Any) -> Any:
    """Give the cross-entropy of logits, where class 0 is right."""
    return nn.softmax_cross_entropy(z, 0)


def draw(model: nn.MLP, petals: Any, y: Any) -> Any:
    """Draw the regions of three species, and the probabilities along a diagonal."""
    figure, (plane, diagonal) = panels(2, size=(4.6, 4.0))
    plots.decision_boundary(model, petals, y, ax=plane)[1].get_legend().remove()
    plane.set(xlabel="petal length (standardised)", ylabel="petal width (standardised)")
    grid = [x / 20 for x in range(-40, 41)]
    columns = zip(*nn.predict(model, [[x, x] for x in grid]), strict=True)
    for (name, colour, dash, place, middle), p in zip(SPECIES, columns, strict=True):
        plane.annotate(name, place, weight="bold")
        diagonal.plot(grid, p, dash, color=colour, linewidth=2.0)
        diagonal.annotate(name, (middle, 1.04), color=colour, ha="center")
    diagonal.set(xlabel="petal length = petal width", ylabel="probability", ylim=(-0.03, 1.12))
    return figure


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run the demo; give the numbers of the worked example and the scores."""
    chosen = options("softmax_iris", __doc__, argv, seed="weights and held-out part", trains=True)
    rng, logits = Random(chosen.seed), (2.0, 1.0, 0.1)
    fit = partial(nn.fit, epochs=60, engine=chosen.engine, progress=False)

    loss, slopes = on_both(crossed, *logits)
    print(f"Class 0 is right: loss {loss:.6f}.\nlogit        p   onehot    slope")
    for z, p, hot, slope in zip(logits, softmax(logits), (1, 0, 0), slopes, strict=True):
        print(f"{z:5.1f}   {p:.4f} {hot:8d}  {slope:7.4f}")
        assert abs(slope - (p - hot)) < 1e-12, "the slope is p - onehot"
    hot, _ = on_both(lambda *z: nn.softmax_cross_entropy(z, [1.0, 0.0, 0.0]), *logits)
    large, _ = on_both(crossed, 0.0, 1000.0)
    print(f"With the target 1, 0, 0 the loss is {hot:.6f}, too; of the logits 0 and 1000 it is")
    print(f"{large:g}: logsumexp takes the logarithm before anything overflows.")
    assert hot == loss and large == 1000.0
    pull = on_both(crossed, -8.0, 8.0)[1][0]
    stuck = on_both(lambda *z: nn.squared_error(softmax(z), [1.0, 0.0]), -8.0, 8.0)[1][0]
    print(f"Sure but wrong, logits -8 and 8: slope {pull:.4f}; of a squared error {stuck:.1e}.")

    biased = nn.Layer(1, 2, "softmax", rng=rng)  # on inputs of 0 only its biases act
    least = fit(biased, [[0.0]] * 4, [0, 0, 0, 1], optimizer=nn.SGD(2.0)).loss[-1]
    share = nn.predict(biased, [[0.0]])[0][0]
    print(f"Only biases, labels 0 0 0 1: p = {share:.4f}, {1 - share:.4f}; loss {least:.6f}.")

    X, X_held, y, y_held = datasets.split(*datasets.iris(), 1 / 3, rng=rng)
    X, X_held = datasets.standardize(X), datasets.standardize(X_held, reference=X)
    asked, scores = five_problems(X_held, y_held), {}
    print('\nproblem                        output    loss="auto" chose                  score')
    for name, (output, width, rows, targets) in five_problems(X, y).items():
        model = nn.MLP([len(rows[0]), width], output=output, rng=rng)
        fit(model, rows, targets, optimizer=nn.SGD(0.1, momentum=0.8))
        *_, rows_held, targets_held = asked[name]
        scores[name] = JUDGES[output](nn.predict(model, rows_held), targets_held)
        auto = nn.objective(model)[1].__name__
        print(f"{name:<30} {output:<9} {auto:<34} {scores[name]:5.2f}")
        if output == "softmax":
            draw(model, rows + rows_held, y + y_held).savefig(
                chosen.out / "softmax_iris.png", dpi=100
            )
    print("Scores on a third held out: the share of right answers, R2 for numbers.")
    print(f"\nRegions and probabilities: {chosen.out / 'softmax_iris.png'}")

    assert abs(loss - 0.41703001627783354) < 1e-12 and abs(slopes[0] + 0.34099886) < 5e-9
    assert abs(stuck) < 1e-6 and pull < -0.99, "softmax with squared error saturates"
    assert math.isclose(least, 0.5623351446188083, rel_tol=1e-9), "class frequencies"
    assert min(scores.values()) > 0.6 and scores["which species"] > 0.85, "it was not learnt"
    print("\nTry next: a sigmoid for each species instead of a softmax: is it as good?")
    return {"loss": loss, "slope": slopes[0], "share": share, "least loss": least, **scores}


if __name__ == "__main__":
    main()
